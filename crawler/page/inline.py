"""«اقرأ أيضاً …» set inside a paragraph of the text, behind a break or in a span or link of its own: it is cut out.

A sentence that merely says such words stays: what is cut is a line of its own, or stands behind a full stop at the end
of one or in brackets; inside a line only a label with a colon and a link behind it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from archive.arabic import fold
from crawler.page import dom, references
from crawler.page.blocks import Block
from crawler.page.furniture import SHORT
from crawler.page.locate import skeleton

CUT = "reference-cut"  # the repair that is told
MOST = 100  # references of one element; what comes after stays
LEAST, MUCH = 0.4, 0.95  # share of links of a paragraph that only a reference makes a list of links
SHORTEST = 20  # code points of the paragraph before it
ENDS = '.؟?!…»”")'  # behind these another sentence may begin
_BETWEEN = re.compile(r"[\s:|/«»“”\"',،.…•\-\u2013\u2014\u2190\u2192><]*")
_CLOSING = re.compile(r"[\s»”\"')\]]*")
_BEFORE = " \t\r\n\f\u00a0•|*>-\u2013\u2014\u2190\u2192"


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of a line that an inline element holds."""

    start: int
    end: int
    is_link: bool


@dataclass(frozen=True, slots=True)
class _Line:
    """Words of an element up to a break, as they stand in the page, and the inline elements in them."""

    text: str
    spans: tuple[_Span, ...]


def without(kept: Sequence[Block]) -> tuple[Sequence[Block], frozenset[int]]:
    """The blocks without references inside them, and the orders of those that lost one; most are not looked into.

    Raises:
        FactsError: inline.yml is broken; the message names the line.
    """
    opening = references.opening()
    left: list[Block] = []
    mended: set[int] = set()
    known: dict[etree._Element, _Found] = {}
    for block in kept:
        if len(block.element) == 0 or not references.may_refer(block.skeleton) or not opening.search(block.text):
            left.append(block)
            continue
        if block.element not in known:
            known[block.element] = _Found.within(_lines(block.element), opening)
        text = known[block.element].cut(block.text)
        if text == block.text:
            left.append(block)
        elif letters := skeleton(text):
            mended.add(block.order)
            left.append(block._replace(text=text, skeleton=letters, size=len(letters)))
        elif left:  # a whole line went: told of the one before it
            mended.add(left[-1].order)
    return (left, frozenset(mended)) if left else (kept, frozenset())


def opened(blocks: Sequence[Block]) -> tuple[list[Block], frozenset[int]]:
    """The blocks, those without their references that only these make lists of links; and the orders of these."""
    left, mended = list(blocks), set()
    known: dict[etree._Element, _Found] = {}
    for at, block in enumerate(blocks):
        if not LEAST < block.link_share < MUCH or block.zone is not None or len(block.element) == 0:
            continue
        words = references.opening().search(block.text, SHORTEST)
        if words and block.element not in known:
            known[block.element] = _Found.within(_lines(block.element), references.opening())
        text = known[block.element].cut(block.text) if words else block.text
        if text != block.text and (letters := skeleton(text)):
            linked = max(0, block.linked - (len(block.text) - len(text)))
            left[at] = block._replace(
                text=text, skeleton=letters, size=len(letters), linked=linked, link_share=linked / len(text)
            )
            mended.add(block.order)
    return left, frozenset(mended)


class _Found:
    """The references of an element, by their places among its signs that are no spaces."""

    def __init__(self, signs: str, places: Sequence[tuple[int, int]]) -> None:
        self._signs, self._places = signs, places
        self._at = 0  # where the block looked at last ends

    @classmethod
    def within(cls, lines: Sequence[_Line], opening: re.Pattern[str]) -> _Found:
        begins = [0]
        for line in lines:
            begins.append(begins[-1] + len(_signs(line.text)))
        found = islice(_references(lines, opening), MOST)
        places = [tuple(begins[at] + len(_signs(lines[at].text[:edge])) for edge in stretch) for at, *stretch in found]
        return cls("".join(_signs(line.text) for line in lines), [(start, end) for start, end in places])

    def cut(self, text: str) -> str:
        """The text of the element's next block without what stands in it of the references."""
        said = _signs(text)
        begin = self._signs.find(said, self._at)
        if begin < 0:  # words of it are left out elsewhere: no place can be told
            return text
        self._at = begin + len(said)
        edges = [at for at, sign in enumerate(text) if not sign.isspace()]
        for start, end in reversed(self._places):
            if begin <= start < end <= self._at:
                text = _joined(text[: edges[start - begin]], text[edges[end - begin - 1] + 1 :])
        return text


def _signs(text: str) -> str:
    return "".join(text.split())


def _joined(head: str, rest: str) -> str:
    joint = "" if rest.lstrip(" ")[:1] in tuple(".،؛") else " "
    return f"{head.rstrip(' ')}{joint}{rest.lstrip(' ')}".strip(" ")


class _Pen:
    """The lines of an element as they are walked through."""

    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self.parts: list[str] = []  # of the line being written
        self.length = 0  # of it
        self.spans: list[_Span] = []  # in it that ended
        self.open: list[tuple[etree._Element, int]] = []  # inline elements, and where in their first line they begin
        self.held = 0  # of them that began in a line before
        self.links = 0  # of these that are links

    def write(self, words: str | None) -> None:
        if words:
            self.parts.append(words)
            self.length += len(words)

    def close(self, node: etree._Element) -> None:
        """End an inline element."""
        if not self.open or self.open[-1][0] is not node:
            return
        start = self.open.pop()[1]
        if len(self.open) < self.held:
            start, self.held, self.links = 0, self.held - 1, self.links - (node.tag == "a")
        self.spans.append(_Span(start, self.length, node.tag == "a"))

    def end_line(self) -> None:
        """Elements that are open hold a part of this line, and go on in the next; those that hold all are one."""
        begun = self.open[self.held :]
        many = {True: self.links, False: self.held - self.links}
        around = [_Span(0, self.length, is_link) for is_link, held in many.items() if held]
        unended = [_Span(start, self.length, node.tag == "a") for node, start in begun]
        self.lines.append(_Line("".join(self.parts), (*self.spans, *around, *unended)))
        self.parts, self.length, self.spans = [], 0, []
        self.held += len(begun)
        self.links += sum(node.tag == "a" for node, _ in begun)


def _lines(element: etree._Element) -> list[_Line]:
    """The lines of an element, without what is hidden and without the blocks in it."""
    pen = _Pen()
    steps = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in steps:
        apart = node.tag in dom.HIDDEN_TAGS or node.tag in dom.BLOCK_TAGS
        if event == "start":
            if node is element:
                pen.write(node.text)
            elif apart:
                steps.skip_subtree()
            else:
                pen.open.append((node, pen.length))
                pen.write(node.text)
        elif node is not element:
            pen.close(node)
            if node.tag == "br" or node.tag in dom.BLOCK_TAGS:
                pen.end_line()
            pen.write(node.tail)
    pen.end_line()
    return pen.lines


def _references(lines: Sequence[_Line], opening: re.Pattern[str]) -> Iterator[tuple[int, int, int]]:
    """The line of each reference and its stretch; lines of links alone go with a line that announces them."""
    announced = False
    for number, line in enumerate(lines):
        if not line.text.strip():
            continue
        if announced and _is_link(line):
            yield number, 0, len(line.text)
            continue
        announced = opening.fullmatch(line.text.strip(_BEFORE + ":.…")) is not None
        if announced:
            yield number, 0, len(line.text)
            continue
        at = 0
        for words in islice(opening.finditer(line.text), MOST):
            stretch = _stretch(line, words, at) if words.start() >= at else None
            if stretch is not None:
                at = stretch[1]
                yield number, *stretch


def _is_link(line: _Line) -> bool:
    said = len(line.text.strip(_BEFORE))
    return any(span.is_link and span.end - span.start >= said for span in line.spans)


def _stretch(line: _Line, words: re.Match[str], at: int) -> tuple[int, int] | None:
    """Where a reference that opens with these words begins and ends; None for a sentence that merely says them.

    `at` is where the reference before it ends, or the line begins.
    """
    text = line.text
    before = text[at : words.start()].rstrip(_BEFORE)
    headline = _behind(_BETWEEN, text, words.end())
    bracket = before[-1:] if before[-1:] in tuple("([") else ""
    said = _Said(
        words=words,
        start=text.rindex(bracket, at, words.start()) if bracket else words.start(),
        headline=headline,
        wrapper=max((s.end for s in line.spans if _wraps(s, text, words) and not s.is_link), default=0),
        colon=any(sign in text[words.end() : headline] for sign in ":|"),
        apart=not before or before[-1] in ENDS,
        announced=before[-1:] in tuple(":،,"),
        label=not any(span.is_link and _wraps(span, text, words) for span in line.spans),
        bracket=bracket,
    )
    link = _links_end(line, words, headline)
    end = _linked(text, said, link) if link else _plain(text, said, is_line=not before)
    return (said.start, end) if end else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """How the words of a reference stand in a line."""

    words: re.Match[str]
    start: int  # of the reference
    headline: int  # behind the words and the signs after them
    wrapper: int  # end of the inline element that begins with them; 0 for none
    colon: bool
    apart: bool  # a sentence ended before them, or nothing stands there
    announced: bool  # a sentence leads up to them: «كتب على صفحته: …»
    label: bool  # they stand outside the link
    bracket: str

    @property
    def sure(self) -> bool:
        return " ".join(fold(self.words.group()).lower().split()) in references.sure()


def _linked(text: str, said: _Said, link: int) -> int:
    """Where a reference ends that has a link; 0 for none."""
    end = said.wrapper if said.wrapper >= link and _is_bare(text[link : said.wrapper]) else link
    closed = end == said.wrapper
    end = _behind(_CLOSING, text, end)
    last = _is_bare(text[end:])
    if said.bracket:
        return end if {")", "]"} & set(text[link:end]) else 0
    if not last:
        return end if said.apart and said.label and said.colon and said.sure else 0
    takes = said.apart or (closed and said.colon and said.label and not said.announced)
    return len(text) if takes else 0


def _plain(text: str, said: _Said, *, is_line: bool) -> int:
    """Where a reference ends that has none: a line, or an element at its end, with a colon and a short headline."""
    end = said.wrapper or len(text)
    short = len(skeleton(text[said.start : end])) <= SHORT and len(text[said.headline : end].split()) > 1
    if said.bracket or not (said.colon and short and said.apart and said.sure and (said.wrapper or is_line)):
        return 0
    return len(text) if _is_bare(text[end:]) else 0


def _is_bare(text: str) -> bool:
    return not text.strip(_BEFORE + ENDS)


def _behind(signs: re.Pattern[str], text: str, at: int) -> int:
    found = signs.match(text, at)
    return found.end() if found else at


def _wraps(span: _Span, text: str, words: re.Match[str]) -> bool:
    """Whether an inline element begins with a reference's words and holds more than them."""
    return (
        span.start <= words.start() and span.end > words.end() and not text[span.start : words.start()].strip(_BEFORE)
    )


def _links_end(line: _Line, words: re.Match[str], headline: int) -> int:
    """Where the links behind a reference's words end, or the link that holds them with a headline; 0 without any."""
    end = 0
    for span in sorted((s for s in line.spans if s.is_link), key=lambda s: s.start):
        holds = _wraps(span, line.text, words) and span.end > headline
        follows = words.end() <= span.start <= headline and span.end > headline
        more = end and not line.text[end : span.start].strip(_BEFORE + "،,")
        if holds or follows or more:
            end = span.end
    return end
