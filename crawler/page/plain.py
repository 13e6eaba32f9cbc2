"""The common page read by its own shape, no engine asked: where its prose stands together, and what stands among it.

It says, too, when a page's shape is doubtful.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from lxml import etree

from crawler.page import content
from crawler.page.blocks import Block
from crawler.page.furniture import Furniture

MOST = 0.8  # of a box's prose that one box in it must hold to be the article's
MOST_OF_BODY = 0.6  # if its tag or its names call it so
LINKED = 0.6  # share of links from which a block among prose is a pointer to other pages
KEPT = 0.5  # of a page's prose that an article must be, or an engine is asked
LISTED = 100  # links outside zones from which a page without a paragraph is a list of them
ASIDE = frozenset({"comment", "footer", "hidden", "meta", "caption"})  # zones that are no rival of an article
LEAVES = frozenset({"p", "li", "blockquote", "pre", "dd", "h1", "h2", "h3", "h4", "h5", "h6"})
BODIES = frozenset({"article", "main"})


def read(blocks: Sequence[Block], furniture: Furniture) -> content.Content:
    """The article's blocks: prose, and the headings, list items, lines and cells that stand among it."""
    prose = [block for block in blocks if block.zone is None and content.is_prose(block)]
    best = content.container_of(blocks, {block.order for block in prose}, furniture)
    if best is None:
        return content.NOTHING
    box = _around(_Held(prose, furniture).inmost(best))
    inside = content.inside_of(blocks, box)
    vouched = {block.order for block in inside if block.zone is None and content.is_prose(block)}
    vouched.update(list(_among(inside, vouched)))
    total = sum(block.size for block in inside if block.order in vouched)
    return content.kept_inside(inside, vouched, total, box, furniture)


def _around(box: etree._Element) -> etree._Element:
    """The box that a lone paragraph stands in."""
    above = box.getparent()
    return box if above is None or box.tag not in LEAVES else _around(above)


def is_doubtful(chosen: content.Content, blocks: Sequence[Block]) -> bool:
    """Whether a page says more outside what was chosen than in it, comments and the like left aside.

    Where nothing was chosen and the page says too little for an article, there is nothing to ask an engine about.
    """
    if not chosen.blocks and not _may_hold_one(blocks):
        return False
    prose = sum(block.size for block in blocks if content.is_prose(block) and block.zone not in ASIDE)
    kept = sum(block.size for block in chosen.blocks if content.is_prose(block))
    return kept < prose * KEPT or not chosen.blocks


def _may_hold_one(blocks: Sequence[Block]) -> bool:
    """Whether a page without prose of its own has the words of a flash, or a zone that may turn out to be none.

    Among a hundred links they must be those of a paragraph: an engine would read the links.
    """
    free = [block for block in blocks if block.zone is None]
    said = sum(block.size for block in free if block.link_share < LINKED)
    zoned = sum(block.size for block in blocks if block.zone is not None and content.is_prose(block))
    links = sum(block.link_share >= LINKED for block in free)
    return said >= (content.PROSE if links >= LISTED else content.FLASH) or zoned >= content.LEAST


class _Held:
    """How much prose each box of a page holds."""

    def __init__(self, prose: Sequence[Block], furniture: Furniture) -> None:
        self.furniture = furniture
        self.size = content.held_by((block.element, block.size) for block in prose)
        self.many = content.held_by((block.element, 1) for block in prose)
        self.below: dict[etree._Element, list[etree._Element]] = {}
        for box in self.size:
            if (around := box.getparent()) is not None:
                self.below.setdefault(around, []).append(box)

    def inmost(self, box: etree._Element) -> etree._Element:
        """The smallest box in a box that still holds most of its prose, step by step."""
        while True:
            inner = self._body(box)
            inner = self._largest(box) if inner is None else inner
            if inner is None:
                return box
            box = inner

    def _largest(self, box: etree._Element) -> etree._Element | None:
        largest = max(self.below.get(box, ()), key=lambda child: (self.size[child], self.many[child]), default=None)
        if largest is None or self.many[largest] < 2 or self.size[largest] < self.size[box] * MOST:
            return None
        return largest

    def _body(self, box: etree._Element) -> etree._Element | None:
        """The box in it that its tag or its names call the article's, and that holds enough of the prose."""
        node = box
        while True:
            fitting = [child for child in self.below.get(node, ()) if self.size[child] >= self.size[box] * MOST_OF_BODY]
            if not fitting:
                return None
            node = fitting[0]
            if self.many[node] > 1 and (node.tag in BODIES or self.furniture.is_body(node)):
                return node


def _among(inside: Sequence[Block], prose: set[int]) -> Iterator[int]:
    """What stands among the prose of the box, and at its ends what is set like it: lines, lists, a dateline alone."""
    first, last = min(prose), max(prose)
    own = {block.element for block in inside if block.order in prose}
    homes = {*own, *(element.getparent() for element in own)}
    named = {shape for shape in map(_shape, own) if shape[1]}  # how the prose is set, where a class says it
    announced = False
    for block in inside:
        if block.zone is not None:
            continue
        at_home = block.element in homes or block.element.getparent() in homes
        if block.link_share > LINKED:
            belongs = announced and block.list_item and (at_home or _is_set_in(block, homes))
        elif block.order < first:
            belongs = block.element in own or (at_home and (block.element.tag == "p" or _shape(block.element) in named))
        else:
            belongs = block.order < last or at_home or _is_set_in(block, homes)
        if belongs:
            yield block.order
        announced = block.text[-1] == ":" or (announced and block.list_item)


def _shape(element: etree._Element) -> tuple[str, str]:
    return str(element.tag), element.get("class") or ""


def _is_set_in(block: Block, homes: Set[etree._Element | None]) -> bool:
    """Whether a block is an item of a list or a line of a quotation that stands in one of these boxes."""
    above = list(block.element.iterancestors())
    if not block.list_item and not any(box.tag == "blockquote" for box in above):
        return False
    return not homes.isdisjoint(above)
