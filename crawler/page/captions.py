"""Words under a picture, apart from the text; also those that no tag calls a caption: known by where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from lxml import etree

from archive.arabic import clean, fold
from crawler.dating.months import patterns
from crawler.page.blocks import Block
from crawler.page.content import is_prose
from crawler.page.furniture import Furniture
from crawler.page.locate import skeleton

LONGEST = 120  # letters of a caption without a tag
WORDS = range(2, 21)
NEAR = 20  # blocks above a text without a title in which its captions may stand
LINKED = 0.5  # share of links from which words under a picture announce another story
MOST = 200  # captions of a page
FEW = 4  # elements in a box of a picture and its words
FINAL = ".؟?!…:؛،,-–—"  # after these a line is a sentence, a dateline or a list's head
PICTURES = frozenset({"img", "amp-img", "picture", "figure", "svg", "video"})
_CREDIT = re.compile(r"[(\[]([^()\[\]]{2,40})[)\]]$")
_OPENS_LINE = re.compile(r"[^\W\d_]{2}")  # a list's letter, number or dash and a quotation open otherwise


def without(
    kept: Sequence[Block], is_signature: Callable[[str], bool], is_agency: Callable[[str], bool]
) -> Sequence[Block]:
    """The blocks without captions; a line that only signs («دمشق - سانا») and the text's last lines are kept."""
    prose = [block.order for block in kept if is_prose(block)] or [-1]
    pictures = _Pictures()
    among = _between(kept, pictures, is_agency)
    left = [
        block
        for block in kept
        if block.order > prose[-1]
        or not _reads_so(block)
        or not (_stands_so(block, prose[0], pictures) or block.order in among)
        or is_signature(block.text)
    ]
    return left or kept


def _between(kept: Sequence[Block], pictures: _Pictures, is_agency: Callable[[str], bool]) -> frozenset[int]:
    """The orders of lines that stand alone between two sentences with a picture and are surely its caption.

    They credit somebody or stand in a figure: a list's heads, a subhead or who is speaking stand behind pictures, too.
    """
    return frozenset(
        block.order
        for at, block in enumerate(kept)
        if _is_alone(kept, at)
        and _OPENS_LINE.match(block.text)
        and _is_pictured(block, pictures)
        and (_is_credited(block, is_agency) or next(block.element.iterancestors("figure"), None) is not None)
    )


def _is_alone(kept: Sequence[Block], at: int) -> bool:
    """Whether a short line that is set like the text stands between two sentences, in an element of its own."""
    if not 0 < at < len(kept) - 1 or is_prose(kept[at]) or not (is_prose(kept[at - 1]) and is_prose(kept[at + 1])):
        return False
    return _reads_so(kept[at]) and not kept[at].bold and kept[at - 1].element is not kept[at].element


def _is_credited(block: Block, is_agency: Callable[[str], bool]) -> bool:
    """Whether a line ends in whose picture it is: «… (أ ف ب)», «… (أرشيف)»."""
    found = _CREDIT.search(block.text)
    return found is not None and (is_agency(found[1]) or fold(found[1]).startswith(("ارشيف", "الارشيف")))


def _is_pictured(block: Block, pictures: _Pictures) -> bool:
    """Whether a line shares a box with a picture, or follows one that stands alone."""
    before = block.element.getprevious()
    behind = before is not None and before.tag not in {"td", "th"} and _is_picture(before)
    return behind or pictures.shares_box(block)


def beside(
    blocks: Sequence[Block],
    kept: Sequence[Block],
    left: Sequence[Block],
    title: etree._Element | None,
    furniture: Furniture,
) -> tuple[str, ...]:
    """The clean words under the pictures of a text: what stands in a zone of captions from its title on, or a little
    above it, to its end, and what was `kept` and is not `left`; each once, MOST at most. What stands beside an icon
    and tells a date, a writer or a button is none.
    """
    if not left:
        return ()
    last, text = left[-1].order, {block.order for block in left}
    above = [block.order for block in blocks[: left[0].order] if block.element is title]
    first = above[0] if above else max(0, left[0].order - NEAR)
    orders = {block.order for block in kept} - text
    orders.update(
        block.order
        for block in blocks[first : last + 1]
        if block.zone == "caption" and block.link_share < LINKED and block.order not in text
    )
    above_text = blocks[max(first + 1, left[0].order - NEAR) : left[0].order]
    orders.update(block.order for block in above_text if block.zone is None and _reads_so(block) and _is_shown(block))
    orders -= {at for at in orders if blocks[at].zone != "caption" and _is_label(blocks[at], furniture)}
    said = (clean(blocks[order].text).text for order in sorted(orders) if blocks[order].size)
    return tuple(islice(dict.fromkeys(said), MOST))


def _is_label(block: Block, furniture: Furniture) -> bool:
    """Whether a line is furniture, a writer's or a date without a year, with or without a day of the week."""
    if furniture.is_line(block.text) or furniture.is_opening(block) or furniture.byline(block.text):
        return True
    day = patterns().weekday.sub("", fold(block.text), count=1).strip(" ,-:")
    return patterns().yearless.fullmatch(day) is not None


def _reads_so(block: Block) -> bool:
    """Short, a few words, no end of a sentence, neither a heading nor a link."""
    return (
        0 < block.size <= LONGEST
        and len(block.text.split()) in WORDS
        and block.text[-1] not in FINAL
        and not block.heading
        and not block.list_item
        and block.link_share < 0.6
    )


class _Pictures:
    """What elements hold beside pictures: each is looked through once, however many blocks it has."""

    def __init__(self) -> None:
        self._behind: dict[etree._Element, frozenset[str]] = {}
        self._alone: dict[etree._Element, str] = {}

    def stand_before(self, block: Block) -> bool:
        """Whether a short block begins with the words right behind a picture."""
        if block.element not in self._behind:
            self._behind[block.element] = frozenset(filter(None, _tails(block.element)))
        tails = self._behind[block.element]
        return bool(tails) and any(block.skeleton[:end] in tails for end in range(1, block.size + 1))

    def shares_box(self, block: Block) -> bool:
        """Whether a picture's own box holds a short block and nothing else; a cell or the page is no such box."""
        box = block.element.getparent()
        return box is not None and box.tag not in {"body", "td", "th"} and self.stand_in(box, block)

    def stand_in(self, box: etree._Element, block: Block) -> bool:
        """Whether a box holds a short block, a picture and nothing else."""
        if box not in self._alone:
            pictured = any(node is not box for node in islice(box.iter(*PICTURES), 2))
            self._alone[box] = _short(box) if pictured else ""
        return self._alone[box] == block.skeleton


def _stands_so(block: Block, first: int, pictures: _Pictures) -> bool:
    """Alone with a picture in one box above the text, or right behind a picture before the next break.

    Further down, a box of a picture and a few words may be an icon and its label: a part of the text.
    """
    element = block.element
    if block.order > first or element.tag in {"td", "th", "body"}:
        return pictures.stand_before(block) or (block.order <= first and _is_framed(block, pictures))
    for box in (element, element.getparent()):
        if box is None or box.tag in {"body", "html"}:
            break
        if pictures.stand_in(box, block):
            return True
    return pictures.stand_before(block)


def _is_framed(block: Block, pictures: _Pictures) -> bool:
    """Whether a cell and a picture are all that a table holds."""
    table = next(block.element.iterancestors("table"), None)
    return block.element.tag in {"td", "th"} and table is not None and pictures.stand_in(table, block)


def _is_shown(block: Block) -> bool:
    """Whether a block stands alone in a small box with a picture."""
    return any(
        box.tag not in {"body", "html"}
        and len(box) <= FEW
        and any(node.tag in PICTURES for child in box for node in (child, *islice(child, 1)))
        and _says_only(block, box)
        for box in (block.element, *islice(block.element.iterancestors(), 1))
    )


def _says_only(block: Block, box: etree._Element) -> bool:
    return _short(box) == block.skeleton


def _short(box: etree._Element) -> str:
    """The letters of a box; cut behind those of the longest caption."""
    said = ""
    for words in box.itertext():
        said += skeleton(str(words))
        if len(said) > LONGEST:
            break
    return said


def _tails(element: etree._Element) -> Iterator[str]:
    """The words right behind each picture of an element, up to the next tag; one line break may stand between."""
    children = list(element)
    for at, child in enumerate(children):
        if not _is_picture(child):
            continue
        said = skeleton(child.tail or "")
        following = children[at + 1] if at + 1 < len(children) else None
        if not said and following is not None and following.tag == "br":
            said = skeleton(following.tail or "")
        yield said


def _is_picture(child: etree._Element) -> bool:
    if child.tag in PICTURES:
        return True
    if not isinstance(child.tag, str) or any(str(words).strip() for words in child.itertext()):
        return False
    return any(True for _ in child.iter(*PICTURES))
