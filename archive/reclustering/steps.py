"""The steps of a re-clustering by name, in the order in which they are done, and what is written after which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from archive.catalog.replacing import Replacement
from archive.reclustering import days, joining, judging, sharing, signing
from archive.reclustering.plan import BINS, Plan
from archive.reclustering.writing import Write

Do = Callable[[Plan, int], None]
_MANY: Final = 200_000  # editions


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One sort of work, and how many pieces of it can be done beside each other.

    `afresh`: by processes of its own, so that the memory that steps before it took goes back.
    `write`: what may be written when it is over, beside the steps behind it.
    """

    name: str
    do: Do
    pieces: Callable[[Plan], int]
    afresh: bool = False
    write: Write | None = None


def _parts(plan: Plan) -> int:
    return len(plan.parts)


def _pieces(plan: Plan) -> int:
    return plan.pieces


def _groups(plan: Plan) -> int:
    return min(BINS, len(plan.parts))


def _share_out(plan: Plan, _: int) -> None:
    sharing.share_out(plan)


def _judge_days(plan: Plan, _: int) -> None:
    days.judge(plan)


def _join(plan: Plan, _: int) -> None:
    joining.join(plan)


def _write_signed(plan: Plan, into: Replacement) -> None:
    into.bands(signing.bands(plan))
    into.sketches(signing.sketches(plan))


def _write_edges(plan: Plan, into: Replacement) -> None:
    into.edges(judging.edges(plan))
    into.unchanged(plan.state)


def _write_clusters(plan: Plan, into: Replacement) -> None:
    into.clusters(joining.standing(plan))
    into.settle()


STEPS: Final = (
    Step(name="sign", do=signing.sign, pieces=_parts),
    Step(name="pair up", do=signing.pair_up, pieces=_groups, afresh=True, write=_write_signed),
    Step(name="meet", do=sharing.meet, pieces=_parts, afresh=True),
    Step(name="share out", do=_share_out, pieces=lambda _: 1),
    Step(name="judge", do=judging.judge, pieces=_pieces),
    Step(name="judge days", do=_judge_days, pieces=lambda _: 1, afresh=True, write=_write_edges),
    Step(name="join", do=_join, pieces=lambda _: 1),
    Step(name="measure", do=joining.measure, pieces=_parts, write=_write_clusters),
)
_BY_NAME: Final = {step.name: step for step in STEPS}


def is_afresh(name: str, plan: Plan) -> bool:
    """Whether a step is done by processes of its own; for few editions there is no memory worth it."""
    return _BY_NAME[name].afresh and plan.editions > _MANY


def do(name: str, plan: Plan, number: int) -> None:
    """One piece of a step. Raises CatalogError."""
    _BY_NAME[name].do(plan, number)
