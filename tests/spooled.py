"""A waiting file of one outlet, the store it is sealed into, and what is read back from there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import warc
from archive.records import Capture
from archive.spool import Spool
from archive.storage import Storage, open_storage
from tests.captures import URL, capture

NOW = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)
KEY = "warc/press/2026/11/press-20261122100000123-00000-w1.warc.gz"
CDXJ = "cdxj/press/2026/11/press-20261122100000123-00000-w1.cdxj"
INFO = {"software": "tests"}


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
    """All that a sealed WARC gives: captures, and nothing else."""
    with storage.open(key) as stream:
        found = list(warc.read(stream, key, "press"))
    assert all(isinstance(one, Capture) for one in found)
    return [one for one in found if isinstance(one, Capture)]


def first_of(storage: Storage) -> warc.Record:
    with storage.open(KEY) as stream:
        first = next(warc.records(stream))
    assert isinstance(first, warc.Record)
    return first


def flip(path: Path, at: int) -> bytes:
    """Damage one byte; what the file holds now."""
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)
    return bytes(data)
