"""Boxes whose names only sound like furniture's («content-for-social») and that hold a text's lead or most of it.

Such a box is no zone: its first line is a sentence, and one of its sentences tells the matter of the title. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from archive.arabic import tokens
from crawler.page import dom, leads
from crawler.page.blocks import Block
from crawler.page.content import LEAD_ENDS, MOST, PROSE, is_prose
from crawler.page.furniture import Furniture

ZONES = frozenset({"share", "meta", "advert"})  # that a part of a name opens, and whose boxes hold no other stories
OPENING = 5  # words among which a portrait says what somebody is
NEAR = 12  # blocks between such a box and the text that it begins


def lifted(blocks: list[Block], titles: Sequence[str], furniture: Furniture) -> list[Block]:
    """The blocks of a page, those of such boxes and of their like without a zone.

    `titles` are what the head tells; they count where the page prints no h1.
    """
    long = [block for block in blocks if block.size >= PROSE and block.zone in ZONES]
    found = dict.fromkeys(block.zone_root for block in long if is_prose(block))
    held = {root: list[Block]() for root in found if root is not None and not furniture.is_named(root)}
    if not held:
        return blocks
    for block in blocks:
        if block.zone_root in held:
            held[block.zone_root].append(block)
    title = " ".join(block.text for block in blocks if block.element.tag == "h1") or " ".join(titles)
    free = [block for block in blocks if is_prose(block) and (block.zone is None or block.zone_root in held)]
    most = sum(block.size for block in free) * MOST
    # All that is free but one box's begins with the first of it, or the first of another box's.
    begins = [free[0], *[block for block in free if block.zone_root is not free[0].zone_root][:1]]
    names = {
        root.get("class")
        for root, inside in held.items()
        if _is_placed(inside, begins, most) and _tells(inside, title, furniture)
    }
    spared = {root for root in held if root.get("class") in names}
    return [block._replace(zone=None, zone_root=None) if block.zone_root in spared else block for block in blocks]


def _is_placed(inside: Sequence[Block], begins: Sequence[Block], most: float) -> bool:
    """Whether blocks of one box hold more of the prose than `most`, or come right before all that is free."""
    if sum(block.size for block in inside if is_prose(block)) > most:
        return True
    behind = next((block for block in begins if block.zone_root is not inside[0].zone_root), None)
    return behind is not None and 0 < behind.order - inside[-1].order <= NEAR


def _tells(inside: Sequence[Block], title: str, furniture: Furniture) -> bool:
    """Whether a box begins with a sentence, not a writer's portrait, and tells the title's matter in one."""
    if not is_prose(inside[0]) or _is_portrait(inside[0], furniture):
        return False
    said = (block for block in inside if is_prose(block) and block.text[-1] in LEAD_ENDS)
    return any(leads.are_of_one(title, block.text) and not furniture.is_line(block.text) for block in said)


def _is_portrait(block: Block, furniture: Furniture) -> bool:
    """Whether the first words of a box that is named for a writer say what somebody is: «… باحث في …»."""
    names = "" if block.zone_root is None else dom.names(block.zone_root)
    named = "author" in names or "writer" in names
    return named and not furniture.writers.isdisjoint(tokens(block.text)[:OPENING])
