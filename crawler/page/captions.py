"""Words under a picture that no tag calls a caption: known by standing with the picture and apart from the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lxml import etree

from crawler.page import dom
from crawler.page.blocks import Block
from crawler.page.content import is_prose
from crawler.page.locate import skeleton

LONGEST = 120  # letters of a caption without a tag
WORDS = range(2, 21)
FINAL = ".؟?!…:؛،,-–—"  # after these a line is a sentence, a dateline or a list's head
PICTURES = frozenset({"img", "amp-img", "picture", "figure", "svg", "video"})


def without(kept: Sequence[Block], is_signature: Callable[[str], bool]) -> Sequence[Block]:
    """The blocks without captions; a line that only signs («دمشق - سانا») and the text's last lines are kept."""
    prose = [block.order for block in kept if is_prose(block)] or [-1]
    left = [
        block
        for block in kept
        if block.order > prose[-1]
        or not _reads_so(block)
        or not _stands_so(block, prose[0])
        or is_signature(block.text)
    ]
    return left or kept


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


def _stands_so(block: Block, first: int) -> bool:
    """Alone with a picture in one box above the text, or right behind a picture before the next break.

    Further down, a box of a picture and a few words may be an icon and its label: a part of the text.
    """
    element = block.element
    if block.order > first or element.tag in {"td", "th", "body"}:
        return _follows_picture(block)
    for box in (element, element.getparent()):
        if box is None or box.tag in {"body", "html"}:
            break
        if any(node.tag in PICTURES for node in box.iter() if node is not box) and _says_only(block, box):
            return True
    return _follows_picture(block)


def _says_only(block: Block, box: etree._Element) -> bool:
    return skeleton(dom.text_of(box)) == block.skeleton


def _follows_picture(block: Block) -> bool:
    return any(tail and block.skeleton.startswith(tail) for tail in _tails(block))


def _tails(block: Block) -> Iterator[str]:
    """The words right behind each picture of an element, up to the next tag; one line break may stand between."""
    children = list(block.element)
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
    if not isinstance(child.tag, str) or dom.text_of(child):
        return False
    return any(node.tag in PICTURES for node in child.iter())
