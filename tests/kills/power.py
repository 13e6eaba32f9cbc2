"""A crawl, an extraction and an indexing whose file calls are noted, and the power cut between any two of them."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive import spool
from archive.errors import ArchiveError
from archive.spool import Spool
from archive.storage import FolderStorage
from tests.kills import calls, checks, outlet
from tests.kills.calls import Call
from tests.kills.campaign import Campaign, begun
from tests.kills.disk import Disk, Outcome
from tests.kills.outlet import Answer
from tests.kills.runner import Runner
from tests.kills.tally import LAG, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What was done in one folder, call by call, and what the outlet had answered meanwhile."""

    folder: Path
    calls: tuple[Call, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One moment of one run: how many calls had been made, and what of them the disk kept."""

    after: int
    outcome: Outcome
    seed: int


def note(folder: Path, seed: int) -> Noted:
    """Two crawls with all that follows, their calls noted; the first slow enough to outlast what may be lost."""
    log = folder / "calls"
    runner = Runner(folder / "runner", (*calls.COMMAND, "-o", str(log)))
    try:
        with begun(folder / "place", runner, seed, Tally()) as campaign:
            campaign.pace(0.15)
            campaign.publish(14)
            for verb in ("crawl", "extract", "index"):
                campaign.whole(verb)
            campaign.pace(0.01)
            campaign.publish(2)
            for verb in ("crawl", "extract", "index", "rebuild"):
                campaign.whole(verb)
            answers = tuple(outlet.answers(campaign.folder))
    finally:
        runner.close()
    place = folder / "place"
    return Noted(folder=place, calls=tuple(_of(calls.read(log), place)), answers=answers)


def _of(every: Iterable[Call], folder: Path) -> Iterator[Call]:
    """Those that concern the folder."""
    inside = f"{folder}/"
    return (call for call in every if inside in f"{call.handle}/" or any(inside in path for path in call.paths))


def moments(noted: Noted, given: Sequence[Call] | None = None) -> list[int]:
    """After how many calls something had changed in the store or been saved."""
    disk = Disk(noted.folder)
    store = str(noted.folder / "store")
    every = noted.calls if given is None else given
    changed = [(number, disk.take(call), call) for number, call in enumerate(every, 1)]
    return [number for number, did, call in changed if did and store in (call.handle or call.paths[0])]


def after(
    noted: Noted, cuts: Iterable[Cut], to: Path, given: Sequence[Call] | None = None
) -> Iterator[tuple[Cut, Path, Disk]]:
    """The folder as each cut leaves it; cuts in the order of their moments."""
    disk, done = Disk(noted.folder), 0
    every = noted.calls if given is None else given
    for cut in sorted(cuts, key=lambda cut: cut.after):
        for call in every[done : cut.after]:
            disk.take(call)
        done = cut.after
        shutil.rmtree(to, ignore_errors=True)
        disk.leave(to, cut.outcome, random.Random(cut.seed))
        yield cut, to / "store", disk


def broken(noted: Noted, cut: Cut, store: Path, disk: Disk) -> Iterator[str]:
    """What is wrong with a folder after the cut, once the spool was taken up and sealed as the next crawl does."""
    try:
        storage = FolderStorage(store)
        spool.finish(store / "spool", checks.OUTLET, storage)
        now = datetime(2026, 11, 22, tzinfo=UTC)
        Spool.open(store / "spool", checks.OUTLET, "heir", now, {"software": "heir"}).seal(storage)
    except (ArchiveError, OSError) as error:
        yield f"the next crawl cannot begin: {error!r}"
        return
    found = checks.look(store)
    yield from found.problems
    reported = disk.read(str(noted.folder / "reported")).decode("ascii").split()
    at = noted.calls[min(cut.after, len(noted.calls)) - 1].at
    old = [answer for answer in noted.answers if answer.clock < at - LAG]
    yield from checks.lost(found, old, frozenset(), reported)
    yield from checks.shelves(store, is_read=False)


def go_on(campaign: Campaign, store: Path, ended: Counter[str]) -> Iterator[str]:
    """Read and index what the cut left, as the commands would; a catalog that suffered is said so and made again."""
    campaign.store = store
    campaign.whole("extract")
    if campaign.ends("index") == 0:
        ended["went on"] += 1
    else:
        if "CatalogError" not in (words := campaign.runner.words()):
            yield f"index: {words}"
        campaign.whole("rebuild")
        ended["rebuilt"] += 1
    yield from checks.shelves(store)
    yield from checks.all_read(store)
    yield from checks.catalog(store, campaign.folder / "scratch.db")
