"""Commands that show the archive to others: replay, export; they change nothing on the shelves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from typer import Exit, Option

from archive.errors import UsageError
from archive.texts import to_line
from flows.options import Days, Filters, Form, Where, Words, query_of
from flows.out import STDOUT
from flows.show import facts, note


def replay(
    where: Where,
    form: Form,
    out: Annotated[
        Path | None, Option(metavar="DIR", help="A folder for index, rules and config; else replay/ in the store.")
    ] = None,
) -> None:
    """Make the index that pywb plays the archive from: every capture but 304s and what is taken down."""
    from archive.replay import build

    with where.open() as archive:
        made = build(archive, out)
    if form.as_json:
        fields = {"place": made.place, "captures": made.captures, "left_out": made.left_out, "blocked": made.blocked}
        print(to_line({**fields, "broken": list(made.broken)}))
    else:
        facts({"captures": made.captures, "left out": made.left_out, "addresses blocked": made.blocked})
        if "://" in made.place:
            note("wayback runs from a folder: astana replay --out DIR")
        else:
            note(f"run it with: wayback -d {made.place}")
    for line in made.broken:
        note(f"astana: {line}; astana rebuild --from warc makes it again")
    if made.broken:
        raise Exit(1)


class Package(StrEnum):
    """What stories are packed as."""

    WACZ = "wacz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """How an export is written, and what it says of itself."""

    out: Annotated[Path, Option(metavar="FILE", help="The file to write; its name ends in .wacz.")]
    format: Annotated[Package, Option(help="A WACZ: captures, index, pages and manifest in one file.")] = Package.WACZ
    q: Words = None
    key: Annotated[
        Path | None, Option(metavar="FILE", help="Sign it: a private key in PEM, of the curve P-384 or P-256.")
    ] = None
    title: Annotated[str | None, Option(metavar="TEXT", help="What it is called.")] = None


def export(packing: Packing, filters: Filters, days: Days, form: Form, where: Where) -> None:
    """Take stories away whole, with all that replay and proof need: captures, originals of revisits, redirects."""
    from archive.wacz import About, load_key
    from archive.wacz import export as write

    if str(packing.out) == STDOUT:
        raise UsageError("a WACZ is sought in while it is written and cannot go to standard output; name a file")
    key = load_key(packing.key) if packing.key else None
    title = packing.title or "Stories of an archive of the Astana process"
    about = About(created=datetime.now(UTC), title=title, description=_asked(packing, filters, days), key=key)
    with where.open() as archive:
        made = write(archive, query_of(packing.q, filters, days), packing.out, about)
    counts = {"stories": made.stories, "texts": made.pages, "captures": made.captures}
    if form.as_json:
        left = {"left_out": made.left_out, "missing": made.missing}
        print(to_line({"file": made.file, **counts, **left, "public_key": key.public if key else None}))
        return
    facts({**counts, "left out": made.left_out, "not on the shelf": made.missing, "signed": key is not None})


def _asked(packing: Packing, filters: Filters, days: Days) -> str:
    """The choice in words, for whoever opens the file."""
    given = {**asdict(filters), **asdict(days), "q": packing.q}
    words = {
        name: ", ".join(value) if isinstance(value, list) else str(value) for name, value in given.items() if value
    }
    return "; ".join(f"{name}: {value}" for name, value in words.items())
