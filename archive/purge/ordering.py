"""The order of a purge: what is to go, what the readers know of it, the tombstone before anything is taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from archive import sealing, takedown, takedowns, tenure, warc
from archive.errors import UsageError
from archive.finishing import finish as finish_sealing
from archive.holdings import Archive
from archive.purge.carrying import finish as carry_out
from archive.purge.ending import PATIENCE, merge
from archive.purge.finding import Wanted
from archive.purge.listings import Withheld, told
from archive.purge.planning import Plan, Planner, Tell
from archive.spool import Spool
from archive.storage import Storage
from archive.takedowns import Depth, Takedown
from archive.urls import is_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Knows:
    """What the readers know: what a capture of a file counts as, and whether an address is one of a story's."""

    tell: Tell
    is_of: Callable[[str, str], bool]  # a story's id, an address


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The order that stands, and whether it is a new one.

    `twins`: other addresses at which the same bytes are held. `listings`: the feeds and listings that led to it, which
    hold its title.
    """

    order: Takedown
    is_new: bool
    twins: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()


def purge(archive: Archive, name: str, reason: str, now: datetime, knows: Knows) -> Done:
    """Take every capture of a story (by id, permalink or address), or of an address, out of every file, for good.

    What waits in the spool is sealed first. A purge that was broken off is ended. Of a story that was purged before,
    captures that came since go.

    Args:
        archive: whose.
        name: what is to go.
        reason: stands in the ledger for ever.
        now: the time of the order.
        knows: what the readers know of addresses and captures.

    Raises:
        UsageError: no reason is given, or an import was broken off. NotHeldError: nothing of that name is held.
        LeaseError: a crawl of that outlet is under way; nothing was purged.
        ArchiveError: a file would lose more than what is meant; nothing was purged.
    """
    why = takedown.given_reason(reason, "purged")
    with tenure.held(archive.storage, "purge", PATIENCE):
        carry_out(archive.storage, takedowns.load(archive.storage).purges)
        merge(archive.storage)
        purges = takedowns.load(archive.storage).purges
        story, urls = takedown.meant(archive, name)
        draft = Takedown(event="", at="", story=story, urls=tuple(urls), reason=why, depth=Depth.PURGED)
        with _quiet(archive, _outlets(archive, story, draft.keys), now):
            before = [order for order in purges if _is_of(order, draft)]
            plan = Planner(
                storage=archive.storage, wanted=_wanted(draft, before, knows), at=warc.warc_date(now), tell=knows.tell
            ).plan()
            if before and not plan.files and not any(True for _ in told(archive.storage, Withheld.of(before))):
                return Done(order=before[0], is_new=False, twins=plan.twins)
            order = takedowns.write_order(archive.storage, _tombstone(archive.storage, draft, plan, knows), now)
            archive.obey()
    return Done(order=order, is_new=True, twins=plan.twins, listings=plan.listings)


def _is_of(order: Takedown, draft: Takedown) -> bool:
    return order.story == draft.story if draft.story is not None else draft.keys <= order.keys


def _wanted(draft: Takedown, before: Iterable[Takedown], knows: Knows) -> Wanted:
    """What is to go; also the records that earlier purges of the same took, for another file may hold them."""
    records = frozenset(record for order in before for record in order.records)
    story = draft.story
    more = (lambda url: knows.is_of(story, url)) if story is not None else _no_more
    return Wanted(keys=draft.keys, records=records, more=more)


def _no_more(url: str) -> bool:
    """An address that is no story's has no other spellings."""
    return False


def _tombstone(storage: Storage, draft: Takedown, plan: Plan, knows: Knows) -> Takedown:
    """The order with all that it will do, and every address that was found to be the story's."""
    found = {each.url for file in plan.files for each in file.gone if is_address(each.url)}
    story = draft.story
    urls = {url for url in found if takedowns.key_of(url) in draft.keys or (story and knows.is_of(story, url))}
    draft = replace(draft, urls=tuple({*draft.urls, *urls}), files=plan.files)
    return replace(draft, listings=tuple(told(storage, Withheld.of((draft,)))))


def _outlets(archive: Archive, story: str | None, keys: frozenset[str]) -> list[str]:
    """The outlets whose crawls may be writing what is to go."""
    if story is not None:
        return [story.rpartition("-")[0]]
    owners = {each.file.split("/", maxsplit=1)[0] for each in takedown.captures(archive.storage, keys)}
    return sorted(owners - {"_import"})


@contextmanager
def _quiet(archive: Archive, outlets: list[str], now: datetime) -> Iterator[None]:
    """No crawl of these outlets, and nothing of theirs that waits here unsealed. Raises LeaseError, StorageError."""
    folder = archive.settings.spool_dir
    with ExitStack() as stack:
        for outlet in outlets:
            stack.enter_context(tenure.held(archive.storage, f"crawl-{outlet}"))
            if not folder.is_dir():
                continue
            finish_sealing(folder, outlet, archive.storage)
            while sealing.waiting_files(folder, outlet, sealing.OPEN):
                spool = Spool.open(folder, outlet, "purge", now, {"description": "Sealed before a purge."})
                if spool.seal(archive.storage) is None and sealing.waiting_files(folder, outlet, sealing.OPEN):
                    raise UsageError(f"what waits of {outlet} in {folder} cannot be sealed")
        yield
