"""The steps between pairing up and judging: which pairs meet at all, and which piece judges them.

Stories that meet each other lie in many parts. Those that hang together are judged by one piece, so that each text is
made ready once, however many parts there are.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final

from archive.likeness.fingerprint import AGREEING, PERMUTATIONS, agreement
from archive.reclustering.plan import Plan
from archive.reclustering.signing import RANK, RANK_BITS, equals_of, pairs_of

# Values of PERMUTATIONS. Texts that agree in fewer are seldom anything to each other: if they made companies, all would
# be one. They are judged all the same, with the first one's company.
_NEAR: Final = 32
_READY: Final = 4  # pairs that are judged in the time in which a text is made ready for it


def meet(plan: Plan, number: int) -> None:
    """Leave those pairs of a part whose sketches agree in more than chance lets them, and those of equal words."""
    near, far = array("Q", map(_packed, equals_of(plan, number))), array("Q")
    with plan.mapped("sketches") as sketches:
        for one, other in pairs_of(plan, number):
            here, there = one * PERMUTATIONS, other * PERMUTATIONS
            found = agreement(sketches[here : here + PERMUTATIONS], sketches[there : there + PERMUTATIONS])
            if found >= AGREEING:
                (near if found >= _NEAR else far).append(_packed((one, other)))
    plan.file("near", number).write_bytes(near.tobytes())
    plan.file("far", number).write_bytes(far.tobytes())


def _packed(pair: tuple[int, int]) -> int:
    """The smaller rank first, so that all pairs of two stories are told from the same one."""
    return min(pair) << RANK_BITS | max(pair)


def share_out(plan: Plan) -> None:
    """Give each piece of judging about as much work, and what hangs together to one as far as that goes."""
    stories = plan.ranks("stories")
    companies = _companies(plan, stories)
    piece_of = _pieces(plan, stories, companies)
    plan.file("companies").write_bytes(companies.tobytes())
    shares = [file.open("wb") for file in plan.files("meeting", plan.pieces)]
    try:
        for part in range(len(plan.parts)):
            found = [array("Q") for _ in shares]
            for pair in _met(plan, part, "near", "far"):
                found[piece_of[stories[pair >> RANK_BITS]]].append(pair)
            for share, pairs in zip(shares, found, strict=True):
                share.write(pairs.tobytes())
    finally:
        for share in shares:
            share.close()


def _met(plan: Plan, part: int, *kinds: str) -> array[int]:
    found = array("Q")
    for kind in kinds:
        found.frombytes(plan.file(kind, part).read_bytes())
    return found


def _companies(plan: Plan, stories: Sequence[int]) -> array[int]:
    """By rank, the smallest rank of those that its story hangs together with."""
    above = array("I", stories)
    for part in range(len(plan.parts)):
        for pair in _met(plan, part, "near"):
            one, other = _top(above, pair >> RANK_BITS), _top(above, pair & RANK)
            if one < other:
                above[other] = one
            elif other < one:
                above[one] = other
    for rank, over in enumerate(above):  # what is above one is smaller, and settled before it
        above[rank] = above[over]
    return above


def _top(above: array[int], rank: int) -> int:
    while (over := above[rank]) != rank:
        above[rank] = rank = above[over]
    return rank


def _pieces(plan: Plan, stories: Sequence[int], companies: Sequence[int]) -> array[int]:
    """By the rank of a story's first edition, which piece judges what is told from it: company by company."""
    many = array("I", bytes(4 * plan.editions))
    for part in range(len(plan.parts)):
        for pair in _met(plan, part, "near", "far"):
            one, other = stories[pair >> RANK_BITS], stories[pair & RANK]
            many[one] += 1 if many[one] else _READY + 1
            many[other] = many[other] or _READY
    every, done, company, begun = max(sum(many), 1), 0, -1, 0
    found = array("H", bytes(2 * plan.editions))
    for story in sorted(range(plan.editions), key=companies.__getitem__):
        if companies[story] != company:
            company, begun = companies[story], done
        # What hangs together is cut only where it is more than a piece.
        found[story] = begun * plan.pieces // every + (done - begun) * plan.pieces // every
        done += many[story]
    return found


def meeting(plan: Plan, number: int) -> list[tuple[int, int]]:
    """The pairs of ranks that a piece judges, in order: company by company, and in it story by story."""
    pairs = array("Q")
    pairs.frombytes(plan.file("meeting", number).read_bytes())
    companies = plan.ranks("companies")
    ordered = sorted(pairs, key=lambda pair: (companies[pair >> RANK_BITS], pair))
    return [(pair >> RANK_BITS, pair & RANK) for pair in ordered]
