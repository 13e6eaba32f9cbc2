"""The re-clustering: all stories linked anew by processes of this machine, and its entries in the ledger."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from archive import scratch
from archive.holdings import open_archive
from archive.reclustering.local import Do, processes
from archive.reclustering.whole import Relinked, relink
from archive.settings import load_settings
from flows import journal
from flows.journal import Outcome
from flows.plans import Place

MOST: Final = 16  # processes, unless somebody asks for more


def cores() -> int:
    """How many processes can work beside each other here."""
    return min(MOST, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def plain(do: Do) -> Do:
    """A piece of a step as it is."""
    return do


async def recluster(
    place: Place, many: int | None = None, shown: Callable[[Do], Do] = plain, prefect: str | None = None
) -> Relinked:
    """Link all stories anew by so many processes (None: one for each core); the same comes out as arrival by arrival.

    Raises:
        UsageError: no archive is there.
        CatalogError, LeaseError, StorageError: the catalog is as it was.
    """
    many = many or cores()
    with open_archive(load_settings(**place.given())) as archive:
        run = journal.begin(archive.storage, "recluster", {"processes": many}, datetime.now(UTC), prefect)
        try:
            with scratch.folder("astana-recluster-") as folder, processes(many) as do:
                found = await relink(archive, folder, shown(do))
        except (Exception, asyncio.CancelledError) as error:
            stopped = isinstance(error, asyncio.CancelledError)
            outcome = Outcome.INTERRUPTED if stopped else Outcome.FAILED
            said = {"outcome": outcome, "reason": str(error) or "interrupted; the catalog is as it was"}
            journal.end(archive.storage, run, said, datetime.now(UTC))
            raise
        journal.end(archive.storage, run, {"outcome": Outcome.DONE, "found": asdict(found)}, datetime.now(UTC))
    return found
