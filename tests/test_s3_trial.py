"""The server is tried before it is written to, and what cannot be reached is named."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from archive.errors import StorageError
from archive.s3 import S3Storage
from tests.bucketed import asked, made
from tests.faultproxy import FaultProxy
from tests.seaweed import Seaweed

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("seaweed"), pytest.mark.usefixtures("short_pauses")]


def test_the_server_is_tried_once_before_the_first_writing_and_not_for_reading(proxy: FaultProxy, bucket: str) -> None:
    S3Storage(bucket).put("warc/a/x", b"1")
    proxy.asked.clear()
    storage = S3Storage(bucket)
    storage.get("warc/a/x")
    assert not asked(proxy, "state/trial")
    storage.put("warc/a/y", b"1")
    tried = len(asked(proxy, "state/trial"))
    storage.put("warc/a/z", b"1")
    assert len(asked(proxy, "state/trial")) == tried == 3


def test_with_confirm_read_a_store_that_only_says_the_right_checksum_is_caught(
    proxy: FaultProxy, bucket: str, tmp_path: Path
) -> None:
    """The server answers every checksum right, and gives other bytes back."""
    source = made(tmp_path / "spooled", 5000)
    proxy.plan = lambda asked: "flip-down" if asked.method == "GET" and "warc/" in asked.path else ""
    with pytest.raises(StorageError, match="does not keep the bytes it is given"):
        S3Storage(f"{bucket}?confirm=read&patience=0.5").put("warc/a/x", source)
    proxy.plan = lambda asked: ""
    assert not S3Storage(bucket).exists("warc/a/x")


def test_what_no_patience_helps_is_said_at_once(seaweed: Seaweed, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.monotonic()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(StorageError, match=r"cannot be reached.*AWS_ACCESS_KEY_ID"):
        S3Storage(bucket)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(StorageError, match="cannot be reached"):
        S3Storage(bucket)
    assert time.monotonic() - begun < 20


def test_a_bucket_that_is_not_there_is_named(bucket: str) -> None:
    name = bucket.removeprefix("s3://").partition("?")[0].partition("/")[0]
    with pytest.raises(
        StorageError, match="the bucket nobody-made-it cannot be reached: there is none; make the bucket"
    ):
        S3Storage(bucket.replace(name, "nobody-made-it", 1))
