"""A purge in a bucket: the old file is there whole until the new one is confirmed, whatever the network does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive import audit
from archive.errors import StorageError
from archive.holdings import Archive, open_archive
from archive.settings import load_settings
from archive.storage import Storage
from archive.takedowns import load
from tests.audited import captures, page, store
from tests.captures import capture
from tests.faultproxy import FaultProxy, Message
from tests.purged import captured, holds, purged
from tests.shelving import put_foreign
from tests.warcs import file_of

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("seaweed"), pytest.mark.usefixtures("short_pauses")]
URL = "https://press.test/news/0"
WORDS = page(0)[1].encode()
Fault = Callable[[Message], str]


def opened(bucket: str, tmp_path: Path, **more: str) -> Archive:
    place = {"store": f"{bucket}?patience=0.4&timeout=1", "catalog": str(tmp_path / "c.db"), **more}
    return open_archive(load_settings(spool=str(tmp_path / "spool"), **place), create=True)


def moved(bucket: str, tmp_path: Path) -> None:
    """A small store, one import in it, copied into the bucket."""
    audited = store(tmp_path / "made", captures(4))
    data, _ = file_of(capture(url=URL), capture(url="https://press.test/news/1"))
    put_foreign(audited.archive, "theirs.warc.gz", data)
    audited.archive.close()
    with opened(bucket, tmp_path) as archive:
        for shelf in ("warc", "cdxj", "text", "ledger"):
            for path in sorted((audited.folder / shelf).rglob("*")):
                if path.is_file():
                    archive.storage.put(path.relative_to(audited.folder).as_posix(), path)
        archive.index()


def fetched(storage: Storage, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    for key in storage.list(""):
        path = to / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(storage.get(key))
    return to


def faults(archive: Archive) -> list[str]:
    found = (each for each in audit.audit(archive) if isinstance(each, audit.Finding) and each.fault)
    return [f"{each.file}: {each.said}" for each in found]


def always(method: str, word: str, fault: str) -> Fault:
    """Every such request fails."""
    return lambda asked: fault if asked.method == method and word in asked.path else ""


@pytest.mark.long
@pytest.mark.parametrize(
    "failing",
    [
        ("PUT", "/state/purge/", "500"),
        ("PUT", "/warc/press/", "500"),
        ("PUT", "/warc/press/", "500-after"),
        ("PUT", "/warc/press/", "flip-up"),
        ("PUT", "/warc/_import/", "500"),
        ("PUT", "/cdxj/", "500"),
        ("PUT", "/text/", "500"),
        ("DELETE", "/warc/_import/", "500"),
        ("DELETE", "/cdxj/_import/", "500"),
    ],
)
def test_whatever_request_fails_nothing_else_is_lost_and_the_same_again_ends_it(
    proxy: FaultProxy, bucket: str, tmp_path: Path, failing: tuple[str, str, str]
) -> None:
    moved(bucket, tmp_path)
    with opened(bucket, tmp_path) as archive:
        before = captured(fetched(archive.storage, tmp_path / "before"))
        proxy.plan = always(*failing)
        with pytest.raises(StorageError):
            purged(archive, URL)
        assert sum(proxy.done.values()) > proxy.done[""]
        proxy.plan = lambda asked: ""
        kept = {each for each in before if each[1] != URL}
        assert kept <= captured(fetched(archive.storage, tmp_path / "half")).keys()
        assert len(load(archive.storage).purges) == 1
    with opened(bucket, tmp_path) as archive:
        assert not purged(archive, URL).is_new
        after = fetched(archive.storage, tmp_path / "after")
        assert captured(after).keys() == kept
        assert holds(after, WORDS) == [] and not (after / "state" / "purge").exists()
        assert faults(archive) == []
