"""Whether a closed outlet's host is still its own: dead hosts are sold or seized, and a live answer proves nothing.

Proof is that the host lists, under the ids and with the titles that are held, stories that were captured before.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from archive.arabic import fold
from archive.errors import NotHeldError, StorageError, TakenDownError
from archive.holdings import Archive, open_archive
from archive.settings import Settings
from crawler.outlet import Outlet, file_of
from crawler.scout.evidence import Evidence, listed_titles, look
from crawler.scout.proposal import Change, reopened
from flows.glances import glance

NEEDED: Final = 3  # stories


async def proved(outlet: Outlet, settings: Settings, now: datetime) -> tuple[Evidence, tuple[Change, ...], str | None]:
    """Glance at a closed outlet's own seeds: what they gave, the change that proof speaks for, or why there is none.

    Raises:
        CrawlFailedError: the crawl's process died.
    """
    text = reopened(file_of(outlet.id, settings.outlets).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="astana-look-") as folder:
        opened, captures = await glance(text, outlet.id, Path(folder) / "look", now)
    known = _known(listed_titles(opened, captures), settings)
    evidence = look(opened, captures)
    told = f"{known} of the stories that its host lists are held under the same ids and titles"
    if known >= NEEDED:
        return evidence, (Change(why=f"{told}: the host is still the outlet's own", opened=True),), None
    return (
        evidence,
        (),
        f"closed on {outlet.closed}, and its host is not proved to be its own: {told}, {NEEDED} prove it",
    )


def _known(titles: Mapping[str, str], settings: Settings) -> int:
    try:
        with open_archive(settings) as archive:
            return sum(_is_held(archive, story, title) for story, title in titles.items())
    except StorageError:  # there is no archive yet
        return 0


def _is_held(archive: Archive, story: str, title: str) -> bool:
    try:
        editions = archive.story(story).editions
    except (NotHeldError, TakenDownError):
        return False
    return any(_bare(edition.article.title) == _bare(title) for edition in editions)


def _bare(title: str) -> str:
    return " ".join(fold(title).split())
