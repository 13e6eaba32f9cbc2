"""Whose a capture is and what it counts as, as the readers tell it: what a purge has to know of the heads of texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from archive import mementos
from archive.holdings import Archive
from archive.imports import assigned
from archive.purge import Tell
from archive.records import Capture, NonArticle, Via, is_imported
from crawler.extract import non_article
from crawler.outlet import Outlet, owner_of


def teller(archive: Archive, outlets: Mapping[str, Outlet]) -> Tell:
    """Tells of a capture, by the key of its file below `warc/`, as `crawler.readings` does."""
    said = assigned(archive)

    def tell(key: str, capture: Capture) -> tuple[str, NonArticle | None]:
        shown = mementos.standing(capture, mementos.unwrap(capture))
        if not is_imported(key):
            return key.split("/", maxsplit=1)[0], non_article(shown)
        owner = said.get(key) or owner_of(shown.url, tuple(outlets.values()))
        return owner, non_article(replace(shown, via=Via.IMPORT))

    return tell
