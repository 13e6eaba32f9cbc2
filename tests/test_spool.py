"""A capture that was reported is on disk; a WARC is sealed whole or not at all, whenever the process dies."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import cdx, fixity, spool, warc
from archive.cdx import Known
from archive.errors import AlreadyThereError, LeaseError, StorageError
from archive.records import Capture, Hints, RecordType, Role
from archive.sealing import shelve
from archive.spool import Spool
from archive.storage import Storage, open_storage
from tests.captures import URL, answer, capture, failed

NOW = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)
INFO = {"software": "tests"}
SEED = Hints(role=Role.SEED)
KEY = "warc/press/2026/11/press-20261122100000123-00000-w1.warc.gz"
CDXJ = "cdxj/press/2026/11/press-20261122100000123-00000-w1.cdxj"


def begin(folder: Path, now: datetime = NOW, outlet: str = "press") -> Spool:
    return Spool.open(folder, outlet, "w1", now, INFO)


def one(number: int, **changes: object) -> Capture:
    return capture(url=f"{URL}/{number}", **changes)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(str(tmp_path / "store"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def held(storage: Storage, key: str = KEY) -> list[Capture]:
    with storage.open(key) as stream:
        found = list(warc.read(stream, key, "press"))
    assert all(isinstance(one, Capture) for one in found)
    return [one for one in found if isinstance(one, Capture)]


def test_what_is_appended_is_sealed_under_its_keys_with_its_lines(folder: Path, storage: Storage) -> None:
    waiting = begin(folder)
    known = Known()
    written = [waiting.append(made, known) for made in (one(1), failed(), one(1, date="2026-11-22T11:00:00Z"), one(2))]
    assert [made.type for made in written].count(RecordType.REVISIT) == 1
    lines = list(waiting.lines)
    sealed = waiting.seal(storage)
    assert sealed is not None
    assert (sealed.warc, sealed.cdxj, sealed.captures) == (KEY, CDXJ, 4)
    assert sealed.bytes == storage.size(KEY)
    assert held(storage) == written
    assert cdx.load(storage.get(CDXJ)) == sorted(lines, key=lambda line: line.order)
    assert len(lines) == 3
    for made in written:
        assert made.address is not None
        assert made.address.warc == KEY.removeprefix("warc/")
        assert warc.read_at(storage.read(KEY, made.address.offset, made.address.length)).record == made.record
    assert list(folder.iterdir()) == []


def test_the_first_record_is_the_warcinfo_and_names_the_file(folder: Path, storage: Storage) -> None:
    waiting = begin(folder)
    waiting.append(one(1))
    waiting.seal(storage)
    with storage.open(KEY) as stream:
        first = next(warc.records(stream))
    assert isinstance(first, warc.Record)
    assert first.type == "warcinfo"
    assert first.header("WARC-Filename") == Path(KEY).name
    assert b"software: tests\r\n" in first.block


def test_a_waiting_file_is_taken_up_again_with_its_lines(folder: Path, storage: Storage) -> None:
    waiting = begin(folder)
    first = waiting.append(one(1, hints=SEED))
    waiting.close()
    again = begin(folder, NOW + timedelta(hours=3))
    assert again.recovered == spool.Recovered(captures=1)
    assert list(again.lines) == list(waiting.lines)
    second = again.append(one(1, date="2026-11-22T13:00:00Z", hints=SEED), Known(again.lines))
    assert second.type is RecordType.REVISIT
    again.seal(storage)
    assert held(storage) == [first, second]


def test_a_file_is_due_with_a_page_or_after_a_day(folder: Path) -> None:
    waiting = begin(folder)
    assert not waiting.due(NOW + timedelta(days=2))
    waiting.append(one(1, hints=SEED))
    assert not waiting.due(NOW + timedelta(hours=23))
    assert waiting.due(NOW + timedelta(days=1))
    waiting.append(one(2))
    assert waiting.due(NOW)
    waiting.close()
    again = begin(folder)
    assert again.due(NOW)
    again.close()


def test_each_capture_is_on_disk_when_it_is_reported(folder: Path) -> None:
    waiting = begin(folder)
    for number in range(3):
        made = waiting.append(one(number))
        with waiting.path.open("rb") as stream:
            assert [found.record for found in warc.read(stream, "x", "press") if isinstance(found, Capture)][
                -1
            ] == made.record
    waiting.close()


def test_captures_given_together_are_written_as_they_would_be_one_by_one(tmp_path: Path) -> None:
    made = [one(1), failed(), one(2, response=answer(bytes(range(256)) * 800)), one(3)]
    singly, together = begin(tmp_path / "singly"), begin(tmp_path / "together")
    assert together.extend(made) == [singly.append(each) for each in made]
    assert list(together.lines) == list(singly.lines)
    assert together.path.read_bytes() == singly.path.read_bytes()


@pytest.mark.parametrize("made", [one(2), failed()])
def test_a_tail_torn_at_any_byte_is_cut_back_to_the_last_whole_capture(
    folder: Path, storage: Storage, made: Capture
) -> None:
    waiting = begin(folder)
    kept = waiting.append(one(1))
    size = waiting.path.stat().st_size
    waiting.append(made)
    waiting.close()
    whole = waiting.path.read_bytes()
    for torn in {
        *range(size + 1, len(whole), 61),
        len(whole) - 1,
        *[size + len(m) for m in warc.compose(made).members[:-1]],
    }:
        waiting.path.write_bytes(whole[:torn])
        again = begin(folder)
        again.close()
        assert again.recovered.captures == 1
        assert again.recovered.cut == torn - size
        assert waiting.path.read_bytes() == whole[:size]
    again = begin(folder)
    again.append(one(3))
    again.seal(storage)
    assert [found.url for found in held(storage)] == [kept.url, f"{URL}/3"]


@pytest.mark.parametrize("zeros", [1, 5000])
def test_blocks_that_were_never_written_are_cut_off(folder: Path, zeros: int) -> None:
    waiting = begin(folder)
    waiting.append(one(1))
    waiting.close()
    size = waiting.path.stat().st_size
    with waiting.path.open("ab") as stream:
        stream.write(bytes(zeros))
    again = begin(folder)
    again.close()
    assert again.recovered.cut == zeros
    assert waiting.path.stat().st_size == size


def test_a_file_torn_in_its_first_record_begins_anew(folder: Path) -> None:
    waiting = begin(folder)
    waiting.close()
    whole = waiting.path.read_bytes()
    waiting.path.write_bytes(whole[:40])
    again = begin(folder)
    again.close()
    assert again.recovered.cut == 40
    assert waiting.path.stat().st_size > 40


def test_damage_before_whole_captures_is_said_and_costs_none_of_them(folder: Path) -> None:
    waiting = begin(folder)
    first = waiting.append(one(1))
    second = waiting.append(one(2))
    waiting.close()
    assert first.address is not None
    data = bytearray(waiting.path.read_bytes())
    data[first.address.offset + 40] ^= 0xFF
    waiting.path.write_bytes(data)
    again = begin(folder)
    again.close()
    assert again.recovered.cut == 0
    assert again.recovered.said
    assert str(first.address.offset) in again.recovered.said[0]
    assert [line.record for line in again.lines] == [second.record]
    assert second.address is not None
    behind = second.address.offset
    (kept,) = folder.glob("*.damaged")
    assert kept.name in again.recovered.said[0]
    assert kept.read_bytes() == bytes(data[first.address.offset : behind])
    assert waiting.path.read_bytes() == bytes(data[: first.address.offset] + data[behind:])


def test_a_torn_last_write_of_which_only_the_later_part_came_is_cut_off_whole_and_kept(folder: Path) -> None:
    waiting = begin(folder)
    waiting.append(one(1))
    size = waiting.path.stat().st_size
    second = waiting.append(one(2))
    waiting.close()
    assert second.address is not None
    data = bytearray(waiting.path.read_bytes())
    data[second.address.offset : second.address.offset + 64] = bytes(64)
    waiting.path.write_bytes(data)
    again = begin(folder)
    again.close()
    assert again.captures == 1
    assert again.recovered.cut == len(data) - size
    assert waiting.path.stat().st_size == size
    (kept,) = folder.glob("*.damaged")  # a disk that rots leaves the same, of a capture that was reported
    assert kept.read_bytes() == bytes(data[size:])
    assert kept.name in "".join(again.recovered.said)


def flip(path: Path, at: int) -> bytes:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)
    return bytes(data)


@pytest.mark.parametrize("made", [one(2), failed()])
def test_a_reported_capture_whose_last_record_is_damaged_is_kept_beside_the_file(folder: Path, made: Capture) -> None:
    waiting = begin(folder)
    waiting.append(one(1))
    size = waiting.path.stat().st_size
    waiting.append(made)
    waiting.close()
    data = flip(waiting.path, -6)  # in the checksum
    again = begin(folder)
    again.close()
    assert (again.captures, again.recovered.cut) == (1, len(data) - size)
    (kept,) = folder.glob("*.damaged")
    assert kept.read_bytes() == data[size:]
    assert kept.name in again.recovered.said[-1]


def test_what_is_kept_of_two_crashes_at_one_place_is_kept_twice(folder: Path) -> None:
    for number in (1, 2):
        waiting = begin(folder)
        waiting.append(one(number))
        waiting.close()
        flip(waiting.path, -6)
    begin(folder).close()
    assert len(list(folder.glob("*.damaged"))) == 2


def test_the_torn_end_of_an_unfinished_write_is_cut_off_and_said_and_not_kept(folder: Path) -> None:
    waiting = begin(folder)
    waiting.append(one(1))
    size = waiting.path.stat().st_size
    waiting.append(one(2))
    waiting.close()
    os.truncate(waiting.path, size + 90)
    again = begin(folder)
    again.close()
    assert "90 bytes of an unfinished write were cut off" in again.recovered.said[-1]
    assert list(folder.glob("*.damaged")) == []


def first_of(storage: Storage) -> warc.Record:
    with storage.open(KEY) as stream:
        first = next(warc.records(stream))
    assert isinstance(first, warc.Record)
    return first


def test_a_file_whose_warcinfo_is_damaged_gets_another_before_it_is_sealed(folder: Path, storage: Storage) -> None:
    waiting = begin(folder)
    begun = waiting.path.stat().st_size
    waiting.append(one(1))
    waiting.close()
    data = flip(waiting.path, 100)
    again = begin(folder)
    assert again.recovered.said
    written = again.append(one(2))
    again.seal(storage)
    assert first_of(storage).type == "warcinfo"
    assert first_of(storage).header("WARC-Filename") == Path(KEY).name
    assert [found.url for found in held(storage)] == [f"{URL}/1", f"{URL}/2"]
    assert held(storage)[1] == written
    assert [line.order for line in cdx.load(storage.get(CDXJ))]
    (kept,) = folder.glob("*.damaged")
    assert kept.read_bytes() == data[:begun]


@pytest.mark.parametrize("where", ["warcinfo", "response", "tail"])
def test_what_was_damaged_between_the_rename_and_the_shelf_is_mended_first(
    folder: Path, storage: Storage, where: str
) -> None:
    waiting = begin(folder)
    begun = waiting.path.stat().st_size
    waiting.append(one(1))
    behind = waiting.path.stat().st_size
    waiting.append(one(2))
    path = waiting.end().path
    flip(path, {"warcinfo": 100, "response": begun + 300, "tail": -6}[where])
    (sealed,) = spool.finish(folder, "press", storage)
    left = {"warcinfo": [1, 2], "response": [2], "tail": [1]}[where]
    assert sealed.captures == len(left)
    assert first_of(storage).type == "warcinfo"
    assert [found.url for found in held(storage)] == [f"{URL}/{number}" for number in left]
    (kept,) = folder.iterdir()
    start = {"warcinfo": 0, "response": begun, "tail": behind}[where]
    assert kept.name.startswith(f"{Path(KEY).name.removesuffix('.warc.gz')}-{start}-")


def test_what_is_on_the_shelf_already_is_not_mended_beside_it(folder: Path, storage: Storage) -> None:
    waiting = begin(folder)
    waiting.append(one(1))
    path = waiting.end().path
    data = flip(path, 100)
    storage.put(KEY, path)
    (sealed,) = spool.finish(folder, "press", storage)
    assert storage.get(sealed.warc) == data
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"junk" * 999])
def test_a_file_without_any_capture_left_never_becomes_a_warc(
    folder: Path, storage: Storage, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = begin(folder).end().path
    path.write_bytes(content)
    assert spool.finish(folder, "press", storage) == ()
    assert list(storage.list("warc/")) == []
    assert not path.exists()
    assert path.name in caplog.text
    assert [kept.read_bytes() for kept in folder.iterdir()] == [content] * bool(content)


@pytest.mark.parametrize("ending", [spool.OPEN, spool.SEALING])
def test_a_folder_that_bears_a_files_name_is_said_and_hinders_nothing(
    folder: Path, storage: Storage, ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    odd = folder / f"press-20261122090000123-00000-w1{ending}"
    odd.mkdir(parents=True)
    waiting = begin(folder)
    waiting.append(one(1))
    waiting.end()
    (sealed,) = spool.finish(folder, "press", storage)
    assert sealed.captures == 1
    assert f"{odd} is no file" in caplog.text


class DiesError(Exception):
    """The process ends here."""


class Dying:
    """A real storage whose process dies before or after the n-th put."""

    def __init__(self, storage: Storage, at: int, *, after: bool) -> None:
        self.storage, self.left, self.after = storage, at, after

    def put(self, key: str, data: bytes | Path, *, replace: bool = False) -> bool:
        self.left -= 1
        if self.left < 0 and not self.after:
            raise DiesError
        done = self.storage.put(key, data, replace=replace)
        if self.left < 0:
            raise DiesError
        return done


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(4))
def test_sealing_is_finished_after_a_crash_between_any_two_steps(
    folder: Path, storage: Storage, at: int, after: bool
) -> None:
    waiting = begin(folder)
    written = [waiting.append(one(number)) for number in range(2)]
    with pytest.raises(DiesError):
        waiting.seal(Dying(storage, at, after=after))  # type: ignore[arg-type]  # put is all that sealing asks for
    begun = begin(folder, NOW + timedelta(seconds=1))
    begun.append(one(9))
    begun.close()
    (sealed,) = spool.finish(folder, "press", storage)
    assert (sealed.warc, sealed.captures) == (KEY, 2)
    assert held(storage) == written
    assert len(cdx.load(storage.get(CDXJ))) == 2
    assert [path.name for path in folder.iterdir()] == [begun.path.name]
    assert spool.finish(folder, "press", storage) == ()


def test_a_crash_before_the_file_is_removed_stores_nothing_twice(folder: Path, storage: Storage) -> None:
    waiting = begin(folder)
    waiting.append(one(1))
    data = waiting.path.read_bytes()
    waiting.seal(storage)
    (folder / f"{waiting.stem}{spool.SEALING}").write_bytes(data)
    (sealed,) = spool.finish(folder, "press", storage)
    assert storage.get(sealed.warc) == data
    assert list(storage.list("warc/")) == [KEY]
    assert list(folder.iterdir()) == []


def test_other_content_under_the_key_is_never_overwritten(folder: Path, storage: Storage) -> None:
    storage.put(KEY, b"other")
    waiting = begin(folder)
    waiting.append(one(1))
    with pytest.raises(AlreadyThereError):
        waiting.seal(storage)
    assert storage.get(KEY) == b"other"
    assert len(list(folder.iterdir())) == 1


def test_a_file_without_captures_is_not_sealed(folder: Path, storage: Storage) -> None:
    waiting = begin(folder)
    assert waiting.seal(storage) is None
    assert list(storage.list("")) == []
    assert list(folder.iterdir()) == []


def test_closing_never_drops_a_capture(folder: Path) -> None:
    empty = begin(folder)
    empty.close(keep_waiting=False)
    assert list(folder.iterdir()) == []
    waiting = begin(folder)
    waiting.append(one(1))
    waiting.close(keep_waiting=False)
    assert waiting.path.exists()


def test_outlets_whose_names_begin_alike_do_not_share_a_file(folder: Path) -> None:
    short, long = begin(folder), begin(folder, outlet="press-2")
    assert short.path != long.path
    short.append(one(1))
    long.append(one(2))
    short.close()
    long.close()
    assert begin(folder).path == short.path
    assert begin(folder, outlet="press-2").path == long.path


def test_one_process_at_a_time_writes_an_outlets_file(folder: Path) -> None:
    waiting = begin(folder)
    with pytest.raises(LeaseError, match="press"):
        begin(folder)
    waiting.close()
    begin(folder).close()


def test_stems_of_one_millisecond_differ(folder: Path, storage: Storage) -> None:
    stems = []
    for number in range(3):
        waiting = begin(folder)
        waiting.append(one(number))
        waiting.close()
        waiting.path.rename(waiting.path.with_name(f"{waiting.stem}{spool.SEALING}"))
        stems.append(waiting.stem)
    assert len(set(stems)) == 3
    assert len(spool.finish(folder, "press", storage)) == 3


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="spool"):
        begin(tmp_path / "file")


def test_a_full_disk_leaves_no_half_capture(folder: Path, storage: Storage) -> None:
    waiting = begin(folder)
    waiting.append(one(1))
    size = waiting.path.stat().st_size
    limited(lambda: waiting.append(one(2, request=os.urandom(400_000))), size + 5000)
    assert waiting.path.stat().st_size == size
    after = waiting.append(one(3))
    waiting.seal(storage)
    assert held(storage)[-1] == after
    assert len(held(storage)) == 2


def limited(write: Callable[[], object], size: int) -> None:
    """Run what must fail because files may not grow beyond a size, as on a full disk."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        with pytest.raises(StorageError):
            write()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old)


CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from archive.sealing import shelve
from archive.spool import Spool
from tests.captures import URL, capture
waiting = Spool.open(Path(sys.argv[1]), "press", "w1", datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC), {})
number = 0
while True:
    made = waiting.append(capture(url=f"{URL}/{number}"))
    print(made.record, flush=True)
    number += 1
"""


def test_a_killed_process_loses_no_capture_it_had_reported(folder: Path, storage: Storage) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert child.stdout is not None
    reported = [child.stdout.readline().strip() for _ in range(20)]
    child.kill()
    reported += [record for line in child.stdout.read().splitlines() if len(record := line.strip()) == 45]
    child.wait()
    again = begin(folder)
    again.seal(storage)
    records = [found.record for found in held(storage)]
    assert set(reported) <= set(records)
    assert len(set(records)) == len(records)
    assert len(records) - len(reported) <= 1


def test_a_capture_without_a_page_role_does_not_make_a_file_due(folder: Path) -> None:
    waiting = begin(folder)
    waiting.append(replace(one(1), hints=Hints(role=Role.ROBOTS)))
    assert not waiting.due(NOW)
    waiting.close()


@pytest.mark.parametrize(
    ("changes", "is_due"),
    [
        ({}, True),
        ({"response": answer(b"", b"Location: /news/2", status=b"301 Moved")}, False),
        ({"response": answer(b"", status=b"304 Not Modified")}, True),
        ({"response": b"", "error": "refused"}, False),
    ],
)
def test_a_page_makes_a_file_due_and_the_way_to_it_does_not(
    folder: Path, changes: dict[str, object], is_due: bool
) -> None:
    waiting = begin(folder)
    waiting.append(one(1, **changes))
    assert waiting.due(NOW) is is_due
    waiting.close()
    again = begin(folder)
    assert again.due(NOW) is is_due
    again.close()


def test_what_was_shelved_is_in_the_ledger_with_its_digest(folder: Path, storage: Storage) -> None:
    waiting = begin(folder)
    waiting.append(one(1))
    waiting.seal(storage)
    known = fixity.load(storage)
    assert set(known) == {KEY, CDXJ}
    for key, entries in known.items():
        data = storage.get(key)
        assert entries == (fixity.Fixity(sha256=hashlib.sha256(data).hexdigest(), size=len(data)),)


def test_a_file_that_is_not_what_was_written_is_shelved_as_it_is_and_listed_as_it_reads(
    folder: Path, storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = begin(folder)
    first, second = waiting.append(one(1)), waiting.append(one(2))
    assert first.address is not None
    with waiting.path.open("r+b") as stream:
        stream.seek(first.address.offset + 30)
        stream.write(b"\xff\xff\xff")
    waiting.seal(storage)
    assert "is not what was written" in caplog.text
    assert [line.record for line in cdx.load(storage.get(CDXJ))] == [second.record]


def test_a_waiting_warc_is_found_by_its_key_until_it_is_on_the_shelf(folder: Path, storage: Storage) -> None:
    waiting = begin(folder)
    written = waiting.append(one(1))
    assert written.address is not None
    assert spool.place(folder, written.address.warc) == waiting.path
    ended = waiting.end()
    assert spool.place(folder, written.address.warc) == ended.path
    shelve(ended, storage)
    assert spool.place(folder, written.address.warc) is None


def test_a_full_folder_for_temporary_files_is_named_and_what_was_captured_waits(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(spool, "TemporaryFile", lambda: Path("/dev/full").open("r+b", buffering=0))  # noqa: SIM115  # the spool closes it
        waiting = begin(folder)
        with pytest.raises(StorageError, match=r"folder for temporary files .* cannot be written: No space left"):
            waiting.append(one(1))
        waiting.close()
    again = begin(folder)
    assert again.recovered == spool.Recovered(captures=1)
    again.close()


def test_after_a_sync_that_failed_nothing_more_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = begin(folder)
    kept = waiting.append(one(1))
    size = waiting.path.stat().st_size

    def fails(handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched, pytest.raises(StorageError, match="Input/output error"):
        patched.setattr(os, "fsync", fails)
        waiting.append(one(2))
    assert waiting.path.stat().st_size == size
    with pytest.raises(StorageError, match="could not be synced"):
        waiting.append(one(3))
    waiting.close()
    again = begin(folder)
    assert (again.captures, again.recovered.cut) == (1, 0)
    assert [line.record for line in again.lines] == [kept.record]
    again.append(one(4))
    again.close()
