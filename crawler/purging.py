"""What a purge has to know and only readers can tell: whose a capture is, what it counts as, whose an address is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from archive import mementos
from archive.holdings import Archive
from archive.imports import assigned
from archive.purge.ordering import Knows
from archive.records import Capture, NonArticle, Via, is_imported
from crawler.extract import non_article
from crawler.outlet import Outlet, owner_of


def knowledge(archive: Archive, outlets: Mapping[str, Outlet]) -> Knows:
    """As `crawler.readings` reads, by the outlets that are known now."""
    said = assigned(archive)

    def tell(key: str, capture: Capture) -> tuple[str, NonArticle | None]:
        shown = mementos.standing(capture, mementos.unwrap(capture))
        if not is_imported(key):
            return key.split("/", maxsplit=1)[0], non_article(shown)
        owner = said.get(key) or owner_of(shown.url, tuple(outlets.values()))
        return owner, non_article(replace(shown, via=Via.IMPORT))

    def is_of(story: str, url: str) -> bool:
        outlet = outlets.get(story.rpartition("-")[0])
        if outlet is None or not outlet.owns(url) or outlet.story_key(url) is None:
            return False
        return outlet.story_id(url) == story

    return Knows(tell=tell, is_of=is_of)
