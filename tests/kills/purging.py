"""Purges that are killed: a store is copied, a story purged, the process killed; begun again, it is looked at."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from archive import audit, warc
from archive.cdx import Known
from archive.holdings import Archive, open_archive
from archive.records import TextHead
from archive.settings import load_settings
from archive.spool import Spool
from archive.takedowns import load
from archive.texts import SCHEMA
from archive.urls import story_id
from tests.audited import NOW, READER, audited_reading, captures, page
from tests.kills.board import PURGE
from tests.kills.runner import Runner
from tests.kills.tally import ELSEWHERE, Tally
from tests.purged import captured, holds
from tests.shelving import put_foreign

FILES: Final = 4
URL: Final = "https://press.test/news/0"
STORY: Final = story_id("press", URL)
WORDS: Final = page(0)[1].encode()


def made(folder: Path) -> Path:
    """A store whose every WARC holds the story among others, and two imports that do."""
    with Archive(load_settings(store=str(folder / "store"))) as archive:
        for number in range(FILES):
            spool = Spool.open(folder / "spool", "press", "w", NOW + timedelta(hours=number), {"software": "tests"})
            known = Known()
            fresh = [replace(each, record=warc.mint_record()) for each in captures(40)]
            written = [spool.append(each, known) for each in fresh]
            sealed = spool.seal(archive.storage)
            assert sealed is not None
            head = TextHead(
                schema=SCHEMA,
                warc=sealed.warc.removeprefix("warc/"),
                outlet="press",
                reader=READER,
                non_articles={"failed": 1},
            )
            archive.put_text(head, [audited_reading(each) for each in written if each.response])
        for name in ("one.warc.gz", "two.warc.gz"):
            fresh = [replace(each, record=warc.mint_record()) for each in captures(3)[:3]]
            put_foreign(archive, name, *(member for each in fresh for member in warc.compose(each).members))
        archive.set_reader("press", READER)
        archive.index()
    return folder / "store"


def run(folder: Path, seed: int, each: int) -> Tally:
    """Kill until so many died in the window."""
    folder.mkdir(parents=True, exist_ok=True)
    store, tally, chance = made(folder), Tally(), random.Random(seed)
    runner = Runner(folder / "runner")
    try:
        assert _ends(runner, _copy(store, folder / "first"), "purge") == 0, runner.words()
        tally.lasted[PURGE] = runner.board.lasted(PURGE)
        for number in range(4 * each):
            if tally.deaths[PURGE] >= each or tally.problems:
                break
            killed = _copy(store, folder / f"killed{number}")
            if not _kill(runner, killed, tally, chance.random()):
                continue
            begun = time.monotonic()
            verb = chance.choice(("purge", "purge", "index", "rebuild"))
            code = _ends(runner, killed, verb)
            tally.restart = max(tally.restart, time.monotonic() - begun)
            if code:
                tally.problems.append(f"{verb} after a kill ended with {code}: {runner.words()}")
            tally.problems += [f"kill {number}, then {verb}: {said}" for said in looked(store, killed, verb)]
            if not tally.problems:
                shutil.rmtree(killed)
    finally:
        runner.close()
    return tally


def _copy(store: Path, to: Path) -> Path:
    shutil.copytree(store, to)
    return to


def _start(runner: Runner, store: Path, verb: str) -> int:
    settings = {"store": str(store), "spool": str(store / "spool"), "catalog": f"sqlite:///{store}/catalog.db"}
    return runner.start(verb, settings=settings, reported=str(runner.folder / "reported"), name=STORY)


def _ends(runner: Runner, store: Path, verb: str) -> int:
    _start(runner, store, verb)
    return runner.end()


def _kill(runner: Runner, store: Path, tally: Tally, share: float) -> bool:
    handle = os.pidfd_open(_start(runner, store, "purge"))
    while not (over := runner.has_ended()) and not runner.board.entered(PURGE):
        time.sleep(0.0003)
    moment = time.monotonic() + share * tally.lasted[PURGE]
    while not over and time.monotonic() < moment:
        pass
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    os.close(handle)
    code = runner.end()
    if code != -signal.SIGKILL:
        assert code == 0, runner.words()
        tally.misses[PURGE] += 1
        return False
    tally.deaths[PURGE if runner.board.is_in(PURGE) else ELSEWHERE] += 1
    return True


def looked(store: Path, killed: Path, verb: str) -> Iterator[str]:
    """What is wrong with a store after the restart: all of the story is gone, or, never ordered, nothing is."""
    before, after = captured(store), captured(killed)
    with open_archive(load_settings(store=str(killed))) as archive:
        is_ordered = bool(load(archive.storage).purges)
        yield from (
            f"{each.file}: {each.said}"
            for each in audit.audit(archive)
            if isinstance(each, audit.Finding) and each.fault
        )
    if not is_ordered and verb == "purge":
        yield "the command ended, and nothing was ordered"
    if after - before:
        yield "captures came from nowhere"
    gone = {(url, is_ordered) for _, url, _, _ in before - after}
    if gone != ({(URL, True)} if is_ordered else set()):
        yield f"ordered: {is_ordered}; gone: {gone}"
    if is_ordered and (left := holds(killed, WORDS)):
        yield f"its words stand in {left}"
    if stage := list((killed / "state" / "purge").glob("[!.]*")) if is_ordered else []:
        yield f"left aside: {stage}"
