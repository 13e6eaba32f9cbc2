"""The steps of a re-clustering by name, in the order in which they are done, and the last one that writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from archive.catalog import relinking
from archive.catalog.opened import transaction
from archive.likeness.fingerprint import PERMUTATIONS
from archive.reclustering import days, joining, judging, sharing, signing
from archive.reclustering.plan import BINS, Plan

Do = Callable[[Plan, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One sort of work, and how many pieces of it can be done beside each other.

    `afresh`: by processes of its own, so that the memory that steps before it took goes back.
    """

    name: str
    do: Do
    pieces: Callable[[Plan], int]
    afresh: bool = False


def _parts(plan: Plan) -> int:
    return len(plan.parts)


def _groups(plan: Plan) -> int:
    return min(BINS, len(plan.parts))


def _share_out(plan: Plan, _: int) -> None:
    sharing.share_out(plan)


def _judge_days(plan: Plan, _: int) -> None:
    days.judge(plan)


def _join(plan: Plan, _: int) -> None:
    joining.join(plan)


def _write(plan: Plan, _: int) -> None:
    """Put what was found in the place of all that the catalog holds, in one transaction. Raises CatalogError."""
    found = relinking.Links(
        state=plan.state,
        bands=signing.bands(plan),
        sketches=_sketches(plan),
        edges=judging.edges(plan),
        standing=joining.standing(plan),
    )
    with transaction(plan.url) as connection:
        relinking.write(connection, found)


def _sketches(plan: Plan) -> Iterator[tuple[int, bytes]]:
    numbers, unsigned = plan.numbers(), signing.unsigned(plan)
    with plan.file("sketches").open("rb") as file:
        for rank in sorted(range(len(numbers)), key=numbers.__getitem__):
            if rank in unsigned:
                continue
            file.seek(rank * PERMUTATIONS)
            yield numbers[rank], file.read(PERMUTATIONS)


STEPS: Final = (
    Step(name="sign", do=signing.sign, pieces=_parts),
    Step(name="pair up", do=signing.pair_up, pieces=_groups, afresh=True),
    Step(name="meet", do=sharing.meet, pieces=_parts, afresh=True),
    Step(name="share out", do=_share_out, pieces=lambda _: 1),
    Step(name="judge", do=judging.judge, pieces=_parts),
    Step(name="judge days", do=_judge_days, pieces=lambda _: 1, afresh=True),
    Step(name="join", do=_join, pieces=lambda _: 1),
    Step(name="measure", do=joining.measure, pieces=_parts),
    Step(name="write", do=_write, pieces=lambda _: 1),
)
_BY_NAME: Final = {step.name: step for step in STEPS}


def is_afresh(name: str) -> bool:
    """Whether a step is done by processes of its own."""
    return _BY_NAME[name].afresh


def do(name: str, plan: Plan, number: int) -> None:
    """One piece of a step. Raises CatalogError."""
    _BY_NAME[name].do(plan, number)
