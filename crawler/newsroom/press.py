"""The manuscripts of the practice press, resolved into plain paragraphs; it prints no page and knows no truth."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import Field, RootModel

from crawler import facts
from crawler.errors import FactsError
from crawler.facts import Facts

FOLDER = Path(__file__).parent / "press"

# An opening dateline ends at its first spaced dash (hyphen-minus, EN DASH or EM DASH), and is short.
OPENING = re.compile(r"^.{1,60}? [-–—] ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """An «اقرأ أيضاً» block inside an article: after which paragraph, to which number."""

    after: int
    to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What an article becomes on the edit command."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """One article as its outlet means it: the clean text, and the furniture the layout prints around it."""

    id: int
    slug: str
    section: str
    published: datetime  # the outlet's civil time, naive
    title: str
    paragraphs: tuple[str, ...]
    subtitle: str = ""
    byline: str = ""
    caption: str = ""
    kind: str = "news"
    inline: tuple[Inline, ...] = ()
    related: tuple[int, ...] = ()
    edits: tuple[Edit, ...] = field(default=())  # one at most


class AddSheet(Facts):
    """`add`: own paragraphs put after the kept paragraph of that index (-1: before all)."""

    after: int = Field(ge=-1)
    paragraphs: tuple[str, ...] = Field(min_length=1)


class InlineSheet(Facts):
    """`inline`."""

    after: int = Field(ge=0)
    to: int


class EditSheet(Facts):
    """`edited`: what is not named stays."""

    title: str | None = None
    paragraphs: tuple[str, ...] | None = None


class Sheet(Facts):
    """One entry of a manuscript file, as written; press/README.md tells each key."""

    id: int = Field(gt=0)
    published: datetime
    slug: str | None = None
    section: str | None = None
    title: str | None = None
    subtitle: str = ""
    byline: str = ""
    caption: str = ""
    kind: str = "news"
    paragraphs: tuple[str, ...] = ()
    source: str | None = Field(default=None, alias="from", pattern=r"^[a-z]+/[0-9]+$")
    respell: dict[str, str] = Field(default_factory=dict)
    keep: tuple[int, ...] | None = None
    dateline: str | None = None
    add: AddSheet | None = None
    embed: tuple[str, ...] = ()
    inline: InlineSheet | None = None
    related: tuple[int, ...] = ()
    edited: EditSheet | None = None


class Sheets(RootModel[tuple[Sheet, ...]]):
    """A manuscript file: a list."""


def load(folder: Path | None = None) -> dict[str, list[Manuscript]]:
    """Every outlet's manuscripts by the file's stem, in the file's order, with copies resolved.

    Raises:
        FactsError: a file is broken, or a manuscript asks for something that is not there; the message names both.
    """
    found = facts.load_all(folder or FOLDER, Sheets)
    desk = _Desk({outlet: sheets.root for outlet, sheets in found.items()})
    return {outlet: [desk.manuscript(outlet, sheet) for sheet in sheets.root] for outlet, sheets in found.items()}


def respelled(text: str, table: Mapping[str, str]) -> str:
    """Every occurrence of a key replaced in one pass, longest key first, so that no answer is replaced again."""
    if not table:
        return text
    keys = "|".join(re.escape(key) for key in sorted(table, key=len, reverse=True))
    return re.sub(keys, lambda match: table[match[0]], text)


def without_dateline(paragraph: str) -> str:
    """The paragraph without its opening dateline (up to the first spaced dash); unchanged when it has none."""
    return OPENING.sub("", paragraph, count=1)


class _Desk:
    """Every sheet by its reference, and the paragraphs each comes to."""

    def __init__(self, sheets: Mapping[str, Sequence[Sheet]]) -> None:
        self._sheets: dict[str, Sheet] = {}
        for outlet, sheet in ((outlet, sheet) for outlet, several in sheets.items() for sheet in several):
            reference = f"{outlet}/{sheet.id}"
            if reference in self._sheets:
                raise FactsError(f"{reference}: this number stands twice")
            self._sheets[reference] = sheet

    def manuscript(self, outlet: str, sheet: Sheet) -> Manuscript:
        """The sheet with all it takes from others filled in."""
        title, section = self._title(outlet, sheet), self._section(outlet, sheet)
        paragraphs = self._paragraphs(f"{outlet}/{sheet.id}", ())
        if sheet.inline and sheet.inline.after >= len(paragraphs):
            raise FactsError(f"{outlet}/{sheet.id}: a block inside the article stands after its end")
        for number in (*sheet.related, *([sheet.inline.to] if sheet.inline else ())):
            self._sheet(f"{outlet}/{number}", f"{outlet}/{sheet.id}")
        return Manuscript(
            id=sheet.id,
            slug=sheet.slug or re.sub(r"[\s«»“”\"'،؛:؟.!/()|-]+", "-", title).strip("-"),
            section=section,
            published=sheet.published.replace(tzinfo=None),
            title=title,
            paragraphs=paragraphs,
            subtitle=sheet.subtitle,
            byline=sheet.byline,
            caption=sheet.caption,
            kind=sheet.kind,
            inline=(Inline(after=sheet.inline.after, to=sheet.inline.to),) if sheet.inline else (),
            related=sheet.related,
            edits=tuple(_edits(sheet.edited, title, paragraphs)),
        )

    def _sheet(self, reference: str, asked_by: str) -> Sheet:
        if reference not in self._sheets:
            raise FactsError(f"{asked_by}: there is no manuscript {reference}")
        return self._sheets[reference]

    def _title(self, outlet: str, sheet: Sheet) -> str:
        if sheet.title is not None:
            return sheet.title
        if sheet.source is None:
            raise FactsError(f"{outlet}/{sheet.id}: a title is missing")
        original = self._sheet(sheet.source, f"{outlet}/{sheet.id}")
        return respelled(self._title(sheet.source.partition("/")[0], original), sheet.respell)

    def _section(self, outlet: str, sheet: Sheet) -> str:
        if sheet.section is not None:
            return sheet.section
        if sheet.source is None:
            raise FactsError(f"{outlet}/{sheet.id}: a section is missing")
        return self._section(sheet.source.partition("/")[0], self._sheet(sheet.source, f"{outlet}/{sheet.id}"))

    def _paragraphs(self, reference: str, way: tuple[str, ...]) -> tuple[str, ...]:
        if reference in way:
            raise FactsError(f"{reference}: is copied from itself by way of {', '.join(way)}")
        sheet = self._sheet(reference, way[-1] if way else reference)
        own = self._copied(reference, sheet, (*way, reference)) if sheet.source else sheet.paragraphs
        embedded = [
            respelled(paragraph, sheet.respell)
            for part in sheet.embed
            for paragraph in self._paragraphs(part, (*way, reference))
        ]
        if not own and not embedded:
            raise FactsError(f"{reference}: has no paragraphs")
        return (*_added(reference, own, sheet.add), *embedded)

    def _copied(self, reference: str, sheet: Sheet, way: tuple[str, ...]) -> tuple[str, ...]:
        if sheet.paragraphs:
            raise FactsError(f"{reference}: has both `from` and `paragraphs`; use `add`")
        text = self._paragraphs(sheet.source or "", way)
        keep = range(len(text)) if sheet.keep is None else sheet.keep
        if not all(0 <= index < len(text) for index in keep):
            raise FactsError(f"{reference}: keeps a paragraph that {sheet.source} has not (it has {len(text)})")
        kept = [respelled(text[index], sheet.respell) for index in keep]
        if "dateline" in sheet.model_fields_set and kept:
            first = without_dateline(kept[0]) if 0 in keep else kept[0]
            kept[0] = (sheet.dateline or "") + first
        return tuple(kept)


def _added(reference: str, paragraphs: Sequence[str], add: AddSheet | None) -> tuple[str, ...]:
    if add is None:
        return tuple(paragraphs)
    if add.after >= len(paragraphs):
        raise FactsError(f"{reference}: adds after paragraph {add.after}, but the last is {len(paragraphs) - 1}")
    return (*paragraphs[: add.after + 1], *add.paragraphs, *paragraphs[add.after + 1 :])


def _edits(sheet: EditSheet | None, title: str, paragraphs: tuple[str, ...]) -> Iterable[Edit]:
    if sheet is not None:
        yield Edit(
            title=title if sheet.title is None else sheet.title,
            paragraphs=paragraphs if sheet.paragraphs is None else sheet.paragraphs,
        )
