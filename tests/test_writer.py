"""Captures are told of when they are on disk, in their order, whatever comes at once and whatever fails."""

from __future__ import annotations

import os
import random
import resource
import signal
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import cdx, spool, warc
from archive.cdx import Known
from archive.errors import StorageError
from archive.records import Capture, RecordType
from archive.spool import Spool
from archive.storage import Storage, open_storage
from archive.writer import Bounds, Writer
from tests.captures import URL, answer, capture

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SECONDS = 30.0  # more than anything here takes


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(str(tmp_path / "store"))


@pytest.fixture
def waiting(tmp_path: Path) -> Spool:
    return begin(tmp_path / "spool")


def begin(folder: Path) -> Spool:
    return Spool.open(folder, "press", "w1", NOW, {"software": "tests"})


def one(number: int, size: int = 0, **changes: object) -> Capture:
    return capture(answer(random.Random(number).randbytes(size)), url=f"{URL}/{number}", **changes)


class Listening:
    """A writer and what it said."""

    def __init__(self, file: Spool, storage: Storage, **bounds: float) -> None:
        self.writer = Writer(file, Known(), storage, Bounds(**bounds))  # type: ignore[arg-type]  # names of bounds
        self.kept: list[Capture] = []
        self.broke = Event()
        self.writer.kept = self.kept.extend
        self.writer.broke = self.broke.set

    def write(self, *captures: Capture) -> None:
        for made in captures:
            self.writer.put(made)
        self.writer.close()


def in_file(path: Path) -> list[Capture]:
    with path.open("rb") as stream:
        found = list(warc.read(stream, f"warc/press/2026/11/{path.name.removesuffix('.open')}", "press"))
    assert all(isinstance(each, Capture) for each in found), found
    return [each for each in found if isinstance(each, Capture)]


def test_a_capture_is_told_of_after_the_sync_that_followed_its_last_byte(
    waiting: Spool, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = 0
    fsync = os.fsync

    def noting(handle: int) -> None:
        nonlocal synced
        size = os.fstat(handle).st_size
        fsync(handle)
        synced = size

    monkeypatch.setattr(os, "fsync", noting)
    listening = Listening(waiting, storage, batch=3000, linger=0.0)
    early: list[str] = []

    def kept(captures: Sequence[Capture]) -> None:
        listening.kept.extend(captures)
        ends = [(each.record, each.address.offset + each.address.length) for each in captures if each.address]
        early.extend(record for record, end in ends if end > synced)

    listening.writer.kept = kept
    made = [one(number) for number in range(20)]
    listening.write(*made)
    assert [each.record for each in listening.kept] == [each.record for each in made]
    assert early == []
    assert in_file(waiting.path) == listening.kept


def test_many_that_come_at_once_are_synced_together(
    waiting: Spool, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (syncs.append(handle), fsync(handle)))
    Listening(waiting, storage, linger=SECONDS).write(*map(one, range(30)))
    assert len(syncs) == 1
    assert waiting.captures == 30


def test_closing_writes_all_that_waits_without_waiting_for_more(waiting: Spool, storage: Storage) -> None:
    listening = Listening(waiting, storage, linger=10 * SECONDS)
    listening.write(*map(one, range(5)))
    assert len(listening.kept) == len(in_file(waiting.path)) == 5
    assert listening.writer.error is None


def test_a_writer_that_was_given_nothing_ends_at_once(waiting: Spool, storage: Storage) -> None:
    listening = Listening(waiting, storage)
    listening.write()
    assert listening.kept == [] and listening.writer.error is None


def test_whoever_brings_more_than_may_wait_waits_too(waiting: Spool, storage: Storage) -> None:
    bound, size = 100_000, 20_000
    listening = Listening(waiting, storage, waiting=bound, batch=1, linger=0.0)
    brought, all_brought = [0], Event()
    most = 0

    def kept(captures: Sequence[Capture]) -> None:
        nonlocal most
        if not listening.kept:
            all_brought.wait(0.3)  # a bound that does not hold lets everything in meanwhile
        most = max(most, brought[0] - len(listening.kept))
        listening.kept.extend(captures)

    listening.writer.kept = kept

    def bring() -> None:
        for number in range(20):
            listening.writer.put(one(number, size))
            brought[0] += 1
        all_brought.set()

    bringing = Thread(target=bring)
    bringing.start()
    bringing.join(SECONDS)
    listening.writer.close()
    assert not bringing.is_alive()
    assert len(listening.kept) == 20
    assert 1 < most <= bound // size


def test_one_capture_larger_than_all_that_may_wait_is_written(waiting: Spool, storage: Storage) -> None:
    listening = Listening(waiting, storage, waiting=1000)
    listening.write(one(1, 5000), one(2, 5000))
    assert len(listening.kept) == 2


def test_a_full_disk_ends_the_writing_and_what_was_told_of_stays(waiting: Spool, storage: Storage) -> None:
    listening = Listening(waiting, storage, waiting=200_000, batch=1, linger=0.0)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (waiting.path.stat().st_size + 100_000, before[1]))
    try:
        for number in range(50):  # more than may wait: whoever brings them must not wait for ever
            listening.writer.put(one(number, 30_000))
        listening.writer.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old)
    assert listening.broke.is_set()
    assert str(waiting.path) in str(listening.writer.error)
    assert len(str(listening.writer.error).splitlines()) == 1
    assert listening.kept and in_file(waiting.path) == listening.kept
    waiting.close()
    again = begin(waiting.path.parent)
    assert (again.captures, again.recovered.cut) == (len(listening.kept), 0)
    again.close()


def test_a_defect_ends_the_writing_too_instead_of_losing_what_comes(
    waiting: Spool, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening = Listening(waiting, storage, linger=0.0)
    monkeypatch.setattr("threading.excepthook", lambda said: None)
    listening.write(one(1), one(2, date="no date at all"))
    assert listening.broke.is_set()
    assert isinstance(listening.writer.error, StorageError)
    assert {each.url for each in listening.kept} <= {f"{URL}/1"}


def test_a_warc_that_has_grown_is_shelved_while_writing_goes_on(waiting: Spool, storage: Storage) -> None:
    folder = waiting.path.parent
    listening = Listening(waiting, storage, warc=50_000, batch=1, linger=0.0)
    made = [one(number, 20_000) for number in range(8)]
    listening.write(*made, one(0, 20_000, date="2026-11-22T11:00:00Z"))
    grown = listening.writer.sealed()
    last = listening.writer.spool.seal(storage)
    assert last is not None and len(grown) >= 2
    stems = [each.stem for each in (*grown, last)]
    assert len(set(stems)) == len(stems)
    held: list[Capture] = []
    for each in (*grown, last):
        with storage.open(each.warc) as stream:
            captures = [found for found in warc.read(stream, each.warc, "press") if isinstance(found, Capture)]
        lines = cdx.load(storage.get(each.cdxj))
        assert {line.record for line in lines} == {found.record for found in captures}
        assert {line.filename for line in lines} == {each.warc.removeprefix("warc/")}
        assert each.bytes < 100_000
        held += captures
    assert held == listening.kept
    assert held[-1].type is RecordType.REVISIT and held[-1].refers_to is not None
    assert held[-1].refers_to.record == made[0].record
    assert list(folder.iterdir()) == []


def test_a_warc_of_many_small_captures_is_ended_too(waiting: Spool, storage: Storage) -> None:
    listening = Listening(waiting, storage, captures=3, batch=1, linger=0.0)
    listening.write(*(one(number) for number in range(7)))
    grown = listening.writer.sealed()
    last = listening.writer.spool.seal(storage)
    assert [each.captures for each in (*grown, *filter(None, [last]))] == [3, 3, 1]


class Unreachable:
    """A real storage that cannot be written for a while."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def put(self, key: str, data: bytes | Path, *, replace: bool = False) -> bool:
        raise StorageError(f"{key}: the store is away")


def test_a_grown_file_that_cannot_be_shelved_waits_for_the_end(waiting: Spool, storage: Storage) -> None:
    folder = waiting.path.parent
    away = Unreachable(storage)
    listening = Listening(waiting, away, warc=50_000, batch=1, linger=0.0)  # type: ignore[arg-type]
    listening.write(*(one(number, 20_000) for number in range(4)))
    assert listening.writer.error is None and listening.writer.sealed() == ()
    assert len(listening.kept) == 4
    finished = spool.finish(folder, "press", storage)
    last = listening.writer.spool.seal(storage)
    assert sum(each.captures for each in finished) + (last.captures if last else 0) == 4
    assert list(folder.iterdir()) == []


coming = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans()), max_size=12)


@settings(max_examples=12, deadline=None)
@given(coming=coming, batch=st.sampled_from([1, 5000, 1 << 20]))
def test_what_stands_for_what_does_not_depend_on_what_is_written_together(
    coming: list[tuple[int, int, bool]], batch: int
) -> None:
    made = [
        capture(
            answer(b"page %d" % body) if came else b"",
            url=f"{URL}/{number}",
            date=f"2026-11-22T10:00:{at:02}Z",
            error=None if came else "refused",
        )
        for at, (number, body, came) in enumerate(coming)
    ]
    with tempfile.TemporaryDirectory() as place:
        storage = open_storage(f"{place}/store")
        serial, known = begin(Path(place, "serial")), Known()
        expected = [serial.append(each, known) for each in made]
        listening = Listening(begin(Path(place, "together")), storage, batch=batch, linger=0.001)
        listening.write(*made)
        assert listening.kept == expected
        assert list(listening.writer.spool.lines) == list(serial.lines)
        serial.close()
        listening.writer.spool.close()
