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
_COUNTED = dom.HEADINGS | {"a", "b", "strong", "li"}
_SPACES = re.compile("[ \t\n\r\f]+")  # HTML's white space only: NO-BREAK SPACE is a repair of clean()


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

    @property
    def size(self) -> int:
        """Letters and digits in it."""
        return len(self.skeleton)

    @property
    def link_share(self) -> float:
        """Share of its text that is links, 0 to 1."""
        return min(1.0, self.linked / len(self.text)) if self.text else 0.0


class _Pen:
    """The text being gathered until the next block boundary."""

    __slots__ = ("bold", "breaks", "lines", "linked")

    def __init__(self) -> None:
        self.lines: list[list[str]] = [[]]
        self.breaks: list[int] = []  # brs between line n and n + 1
        self.linked = [0]
        self.bold = [0]

    def write(self, text: str, *, linked: bool, bold: bool) -> None:
        self.lines[-1].append(text)
        if linked or bold:
            joined = len(_one_line(text))
            self.linked[-1] += joined if linked else 0
            self.bold[-1] += joined if bold else 0

    def line_break(self) -> None:
        if self.breaks and not "".join(self.lines[-1]).strip():
            self.breaks[-1] += 1
            return
        self.breaks.append(1)
        self.lines.append([])
        self.linked.append(0)
        self.bold.append(0)

    def pieces(self) -> Iterator[tuple[str, int, int]]:
        """Paragraphs: lines parted at blank lines if the block has any between text, else at every break."""
        texts = [_one_line("".join(line)) for line in self.lines]
        parting = 2 if any(count > 1 and texts[at] for at, count in enumerate(self.breaks)) and _soft(texts) else 1
        gathered, linked, bold = "", 0, 0
        for at, text in enumerate(texts):
            gathered = f"{gathered} {text}".strip()
            linked, bold = linked + self.linked[at], bold + self.bold[at]
            if at == len(self.breaks) or self.breaks[at] >= parting:
                if gathered:
                    yield gathered[:MAX_TEXT], linked, bold
                gathered, linked, bold = "", 0, 0


def _one_line(text: str) -> str:
    return " ".join(text.split()) if text.isascii() else _SPACES.sub(" ", text).strip(" ")


def _soft(texts: list[str]) -> bool:
    """Whether single breaks are mere line ends: most lines do not close a sentence."""
    spoken = [text for text in texts if text]
    closed = sum(1 for text in spoken if text[-1] in '.؟!?:”»"…')
    return closed * 2 < len(spoken)


class _Walk:
    """The state of one walk through a tree."""

    def __init__(self, zone_of: Callable[[etree._Element], str | None]) -> None:
        self.zone_of = zone_of
        self.blocks: list[Block] = []
        self.pen = _Pen()
        self.written = False  # whether the pen holds anything
        self.owners: list[etree._Element] = []
        self.zones: list[tuple[str, etree._Element]] = []
        self.links = self.bolds = self.lists = self.headings = 0

    def write(self, text: str) -> None:
        self.written = True
        self.pen.write(text, linked=self.links > 0, bold=self.bolds > 0)

    def close(self) -> None:
        """End the block being written."""
        if not self.written or not self.owners:
            return
        zone, root = self.zones[-1] if self.zones else (None, None)
        for text, linked, bold in self.pen.pieces():
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
                    skeleton=skeleton(text),
                )
            )
        self.pen = _Pen()
        self.written = False

    def enter(self, element: etree._Element, tag: str) -> None:
        is_block = tag in dom.BLOCK_TAGS
        if is_block:
            self.close()
            self.owners.append(element)
        zone = self.zone_of(element)
        if zone:
            self.close()
            self.zones.append((zone, element))
        if tag in _COUNTED:
            self._count(tag, 1)
        if tag == "br":
            self.written = True
            self.pen.line_break()
        text = element.text
        if text and (not is_block or not text.isspace()):
            self.write(text)

    def leave(self, element: etree._Element, tag: str) -> None:
        is_block = tag in dom.BLOCK_TAGS
        if is_block:
            self.close()
            self.owners.pop()
        if self.zones and self.zones[-1][1] is element:
            if not is_block:
                self.close()
            self.zones.pop()
        if tag in _COUNTED:
            self._count(tag, -1)

    def _count(self, tag: str, step: int) -> None:
        self.links += step if tag == "a" else 0
        self.bolds += step if tag in {"b", "strong"} else 0
        self.lists += step if tag == "li" else 0
        self.headings += step if tag in dom.HEADINGS else 0


def blocks(
    root: etree._Element,
    zone_of: Callable[[etree._Element], str | None],
    dropped: Collection[etree._Element] = (),
) -> list[Block]:
    """Every block of text below `root`, in document order; scripts, forms' fields and the like left out.

    `zone_of` names the zone an element opens, or None; the words of `dropped` elements are left out.
    Bounded by dom.MAX_ELEMENTS and MAX_BLOCKS.
    """
    walk = _Walk(zone_of)
    steps = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    seen = 0
    skipped: etree._Element | None = None
    for event, element in steps:
        if event == "start":
            tag = element.tag
            seen += 1
            if seen > dom.MAX_ELEMENTS or len(walk.blocks) >= MAX_BLOCKS:
                break
            if tag in dom.HIDDEN_TAGS or (dropped and element in dropped):
                skipped = element
                steps.skip_subtree()
                continue
            walk.enter(element, tag)
            continue
        if event == "end":
            if element is skipped:
                skipped = None
            else:
                walk.leave(element, element.tag)
            if element is root:
                continue
        tail = element.tail
        if tail:
            walk.write(tail)
    walk.close()
    return walk.blocks
