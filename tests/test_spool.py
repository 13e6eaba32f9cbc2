"""A capture that was reported is on disk, whole, and stays there."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive import spool, warc
from archive.cdx import Known
from archive.errors import LeaseError, StorageError
from archive.records import Capture, Hints, RecordType, Role
from archive.storage import Storage
from tests.captures import answer, failed
from tests.spooled import NOW, begin, held, one

SEED = Hints(role=Role.SEED)


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
