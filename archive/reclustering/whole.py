"""All stories of an archive linked anew, while nobody else writes into its catalog."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive import tenure
from archive.catalog import Catalog
from archive.holdings import Archive
from archive.reclustering.local import Do, recluster

_PATIENCE: Final = 600.0  # seconds that another process's indexing is waited for


@dataclass(frozen=True, slots=True, kw_only=True)
class Relinked:
    """What a re-clustering came to."""

    editions: int
    parts: int  # in which it was done
    clusters: int
    copies: int


async def relink(archive: Archive, folder: Path, do: Do) -> Relinked:
    """Link all stories anew; the rows come out as they were, unless something was wrong with them.

    Args:
        archive: nothing but its catalog is written.
        folder: an empty one for the files that steps leave each other; it is to outlive whoever does them.
        do: who does each piece of a step.

    Raises:
        CatalogError: the catalog cannot be used; it is as it was.
        LeaseError: another process is indexing into it.
    """
    archive.counts()  # takedowns are obeyed first
    url = archive.settings.catalog_url
    with tenure.held(archive.storage, "catalog", _PATIENCE) as lease:
        plan = await recluster(url, folder, do, lease.check)
    found = await asyncio.to_thread(_counted, url)
    return Relinked(editions=plan.editions, parts=len(plan.parts), clusters=found[0], copies=found[1])


def _counted(url: str) -> tuple[int, int]:
    with Catalog.open(url) as catalog:
        counts = catalog.counts()
    return counts.clusters, counts.copies
