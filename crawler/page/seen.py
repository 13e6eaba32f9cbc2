"""A page as learning sees it: its blocks, the boxes they stand in, and which words are the article's own; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from archive.arabic import fold
from crawler.page import titles
from crawler.page.blocks import Block, blocks
from crawler.page.locate import skeleton
from crawler.page.taught import EDGES, LONGEST_OPENING, bare, chain, home, masked

SHOWN: Final = 160  # code points of a block that are kept to be shown to people
OPENING_WORDS: Final = 6
HEADLINE_WORDS: Final = 4  # a link of fewer words may be a name or a tag
PROSE: Final = 60  # letters from which an unlinked block reads as prose
SPOKEN: Final = 25  # letters from which a line that ends as a sentence is one
LONGEST_LABEL: Final = 12  # words
LONGEST_BYLINE: Final = 80  # code points of a block that holds the author's name
_PARTED: Final = re.compile(r"(.{2,40}?)\s*[:|»><]+\s*(.+)", re.DOTALL)
_ENDS: Final = ".؟?!…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read in a page: its story, the day it was published on, and the words that are the article's own."""

    story: str
    day: str  # ISO 8601; that of the capture where the page names none
    title: str
    others: tuple[str, ...] = ()  # subtitle, byline
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One block of a page."""

    key: str  # `masked`
    text: str  # as it stands there, cut
    order: int
    size: int  # letters
    linked: float  # share of it that is links, 0 to 1
    boxes: tuple[str, ...]  # named boxes around it, the innermost first
    home: str  # its tag and the innermost box
    opening: str  # folded words before its link, or before a colon; ""
    before: str  # the same as they stand there; ""
    announced: str  # what comes after those, as titles are compared; ""
    own: bool  # the article's title, subtitle or byline
    kept: bool  # it is in the text that was read

    @property
    def prose(self) -> bool:
        """Long enough for a paragraph, and no link."""
        return self.size >= PROSE and self.linked < 0.4

    @property
    def sentence(self) -> bool:
        """Whether a reporter may have written it as a sentence."""
        ended = self.text[-1:] in _ENDS and self.size >= SPOKEN
        return self.linked < 0.5 and (self.prose or ended or len(self.text.split()) > LONGEST_LABEL)

    @property
    def headline(self) -> bool:
        """Whether it is a link to another story, whatever words stand before it."""
        return self.linked >= 0.5 and len(self.text.split()) >= HEADLINE_WORDS and not self.own


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One story's page; one page a story, so that what is captured often counts once."""

    read: Read
    title: str  # as titles are compared
    blocks: tuple[Seen, ...]


def observe(root: etree._Element, read: Read) -> Page:
    """A page's blocks beside what was read in it. No zone is known here: what a table knows is learned anew."""
    own = {skeleton(words) for words in (read.title, *read.others)} - {""}
    said = {skeleton(words) for words in read.paragraphs}
    names = [skeleton(words) for words in read.others if len(words) <= LONGEST_BYLINE and skeleton(words)]
    found = [_seen(block, own, said, names) for block in blocks(root, lambda _: None) if block.size]
    return Page(read=read, title=titles.key(read.title), blocks=tuple(found))


def _seen(block: Block, own: set[str], said: set[str], names: Sequence[str]) -> Seen:
    boxes = tuple(chain(block.element))
    before, rest = _opening(block)
    signed = len(block.text) <= LONGEST_BYLINE and any(name in block.skeleton for name in names)
    return Seen(
        key=masked(block.text),
        text=block.text[:SHOWN],
        order=block.order,
        size=block.size,
        linked=block.link_share,
        boxes=boxes,
        home=home(block.element),
        opening=bare(fold(before)),
        before=before,
        announced=titles.key(rest),
        own=block.skeleton in own or signed,
        kept=block.skeleton in said,
    )


def _opening(block: Block) -> tuple[str, str]:
    """The few words that a block begins with and what they announce: before its link, or before a colon or bar."""
    for head, rest in _partings(block):
        words = bare(fold(head))
        if 3 <= len(words) <= LONGEST_OPENING and len(words.split()) <= OPENING_WORDS and rest.strip(EDGES):
            return head.strip(), rest
    return "", ""


def _partings(block: Block) -> Iterator[tuple[str, str]]:
    text, at = block.text, len(block.text) - block.linked
    if 0 < block.linked < len(text) and not (text[at - 1].isalnum() and text[at : at + 1].isalnum()):
        yield text[:at], text[at:]
    if block.link_share > 0.9 or not block.linked:
        parted = _PARTED.match(text)
        if parted is not None:
            yield parted[1], parted[2]
