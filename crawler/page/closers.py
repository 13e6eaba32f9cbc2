"""Headings behind which an article is over: «مقالات ذات صلة», and those that only what follows them tells; pure.

A reporter heads a part of a text «سوابق مشابهة», too: such a heading counts before links, a zone or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from crawler.page.blocks import Block
from crawler.page.furniture import Furniture

FREE = 60  # letters of an unlinked block outside a zone behind which no text is over
UNLINKED = 0.4  # share of letters in links up to which it is that
LINKED = 0.6  # from which a block is a link
REST = 0.25  # share of the prose that at most stands behind such a heading


def before(inside: list[Block], prose: Sequence[Block], furniture: Furniture) -> list[Block]:
    """The blocks before a heading like «مقالات ذات صلة», unless a good part of the prose follows it."""
    said = {block.order for block in prose}
    total = sum(block.size for block in prose)
    so_far = 0
    for at, block in enumerate(inside):
        if block.order in said:
            so_far += block.size
        if so_far and (total - so_far) < total * REST and _ends(inside, at, furniture):
            return inside[:at]
    return inside


def _ends(inside: Sequence[Block], at: int, furniture: Furniture) -> bool:
    """Whether all from a block on is no article."""
    text = inside[at].text
    if furniture.is_closer(text):
        return True
    return furniture.may_close(text) and _heads(inside, at) and not any(map(_is_free, inside[at + 1 :]))


def announces(inside: Sequence[Block], at: int, furniture: Furniture) -> bool:
    """Whether a block is the heading of links, whatever stands behind them."""
    text = inside[at].text
    return furniture.is_closer(text) or (furniture.may_close(text) and _heads(inside, at))


def _heads(inside: Sequence[Block], at: int) -> bool:
    """Whether the next block is a link or stands in a zone, or there is none."""
    behind = next((block for block in inside[at + 1 :] if block.size), None)
    return behind is None or behind.zone is not None or behind.link_share > LINKED


def _is_free(block: Block) -> bool:
    return block.zone is None and block.size >= FREE and block.link_share < UNLINKED
