"""A WARC is sealed whole or not at all, whenever the process dies."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from archive import cdx, fixity, spool, warc
from archive.cdx import Known
from archive.errors import AlreadyThereError
from archive.records import RecordType
from archive.sealing import shelve
from archive.storage import Storage
from tests.captures import URL, failed
from tests.spooled import CDXJ, KEY, NOW, begin, first_of, flip, held, one


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
