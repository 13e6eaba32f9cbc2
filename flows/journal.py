"""What runs were asked and what they found, kept as events of the ledger; it starts and stops nothing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from archive import ledger
from archive.ledger import Event
from archive.storage import Storage

KIND: Final = "run"


class Outcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"  # some outlets, or the world around it
    INTERRUPTED = "interrupted"
    NOT_ENDED = "not-ended"  # it still runs, or it was killed before it could say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run and what is known of it."""

    id: str
    kind: str  # crawl | backfill | rebuild | recluster
    started: str  # ISO 8601 UTC
    plan: Mapping[str, Any]
    prefect: str | None = None  # id of Prefect's flow run
    ended: str | None = None
    outcome: Outcome = Outcome.NOT_ENDED
    found: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None

    def dump(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "run": self.id,
            "kind": self.kind,
            "started": self.started,
            "ended": self.ended,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "plan": dict(self.plan),
            "found": dict(self.found),
            "prefect": self.prefect,
        }


def begin(storage: Storage, kind: str, plan: Mapping[str, Any], now: datetime, prefect: str | None = None) -> Run:
    """Write down that a run starts, and what it was asked. Raises StorageError."""
    run = f"{kind}-{now:%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
    said = {"event": "planned", "run": run, "kind": kind, "plan": dict(plan), "prefect": prefect}
    event = ledger.write(storage, KIND, said, now)
    return Run(id=run, kind=kind, started=event.at, plan=plan, prefect=prefect)


def end(storage: Storage, run: Run, said: Mapping[str, Any], now: datetime) -> None:
    """Write down how a run ended: `said` holds outcome, found and reason. Raises StorageError."""
    ledger.write(storage, KIND, {"event": "ended", "run": run.id, **said}, now)


def runs(storage: Storage) -> list[Run]:
    """Every run, newest first.

    Raises:
        ArchiveError: an object among the events is none.
    """
    planned: dict[str, Event] = {}
    ended: dict[str, Event] = {}
    for event in ledger.read(storage, KIND):
        (planned if event.said.get("event") == "planned" else ended)[str(event.said["run"])] = event
    found = (_joined(event, ended.get(name)) for name, event in planned.items())
    return sorted(found, key=lambda run: (run.started, run.id), reverse=True)


def _joined(planned: Event, ended: Event | None) -> Run:
    said: Mapping[str, Any] = planned.said
    last: Mapping[str, Any] = ended.said if ended else {}
    return Run(
        id=said["run"],
        kind=said["kind"],
        started=planned.at,
        plan=said["plan"],
        prefect=said.get("prefect"),
        ended=ended.at if ended else None,
        outcome=Outcome(last.get("outcome", Outcome.NOT_ENDED)),
        found=last.get("found") or {},
        reason=last.get("reason"),
    )
