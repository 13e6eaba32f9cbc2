"""What the catalog knows of people's decisions on clusters; the ledger decides, these rows only obey."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import Connection, insert, select

from archive.catalog.bodies import whole
from archive.catalog.questions import Question
from archive.catalog.schema import decisions
from archive.cluster import Decided
from archive.overrides import Decision, Override, Overrides, Text, Undone
from archive.takedowns import Lift, Takedown
from archive.texts import to_line

_ALL: Final = Question(lambda _: select(decisions))
Ordered = Takedown | Lift | Override | Undone  # what people ordered, by the ledger


def takedowns_in(orders: Iterable[Ordered]) -> list[Takedown | Lift]:
    """Orders that hide, and their lifts."""
    return [entry for entry in orders if isinstance(entry, Takedown | Lift)]


def overrides_in(orders: Iterable[Ordered]) -> list[Override | Undone]:
    """Decisions on clusters, and their undoings."""
    return [entry for entry in orders if isinstance(entry, Override | Undone)]


def known(connection: Connection) -> frozenset[str]:
    """The ledger's events that the rows obey already."""
    return frozenset(connection.execute(select(decisions.c.event)).scalars())


def standing(connection: Connection) -> Overrides:
    """The decisions that stand."""
    entries: list[Override | Undone] = []
    for row in _ALL.ask(connection):
        said = whole(json.loads, row.texts)
        if row.decision is None:
            entries.append(Undone(event=row.event, at=row.at, overrides=tuple(said), reason=row.reason))
            continue
        one, other = (Text(story=story, digest=digest) for story, digest in said)
        made = Override(
            event=row.event, at=row.at, decision=Decision(row.decision), texts=(one, other), reason=row.reason
        )
        entries.append(made)
    return Overrides.of(entries)


def decided(connection: Connection) -> Decided:
    """What stands, as clusters are made by it."""
    found = standing(connection)
    return Decided(together=found.pairs(Decision.MERGE), apart=found.pairs(Decision.SPLIT))


def keep(connection: Connection, given: Collection[Override | Undone]) -> set[str]:
    """Take new decisions and undoings in; returns the stories whose clusters may be others now."""
    held = known(connection)
    before = standing(connection)
    rows = [_row(entry) for entry in given if entry.event not in held]
    if not rows:
        return set()
    connection.execute(insert(decisions), rows)
    after = standing(connection)
    changed = {pair for pair in {*before.standing, *after.standing} if _said(before, pair) != _said(after, pair)}
    return {story for pair in changed for story in pair}


def _said(overrides: Overrides, pair: frozenset[str]) -> Decision | None:
    found = overrides.standing.get(pair)
    return found.decision if found is not None else None


def _row(entry: Override | Undone) -> dict[str, object]:
    said: dict[str, object] = {"event": entry.event, "at": entry.at, "reason": entry.reason}
    if isinstance(entry, Undone):
        return {**said, "decision": None, "texts": to_line(entry.overrides)}
    texts = [[text.story, text.digest] for text in entry.texts]
    return {**said, "decision": entry.decision.value, "texts": to_line(texts)}
