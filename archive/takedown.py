"""The act of taking a story or an address down: one order in the ledger, obeyed at once by catalog and replay index."""

from __future__ import annotations

from datetime import datetime

from archive import replay, takedowns
from archive.errors import NotHeldError, UsageError
from archive.holdings import Archive
from archive.storage import Storage
from archive.takedowns import Takedown
from archive.urls import id_of, is_address, surt


def take_down(archive: Archive, name: str, reason: str, now: datetime) -> Takedown:
    """Hide a story (by id, permalink or address), or an address that is no story's, from all that is shown.

    One entry in the ledger; nothing leaves warc/, cdxj/ or text/. What was taken down before stays as ordered then.
    A replay index that is there blocks its addresses at once; made again, it no longer lists them.

    Raises:
        UsageError: no reason is given. NotHeldError: nothing of that name is held.
        LeaseError: the order stands, but another process keeps the catalog; the next command obeys it.
    """
    if not reason.strip():
        raise UsageError("say why it is taken down: the reason stands in the ledger for ever")
    story, urls = _meant(archive, name)
    for order in archive.takedowns().standing(story, urls):
        return order
    order = takedowns.write(archive.storage, story, urls, " ".join(reason.split()), now)
    archive.obey()
    replay.block(archive)
    return order


def _meant(archive: Archive, name: str) -> tuple[str | None, list[str]]:
    """The story that a name means, and its addresses."""
    if not is_address(name):
        story = id_of(name)
        urls = archive.catalog.urls_of(story)
        if not urls and not archive.takedowns().hides_story(story):
            raise NotHeldError(f"no story {story} is held; look with astana search")
        return story, urls
    for story in archive.catalog.stories_at(surt(name)):
        return story, sorted({name, *archive.catalog.urls_of(story)})
    if not _is_captured(archive.storage, takedowns.key_of(name)):
        raise NotHeldError(f"nothing held from {name}")
    return None, [name]


def _is_captured(storage: Storage, key: str) -> bool:
    """Whether any capture on the shelves stood at an address, by its SURT key."""
    start = f"{key} ".encode()
    for index in storage.list("cdxj/"):
        with storage.open(index) as lines:
            if any(line.startswith(start) for line in lines):
                return True
    return False
