"""Which blocks of a page are the article: a container is chosen, each block in it kept or left; no text is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from crawler.page import closers
from crawler.page.blocks import Block
from crawler.page.furniture import Furniture

PROSE = 60  # letters from which an unlinked block outside a zone reads as prose
STRAY = 6.0  # what each block nobody vouches for costs a container
UNVOUCHED = 0.25  # share of an unvouched block's letters that counts against a container
SENTENCE_ENDS = ".؟?!:…؛»”\"'“)"
MOST = 0.5  # zones of one name that together hold more of a page's vouched prose than this are none
LEAST = 400  # letters they must hold, too
FLASH = 12  # letters of the shortest flash that is looked for beside a title
LEAD = 40  # blocks between a title and its text in which a lead is looked for
LEAD_ENDS = '.؟?!”»"'
BODY = 0.9  # share of the vouched prose a named body must hold to be believed
HOME = 3  # boxes around a title in which it is looked for
OVERLAY = "overlay"  # what opens over a page; it is lifted only where hardly anything else is said
ALONE = 0.8
ENOUGH = 0.75  # of the vouched text that a container must hold, or a larger one is taken


@dataclass(frozen=True, slots=True)
class Content:
    """The kept blocks in order, their container, and how much of the vouched text they hold (0 to 1)."""

    blocks: tuple[Block, ...]
    container: etree._Element | None
    cover: float


Vouch = Callable[[Block], bool]
NOTHING = Content((), None, 0.0)


def settle_zones(blocks: Sequence[Block], vouch: Vouch, furniture: Furniture) -> list[Block]:
    """The blocks with zones lifted that only a class names, or a script unhides, if they hold most vouched prose.

    Themes call whole pages «sidebar-right», page builders every box a «widget»; React streams into hidden boxes.
    Comments, which may be longer than their article, are lifted only where somebody vouches for them.
    """
    prose = [block for block in blocks if is_prose(block) and not _by_tag(block)]
    prose = _without_ends(prose)
    vouched = [block for block in prose if vouch(block)] or [block for block in prose if block.zone != "comment"]
    total = sum(block.size for block in vouched)
    held: dict[str, int] = {}
    for block in vouched:
        if block.zone is not None:
            held[block.zone] = held.get(block.zone, 0) + block.size
    most = {zone: ALONE if zone == OVERLAY else MOST for zone in held}
    lifted = {zone for zone, size in held.items() if size > total * most[zone] and size > LEAST}
    named = {block.zone_root for block in vouched if block.zone in lifted}
    roots = (named | _swollen(vouched, total, furniture)) - {None}
    return [block._replace(zone=None, zone_root=None) if block.zone_root in roots else block for block in blocks]


def _swollen(vouched: Sequence[Block], total: int, furniture: Furniture) -> AbstractSet[etree._Element | None]:
    """Figures that hold more than a caption: tables, or an article because their end tag is missing.

    Also boxes that hold most of the prose, however little, and are zones by the end of a long name alone.
    """
    held: dict[etree._Element, int] = {}
    for block in vouched:
        if block.zone_root is not None:
            held[block.zone_root] = held.get(block.zone_root, 0) + block.size
    return {
        root
        for root, size in held.items()
        if (size > LEAST and root.tag == "figure") or (size > total * MOST and furniture.is_guess(root))
    }


def choose(blocks: Sequence[Block], vouch: Vouch, furniture: Furniture) -> Content:
    """The article's blocks. `vouch` says which blocks another reader takes for the article.

    The container is the element with the greatest sum of vouched letters less unvouched ones; when nobody vouches for
    anything, prose vouches for itself.
    """
    vouched = {block.order for block in blocks if block.zone is None and vouch(block)}
    if not vouched:
        vouched = {block.order for block in blocks if block.zone is None and is_prose(block)}
    container = container_of(blocks, vouched, furniture)
    return NOTHING if container is None else kept(blocks, vouched, container, furniture)


def kept(blocks: Sequence[Block], vouched: set[int], container: etree._Element, furniture: Furniture) -> Content:
    """The vouched blocks of a container, and what belongs among them, without furniture."""
    total = sum(block.size for block in blocks if block.order in vouched)
    return kept_inside(inside_of(blocks, container), vouched, total, container, furniture)


def kept_inside(
    inside: list[Block], vouched: set[int], total: int, container: etree._Element, furniture: Furniture
) -> Content:
    """The same of the blocks in the container; `total` are all letters that were vouched for, inside and out."""
    left = _keep(inside, vouched, furniture)
    held = sum(block.size for block in left if block.order in vouched)
    return Content(tuple(left), container, held / total if total else 0.0)


def within(blocks: Sequence[Block], bodies: Sequence[etree._Element], furniture: Furniture) -> Content:
    """All blocks of the given elements but their furniture: for bodies that a rule names."""
    inside = [block for block in blocks if any(is_within(block.element, body) for body in bodies)]
    vouched = {block.order for block in inside}
    kept = _keep(inside, vouched, furniture)
    return Content(tuple(kept), bodies[0] if bodies else None, 1.0 if kept else 0.0)


def beside_title(blocks: Sequence[Block], title: etree._Element | None, furniture: Furniture) -> Content:
    """The few words of a page that holds no prose: what its body element, or the box of its title, says besides."""
    named = [block for block in blocks if _in_body(block.element, furniture)]
    kept = _spoken(named, title, furniture)
    home = title
    for _ in range(HOME):
        if kept or home is None:
            break
        home = home.getparent()
        after = [block for block in blocks if home is not None and is_within(block.element, home)]
        kept = _spoken(_after(after, title), title, furniture)
    return Content(tuple(kept), home, 1.0 if kept else 0.0)


def lead(
    blocks: Sequence[Block], kept: Sequence[Block], title: etree._Element | None, furniture: Furniture
) -> list[Block]:
    """Whole sentences set between the title and the text in a box of their own: the article's first paragraph."""
    orders = [block.order for block in blocks if block.element is title]
    if not orders or not kept or kept[0].order - orders[-1] > LEAD:
        return []
    words = "".join(block.skeleton for block in kept)
    return [
        block
        for block in blocks[orders[-1] + 1 : kept[0].order]
        if block.zone is None
        and is_prose(block)
        and block.text[-1] in LEAD_ENDS
        and block.skeleton not in words
        and not furniture.is_line(block.text)
        and not furniture.is_opening(block)
    ]


def _in_body(element: etree._Element, furniture: Furniture) -> bool:
    return furniture.is_body(element) or any(map(furniture.is_body, element.iterancestors()))


def _after(blocks: list[Block], title: etree._Element | None) -> list[Block]:
    orders = [block.order for block in blocks if block.element is title]
    return [block for block in blocks if orders and block.order > orders[-1]]


def _spoken(blocks: list[Block], title: etree._Element | None, furniture: Furniture) -> list[Block]:
    return [
        block
        for block in blocks
        if block.zone is None
        and block.size >= FLASH
        and block.link_share < 0.4
        and block.element is not title
        and not furniture.is_line(block.text)
        and not furniture.is_opening(block)
        and not furniture.is_closer(block.text)
    ]


def _by_tag(block: Block) -> bool:
    return block.zone_root is not None and block.zone_root.tag in {"nav", "footer", "figcaption"}


def _without_ends(prose: list[Block]) -> list[Block]:
    """Without what stands in zones inside a page's menu or foot, unless an unclosed tag put most of the page there."""
    left = [block for block in prose if block.zone_root is None or not _in_ends(block.zone_root)]
    return left if sum(block.size for block in left) > sum(block.size for block in prose) * (1 - ALONE) else prose


def _in_ends(root: etree._Element) -> bool:
    return any(above.tag in {"nav", "footer"} for above in root.iterancestors())


def is_prose(block: Block) -> bool:
    """Whether a block reads as prose: long enough, and no list of links."""
    return block.size >= PROSE and block.link_share < 0.4


def container_of(blocks: Sequence[Block], vouched: set[int], furniture: Furniture) -> etree._Element | None:
    """The smallest element with the best balance of text for and against it."""
    weights = ((block.element, _weight(block, vouched)) for block in blocks)
    balance = held_by((element, weight) for element, weight in weights if weight)
    best: etree._Element | None = None
    for node, sum_ in balance.items():
        if sum_ > 0 and (best is None or sum_ > balance[best]):
            best = node
    if best is None:
        return None
    return _named_body(_enlarged(best, blocks, vouched), blocks, vouched, furniture)


def held_by(weights: Iterable[tuple[etree._Element, float]]) -> dict[etree._Element, float]:
    """What each box holds of the weights in it; the boxes of the first weight first, the inmost before those around it.

    Exact for weights in quarters: however deep boxes lie in boxes, each is added to the one around it once.
    """
    held: dict[etree._Element, float] = {}
    chains: list[list[etree._Element]] = []  # from a box to the first that was known before
    for element, weight in weights:
        chain = []
        node: etree._Element | None = element
        while node is not None and node not in held:
            held[node] = 0.0
            chain.append(node)
            node = node.getparent()
        if chain:
            chains.append(chain if node is None else [*chain, node])
        held[element] += weight
    for chain in reversed(chains):
        for box, around in pairwise(chain):
            held[around] += held[box]
    return held


def _named_body(
    container: etree._Element, blocks: Sequence[Block], vouched: set[int], furniture: Furniture
) -> etree._Element:
    """The element in the container that its names call the article's body, if it holds nearly all vouched prose."""
    vouched_prose = [block for block in blocks if block.order in vouched and is_prose(block)]
    inside = inside_of(vouched_prose, container)
    total = sum(block.size for block in inside)
    around = {container, *container.iterancestors()}
    held = held_by((block.element, block.size) for block in inside)
    large = (node for node, size in held.items() if size >= total * BODY and node not in around)
    fitting = [node for node in large if furniture.is_body(node)]
    return fitting[-1] if fitting else container


def _enlarged(container: etree._Element, blocks: Sequence[Block], vouched: set[int]) -> etree._Element:
    """The container, or its nearest ancestor that holds ENOUGH of the vouched text."""
    any_prose = any(block.order in vouched and is_prose(block) for block in blocks)
    wanted = [block for block in blocks if block.order in vouched and (is_prose(block) or not any_prose)]
    total = sum(block.size for block in wanted)
    held = held_by((block.element, block.size) for block in wanted)
    while held.get(container, 0) < total * ENOUGH:
        parent = container.getparent()
        if parent is None:
            break
        container = parent
    return container


def _weight(block: Block, vouched: set[int]) -> float:
    if block.order in vouched:
        return float(block.size) if is_prose(block) else block.size * 0.5
    if block.zone is not None:
        return 0.0
    return -STRAY - UNVOUCHED * min(block.size, 400)


def inside_of(blocks: Iterable[Block], container: etree._Element) -> list[Block]:
    """The blocks that stand in a box."""
    known = {container: True}  # whether a box is it or stands in it
    return [
        block for block in blocks if (known[block.element] if block.element in known else _is_in(block.element, known))
    ]


def _is_in(element: etree._Element, known: dict[etree._Element, bool]) -> bool:
    chain = [element]
    node = element.getparent()
    while node is not None and node not in known:
        chain.append(node)
        node = node.getparent()
    inside = node is not None and known[node]
    known.update(dict.fromkeys(chain, inside))
    return inside


def is_within(element: etree._Element, container: etree._Element) -> bool:
    """Whether an element is a box or stands in it."""
    node: etree._Element | None = element
    while node is not None:
        if node is container:
            return True
        node = node.getparent()
    return False


def _keep(inside: list[Block], vouched: set[int], furniture: Furniture) -> list[Block]:
    inside = closers.before(inside, [b for b in inside if b.order in vouched and is_prose(b)], furniture)
    good = [block for block in inside if block.order in vouched and block.zone is None]
    if not good:
        return []
    first, last = good[0].order, good[-1].order
    prose = [block.element for block in good if is_prose(block)]
    homes: set[etree._Element | None] = {*prose, *(element.getparent() for element in prose)}
    kept = []
    for block in _without_announced(inside, vouched, furniture):
        if block.zone is not None or furniture.is_line(block.text):
            continue
        if block.order in vouched or _belongs(block, (first, last), homes, furniture):
            kept.append(block)
    return _trim(kept)


def _belongs(block: Block, span: tuple[int, int], homes: set[etree._Element | None], furniture: Furniture) -> bool:
    """Whether an unvouched block is the article's all the same: among its paragraphs, or prose beside them."""
    if block.link_share > 0.6:
        return False
    first, last = span
    at_home = block.element in homes or block.element.getparent() in homes
    if first < block.order < last:
        return at_home or is_prose(block)
    spoken = block.text[-1] in SENTENCE_ENDS and block.size >= PROSE // 2
    return at_home and (spoken or (block.order > last and furniture.is_credit(block.text)))


def _without_announced(inside: list[Block], vouched: set[int], furniture: Furniture) -> Iterator[Block]:
    """Blocks without those that «اقرأ أيضاً» or the like announces: the block itself, and the links right after it."""
    announced = tagged = False
    prose = max((block.order for block in inside if is_prose(block)), default=-1)
    for at, block in enumerate(inside):
        if furniture.is_tags(block):
            tagged = True
            continue
        if furniture.is_opening(block) or closers.announces(inside, at, furniture):
            announced = True
            continue
        linked = block.link_share > 0.6
        if (announced or tagged) and linked:
            continue
        if tagged and block.order > prose and furniture.is_word_list(block.text):
            continue
        announced = announced and not block.size
        tagged = tagged and not block.size
        yield block


def _trim(kept: list[Block]) -> list[Block]:
    """Without headings and link lines that nothing follows."""
    while kept and (kept[-1].heading or (kept[-1].link_share > 0.8 and kept[-1].text[-1] not in ".؟?!")):
        kept.pop()
    return kept
