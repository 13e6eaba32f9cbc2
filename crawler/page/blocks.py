"""A page's tree as blocks of text in document order, each with its element and what it is made of; it judges none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from lxml import etree

from crawler.page import dom
from crawler.page.locate import skeletons

MAX_BLOCKS = 8_000  # of a page; what comes after is not read
MAX_TEXT = 100_000  # code points of one block
_SPACES = "\t\n\r\f"  # HTML's white space only: NO-BREAK SPACE is a repair of clean()
# What a tag is to the walk; a tag may be several things.
_HIDDEN, _BLOCK, _LINK, _BOLD, _ITEM, _HEADING, _BREAK = (1 << bit for bit in range(7))
_KINDS = dict.fromkeys(dom.HIDDEN_TAGS, _HIDDEN) | dict.fromkeys(dom.BLOCK_TAGS, _BLOCK)
_KINDS |= {"a": _LINK, "b": _BOLD, "strong": _BOLD, "li": _BLOCK | _ITEM, "br": _BREAK}
_KINDS |= dict.fromkeys(dom.HEADINGS, _BLOCK | _HEADING)
_COUNTED = _LINK | _BOLD | _ITEM | _HEADING
_WORDS = _LINK | _BOLD  # whose words are counted


class Block(NamedTuple):
    """One stretch of text between block-level tags or blank lines.

    A page has hundreds: a tuple is made in a fifth of a dataclass's time.
    """

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


# A block as it is found: element, text, linked, bold, zone and its root, whether an item, whether a heading.
_Found = tuple[etree._Element, str, int, int, str | None, etree._Element | None, bool, bool]


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
    if text.isascii():
        return " ".join(text.split())
    for space in _SPACES:
        text = text.replace(space, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")


def _soft(texts: list[str]) -> bool:
    """Whether single breaks are mere line ends: most lines do not close a sentence."""
    spoken = [text for text in texts if text]
    closed = sum(1 for text in spoken if text[-1] in '.؟?!:”»"…')
    return closed * 2 < len(spoken)


class _Walk:
    """The state of one walk through a tree."""

    __slots__ = ("bold", "counts", "found", "linked", "owners", "parts", "pen", "zones")

    def __init__(self) -> None:
        self.found: list[_Found] = []
        self.parts: list[str] = []  # of the line being written
        self.linked = self.bold = 0  # code points of it
        self.pen: _Pen | None = None  # the lines before it, if any
        self.owners: list[etree._Element] = []
        self.zones: list[tuple[str, etree._Element]] = []
        self.counts = dict.fromkeys((_LINK, _BOLD, _ITEM, _HEADING), 0)  # of tags that are open

    def count(self, text: str) -> None:
        """The words of a link, or in bold."""
        many = len(_one_line(text))
        self.linked += many if self.counts[_LINK] else 0
        self.bold += many if self.counts[_BOLD] else 0

    def line_break(self) -> None:
        if self.pen is None:
            self.pen = _Pen()
        self.pen.write("".join(self.parts), self.linked, self.bold)
        self.parts.clear()
        self.linked = self.bold = 0

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
        self.parts.clear()
        self.linked = self.bold = 0

    def _add(self, text: str, linked: int, bold: int) -> None:
        zone, root = self.zones[-1] if self.zones else (None, None)
        listed, heading = self.counts[_ITEM] > 0, self.counts[_HEADING] > 0
        self.found.append((self.owners[-1], text[:MAX_TEXT], linked, bold, zone, root, listed, heading))

    def blocks(self) -> list[Block]:
        """What was found, with what its texts are compared by."""
        made: list[Block] = []
        for found, letters in zip(self.found, skeletons([each[1] for each in self.found]), strict=True):
            owner, text, linked, bold, zone, root, listed, heading = found
            size, share, order = len(letters), min(1.0, linked / len(text)) if linked else 0.0, len(made)
            made.append(Block(owner, text, order, linked, bold, zone, root, listed, heading, letters, size, share))
        return made

    def enter(self, element: etree._Element, kind: int) -> None:
        """A tag that is more than words opens."""
        if kind & _BLOCK:
            if self.parts or self.pen:
                self.close()
            self.owners.append(element)
        if counted := kind & _COUNTED:
            self.counts[counted] += 1
        elif kind & _BREAK:
            self.line_break()

    def enter_zone(self, zone: str, element: etree._Element) -> None:
        self.close()
        self.zones.append((zone, element))

    def leave(self, kind: int) -> None:
        """It closes."""
        if kind & _BLOCK:
            if self.parts or self.pen:
                self.close()
            self.owners.pop()
        if counted := kind & _COUNTED:
            self.counts[counted] -= 1

    def leave_zone(self) -> None:
        self.close()
        self.zones.pop()


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
    parts, zones, found, counts = walk.parts, walk.zones, walk.found, walk.counts
    steps = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    kinds: list[int] = []  # of the tags that are open
    seen = 0
    skipped: etree._Element | None = None
    for event, element in steps:
        if event == "start":
            kind = _KINDS.get(element.tag, 0)
            seen += 1
            if seen > dom.MAX_ELEMENTS or len(found) >= MAX_BLOCKS:
                break
            if kind & _HIDDEN or (dropped and element in dropped):
                skipped = element
                steps.skip_subtree()
                continue
            if zone := zone_of(element):
                walk.enter_zone(zone, element)
            kinds.append(kind)
            if kind:
                walk.enter(element, kind)
            words = element.text
        else:
            if event == "end" and element is not skipped:
                if kind := kinds.pop():
                    walk.leave(kind)
                if zones and zones[-1][1] is element:
                    walk.leave_zone()
            skipped = None
            words = element.tail if element is not root else None
        if words and (parts or walk.pen or not words.isspace()):
            parts.append(words)
            if counts[_LINK] or counts[_BOLD]:
                walk.count(words)
    walk.close()
    return walk.blocks()
