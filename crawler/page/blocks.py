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
_HIDDEN, _BLOCK, _LINK, _BOLD, _ITEM, _HEADING, _BREAK, _WORDLESS = (1 << bit for bit in range(8))
_KINDS: dict[object, int] = {**dict.fromkeys(dom.HIDDEN_TAGS, _HIDDEN), **dict.fromkeys(dom.BLOCK_TAGS, _BLOCK)}
_KINDS |= {"a": _LINK, "b": _BOLD, "strong": _BOLD, "li": _BLOCK | _ITEM, "br": _BREAK}
_KINDS |= dict.fromkeys(dom.HEADINGS, _BLOCK | _HEADING)
_KINDS |= {etree.Comment: _WORDLESS, etree.ProcessingInstruction: _WORDLESS}  # what lxml has for their tags
_APART = _HIDDEN | _WORDLESS  # whose own words are none of the page's
_COUNTED = _LINK | _BOLD | _ITEM | _HEADING


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
    """The state of one walk through a tree.

    Whether an element opens a zone is asked as late as can be: when there are words in it, or when it parts a line.
    Many a box holds none, and asking takes longer than all the rest.
    """

    __slots__ = ("bold", "counts", "found", "linked", "owners", "parts", "pen", "unasked", "zone_of", "zones")

    def __init__(self, zone_of: Callable[[etree._Element], str | None]) -> None:
        self.zone_of = zone_of
        self.found: list[_Found] = []
        self.parts: list[str] = []  # of the block being written, from its last break on; not empty once it has begun
        self.linked = self.bold = 0  # code points of them
        self.pen: _Pen | None = None  # the lines before its last break, if any
        self.owners: list[etree._Element] = []
        self.zones: list[tuple[str, etree._Element]] = []
        self.unasked: list[etree._Element] = []  # the innermost open elements, while there are no words in them
        self.counts = dict.fromkeys((_LINK, _BOLD, _ITEM, _HEADING), 0)  # of tags that are open

    def through(self, root: etree._Element, dropped: Collection[etree._Element]) -> None:
        """Take in every element; one is left when the next does not stand in it.

        lxml's own walk, which tells where each ends, takes half as long again.
        """
        parts, unasked, found = self.parts, self.unasked, self.found
        around: list[etree._Element] = []  # the elements that are open
        kinds = [0]  # what they are
        seen = 0
        for element in root.iter():
            above = element.getparent()
            while around and around[-1] is not above:
                self.leave(around.pop(), kinds.pop(), kinds[-1])
            kind = _KINDS.get(element.tag, 0)
            if kinds[-1] & _HIDDEN:
                kind = _HIDDEN
            elif not kind & _WORDLESS:
                seen += 1
                if seen > dom.MAX_ELEMENTS or len(found) >= MAX_BLOCKS:
                    return
                if dropped and element in dropped:
                    kind = _HIDDEN
                elif not kind & _HIDDEN:
                    if parts and kind & _BLOCK:
                        self.close()
                    unasked.append(element)
                    if kind:
                        self.enter(element, kind)
                    if parts:
                        self.ask()
                    if (words := element.text) and (parts or not words.isspace()):
                        self.write(words)
            around.append(element)
            kinds.append(kind)
        while len(around) > 1:
            self.leave(around.pop(), kinds.pop(), kinds[-1])

    def enter(self, element: etree._Element, kind: int) -> None:
        """A tag that is more than words opens."""
        if kind & _BLOCK:
            self.owners.append(element)
        if counted := kind & _COUNTED:
            self.counts[counted] += 1
        elif kind & _BREAK:
            self.line_break()

    def leave(self, element: etree._Element, kind: int, around: int) -> None:
        """It closes, and words of the one around it may follow."""
        if not kind & _APART:
            if kind & _BLOCK:
                if self.parts:
                    self.close()
                self.owners.pop()
            if counted := kind & _COUNTED:
                self.counts[counted] -= 1
            if self.unasked:
                self.unasked.pop()
            elif self.zones and self.zones[-1][1] is element:
                self.close()
                self.zones.pop()
        if (words := element.tail) and (self.parts or not words.isspace()) and not around & _HIDDEN:
            self.write(words)

    def write(self, words: str) -> None:
        if self.unasked:
            self.ask()
        self.parts.append(words)
        if self.counts[_LINK] or self.counts[_BOLD]:
            many = len(_one_line(words))
            self.linked += many if self.counts[_LINK] else 0
            self.bold += many if self.counts[_BOLD] else 0

    def ask(self) -> None:
        """Which zones the elements open that nobody asked about."""
        asked = self.unasked.copy()
        self.unasked.clear()
        for element in asked:
            if zone := self.zone_of(element):
                self.close()
                self.zones.append((zone, element))

    def line_break(self) -> None:
        if self.unasked:
            self.ask()
        if self.pen is None:
            self.pen = _Pen()
        self.pen.write("".join(self.parts), self.linked, self.bold)
        self.parts[:] = [""]
        self.linked = self.bold = 0

    def close(self) -> None:
        """End the block being written."""
        if not self.owners or not self.parts:
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
    walk.through(root, dropped)
    walk.close()
    return walk.blocks()
