"""Dates that a reader of the page sees: beside the title, labelled, in <time>; it tells them from the page's clock."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from archive import arabic, published
from crawler.dating.moments import Moment, agree
from crawler.dating.stated import Stated, read
from crawler.dating.written import Found, find, other_words
from crawler.page import dom

LINE = 200  # code points a date line has at most
AFTER = 600  # code points between the title's start and its date: subtitle, author, caption
BEFORE = 80  # code points between a date that stands above the title and the title
WORDS = 6  # a date line holds no more words that are not of the date: author, place, readers
BESIDE = 60  # code points between the elements that print one day in two calendars
CLIMB = 3  # levels up to find the whole of a date that is cut into elements
YEAR = re.compile("(?:19|20|1[34])[0-9]{2}")  # of any calendar
FIGURES = re.compile(r"\d{4}")  # of any digits
# Names that layouts give to what holds a date, to what holds other articles, to the head of the page.
DATED = re.compile(r"date|time(?!line)|publish|posted|created|tarikh|entry-meta|post-meta|byline")
CHANGED = re.compile(r"updated|modified|last-?mod")
TODAY = re.compile(r"(?<![a-z])(?:today|clock|current-?date)(?![a-z])")
FIRST = re.compile(r"publish|created|posted|entry-date")
ELSEWHERE = re.compile(
    r"related|side-?bar|(?<!elementor-)widget|footer|comment|ticker|breaking|popular|latest|trending|recommend|copyright|most-|carousel"
)
HEAD = re.compile(r"header|top-?bar|top-?nav|navbar|clock|masthead|today")
TITLE_PARTS = re.compile(r" (?:[-|:]|::|>>|\"|/) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text: where it starts in the page's text, the element that holds it, what part of the page that is."""

    text: str
    start: int
    element: etree._Element
    part: str  # page | title | head | elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How dates are looked for in a line, and how many other words one may hold that is not named for a date.

    `wide`: the widest line that reads as a date line is taken, not the first that holds a date.
    """

    may: Callable[[str], bool]  # whether a run of text is worth a look
    find: Callable[[str], tuple[Found, ...]]
    words: int
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A date found on the page, and where."""

    moment: Moment
    source: str  # visible | time
    label: str | None  # published | modified | clock | None
    start: int
    part: str
    named: bool  # its element is named for a date


def _title_texts(root: etree._Element) -> set[str]:
    """What the page's head calls the title, folded, whole and in its parts."""
    said = [element.get("content") or "" for element in root.iterfind(".//meta[@property='og:title']")]
    said += [element.text or "" for element in root.iterfind(".//title")]
    whole = {arabic.fold(text) for text in said}
    return {part for text in whole for part in (text, *TITLE_PARTS.split(text)) if len(part) >= 8}


def _title_elements(root: etree._Element) -> list[etree._Element]:
    """The elements that print the title: the first heading that the head names, else the first, else its words."""
    named = _title_texts(root)
    headings = [h for h in root.iter("h1") if dom.text_of(h) and not dom.is_hidden(h)]
    agreeing = [h for h in headings if (said := arabic.fold(dom.text_of(h))) in named or any(said in t for t in named)]
    if agreeing or headings:
        return agreeing or headings[:1]
    bodies = root.iterfind("body")
    return [e for body in bodies for e in body.iter() if isinstance(e.tag, str) and arabic.fold(e.text or "") in named]


def _part(element: etree._Element, above: str) -> str:
    """Which part of the page an element opens; a part inside another article's stays there."""
    return above if above == "elsewhere" else _part_named(str(element.tag), dom.names(element)) or above


@lru_cache(maxsize=4096)
def _part_named(tag: str, names: str) -> str:
    """The part that an element's tag and names open; none is ""."""
    if tag in ("aside", "footer") or ELSEWHERE.search(names):
        return "elsewhere"
    return "head" if tag in ("nav", "header") or HEAD.search(names) else ""


class Layout:
    """The visible text of a page in document order, its <time> elements and pictures, and where its title starts."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.pieces: list[Piece] = []
        self.times: list[Piece] = []
        self.pictures: list[Piece] = []
        self.titles: list[int] = []
        self.length = 0
        self.headings = set(_title_elements(root))
        self.around = {ancestor for title in self.headings for ancestor in title.iterancestors()} | self.headings
        self.parts = ["page"]
        self.hidden = 0
        self.unseen: list[bool] = []
        for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if event == "start":
                self.enter(element)
            elif event == "end":
                self.leave(element)
            else:
                self.text(element.tail, element.getparent())

    def text(self, text: str | None, element: etree._Element | None) -> None:
        """Note a run of text, unless nobody sees it."""
        if text and element is not None and not self.hidden and (shown := text.strip()):
            self.pieces.append(Piece(text=shown, start=self.length, element=element, part=self.parts[-1]))
            self.length += len(shown) + 1

    def enter(self, element: etree._Element) -> None:
        """An element opens."""
        self.unseen.append(element.tag in dom.HIDDEN_TAGS or dom.is_hidden(element))
        self.hidden += self.unseen[-1]
        self.parts.append(self.parts[-1] if element in self.around else _part(element, self.parts[-1]))
        if element in self.headings:
            self.titles.append(self.length)
            self.parts[-1] = "title"
        if element.tag == "img":
            self.pictures.append(Piece(text="", start=self.length, element=element, part=self.parts[-1]))
        if element.tag == "time" and not self.hidden:
            self.times.append(Piece(text="", start=self.length, element=element, part=self.parts[-1]))
        self.text(element.text, element)

    def leave(self, element: etree._Element) -> None:
        """An element closes; what follows it belongs to its parent."""
        self.hidden -= self.unseen.pop()
        self.parts.pop()
        self.text(element.tail, element.getparent())


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
    return FIGURES.search(text) is not None and YEAR.search(arabic.digits(text)) is not None


WHOLE = Manner(may=_has_year, find=find, words=WORDS)


def in_text(piece: Piece, manner: Manner = WHOLE) -> list[Seen]:
    """The dates of the line that a run of text stands in."""
    if len(piece.text) > LINE or not manner.may(piece.text):
        return []
    around = lines(piece)
    for line, element in reversed(list(around)) if manner.wide else around:
        found = manner.find(line)
        dates = [(date.moment, date.label) for date in found if isinstance(date.moment, Moment)]
        if dates:
            names = _names_near(element)
            named = bool(DATED.search(names))
            said = [(moment, label or _label(names)) for moment, label in dates]
            others = other_words(line, found)
            few = [s for s in said if others <= (WORDS if named or s[1] == "published" else manner.words)]
            if few or not manner.wide:
                return [_seen(piece, moment, label, named=named) for moment, label in few]
    return []


def _in_time(piece: Piece) -> list[Seen]:
    """The date of a <time> element: its attribute, else its words."""
    moment = read(piece.element.get("datetime") or dom.text_of(piece.element))
    if not isinstance(moment, Moment):
        return []
    names = _names_near(piece.element) + (" published" if piece.element.get("pubdate") is not None else "")
    return [_seen(piece, moment, _label(names), named=True)]


def _seen(piece: Piece, moment: Moment, label: str | None, *, named: bool) -> Seen:
    source = "visible" if piece.text else "time"
    return Seen(moment=moment, source=source, label=label, start=piece.start, part=piece.part, named=named)


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
    return nearest((date for date in bare if date.named and date.part == "page"), titles or [0], (0, sys.maxsize))


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
            yield Stated(source=published.CLOCK, about="published", moment=date.moment)


def seen(layout: Layout) -> Iterator[Stated]:
    """Dates of the article that stand on the page: source "time" or "visible"; those of the page itself as "clock"."""
    yield from states([date for piece in layout.times for date in _in_time(piece)], layout.titles)
    yield from states([date for piece in layout.pieces for date in in_text(piece)], layout.titles)
