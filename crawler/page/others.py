"""Boxes among and behind a text that are set otherwise than it and hold what no text does, and labels above it.

Fields to fill in, cards of other stories, comments, a writer's portrait, a few words without a sentence: they are known
by their shape; it asks for no words but a name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise

from lxml import etree

from crawler.page.blocks import Block
from crawler.page.content import SENTENCE_ENDS, is_prose
from crawler.page.furniture import Furniture
from crawler.page.locate import skeleton

MOST = 0.45  # of a text's prose that such boxes hold together at most
CARD = 4  # lines of a card below its headline
MANY = 4  # boxes of one shape: notes, entries
FEW = 8  # lines of a box without a sentence
CARDS = 0.25  # the same of cards in the midst of it
OPENING = 6  # first blocks of a text among which labels stand
WORDS = 4  # of a label, and of a name
SIGNED = 120  # code points of a line that signs a text
LABEL = 40  # letters of it: not all people part words by spaces
PART = 3  # words between the signs of a path of links
TAGS = 3  # of a list of tags without links
HEADLINE = 3  # words of a link that leads to another story
LINK = 3  # boxes around a headline in which its link may stand
SAID_AGAIN = 30  # letters of a sentence that is set a second time to catch the eye
AGAIN = 50  # boxes that are looked at for such a sentence
BOXES = frozenset({"div", "section", "article", "header", "form", "a", "span"})
FIELDS = frozenset({"hidden", "submit", "button", "image", "reset"})  # of input: no field to write in
_PATH = re.compile(r"\s*[»›>←→]\s*")
_MARKED = re.compile(r"[-–—/|،,()]")  # what parts a place, a house and a wire
_TIME = re.compile(r"[0-9\u0660-\u0669]{1,4}[/:.-][0-9\u0660-\u0669]|(?<!\w)(?:منذ|قبل)\s")
_COUNT = re.compile(r"[(\[]?[0-9\u0660-\u0669]+[)\]]?")

Signs = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What else is known of the page: its table, lines that sign a text, names of those who wrote it."""

    furniture: Furniture
    signs: Signs
    writers: Callable[[], Iterable[str]]
    host: str  # where the page stands


def without(blocks: Sequence[Block], kept: Sequence[Block], known: Known) -> Sequence[Block]:
    """The kept blocks of a text without labels above it and without boxes that are none of it.

    `blocks` are all of the page. A page on which too much would go keeps all.
    """
    prose = [block for block in kept if is_prose(block)]
    if not prose:
        return kept
    text = _Text(prose)
    gone = {block.order for block in _labels(kept, prose[0].order, known)}
    boxed = [(text.box(block), block) for block in kept]
    own = [block.order for box, block in boxed if box is None and is_prose(block)]
    if own:
        groups = groupby(((box, block) for box, block in boxed if box is not None), lambda pair: pair[0])
        strange = [_Box(box, [block for _, block in pairs], blocks) for box, pairs in groups]
        gone |= _judged(strange, (own[0], own[-1]), prose, known)
        gone |= {block.order for before, block in pairwise(kept) if block.order > own[-1] and _is_tags(block, before)}
    return [block for block in kept if block.order not in gone] if gone else kept


class _Text:
    """Where a text's prose stands, and how it is set there."""

    def __init__(self, prose: Sequence[Block]) -> None:
        held: dict[etree._Element, int] = {}
        for block in prose:
            for box in (block.element, block.element.getparent()):
                if box is not None:
                    held[box] = held.get(box, 0) + block.size
        self._home = max(held, key=lambda box: held[box])
        self._around = {self._home, *self._home.iterancestors()}
        self._chain = {box.getparent(): box for box in self._around}
        self._last: etree._Element | None = None  # the element looked at last, and its box
        self._found: etree._Element | None = None
        shapes: dict[tuple[str, str], int] = {}
        for block in prose:
            if (box := self._outer(block)) is not None and box.getparent() is self._home:
                shapes[_shape(box)] = shapes.get(_shape(box), 0) + block.size
        self._shapes = {max(shapes, key=lambda shape: shapes[shape]), next(iter(shapes))} if shapes else set()

    def _outer(self, block: Block) -> etree._Element | None:
        """The largest box around a block that does not hold the text; None where it stands bare among it."""
        box = block.element
        if box in self._around:
            return None
        while (above := box.getparent()) is not None and above not in self._around:
            box = above
        return box

    def box(self, block: Block) -> etree._Element | None:
        """The box that a block stands in and that is set otherwise than the text; None without one."""
        element = block.element
        if element is self._last:  # lines of one element, one behind the other
            return self._found
        above = element.getparent()
        plain = above is self._home and element.tag not in BOXES
        self._last, self._found = element, None if plain else self._strange(block)
        return self._found

    def _strange(self, block: Block) -> etree._Element | None:
        box = self._outer(block)
        if box is None or box.tag not in BOXES:
            return None
        beside = self._chain.get(box.getparent())
        like = self._shapes if beside is None else {_shape(beside)}
        return None if _shape(box) in like else box


def _shape(box: etree._Element) -> tuple[str, str]:
    return str(box.tag), box.get("class") or ""


class _Box:
    """A box set otherwise, its kept blocks, and all that it holds."""

    def __init__(self, box: etree._Element, kept: Sequence[Block], blocks: Sequence[Block]) -> None:
        self.box, self.kept = box, kept
        inside = {box, *box.iterdescendants()}
        start = kept[0].order
        while start > 0 and blocks[start - 1].element in inside:
            start -= 1
        self.all = list(_until(blocks[start:], inside))
        self.named = bool(box.get("class") or box.get("id"))
        self.size = sum(block.size for block in kept if is_prose(block))
        self.spoken = [block for block in kept if _is_sentence(block)]

    def has_fields(self) -> bool:
        """Whether it holds something to write in or to choose from."""
        return any(
            node.tag != "input" or (node.get("type") or "text").lower() not in FIELDS
            for node in self.box.iter("input", "textarea", "select")
        )

    def is_card(self, host: str) -> bool:
        """Whether each of its lines stands right below a headline that leads to another story."""
        at = [n for n, block in enumerate(self.all) if _is_headline(block, host)]
        if not at or at[0] > 1 or len(self.spoken) > 2 * len(at) or any(block.list_item for block in self.kept):
            return False
        first = self.all[0].order
        below = [block.order - first for block in self.kept if block.order - first > at[0]]
        heads = set(at)
        return bool(below) and all(any(line - step in heads for step in range(1, CARD + 1)) for line in below)

    def is_portrait(self, writers: Iterable[str]) -> bool:
        """Whether it begins with a writer's name, or with a picture and a name and says one thing more."""
        opening = self.all[0].skeleton
        if any(name and opening.startswith(name) for name in map(skeleton, writers)):
            return True
        first = next(islice(self.box.iter("img", "amp-img"), 1), None)
        return first is not None and _is_label(self.all[0]) and len(self.spoken) == 1 and len(self.kept) <= WORDS

    def is_talk(self) -> bool:
        """Whether it is comments: a line that counts them above, or one after another with its day and name."""
        head = self.all[0]
        if 1 < len(head.text.split()) <= WORDS and not _is_sentence(head) and _COUNT.search(head.text):
            return True
        begun = sum(1 for one, two in pairwise(self.all) if not _is_sentence(one) and is_prose(two))
        return begun > 1 and sum(1 for block in self.all if _TIME.search(block.text)) >= begun

    def points(self) -> bool:
        """Whether it leads away by a button, a link alone or at the end of its last line, and says little else."""
        if len(self.spoken) > 2:
            return False
        if any(block.link_share > 0.6 for block in self.all) or next(self.box.iter("button"), None) is not None:
            return True
        inside = list(self.kept[-1].element.iter("a"))
        return bool(inside) and not skeleton(inside[-1].tail or "") and inside[-1].get("href") is not None


def _until(blocks: Iterable[Block], inside: set[etree._Element]) -> Iterator[Block]:
    for block in blocks:
        if block.element not in inside:
            return
        yield block


def _judged(strange: Sequence[_Box], own: tuple[int, int], prose: Sequence[Block], known: Known) -> set[int]:
    """The orders of the blocks in boxes that are none of the text; none where they hold too much of it."""
    first, last = own
    total = sum(block.size for block in prose)
    none = list(_none_behind([box for box in strange if box.kept[0].order > last], known))
    among = [box for box in strange if first < box.kept[0].order < last]
    again = set(_said_again(among, prose))
    none += [box for box in among if box in again or box.has_fields() or _is_announced(box, known)]
    found = set(none)
    cards = [box for box in among if box.named and box not in found and box.is_card(known.host)]
    if sum(box.size for box in cards) <= total * CARDS:
        none += cards
    large = sum(box.size for box in none) > total * MOST
    return set() if large else {block.order for box in none for block in box.kept}


def _none_behind(behind: Sequence[_Box], known: Known) -> Iterator[_Box]:
    """The boxes behind the last of a text's own sentences that hold none of it.

    A few lines, a link or a portrait are no more than a sign, which counts only where nothing of the text follows.
    """
    ended = True
    many = Counter(_shape(box.box) for box in behind)
    for box in reversed(behind):
        sure = bool(box.spoken) and (box.has_fields() or box.is_card(known.host) or box.is_talk())
        none = sure or (ended and many[_shape(box.box)] < MANY and _may_be_none(box, known))
        if none and not any(_is_signed(block, known) for block in box.kept):
            yield box
        else:
            ended = ended and not box.spoken


def _is_signed(block: Block, known: Known) -> bool:
    """Whether a line credits or signs the text, and says no more."""
    text = block.text
    return len(text) <= SIGNED and (known.furniture.is_credit(text) or known.signs(text))


def _may_be_none(box: _Box, known: Known) -> bool:
    if not box.named:
        return False
    if not box.spoken:
        return len(box.kept) <= FEW and not box.all[0].list_item
    return box.points() or box.is_portrait(known.writers())


def _is_announced(box: _Box, known: Known) -> bool:
    """Whether a line of furniture stands above a few words in a box: «متعلق», and a headline without a link."""
    label = box.all[0]
    return (
        not box.spoken and len(box.kept) <= WORDS and (label is not box.kept[0] and known.furniture.is_line(label.text))
    )


def _said_again(boxes: Sequence[_Box], prose: Sequence[Block]) -> Iterator[_Box]:
    """The boxes that hold one sentence of the text again; of many, the first are looked at."""
    text = ""
    short = (box for box in boxes if len(box.kept) == 1 and box.kept[0].size >= SAID_AGAIN)
    for box in islice(short, AGAIN):
        text = text or "\n".join(block.skeleton for block in prose)
        if text.count(box.kept[0].skeleton) > is_prose(box.kept[0]):
            yield box


def _is_headline(block: Block, host: str) -> bool:
    """Whether a block is a link to another story of the same house."""
    if block.link_share <= 0.6 or len(block.text.split()) < HEADLINE:
        return False
    around = (block.element, *islice(block.element.iterancestors(), LINK))
    link = next(filter(None, (node.get("href") for node in (*block.element.iter("a"), *around))), "")
    return "//" not in link or (bool(host) and host in link.partition("//")[2].partition("/")[0])


def _is_sentence(block: Block) -> bool:
    return is_prose(block) or (block.text[-1] in SENTENCE_ENDS and len(block.text.split()) > WORDS)


def _is_label(block: Block) -> bool:
    return len(block.text.split()) <= WORDS and block.size <= LABEL and block.text[-1] not in SENTENCE_ENDS


def _is_tags(block: Block, before: Block) -> bool:
    """Whether a line behind a text is a list of tags without links and without a word before them."""
    parts = [part for part in re.split(r"[,،|#•·]", block.text) if part.strip()]
    listed = len(parts) >= TAGS and Furniture.is_word_list(block) and all(len(part.split()) <= PART for part in parts)
    listed = listed and not parts[-1].startswith(" and ")
    return listed and before.text[-1] != ":"


def _labels(kept: Sequence[Block], first: int, known: Known) -> Iterator[Block]:
    """The lines above the first sentence that only label it: a path of links, a writer, a day, a section."""
    for block in islice(kept, OPENING):
        if block.order >= first or _is_sentence(block):
            return
        if block.heading or block.list_item or block.text[-1] in ":؟?!-–—":
            continue
        parts = _PATH.split(block.text)
        is_path = len(parts) > 1 and all(len(part.split()) <= PART for part in parts)
        is_label = _is_label(block) and (not _MARKED.search(block.text) or _TIME.search(block.text))
        if not (is_path or is_label or known.furniture.byline(block.text)):
            continue
        if not known.furniture.is_own(block.text) and not _is_signed(block, known):
            yield block
