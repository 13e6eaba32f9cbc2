"""Boxes among and behind a text that are set otherwise than it and hold what no text does, and labels above it.

Fields to fill in, cards of other stories, comments, a writer's portrait, a few words without a sentence: they are known
by their shape; it asks for no words but a name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import groupby, islice, pairwise, takewhile

from lxml import etree

from crawler.page.blocks import Block
from crawler.page.content import SENTENCE_ENDS, is_prose, is_within
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
NAME = 8  # of a name with a day and an hour
LABELS = 3  # lines above a form
SUMMARY = 200  # letters of another story's summary
CUT = ("…", "...", "[…]")
BUTTONS = 4  # words or two in a row, with bars between them
BUTTON = 0.9  # share of links from which a line is a button
PLEA = 2  # sentences of a box that asks for something
TAGS = 3  # of a list of words without links
PART = 3  # words between the signs of a path of links
HEADLINE = 3  # words of a link that leads to another story
LINK = 3  # boxes around a headline in which its link may stand
SAID_AGAIN = 30  # letters of a sentence that is set a second time to catch the eye
AGAIN = 50  # boxes that are looked at for such a sentence
BOXES = frozenset({"div", "section", "article", "header", "form", "a", "span"})
FIELDS = frozenset({"text", "email", "search", "tel", "url", "password"})  # of input: to write in
_PATH = re.compile(r"\s*[»›>←→]\s*")
_TIME = re.compile(r"[0-9\u0660-\u0669]{1,4}[/:.-][0-9\u0660-\u0669]|(?<!\w)منذ\s")
_HOUR = re.compile(r"[^\W\d].*?(?:[0-9\u0660-\u0669]{1,2}:[0-9\u0660-\u0669]{2}|(?<!\w)منذ\s)")

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
        gone |= {block.order for block in kept if block.order > own[-1] and _is_buttons(block)}
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

    def in_forms(self) -> list[Block]:
        """The blocks in its forms, and the few words that stand above them in a box of nothing else."""
        forms = self._forms()
        inside = [block for block in self.kept if any(is_within(block.element, form) for form in forms)]
        left = [block for block in self.kept if block not in inside]
        return [] if not forms else list(self.kept) if len(left) <= LABELS and not any(map(is_prose, left)) else inside

    def _forms(self) -> set[etree._Element]:
        """Forms in it with something to write in, and what holds such a field alone; not what holds prose, too."""
        found: set[etree._Element | None] = set()
        for field in self.box.iter("input", "textarea"):
            written = field.tag == "textarea" or (field.get("type") or "text").lower() in FIELDS
            if written and field.get("readonly") is None:
                above = takewhile(lambda node: node is not self.box.getparent(), field.iterancestors())
                form = next((node for node in above if node.tag == "form"), None)
                found.add(form if form is not None else field.getparent())
        areas = (form for form in found if form is not None)
        return {form for form in areas if self._prose_in(form) <= (2 if form.tag == "form" else 0)}

    def _prose_in(self, form: etree._Element) -> int:
        return sum(1 for block in self.kept if is_prose(block) and is_within(block.element, form))

    def is_card(self, host: str) -> bool:
        """Whether each of its lines is short and stands right below a headline that leads to another story.

        A picture, a day, a third headline or a sentence cut short shows that these are no sections of a text.
        """
        at = [n for n, block in enumerate(self.all) if _is_headline(block, host)]
        if not at or at[0] > 1 or len(self.spoken) > len(at) or any(block.list_item for block in self.kept):
            return False
        first, heads = self.all[0].order, set(at)
        below = [block for block in self.kept if block.order - first > at[0]]
        near = all(any(block.order - first - step in heads for step in range(1, CARD + 1)) for block in below)
        pictured = next(islice(self.box.iter("img", "amp-img", "picture"), 1), None) is not None
        dated = any(_TIME.search(block.text) for block in self.all if not _is_sentence(block))
        signs = pictured or dated or len(at) > 2
        signs = signs or any(block.text.endswith(CUT) for block in below)
        return bool(below) and near and signs and all(block.size <= SUMMARY for block in below)

    def is_portrait(self, writers: Iterable[str]) -> bool:
        """Whether it begins with the name of who wrote the text."""
        opening = self.all[0].skeleton
        return any(name and opening.startswith(name) for name in map(skeleton, writers))

    def is_talk(self, furniture: Furniture) -> bool:
        """Whether it is comments: one after another with name and hour, or below a line of furniture with names."""
        pairs = [one for one, two in pairwise(self.all) if _is_name(one) and is_prose(two)]
        head = self.all[0]
        closes = furniture.is_closer(head.text) or furniture.may_close(head.text)
        if pairs and closes and head is not pairs[0] and not any(block.heading for block in self.all[1:]):
            return True
        return len(pairs) > 1 and all(_HOUR.match(one.text) for one in pairs)

    def is_plea(self, furniture: Furniture) -> bool:
        """Whether it ends in a link that asks for something, «تبرع الآن», below a label or lines that ask for it."""
        last = self.all[-1]
        if last.link_share <= BUTTON or len(self.spoken) > PLEA or not furniture.is_asked(last.text):
            return False
        labelled = self.named and not _is_sentence(self.all[0])  # prose that asks nothing stays, whatever link follows
        return labelled or all(furniture.is_line(block.text) for block in self.spoken)

    def asks(self) -> bool:
        """Whether it is one line that ends, behind its last full stop, in a link: «… . ساهم معنا»."""
        if len(self.spoken) != 1 or self.kept[-1] is not self.spoken[0]:
            return False
        block = self.kept[-1]
        last = next(iter(list(block.element.iter("a"))[-1:]), None)
        if last is None or last.get("href") is None:
            return False
        said = " ".join("".join(map(str, last.itertext())).split())
        before = block.text.removesuffix(said).rstrip()
        return bool(said) and len(before) < len(block.text.rstrip()) and before[-1:] in tuple(".؟?!…")


def _until(blocks: Iterable[Block], inside: set[etree._Element]) -> Iterator[Block]:
    for block in blocks:
        if block.element not in inside:
            return
        yield block


def _judged(strange: Sequence[_Box], own: tuple[int, int], prose: Sequence[Block], known: Known) -> set[int]:
    """The orders of the blocks in boxes that are none of the text; none where they hold too much of it."""
    first, last = own
    total = sum(block.size for block in prose)
    formed = {block.order for box in strange if box.kept[0].order > first for block in box.in_forms()}
    none = list(_none_behind([box for box in strange if box.kept[0].order > last], formed, known))
    among = [box for box in strange if first < box.kept[0].order < last]
    again = set(_said_again(among, prose))
    none += [b for b in among if b in again or b.is_plea(known.furniture) or _is_announced(b, formed, known)]
    found = set(none)
    cards = [box for box in among if box.named and box not in found and box.is_card(known.host)]
    if sum(box.size for box in cards) <= total * CARDS:
        none += cards
    gone = formed | {block.order for box in none for block in box.kept}
    return gone if sum(block.size for block in prose if block.order in gone) <= total * MOST else set()


def _none_behind(behind: Sequence[_Box], formed: Set[int], known: Known) -> Iterator[_Box]:
    """The boxes behind the last of a text's own sentences that hold none of it.

    A few lines and a link are no more than a sign, which counts only where nothing of the text follows.
    """
    ended = True
    many = Counter(_shape(box.box) for box in behind)
    for box in reversed(behind):
        spoken = [block for block in box.spoken if block.order not in formed]
        sure = bool(spoken) and (box.is_card(known.host) or box.is_talk(known.furniture))
        sure = sure or box.is_plea(known.furniture)
        may = ended and box.named and many[_shape(box.box)] < MANY
        may = may and (_is_short(box) if not spoken else box.asks() or box.is_portrait(known.writers()))
        if (sure or may) and not any(_is_signed(block, known) for block in box.kept):
            yield box
        else:
            ended = ended and not spoken


def _is_short(box: _Box) -> bool:
    """Whether a box holds a few lines and leads elsewhere, or one that lists words or counts; no table."""
    if len(box.kept) > FEW or box.all[0].list_item or next(box.box.iter("table"), None) is not None:
        return False
    if next(box.box.iter("a"), None) is not None:
        return True
    said = box.kept[0]
    listed = Furniture.is_word_list(said.text) and len(re.split("[,،|#•·]", said.text)) >= TAGS
    return len(box.kept) == 1 and (listed or not any(map(str.isalpha, said.text)))


def _is_signed(block: Block, known: Known) -> bool:
    """Whether a line credits or signs the text, and says no more."""
    text = block.text
    return len(text) <= SIGNED and (known.furniture.is_credit(text) or known.signs(text))


def _is_announced(box: _Box, formed: Set[int], known: Known) -> bool:
    """Whether a line of furniture stands above a few words in a box: «متعلق», and a headline without a link."""
    label = box.all[0]
    if box.spoken or len(box.kept) > WORDS or label is box.kept[0] or label.order in formed:
        return False
    return known.furniture.is_line(label.text)


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


def _is_name(block: Block) -> bool:
    """Whether a block may be who speaks, with the day and hour: a few words that are no heading."""
    return not block.heading and not _is_sentence(block) and len(block.text.split()) <= NAME


def _is_label(block: Block) -> bool:
    return len(block.text.split()) <= WORDS and block.size <= LABEL and block.text[-1] not in SENTENCE_ENDS


def _is_buttons(block: Block) -> bool:
    """Whether a line is a row of buttons: a word or two each, with bars between them."""
    parts = block.text.split("|")
    return len(parts) >= BUTTONS and all(0 < len(part.split()) <= PART for part in parts)


def _labels(kept: Sequence[Block], first: int, known: Known) -> Iterator[Block]:
    """The lines above the first sentence that only label it: a path of links, and who wrote it."""
    for block in islice(kept, OPENING):
        if block.order >= first or _is_sentence(block):
            return
        if block.heading or block.list_item or block.text[-1] in ":؟?!-–—":
            continue
        parts = _PATH.split(block.text)
        is_path = _is_buttons(block) or (len(parts) > 1 and all(len(part.split()) <= PART for part in parts))
        named = _is_label(block) and any(skeleton(name) == skeleton(block.text) for name in known.writers() if name)
        if (is_path or named or known.furniture.byline(block.text)) and not _is_signed(block, known):
            yield block
