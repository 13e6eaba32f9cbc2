"""The pieces of sawari, printed 2017 to 2020, and what became of each: written ones and ones made from tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import gcd, prod
from pathlib import Path
from urllib.parse import quote

from crawler import facts
from crawler.errors import FactsError
from crawler.facts import Facts
from crawler.newsroom.press import Edit, Manuscript

FOLDER = Path(__file__).parent / "press" / "past"
LONGEST_SLUG = 200  # bytes of a slug once it is percent-encoded, as WordPress cuts it
FIRST_MADE = 1001  # number of the first piece that is made from tables


class Gone(StrEnum):
    """How the live site answers for a piece today."""

    STAYS = "stays"
    MISSING = "missing"  # 404
    SOFT = "soft"  # 200, and words that say it is not there
    PARKED = "parked"  # on a former host, which was sold


class By(StrEnum):
    """Which archive has a capture."""

    WAYBACK = "wayback"
    COMMONCRAWL = "commoncrawl"


class Under(StrEnum):
    """Under which of its addresses a piece was captured."""

    OWN = "own"  # as the site wrote it then
    HTTP = "http"  # under the former name
    HTTPS = "https"
    PORT = "port"  # with :80
    WWW = "www"
    AMP = "amp"


class Shows(StrEnum):
    """What a capture shows."""

    PAGE = "page"
    UNCHANGED = "unchanged"  # a revisit of the first page
    MOVED = "moved"  # a redirect to the front page
    MISSING = "missing"  # a 404
    PARKED = "parked"  # the page of who bought the name, with status 200


class Kept(Facts):
    """One capture of a piece; `at` is in UTC."""

    by: By
    at: datetime
    under: Under = Under.OWN
    shows: Shows = Shows.PAGE


class EditedSheet(Facts):
    """What a piece became, and when, in the outlet's civil time."""

    at: datetime
    title: str | None = None
    paragraphs: tuple[str, ...] | None = None


class StorySheet(Facts):
    """A written piece."""

    id: int
    published: datetime
    section: str
    title: str
    tags: tuple[str, ...]
    paragraphs: tuple[str, ...]
    kind: str = "news"
    edited: EditedSheet | None = None
    gone: Gone = Gone.STAYS
    listed: bool = False
    kept: tuple[Kept, ...] = ()


class StoryFile(Facts):
    """stories.yml."""

    stories: tuple[StorySheet, ...]


class Series(Facts):
    """A table that makes pieces of its words: in every template {a} {b} {c}, and {n} a number."""

    name: str
    section: str
    count: int
    since: date
    until: date
    words: dict[str, tuple[str, ...]]
    title: str
    paragraphs: tuple[str, ...]


class TableFile(Facts):
    """tables.yml."""

    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece, whether it is still there, whether a forgotten sitemap still lists it, and who captured it when."""

    text: Manuscript
    series: str  # the table that made it, or "" for a written one
    tags: tuple[str, ...] = ()
    gone: Gone = Gone.STAYS
    listed: bool = False
    edited: datetime | None = None  # when `text.edits` was printed, naive, the outlet's civil time
    kept: tuple[Kept, ...] = ()

    @property
    def path(self) -> str:
        """Its address without a host."""
        return f"/{self.text.published:%Y/%m/%d}/{quote(self.text.slug).lower()}/"


def load(folder: Path = FOLDER) -> tuple[Piece, ...]:
    """Every piece, by time of publication.

    Raises:
        FactsError: a file is broken, or two pieces share an address.
    """
    stories = facts.load(folder / "stories.yml", StoryFile).stories
    series = facts.load(folder / "tables.yml", TableFile).series
    pieces = sorted([*map(_written, stories), *_made(series)], key=lambda piece: (piece.text.published, piece.text.id))
    paths = [piece.path for piece in pieces]
    for path in paths:
        if paths.count(path) > 1:
            raise FactsError(f"{folder}: two pieces are printed at {path}")
    return tuple(pieces)


def slug_of(title: str) -> str:
    """A title as WordPress writes it into addresses: spaces as hyphens, cut after so many encoded bytes."""
    slug = re.sub(r"[\s«»“”\"'،؛:؟.!/()|-]+", "-", title).strip("-")
    while len(quote(slug)) > LONGEST_SLUG:
        slug = slug[:-1]
    return slug.strip("-")


def _written(sheet: StorySheet) -> Piece:
    edits: tuple[Edit, ...] = ()
    if sheet.edited:
        edit = Edit(title=sheet.edited.title or sheet.title, paragraphs=sheet.edited.paragraphs or sheet.paragraphs)
        edits = (edit,)
    text = Manuscript(
        id=sheet.id,
        slug=slug_of(sheet.title),
        section=sheet.section,
        published=sheet.published.replace(tzinfo=None),
        title=sheet.title,
        paragraphs=sheet.paragraphs,
        kind=sheet.kind,
        edits=edits,
    )
    at = sheet.edited.at.replace(tzinfo=None) if sheet.edited else None
    more = {"tags": sheet.tags, "gone": sheet.gone, "listed": sheet.listed, "kept": sheet.kept}
    return Piece(text=text, series="", edited=at, **more)  # type: ignore[arg-type]  # each under its own name


def _made(series: Sequence[Series]) -> Iterator[Piece]:
    number = FIRST_MADE
    for one in series:
        for place in range(one.count):
            yield _fated(_item(one, place, number), one.name, number)
            number += 1


def _item(series: Series, place: int, number: int) -> Manuscript:
    """The item at that place: a combination of words that no other place has, on a day of the series' own span."""
    words = _combined(series, place) | {"n": str(3 + number * 7 % 60)}
    title = series.title.format(**words)
    days = (series.until - series.since).days
    day = series.since + timedelta(days=place * days // series.count)
    return Manuscript(
        id=number,
        slug=slug_of(title),
        section=series.section,
        published=datetime.combine(day, time(6 + number % 16, number * 13 % 60)),
        title=title,
        paragraphs=tuple(paragraph.format(**words) for paragraph in series.paragraphs),
    )


def _combined(series: Series, place: int) -> dict[str, str]:
    """Words of every list: no two places have the same ones, and neighbours differ in most."""
    most = prod(map(len, series.words.values()))
    stride = next(step for step in range(most * 3 // 8 + 1, 2 * most + 2) if gcd(step, most) == 1)
    rest = place * stride % most
    words: dict[str, str] = {}
    for name, several in series.words.items():
        rest, which = divmod(rest, len(several))
        words[name] = several[which]
    return words


def _fated(text: Manuscript, series: str, number: int) -> Piece:
    """Every other piece is gone: those of the former host with it, those of 2018 softly, others with a 404."""
    gone = Gone.STAYS
    if number % 2 == 0:
        former = text.published < datetime(2017, 4, 1)
        gone = Gone.PARKED if former else Gone.SOFT if text.published.year == 2018 else Gone.MISSING
    stays = gone is Gone.STAYS
    kept = tuple(_kept(text.published, number, stays=stays))  # a forgotten sitemap still lists some that are gone
    return Piece(text=text, series=series, gone=gone, listed=not stays and number % 32 == 0, kept=kept)


def _kept(published: datetime, number: int, *, stays: bool) -> Iterable[Kept]:
    if number % 5 == 0 if stays else number % 10 < 7:
        at = published + timedelta(days=3 + number % 30, minutes=number % 50)
        yield Kept(by=By.WAYBACK, at=at)
        if number % 4 == 0:
            yield Kept(by=By.WAYBACK, at=at + timedelta(days=90), shows=Shows.UNCHANGED)
        if not stays and number % 6 == 0:
            yield Kept(by=By.WAYBACK, at=datetime(2021, 3, 1 + number % 28, 4, 5, 6), shows=Shows.MISSING)
    if number % 4 == 1:
        yield Kept(by=By.COMMONCRAWL, at=published + timedelta(days=5 + number % 20, seconds=number % 60))
