"""What belongs to a text at its ends although it is no prose: the line that signs it, a lead in a field of its own, the
last entries of a running report; and what does not: the title set again. It takes nothing else in or out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from crawler.page import dom, leads, titles
from crawler.page.blocks import Block
from crawler.page.content import is_prose
from crawler.page.furniture import Furniture
from crawler.page.locate import skeleton
from crawler.page.titles import Title

HEADING = 8  # kept blocks among which the title may stand again
NEAR = 3  # blocks above a text in which the line that signs it stands
LEAD = 40  # blocks between a title and its text in which a lead is looked for
LEAD_WORDS = 5
LEAD_ENDS = '.؟?!”»"'
ALONE = 4  # boxes around a lead that hold nothing else, whose names tell it
ENDING = 4  # last blocks of a text among which labels stand
NOTE = 300  # letters of the longest line that closes a text
BEHIND = 5  # blocks behind a text among which a line closes it
DEEP = 4  # boxes around such a line, of which the text's may be one
MOST_LINKED = 0.9  # share of links of it
BRACKETED = 4  # words of a bracket that is surely a credit
PASSED = frozenset({"share", "meta", "advert"})  # zones that may stand between
ENTRIES = 3  # of a text, from which further ones below it are entries too
LINKED = 0.4  # share of links from which a line points elsewhere
_TIMED = re.compile("[0-9\u0660-\u0669\u06f0-\u06f9]{1,2}[:.][0-9\u0660-\u0669\u06f0-\u06f9]{2}(?![0-9])")

Signs = Callable[[str], bool]


def without_heading(kept: Sequence[Block], title: Title, sites: Iterable[str]) -> Sequence[Block]:
    """Without the title and its subtitle set before the text, nor what stands above them; a lone line is kept.

    Of an element that holds the title and its text, line by line, only the title goes.
    """
    wanted = skeleton(title.text)
    together = [block for block in kept if block.element is title.element and block.skeleton not in wanted]
    shared = any(is_prose(block) and not block.heading for block in together)
    rest = list(kept)
    for at, block in enumerate(kept[:HEADING]):
        boxed = block.element is title.element and not shared
        if boxed or block.skeleton == wanted or block.element is title.below:
            rest = list(kept[at + 1 :]) or rest
    own = {titles.key(name) for name in sites}
    while len(rest) > 1 and titles.key(rest[0].text) in own:
        rest = rest[1:]
    return rest


def above(
    blocks: Sequence[Block], kept: Sequence[Block], title: Title, furniture: Furniture, signs: Signs
) -> list[Block]:
    """The line right above a text that signs it, and a short lead between title and text that its names call one."""
    orders = [block.order for block in blocks if block.element is title.element]
    if not kept or not orders or not 0 < kept[0].order - orders[-1] <= LEAD:
        return []
    between = [
        block
        for block in blocks[orders[-1] + 1 : kept[0].order]
        if block.zone is None
        and block.element is not title.below
        and block.link_share < LINKED
        and not furniture.is_line(block.text)
    ]
    signed = [block for block in between[-1:] if kept[0].order - block.order <= NEAR and signs(block.text)]
    words = "".join(block.skeleton for block in kept)
    led = [block for block in between if block not in signed and _is_lead(block) and block.skeleton not in words]
    return [*led[:1], *signed]


def _is_lead(block: Block) -> bool:
    """Whether a block is a sentence in a box that is named as a lead and holds nothing else."""
    if len(block.text.split()) < LEAD_WORDS or block.text[-1] not in LEAD_ENDS or block.heading:
        return False
    boxes = [block.element, *islice(block.element.iterancestors(), ALONE - 1)]
    for at, box in enumerate(boxes):
        if at and not dom.is_alone(boxes[at - 1]):
            return False
        if leads.names_lead(dom.names(box)):
            return True
    return False


def below(blocks: Sequence[Block], kept: Sequence[Block]) -> Iterator[Block]:
    """The lines right behind a text of timed entries that are timed like them and set like them, box for box."""
    timed = [block for block in kept if _TIMED.match(block.text)]
    if len(timed) < ENTRIES or timed[-1] is not kept[-1]:
        return
    like = _set(timed[-1])
    for block in blocks[kept[-1].order + 1 :]:
        if block.zone is not None or not _TIMED.match(block.text) or _set(block) != like:
            return
        yield block


def closing(blocks: Sequence[Block], kept: Sequence[Block], furniture: Furniture, signs: Signs) -> Iterator[Block]:
    """The lines right behind a text that close it in boxes of their own: «ترجمة: …», «خاص …», a correction, a wire.

    Beside the text's box only those with a label count.
    """
    last = next((block for block in reversed(kept) if is_prose(block)), None)
    home = None if last is None else last.element.getparent()
    if last is None or home is None:
        return
    for block in blocks[kept[-1].order + 1 : kept[-1].order + 1 + BEHIND]:
        if block.zone in PASSED:
            continue
        if block.zone is not None or block.size > NOTE:
            return
        if furniture.is_line(block.text):
            continue
        inside = _set(block) == _set(last) or any(box is home for box in islice(block.element.iterancestors(), DEEP))
        if not _closes(block, furniture, signs, inside=inside):
            return
        yield block


def _closes(block: Block, furniture: Furniture, signs: Signs, *, inside: bool) -> bool:
    """Whether a line is a credit, a note or a signature, and no link."""
    text = block.text
    if block.link_share > MOST_LINKED:
        return False
    if not furniture.is_credit(text) or len(text.split()) == 1:
        return inside and (signs(text) or furniture.is_credit(text))
    bracketed = text[0] in "([" and len(text.split()) < BRACKETED
    return not bracketed or signs(text) or (inside and not any(map(str.isdigit, text)))


def without_labels(kept: Sequence[Block], furniture: Furniture, names: Sequence[str]) -> Sequence[Block]:
    """Without the lines behind the last sentence of a text that list tags or ask for the house by a name of its."""
    labels = set()
    for block in reversed(kept[-ENDING:]):
        if furniture.may_end(block.text, names):
            labels.add(block.order)
        elif is_prose(block):
            break
    return [block for block in kept if block.order not in labels] if 0 < len(labels) < len(kept) else kept


def _set(block: Block) -> tuple[tuple[str, str], ...]:
    """How a block is set: tags and class names of its element and the box around it."""
    boxes = [block.element, *list(block.element.iterancestors())[:1]]
    return tuple((str(box.tag), box.get("class") or "") for box in boxes)
