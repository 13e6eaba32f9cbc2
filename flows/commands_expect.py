"""The command expect: a list of addresses from anywhere against what is known here; it changes nothing."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from typer import Argument

from archive.errors import UsageError
from archive.urls import is_address
from flows.options import Form, Where
from flows.show import Listing, note

if TYPE_CHECKING:
    from archive.expect import Expected
    from archive.holdings import Archive

URL: Final = "url"
SEPARATORS: Final = ",;\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the list: the address, and its other columns as they are."""

    url: str
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One line of the list, and what is known of it; None where the line holds no web address."""

    line: Line
    outlet: str | None
    expected: Expected | None

    @property
    def found(self) -> str:
        """What became of it, in the words of docs/economy.md."""
        return self.expected.found.value if self.expected is not None else "no address"

    def dump(self) -> dict[str, object]:
        """As JSON values: the line's own columns first, under `given`."""
        said = self.expected
        return {
            "url": self.line.url,
            "found": self.found,
            "detail": said.detail if said else "",
            "story": said.story if said else None,
            "outlet": self.outlet,
            "archived": said.archived if said else None,
            "given": dict(self.line.others),
        }


def expect(
    file: Annotated[str, Argument(metavar="FILE.csv", help="A table with a column `url`, or one address a line.")],
    where: Where,
    form: Form,
) -> None:
    """What became of known addresses, from any other list: held, archived, lost, or not looked at."""
    lines = list(read(Path(file)))
    with where.open() as archive:
        answers = list(_answers(archive, lines))
    listing: Listing[Answer] = Listing(
        columns={
            "found": lambda one: one.found,
            "url": lambda one: one.line.url,
            "story": lambda one: one.expected.story if one.expected else None,
            "detail": lambda one: one.expected.detail if one.expected else "",
        },
        dump=lambda one: one.dump(),
        none=f"{file} names no address",
    )
    listing.show(answers, as_json=form.as_json)
    counted = Counter(one.found for one in answers)
    note(", ".join(f"{number} {found}" for found, number in counted.most_common()))


def _answers(archive: Archive, lines: list[Line]) -> Iterator[Answer]:
    from crawler.outlet import load_outlets, owner_of

    outlets = load_outlets(archive.settings.outlets)
    known: dict[str, tuple[str, str]] = {}  # address -> outlet, story
    for line in lines:
        if is_address(line.url):
            owner = owner_of(line.url, outlets.values())
            known[line.url] = owner, outlets[owner].story_id(line.url)
    found = {one.story: one for one in archive.expect(story for _, story in known.values())}
    for line in lines:
        owner_and_story = known.get(line.url)
        if owner_and_story is None:
            yield Answer(line=line, outlet=None, expected=None)
        else:
            yield Answer(line=line, outlet=owner_and_story[0], expected=found[owner_and_story[1]])


def read(path: Path) -> Iterator[Line]:
    """The lines of a list: CSV with a heading that names `url` (comma, semicolon or tab), or one address a line.

    Raises:
        UsageError: it cannot be read, names no such column, or is no table: a quote that nobody closes, a field of more
            than 131,072 letters.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as UTF-8: {error}") from None
    heading = next(iter(text.splitlines()), "").strip()
    if is_address(heading):
        yield from (Line(url=line.strip()) for line in text.splitlines() if line.strip())
        return
    separator = max(SEPARATORS, key=heading.count)
    lines = io.StringIO(text, newline="")
    # Strict: else a quote that nobody closes swallows every line behind it.
    rows = csv.DictReader(lines, delimiter=separator, restkey="more", restval="", strict=True)
    try:
        named = {name.strip().casefold(): name for name in rows.fieldnames or ()}
        if URL not in named:
            raise UsageError(f"{path} has no column `url`; its heading is: {heading}")
        yield from _lines(rows, named[URL], separator)
    except csv.Error as error:
        raise UsageError(f"{path} is no table behind line {rows.line_num}: {error}") from None


def _lines(rows: Iterable[dict[str, Any]], column: str, separator: str) -> Iterator[Line]:
    for row in rows:
        url = (row.pop(column) or "").strip()
        others = {name: value if isinstance(value, str) else separator.join(value or ()) for name, value in row.items()}
        if url or any(others.values()):
            yield Line(url=url, others=others)
