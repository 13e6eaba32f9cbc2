"""The visible text of a page as dates are looked for in it: runs of text in order, the title, parts of the page.

It reads no date. Where a run stands is counted in code points of visible text, each run and one space behind it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from archive import arabic
from crawler.page import dom

# Names that layouts give to what holds other articles, and to the head of the page.
ELSEWHERE = re.compile(
    r"related|side-?bar|(?<!elementor-)widget(?!_message)|(?<!message_)footer|comment|ticker|breaking|popular|latest|trending|recommend|copyright|most-|carousel"
)
HEAD = re.compile(r"header|top-?bar|top-?nav|navbar|clock|masthead|today")
TITLE_PARTS = re.compile(r" (?:[-|:]|::|>>|\"|/) ")
LEAST_TITLE = 8  # code points of what a title is known by
OF_OTHERS = frozenset({"aside", "footer"})  # never hold the article's date, unless they hold its title
TELLING = frozenset({"itemprop", "hidden", "aria-hidden", "style"})  # attributes that an element is asked for
PLACED = frozenset({"h1", "img", "time"})  # elements whose place is remembered
TOLD = ("meta", "script", "title")  # elements that are kept, wherever they stand
# What a tag is to the walk; a tag may be several things.
_UNSEEN, _OF_OTHERS, _PLACED, _TOLD, _NO_WORDS = (1 << bit for bit in range(5))
_KINDS: dict[object, int] = {
    **dict.fromkeys((etree.Comment, etree.ProcessingInstruction), _NO_WORDS),
    **dict.fromkeys(dom.HIDDEN_TAGS, _UNSEEN),
    **dict.fromkeys(OF_OTHERS, _OF_OTHERS),
    **dict.fromkeys(PLACED, _PLACED),
    **dict.fromkeys(TOLD, _TOLD),
    "script": _UNSEEN | _TOLD,
}
# A script of one call that prints one string: <script>showDate("2017/09/14 09:30")</script>.
PRINTS = re.compile(r"""\s*[\w.$]{1,40}\(\s*(["'])([^"'\\]{8,40})\1\s*\)\s*;?\s*""")

Run = tuple[str, int, etree._Element]  # a run of text, where it starts, the element that holds it


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text: where it starts in the page's text, the element that holds it, what part of the page that is."""

    text: str
    start: int
    element: etree._Element
    part: str  # page | title | head | elsewhere


def _title_texts(metas: Iterable[etree._Element], titles: Iterable[etree._Element]) -> set[str]:
    """What the page's head calls the title, folded, whole and in its parts."""
    said = [meta.get("content") or "" for meta in metas if meta.get("property") == "og:title"]
    whole = {arabic.fold(text) for text in (*said, *(title.text or "" for title in titles))}
    parts = ((text, text.partition(": ")[2]) for text in whole)
    whole |= {part for text, part in parts if 2 * len(part) >= len(text)}  # «name of the site: headline»
    return {part for text in whole for part in (text, *TITLE_PARTS.split(text)) if len(part) >= LEAST_TITLE}


@lru_cache(maxsize=4096)
def _part_named(tag: str, names: str) -> str:
    """The part that an element's tag and names open; none is ""."""
    if tag in OF_OTHERS or ELSEWHERE.search(names):
        return "elsewhere"
    return "head" if tag in ("nav", "header") or HEAD.search(names) else ""


def _is_unseen(element: etree._Element) -> bool:
    return dom.is_hidden(element) and not dom.is_streamed(element)


def _has_no_title(element: etree._Element) -> bool:
    return element.find(".//h1") is None


def _last_in(element: etree._Element, known: dict[etree._Element, etree._Element]) -> etree._Element:
    """The last element in document order that an element holds; `known` are those told before."""
    above, here = [element], element[-1]
    while here not in known and len(here):
        above.append(here)
        here = here[-1]
    last = known.get(here, here)
    known.update(dict.fromkeys(above, last))
    return last


class Layout:
    """The visible runs of a page in document order, elements that may date it, and where its title starts."""

    def __init__(self, root: etree._Element, title: str = "") -> None:
        """`title` is the article's as it was read: it is looked for where the head names no words of the page."""
        self.runs: list[Run] = []
        self.items: list[etree._Element] = []  # with itemprop, in document order
        self._told: dict[object, list[etree._Element]] = {tag: [] for tag in TOLD}
        self._placed: dict[object, list[tuple[etree._Element, int]]] = {tag: [] for tag in PLACED}
        self._length = 0
        self._walk(root)
        self.metas, self.scripts = self._told["meta"], self._told["script"]
        self._name(_title_texts(self.metas, self._told["title"]))
        printed = self._printed_titles()
        if not printed and len(title) >= LEAST_TITLE:
            self._name({arabic.fold(title)})
            printed = self._printed_titles()
        self.titles = sorted(start for _, start in printed)
        self._headings = {element for element, _ in printed}
        self._around = {ancestor for title in self._headings for ancestor in title.iterancestors()} | self._headings
        self._parts: dict[etree._Element, str] = {}

    def _walk(self, root: etree._Element) -> None:
        """Note what is seen, in one pass; what follows an element belongs to its parent.

        Ends of elements are not met: that would take half as long again. What follows one that holds others waits
        until the last of these was met.
        """
        note, kinds, is_plain = self._note, _KINDS.get, TELLING.isdisjoint  # nearer than attributes
        waiting: list[tuple[etree._Element, str, etree._Element | None]] = []
        lasts: dict[etree._Element, etree._Element] = {}
        steps = root.iter()
        for element in steps:
            last, kind, tells = element, kinds(element.tag, 0), not is_plain(element.keys())
            if kind & _NO_WORDS or ((kind or tells) and self._is_passed_over(element, kind, tells)):
                for _ in element.iterdescendants() if len(element) else ():
                    last = next(steps)
            elif (text := element.text) and (shown := text.strip()):
                note(shown, element)
            if (text := element.tail) and (shown := text.strip()):
                if last is element and len(element):
                    waiting.append((_last_in(element, lasts), shown, element.getparent()))
                else:
                    note(shown, element.getparent())
            while waiting and waiting[-1][0] is last:
                note(*waiting.pop()[1:])

    def _is_passed_over(self, element: etree._Element, kind: int, tells: bool) -> bool:
        """Note what an element is; whether what it holds is not read. `tells`: it has attributes that matter."""
        if tells and element.get("itemprop") is not None:
            self.items.append(element)
        if kind & _UNSEEN or (tells and _is_unseen(element)) or (kind & _OF_OTHERS and _has_no_title(element)):
            self._pass_over(element, kind)
            return True
        if kind & _PLACED:
            self._placed[element.tag].append((element, self._length))
        if kind & _TOLD:
            self._told[element.tag].append(element)
        return False

    def _pass_over(self, element: etree._Element, kind: int) -> None:
        """Note of what is not read a date that a script prints, pictures that scripts show later, and microdata."""
        for told in element.iter(*TOLD) if len(element) else (element,) if kind & _TOLD else ():
            self._told[told.tag].append(told)
        if element.tag == "script":
            if printed := PRINTS.fullmatch(element.text or ""):
                self._note(printed[2].strip(), element)
        elif element.tag == "noscript":
            self._placed["img"] += ((image, self._length) for image in element.iter("img"))
        elif not kind & _UNSEEN:
            self.items += (each for each in element.iterdescendants() if each.get("itemprop") is not None)

    def _note(self, shown: str, element: etree._Element | None) -> None:
        if element is not None:
            self.runs.append((shown, self._length, element))
            self._length += len(shown) + 1

    def dated(self, figures: re.Pattern[str]) -> list[Run]:
        """The runs in which a pattern of figures alone matches."""
        texts, starts = [run[0] for run in self.runs], [run[1] for run in self.runs]
        text = "\n".join(texts)  # in which each run starts where it starts on the page
        found = {bisect_right(starts, match.start()) - 1 for match in figures.finditer(text)}
        return [self.runs[at] for at in sorted(found)]

    def _printed_titles(self) -> list[tuple[etree._Element, int]]:
        """The elements that print the title: headings that the head names, else the first, else the title's words."""
        headings = [(e, start, said) for e, start in self._placed["h1"] if (said := dom.text_of(e))]
        agreeing = [(e, start) for e, start, said in headings if self._is_named(arabic.fold(said))]
        if headings:
            return agreeing or [headings[0][:2]]
        return [(e, start) for text, start, e in self.runs if self.is_title(text) and (e.text or "").strip() == text]

    def _name(self, titles: set[str]) -> None:
        """What the title is called, folded."""
        self._named = titles
        self._longest = 2 * max(map(len, titles), default=0)

    def _is_named(self, folded: str) -> bool:
        return folded in self._named or any(folded in name for name in self._named)

    def is_title(self, text: str) -> bool:
        """Whether a run of text is what the head calls the title, or a part of it."""
        return LEAST_TITLE // 2 <= len(text) <= self._longest and arabic.fold(text) in self._named

    def part(self, element: etree._Element) -> str:
        """Which part of the page an element stands in; a part inside another article's stays there."""
        chain: list[etree._Element] = []
        here: etree._Element | None = element
        while here is not None and here not in self._parts:
            chain.append(here)
            here = here.getparent()
        part = "page" if here is None else self._parts[here]
        for each in reversed(chain):
            part = self._opened(each, part)
            self._parts[each] = part
        return part

    def _opened(self, element: etree._Element, above: str) -> str:
        if element in self._headings:
            return "title"
        if above == "elsewhere" or element in self._around:
            return above
        return _part_named(str(element.tag), dom.names(element)) or above

    def pieces(self, runs: Iterable[Run]) -> Iterator[Piece]:
        """Runs with the part of the page that each stands in."""
        for text, start, element in runs:
            yield Piece(text=text, start=start, element=element, part=self.part(element))

    def near(self, before: int, after: int) -> Iterator[Piece]:
        """Runs of the page's own part that start within a span of code points around a title."""
        spans = [(title - before, title + after) for title in self.titles]
        runs = (run for run in self.runs if any(first <= run[1] <= last for first, last in spans))
        yield from (piece for piece in self.pieces(runs) if piece.part == "page")

    def times(self) -> Iterator[Piece]:
        """<time> elements that are seen."""
        yield from self.pieces(("", start, e) for e, start in self._placed["time"])

    def pictures(self, before: int, after: int) -> Iterator[Piece]:
        """Pictures of the page's own part within a span around a title."""
        places = (("", start, e) for e, start in self._placed["img"])
        near = (run for run in places if any(-before <= run[1] - title <= after for title in self.titles))
        yield from (piece for piece in self.pieces(near) if piece.part == "page")
