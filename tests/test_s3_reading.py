"""Reading from a bucket: what a call costs, lists, and bytes that changed on their way down."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from archive.errors import AlreadyThereError, StorageError
from archive.s3 import S3Storage, asking
from archive.s3 import reading as s3_reading
from tests.bucketed import MIB, digest, made
from tests.faultproxy import FaultProxy
from tests.seaweed import BUCKET, Seaweed

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("seaweed"), pytest.mark.usefixtures("short_pauses")]


def test_a_range_is_one_request_and_a_stream_asks_for_no_size(proxy: FaultProxy, bucket: str) -> None:
    storage = S3Storage(bucket)
    storage.put("warc/a/x", b"0123456789" * 1000)
    proxy.asked.clear()
    assert storage.read("warc/a/x", 5000, 10) == b"0123456789"
    assert storage.read("warc/a/x", 10_000, 10) == b""
    with storage.open("warc/a/x") as stream:
        assert len(stream.read()) == 10_000
    assert [one.method for one in proxy.asked] == ["GET", "GET", "GET"]


def test_a_long_stream_is_read_in_growing_windows_and_never_held_whole(
    proxy: FaultProxy, bucket: str, tmp_path: Path
) -> None:
    source = made(tmp_path / "long", 30 * MIB + 7)
    storage = S3Storage(bucket)
    assert storage.put("warc/a/long", source)
    proxy.asked.clear()
    found = hashlib.sha256()
    with storage.open("warc/a/long") as stream:
        while piece := stream.read(MIB):
            found.update(piece)
    assert found.hexdigest() == digest(source.read_bytes())
    assert len(proxy.asked) <= 7  # 1 + 2 + 4 + 8 + 8 + 8


def test_more_than_a_thousand_keys_are_listed_in_the_order_of_bytes_page_by_page(
    proxy: FaultProxy, seaweed: Seaweed, bucket: str, tmp_path: Path
) -> None:
    names = [f"text/{place}/{number:04d}" for place in ("سانا", "sana", "sana-en", "sana en") for number in range(260)]
    seaweed.plant(f"{tmp_path.name}/{name}" for name in names)
    storage = S3Storage(bucket)
    assert list(storage.list("text/")) == sorted(names, key=str.encode)
    proxy.asked.clear()
    assert next(storage.list("text/sana/")) == "text/sana/0000"
    assert len(proxy.asked) == 1


def test_a_folder_of_many_files_is_not_asked_for_whole_before_the_first_comes(
    proxy: FaultProxy, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = S3Storage(bucket)
    for number in range(25):
        storage.put(f"ledger/run/{number:03d}", b"x")
    page = s3_reading._page

    def small(asking: asking.Asking, prefix: str, more: dict[str, str]) -> object:
        return page(asking, prefix, {**more, "MaxKeys": 10})  # type: ignore[dict-item]  # a number

    monkeypatch.setattr(s3_reading, "_page", small)
    proxy.asked.clear()
    keys = storage.list("ledger/")
    assert next(keys) == "ledger/run/000"
    before = len(proxy.asked)
    assert [*keys] == [f"ledger/run/{number:03d}" for number in range(1, 25)]
    assert before < len(proxy.asked)


def test_bytes_that_changed_on_their_way_down_never_come_through(proxy: FaultProxy, bucket: str) -> None:
    storage = S3Storage(f"{bucket}?patience=0.5")
    storage.put("warc/a/x", b"x" * 3000)
    for fault in ("flip-down", "short", "torn"):
        proxy.plan = lambda asked, fault=fault: fault  # type: ignore[misc]
        with pytest.raises(StorageError, match="warc/a/x"):
            storage.get("warc/a/x")
    proxy.plan = lambda asked: "flip-down"
    with pytest.raises(StorageError, match="other bytes came than its digest says"), storage.open("warc/a/x") as stream:
        stream.read()


def test_what_another_program_put_is_held_against_its_etag(
    proxy: FaultProxy, seaweed: Seaweed, bucket: str, tmp_path: Path
) -> None:
    client = seaweed.client()
    client.put_object(Bucket=BUCKET, Key=f"{tmp_path.name}/warc/a/foreign", Body=b"foreign")
    storage = S3Storage(f"{bucket}?patience=0.5")
    assert storage.get("warc/a/foreign") == b"foreign"
    assert not storage.put("warc/a/foreign", b"foreign")
    with pytest.raises(AlreadyThereError):
        storage.put("warc/a/foreign", b"ours")
    proxy.plan = lambda asked: "flip-down"
    with pytest.raises(StorageError, match="other bytes"):
        storage.get("warc/a/foreign")
