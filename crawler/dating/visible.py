"""Dates that a reader of the page sees: beside the title, labelled, in <time>; it tells them from the page's clock."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from archive import civil
from archive.records import Precision
from crawler.dating.layout import Layout, Piece
from crawler.dating.moments import Moment, agree
from crawler.dating.stated import Stated, read
from crawler.dating.written import Found, find, other_words
from crawler.page import dom

LINE = 200  # code points a date line has at most
AFTER = 600  # code points between the title's start and its date: subtitle, author, caption
BEFORE = 80  # code points between a date that stands above the title and the title
WORDS = 6  # a date line holds no more words that are not of the date: author, place, readers
LED = 12  # one that begins with a day and its hour may hold more: sources, photographers; no sentence begins so
BESIDE = 60  # code points between the elements that print one day in two calendars
LIST = 300  # code points between dates of a list of stories
CLIMB = 3  # levels up to find the whole of a date that is cut into elements
# A year of any calendar, in any digits: a class before all else is what a search is fast by.
YEAR = re.compile(r"[12١٢۱۲](?:(?<=[1١۱])[9٩۹34٣٤۳۴]|(?<=[2٢۲])[0٠۰])\d{2}")
# Names that layouts give to what holds a date, to what holds other articles, to the head of the page.
DATED = re.compile(r"date|time(?!line)|publish|posted|created|tarikh|entry-meta|post-meta|byline")
CHANGED = re.compile(r"updated|modified|last-?mod")
TODAY = re.compile(r"(?<![a-z])(?:today|clock|current-?date)(?![a-z])")
FIRST = re.compile(r"publish|created|posted|entry-date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How dates are looked for in a line, and how many other words one may hold that is not named for a date.

    `led`: the same of a line that begins with a day and its hour. `wide`: the widest line that reads as a date line is
    taken, not the first that holds a date.
    """

    may: Callable[[str], bool]  # whether a run of text is worth a look
    find: Callable[[str], tuple[Found, ...]]
    words: int
    led: int = 0
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A date found on the page, and where."""

    moment: Moment
    source: str  # visible | time
    label: str | None  # published | modified | clock | None
    start: int
    part: str
    names: str  # of its element and of the one around it

    @property
    def named(self) -> bool:
        """Whether its element is named for a date."""
        return self.source == "time" or DATED.search(self.names) is not None


# --- dates in it ----------------------------------------------------------------------------------------------------
def _names_near(element: etree._Element) -> str:
    parent = element.getparent()
    return f"{dom.names(element)} {dom.names(parent) if parent is not None else ''}"


def _label(names: str) -> str | None:
    """What an element's names call its date."""
    if TODAY.search(names):
        return "clock"
    if FIRST.search(names):
        return "published"
    return "modified" if CHANGED.search(names) else None


def lines(piece: Piece) -> Iterator[tuple[str, etree._Element]]:
    """The run of text itself, then the elements around it while they are one short line."""
    yield piece.text, piece.element
    element: etree._Element | None = piece.element
    for _ in range(CLIMB):
        if element is None or sum(1 for _ in zip(element.iter(), range(20), strict=False)) == 20:
            return
        line = dom.text_of(element)
        if len(line) > LINE:
            return
        yield line, element
        element = element.getparent()


def _has_year(text: str) -> bool:
    return YEAR.search(text) is not None


WHOLE = Manner(may=_has_year, find=find, words=WORDS, led=LED)


def in_text(piece: Piece, manner: Manner = WHOLE) -> list[Seen]:
    """The dates of the line that a run of text stands in."""
    if len(piece.text) > LINE or not manner.may(piece.text):
        return []
    around, tried = lines(piece), ""
    for line, element in reversed(list(around)) if manner.wide else around:
        if line == tried:  # an element that holds this run alone
            continue
        tried = "" if manner.wide else line
        found = manner.find(line)
        dates = [(date.moment, date.label) for date in found if isinstance(date.moment, Moment)]
        if dates:
            names = _names_near(element)
            named = bool(DATED.search(names))
            said = [(moment, label or _label(names)) for moment, label in dates]
            others = other_words(line, found)
            bare = manner.led if found[0].start == 0 and dates[0][0].precision is not Precision.DAY else manner.words
            few = [s for s in said if others <= max(bare, WORDS if named or s[1] == "published" else 0)]
            if few or not manner.wide:
                return [_seen(piece, moment, label, names) for moment, label in few]
    return []


def _in_time(piece: Piece) -> list[Seen]:
    """The date of a <time> element: its attribute, else its words."""
    moment = read(piece.element.get("datetime") or dom.text_of(piece.element))
    if not isinstance(moment, Moment):
        return []
    names = _names_near(piece.element) + (" published" if piece.element.get("pubdate") is not None else "")
    return [_seen(piece, moment, _label(names), names)]


def _seen(piece: Piece, moment: Moment, label: str | None, names: str) -> Seen:
    source = "visible" if piece.text else "time"
    return Seen(moment=moment, source=source, label=label, start=piece.start, part=piece.part, names=names)


def nearest(dates: Iterable[Seen], titles: Iterable[int], spans: tuple[int, int]) -> list[Seen]:
    """The date nearest to a title, of those that stand within a span of code points around one; none or one."""
    away = [
        (abs(date.start - title), date.start, date)
        for date in dates
        for title in titles
        if spans[0] <= date.start - title <= spans[1]
    ]
    return [min(away, key=lambda entry: entry[:2])[2]] if away else []


def _in_two_calendars(chosen: Iterable[Seen], dates: list[Seen]) -> Iterator[Seen]:
    """The dates chosen, with the same day in another calendar beside each; none of two that fight."""
    for date in chosen:
        twins = [d for d in dates if d.moment.calendar != date.moment.calendar and abs(d.start - date.start) <= BESIDE]
        if all(agree(date.moment, twin.moment) for twin in twins):
            yield date
            yield from twins


def _own(dates: list[Seen], titles: list[int]) -> list[Seen]:
    """The dates of publication of this article, among dates of one source outside other articles."""
    outside = [date for date in dates if date.part != "title"]  # a title's own date is the event's
    return list(_in_two_calendars(_chosen(outside, titles), [d for d in outside if d.label in (None, "published")]))


def _chosen(dates: list[Seen], titles: list[int]) -> list[Seen]:
    """The likeliest of them: labelled, else near the title, else named for a date."""
    anywhere = (-sys.maxsize, sys.maxsize)
    if said := [date for date in dates if date.label == "published"]:
        return nearest(said, titles or [0], anywhere)
    bare = [date for date in dates if date.label is None]
    below = nearest(bare, titles, (0, AFTER))
    above = nearest((date for date in bare if date.part == "page"), titles, (-BEFORE, -1))
    if below or above:
        return below + above
    named = [date for date in bare if date.named and date.part == "page"]
    return nearest((date for date in named if not _is_listed(date, named)), titles or [0], (0, sys.maxsize))


def _is_listed(date: Seen, dates: list[Seen]) -> bool:
    """Whether other days stand close by in elements of the same names: a list of other stories, no text between."""
    near = (d for d in dates if d.names == date.names and abs(d.start - date.start) <= LIST)
    return any(d.moment.local.date() != date.moment.local.date() for d in near)


def states(dates: list[Seen], titles: list[int]) -> Iterator[Stated]:
    """The article's own dates among those found, those of a change, and those of the page itself as "clock"."""
    here = [date for date in dates if date.part != "elsewhere"]
    own = _own(here, titles)
    for date in here:
        if date in own:
            yield Stated(source=date.source, about="published", moment=date.moment)
        elif date.label == "modified":
            yield Stated(source=date.source, about="modified", moment=date.moment)
        elif date.label == "clock" or date.part == "head":
            yield Stated(source=civil.CLOCK, about="published", moment=date.moment)


def seen(layout: Layout) -> Iterator[Stated]:
    """Dates of the article that stand on the page: source "time" or "visible"; those of the page itself as "clock"."""
    # What stands in another story's place is of no use, whatever it says; a date in the title's words is the event's.
    times = (piece for piece in layout.times() if piece.part != "elsewhere")
    yield from states([date for piece in times for date in _in_time(piece)], layout.titles)
    short = (run for run in layout.dated(YEAR) if len(run[0]) <= LINE)
    pieces = (piece for piece in layout.pieces(short) if piece.part != "elsewhere")
    found = ((piece, dates) for piece in pieces if (dates := in_text(piece)))
    own = [date for piece, dates in found if not layout.is_title(piece.text) for date in dates]
    yield from states(own, layout.titles)


def in_foot(layout: Layout, root: etree._Element) -> Iterator[Stated]:
    """The day that a message's own foot names in an abbreviation, for pages on which nothing else names one."""
    foot = next(root.iter("footer"), None)
    box = None if foot is None else foot.getparent()
    if foot is None or box is None or layout.part(box) != "page":
        return
    said = (find(dom.text_of(word)[:LINE]) for word in foot.iter("abbr"))
    moments = (date.moment for found in said for date in found)
    yield from (Stated(source="visible", about="published", moment=m) for m in moments if isinstance(m, Moment))
