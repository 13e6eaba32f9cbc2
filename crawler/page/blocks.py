"""A page's tree as blocks of text in document order, each with its element and what it is made of; it judges none."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from lxml import etree

from crawler.page import dom
from crawler.page.locate import skeleton

MAX_BLOCKS = 8_000  # of a page; what comes after is not read
MAX_TEXT = 100_000  # code points of one block
_SPACES = re.compile("[ \t\n\r\f]+")  # HTML's white space only: NO-BREAK SPACE is a repair of clean()
# What a tag is to the walk; a tag may be several things.
_HIDDEN, _BLOCK, _LINK, _BOLD, _ITEM, _HEADING, _BREAK = (1 << bit for bit in range(7))
_KINDS = dict.fromkeys(dom.HIDDEN_TAGS, _HIDDEN) | dict.fromkeys(dom.BLOCK_TAGS, _BLOCK)
_KINDS |= {"a": _LINK, "b": _BOLD, "strong": _BOLD, "li": _BLOCK | _ITEM, "br": _BREAK}
_KINDS |= dict.fromkeys(dom.HEADINGS, _BLOCK | _HEADING)
_COUNTED = _LINK | _BOLD | _ITEM | _HEADING


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """One stretch of text between block-level tags or blank lines."""

    element: etree._Element
    text: str
    order: int
    linked: int  # code points inside links
    bold: int  # code points inside b or strong
    zone: str | None  # nav, aside, caption …: why readers would not call it the article
    zone_root: etree._Element | None
    list_item: bool
    heading: bool
    skeleton: str  # of its text
    size: int  # letters and digits in it
    link_share: float  # share of its text that is links, 0 to 1


class _Pen:
    """The text of a block with breaks in it, line by line."""

    __slots__ = ("bold", "breaks", "lines", "linked")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.breaks: list[int] = []  # brs behind line n
        self.linked: list[int] = []
        self.bold: list[int] = []

    def write(self, line: str, linked: int, bold: int) -> None:
        """A line up to a break; an empty one makes the break before it wider."""
        if self.breaks and not line.strip():
            self.breaks[-1] += 1
            self.linked[-1] += linked
            self.bold[-1] += bold
            return
        self.lines.append(line)
        self.breaks.append(1)
        self.linked.append(linked)
        self.bold.append(bold)

    def pieces(self) -> Iterator[tuple[str, int, int]]:
        """Paragraphs: lines parted at blank lines if the block has any between text, else at every break."""
        texts = [_one_line(line) for line in self.lines]
        wide = any(count > 1 and texts[at] for at, count in enumerate(self.breaks[:-1]))
        parting = 2 if wide and _soft(texts) else 1
        gathered, linked, bold = "", 0, 0
        for at, text in enumerate(texts):
            gathered = f"{gathered} {text}".strip()
            linked, bold = linked + self.linked[at], bold + self.bold[at]
            if at == len(texts) - 1 or self.breaks[at] >= parting:
                if gathered:
                    yield gathered, linked, bold
                gathered, linked, bold = "", 0, 0


def _one_line(text: str) -> str:
    return " ".join(text.split()) if text.isascii() else _SPACES.sub(" ", text).strip(" ")


def _soft(texts: list[str]) -> bool:
    """Whether single breaks are mere line ends: most lines do not close a sentence."""
    spoken = [text for text in texts if text]
    closed = sum(1 for text in spoken if text[-1] in '.؟?!:”»"…')
    return closed * 2 < len(spoken)


class _Walk:
    """The state of one walk through a tree."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.parts: list[str] = []  # of the line being written
        self.linked = self.bold = 0  # code points of it
        self.pen: _Pen | None = None  # the lines before it, if any
        self.owners: list[etree._Element] = []
        self.zones: list[tuple[str, etree._Element]] = []
        self.links = self.bolds = self.lists = self.headings = 0

    def write(self, text: str) -> None:
        if not self.parts and self.pen is None and text.isspace():
            return
        self.parts.append(text)
        if self.links or self.bolds:
            many = len(_one_line(text))
            self.linked += many if self.links else 0
            self.bold += many if self.bolds else 0

    def line_break(self) -> None:
        if self.pen is None:
            self.pen = _Pen()
        self.pen.write("".join(self.parts), self.linked, self.bold)
        self.parts, self.linked, self.bold = [], 0, 0

    def close(self) -> None:
        """End the block being written."""
        if not self.owners or not (self.parts or self.pen):
            return
        if self.pen is None:
            text = _one_line("".join(self.parts)).strip()
            if text:
                self._add(text, self.linked, self.bold)
        else:
            self.line_break()
            for text, linked, bold in self.pen.pieces():
                self._add(text, linked, bold)
            self.pen = None
        self.parts, self.linked, self.bold = [], 0, 0

    def _add(self, text: str, linked: int, bold: int) -> None:
        zone, root = self.zones[-1] if self.zones else (None, None)
        text = text[:MAX_TEXT]
        letters = skeleton(text)
        self.blocks.append(
            Block(
                element=self.owners[-1],
                text=text,
                order=len(self.blocks),
                linked=linked,
                bold=bold,
                zone=zone,
                zone_root=root,
                list_item=self.lists > 0,
                heading=self.headings > 0,
                skeleton=letters,
                size=len(letters),
                link_share=min(1.0, linked / len(text)) if linked else 0.0,
            )
        )

    def enter(self, element: etree._Element, kind: int) -> None:
        """A tag that is more than words opens."""
        if kind & _BLOCK:
            self.close()
            self.owners.append(element)
        if kind & _COUNTED:
            self._count(kind, 1)
        if kind & _BREAK:
            self.line_break()

    def enter_zone(self, zone: str, element: etree._Element) -> None:
        self.close()
        self.zones.append((zone, element))

    def leave(self, element: etree._Element, kind: int) -> None:
        """It closes."""
        if kind & _BLOCK:
            self.close()
            self.owners.pop()
        if self.zones and self.zones[-1][1] is element:
            self.close()
            self.zones.pop()
        if kind & _COUNTED:
            self._count(kind, -1)

    def _count(self, kind: int, step: int) -> None:
        self.links += step if kind & _LINK else 0
        self.bolds += step if kind & _BOLD else 0
        self.lists += step if kind & _ITEM else 0
        self.headings += step if kind & _HEADING else 0


def blocks(
    root: etree._Element,
    zone_of: Callable[[etree._Element], str | None],
    dropped: Collection[etree._Element] = (),
) -> list[Block]:
    """Every block of text below `root`, in document order; scripts, forms' fields and the like left out.

    `zone_of` names the zone an element opens, or None; the words of `dropped` elements are left out.
    Bounded by dom.MAX_ELEMENTS and MAX_BLOCKS.
    """
    walk = _Walk()
    steps = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    seen = 0
    skipped: etree._Element | None = None
    for event, element in steps:
        if event == "start":
            kind = _KINDS.get(element.tag, 0)
            seen += 1
            if seen > dom.MAX_ELEMENTS or len(walk.blocks) >= MAX_BLOCKS:
                break
            if kind & _HIDDEN or (dropped and element in dropped):
                skipped = element
                steps.skip_subtree()
                continue
            if zone := zone_of(element):
                walk.enter_zone(zone, element)
            if kind:
                walk.enter(element, kind)
            words = element.text
        else:
            if event == "end" and element is not skipped:
                kind = _KINDS.get(element.tag, 0)
                if kind or walk.zones:
                    walk.leave(element, kind)
            skipped = None
            words = element.tail if element is not root else None
        if words:
            walk.write(words)
    walk.close()
    return walk.blocks
