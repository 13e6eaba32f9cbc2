"""The general reader that pays for every engine: what any of them takes is judged by where they all agree.

The article's box is chosen by the letters that voices take in it, against the blocks that none takes; in it, links,
zones and the ends of sentences decide as ever (content.py). Then what their agreement contradicts is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lxml import etree

from crawler.page import content, voices
from crawler.page.blocks import Block
from crawler.page.furniture import Furniture
from crawler.page.voices import Voices

CORE = 400  # letters of prose that all engines take, from which another title beside it begins another piece
LONG = 25  # letters from which a block that stands twice is a repetition
TWICE = 0.2  # share of a text in repetitions, from which they are a second copy of it
CELLS = frozenset({"td", "th", "tr", "li", "dd", "dt", "caption"})


def read(
    root: etree._Element, blocks: Sequence[Block], furniture: Furniture
) -> tuple[content.Content, Sequence[Block]]:
    """The article's blocks, and all blocks with their zones settled; the tree is not touched."""
    said = voices.ask(root, blocks)
    taken = said.any

    def vouch(block: Block) -> bool:
        return block.order in taken

    settled = content.settle_zones(blocks, vouch, furniture)
    chosen = content.choose(settled, vouch, furniture)
    kept = _with_cells(chosen.blocks, settled, said, furniture)
    kept = _told_once(_of_one_piece(kept, settled, said))
    return replace(chosen, blocks=tuple(kept)), settled


def _with_cells(kept: Sequence[Block], blocks: Sequence[Block], said: Voices, furniture: Furniture) -> Sequence[Block]:
    """With the rows of tables among the text that most engines take: figures alone are no prose."""
    if not kept:
        return kept
    first, last = kept[0].order, kept[-1].order
    already = {block.order for block in kept}
    more = [
        block
        for block in blocks[first : last + 1]
        if block.order in said.most
        and block.order not in already
        and block.zone in (None, "caption")
        and block.element.tag in CELLS
        and not furniture.is_line(block.text)
    ]
    return sorted((*kept, *more), key=lambda block: block.order)


def _of_one_piece(kept: Sequence[Block], blocks: Sequence[Block], said: Voices) -> Sequence[Block]:
    """Without what stands beyond another title than the agreed text's own: there another piece begins, or ended."""
    core = [block for block in blocks if block.order in said.all and content.is_prose(block)]
    if sum(block.size for block in core) < CORE:
        return kept
    first, last = core[0].order, core[-1].order
    titles = [block.order for block in blocks if block.element.tag == "h1" and block.order not in said.strict]
    own = max((order for order in titles if order < first), default=-1)
    other = min((order for order in titles if order > last), default=len(blocks))
    return [block for block in kept if own <= block.order < other]


def _told_once(kept: Sequence[Block]) -> Sequence[Block]:
    """Without a second copy of the text: some pages hold one for each width of screen, or load theirs again."""
    seen: set[str] = set()
    again: set[int] = set()
    for block in kept:
        if block.skeleton in seen:
            again.add(block.order)
        seen.add(block.skeleton)
    copied = sum(block.size for block in kept if block.order in again and block.size >= LONG)
    if copied < TWICE * sum(block.size for block in kept):
        return kept
    return [block for block in kept if block.order not in again]
