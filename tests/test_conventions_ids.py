"""Ids are minted once and kept wherever the capture goes; each convention is one of docs/warc.md."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from archive import cdx, spool, warc
from archive.errors import StorageError
from archive.holdings import Archive
from archive.imports import of_import, shelve
from archive.settings import load_settings
from archive.spool import Spool
from archive.storage import Storage, open_storage
from tests.captures import URL, answer, capture
from tests.composed import NOW, ROOT, ids, written
from tests.test_storage import mock_bucket, moto

__all__ = ["mock_bucket", "moto"]


HALF = """
import os, sys
from datetime import datetime, UTC
from pathlib import Path
from archive.spool import Spool
from tests.captures import URL, capture
spool = Spool.open(Path(sys.argv[1]), "press", "w1", datetime(2026, 11, 22, 10, tzinfo=UTC), {"software": "tests"})
for number in range(3):
    print(spool.append(capture(url=f"{URL}/{number}")).record, flush=True)
print("reported", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[tuple[Path, list[str]]]:
    """A spool whose process was killed, and the ids it had reported."""
    command = [sys.executable, "-c", HALF, str(tmp_path / "spool")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    with process:
        assert process.stdout is not None
        told = [line.strip() for line in iter(process.stdout.readline, "reported\n")]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    yield tmp_path / "spool", told


class Refusing:
    """A storage that breaks at the first file."""

    def __init__(self, inner: Storage) -> None:
        self.inner = inner
        self.refused = 0

    def put(self, key: str, data: bytes | Path, **given: object) -> object:
        self.refused += 1
        if self.refused == 1:
            raise StorageError("the line is down")
        return self.inner.put(key, data, **given)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


@pytest.mark.parametrize("place", ["folder", pytest.param("bucket", marks=pytest.mark.slow)])
def test_ids_stay_the_same_through_kill_retry_upload_download_and_import(
    killed: tuple[Path, list[str]], place: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder, told = killed
    assert len(told) == 3
    waiting = Spool.open(folder, "press", "w2", NOW + timedelta(hours=1), {"software": "tests"})
    told.append(waiting.append(capture(url=f"{URL}/3")).record)
    before = waiting.path.read_bytes()
    whole = ids(before)
    assert [one for one in whole if one is not None and one[1:-1] in told] == [f"<{one}>" for one in told]
    assert len(set(whole)) == len(whole) == 1 + 3 * len(told)

    store = str(tmp_path / "store") if place == "folder" else request.getfixturevalue("mock_bucket")
    storage = open_storage(store)
    with pytest.raises(StorageError, match="line is down"):
        waiting.seal(cast("Storage", Refusing(storage)))
    (sealed,) = spool.finish(folder, "press", storage)
    data = storage.get(sealed.warc)
    assert data == before
    assert [line.record for line in cdx.load(storage.get(sealed.cdxj))] == told

    copy = tmp_path / "downloaded.warc.gz"
    copy.write_bytes(data)
    other = Archive(load_settings(store=str(tmp_path / "other")))
    done = shelve(other, copy, NOW)
    assert ids(other.storage.get(f"warc/{done.shelved}")) == whole
    assert [line.record for line in of_import(other, done.shelved)] == told
    again = shelve(other, copy, NOW)
    assert again.shelved == done.shelved


def test_the_ids_of_companions_follow_from_the_responses() -> None:
    one = capture()
    assert ids(written(one)) == ids(written(one))
    assert warc.companion(one.record, "request") != warc.companion(one.record, "metadata")
    assert len({warc.mint_record() for _ in range(100)}) == 100


def test_an_imported_file_brings_its_foreign_records_along_as_they_are(tmp_path: Path) -> None:
    def foreign(kind: str, number: int, block: bytes, more: str = "") -> bytes:
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:x:{number}>\r\nWARC-Date: 2015-02-03T04:05:06Z\r\n"
        )
        return f"{head}{more}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"

    to = f"WARC-Target-URI: {URL}\r\n"
    data = foreign("warcinfo", 1, b"software: another\r\n") + foreign("response", 2, answer(), to)
    data += foreign("revisit", 3, answer(b""), f"{to}WARC-Refers-To: <urn:x:999>\r\nWARC-Profile: x:y\r\n")
    file = tmp_path / "theirs.warc"
    file.write_bytes(data)
    store = Archive(load_settings(store=str(tmp_path / "store")))
    done = shelve(store, file, NOW)
    assert store.storage.get(f"warc/{done.shelved}") == data
    assert [(line.record, line.date) for line in of_import(store, done.shelved)] == [
        ("urn:x:2", "2015-02-03T04:05:06Z"),
        ("urn:x:3", "2015-02-03T04:05:06Z"),
    ]
