"""The acts of taking down and of lifting: one entry in the ledger, obeyed at once by catalog and replay index.

What takes the bytes away as well is archive.purge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

from archive import cdx, replay, takedowns
from archive.errors import NotHeldError, UsageError
from archive.holdings import Archive
from archive.storage import Storage
from archive.takedowns import Depth, Lift, Sealed, Takedown
from archive.urls import id_of, is_address, surt

_ORIGINAL: Final = b'"original": "'


def take_down(archive: Archive, name: str, reason: str, now: datetime, depth: Depth = Depth.HIDDEN) -> Takedown:
    """Hide a story (by id, permalink or address), or an address that is no story's, from all that is shown.

    One entry in the ledger; nothing leaves warc/, cdxj/ or text/. What was taken down before, and as deep, stays as
    ordered then. A replay index that is there blocks its addresses at once; made again, it no longer lists them. A
    sealed order lists the captures that stand at its addresses, with their digests.

    Raises:
        UsageError: no reason is given. NotHeldError: nothing of that name is held.
        LeaseError: the order stands, but another process keeps the catalog; the next command obeys it.
    """
    why = given_reason(reason, "taken down")
    story, urls = meant(archive, name)
    for standing in archive.takedowns().standing(story, urls, depth):
        return next(order for order in takedowns.load(archive.storage).orders if order.event == standing.event)
    keys = {takedowns.key_of(url) for url in urls} if depth is Depth.SEALED else frozenset()
    found = tuple(captures(archive.storage, keys)) if keys else ()
    draft = Takedown(event="", at="", story=story, urls=tuple(urls), reason=why, depth=depth, captures=found)
    order = takedowns.write_order(archive.storage, draft, now)
    _obey(archive)
    return order


def lift(archive: Archive, name: str, reason: str, now: datetime) -> Lift:
    """End the orders in force on a story or an address, and no order that comes later.

    By address, every order that names it or the story that stood there; by id or permalink, those on the story and
    those on addresses of its alone. What other orders hide as well stays hidden.

    Raises:
        UsageError: no reason is given, or it was purged. NotHeldError: nothing of that name is taken down.
        LeaseError: the lift stands, but another process keeps the catalog; the next command obeys it.
    """
    why = given_reason(reason, "lifted")
    orders = [order for order in archive.takedowns().orders if _is_on(archive, order, name)]
    if not orders:
        raise NotHeldError(f"{name} is not taken down; astana takedown lists what is")
    for order in orders:
        if order.is_purge:
            raise UsageError(f"{order.refusal(name)}; a purge cannot be lifted, for the bytes are gone")
    lifted = takedowns.write_lift(archive.storage, orders, why, now)
    _obey(archive)
    return lifted


def given_reason(given: str, done: str) -> str:
    """The reason as it stands in the ledger. Raises UsageError: there is none."""
    if not given.strip():
        raise UsageError(f"say why it is {done}: the reason stands in the ledger for ever")
    return " ".join(given.split())


def _obey(archive: Archive) -> None:
    archive.obey()
    replay.block(archive)


def _is_on(archive: Archive, order: Takedown, name: str) -> bool:
    """Whether an order is about a story or an address."""
    if is_address(name):
        return takedowns.key_of(name) in order.keys or order.story in archive.catalog.stories_at(surt(name))
    story = id_of(name)
    if order.story is not None:
        return order.story == story
    return bool(order.keys) and all(archive.catalog.stories_at(key) == [story] for key in order.keys)


def meant(archive: Archive, name: str) -> tuple[str | None, list[str]]:
    """The story that a name means, and its addresses. Raises NotHeldError."""
    if not is_address(name):
        story = id_of(name)
        urls = _urls_of(archive, story)
        if not urls and not archive.takedowns().hides_story(story):
            raise NotHeldError(f"no story {story} is held; look with astana search")
        return story, urls
    for story in archive.catalog.stories_at(surt(name)):
        return story, sorted({name, *_urls_of(archive, story)})
    order = archive.takedowns().keys.get(takedowns.key_of(name))
    if order is not None and order.is_purge:  # no shelf knows the address any more
        return order.story, sorted({name, *order.urls})
    if not _is_captured(archive.storage, takedowns.key_of(name)):
        raise NotHeldError(f"nothing held from {name}")
    return None, [name]


def _urls_of(archive: Archive, story: str) -> list[str]:
    """Addresses of a story: as captured, and, where the words are hidden, as ordered or by their SURT keys."""
    urls = {*archive.catalog.urls_of(story)}
    reached = archive.takedowns()
    urls |= {url for order in reached.orders if order.story == story for url in order.urls}
    known = set(map(takedowns.key_of, urls))
    on = {key for key, order in reached.keys.items() if order.story == story}
    return sorted(urls | (on - known))


def _is_captured(storage: Storage, key: str) -> bool:
    """Whether any capture on the shelves stood at an address, by its SURT key."""
    return any(True for _ in _lines(storage, {key}))


def captures(storage: Storage, keys: Collection[str]) -> Iterator[Sealed]:
    """Every capture that the indexes list at some addresses."""
    for raw in _lines(storage, keys):
        for line in cdx.load(raw):
            yield Sealed(
                record=line.record,
                date=line.date or line.timestamp,
                url=line.url,
                digest=line.digest,
                file=line.filename,
                offset=line.offset,
                length=line.length,
                sha256=line.sha256,
            )


def _lines(storage: Storage, keys: Collection[str]) -> Iterator[bytes]:
    """The index lines of some addresses, by their SURT keys, in the order of the shelf; mementos of theirs, too."""
    starts = tuple(f"{key} ".encode() for key in sorted(keys))
    for index in storage.list("cdxj/"):
        with storage.open(index) as lines:
            yield from (line for line in lines if line.startswith(starts) or _plays(line, keys))


def _plays(line: bytes, keys: Collection[str]) -> bool:
    """Whether a line is of an exchange with an archive that played one of these addresses."""
    return _ORIGINAL in line and any(key in keys for found in cdx.load(line) for key in found.keys)
