"""Asking again: each fault by itself is mended, and patience ends when it was said to."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from archive.errors import StorageError
from archive.s3 import S3Storage
from tests.bucketed import asked, made, once
from tests.faultproxy import FAULTS, FaultProxy

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("seaweed"), pytest.mark.usefixtures("short_pauses")]


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_mended_by_asking_again(proxy: FaultProxy, bucket: str, fault: str) -> None:
    storage = S3Storage(f"{bucket}?patience=20&timeout=0.4")
    storage.put("warc/a/there", b"there" * 500)
    verbs = {
        "put": lambda: storage.put("warc/a/new", b"new" * 900),
        "get": lambda: storage.get("warc/a/there") == b"there" * 500,
        "size": lambda: storage.size("warc/a/there") == 2500,
        "swap": lambda: bool(storage.swap("state/new", b"new", None)),
        "look": lambda: storage.look("state/new").data == b"new",
        "delete": lambda: storage.delete("state/new") is None,
    }
    if fault != "flip-down":  # a range has no checksum of its own: its reader knows the digest of its record
        verbs["read"] = lambda: storage.read("warc/a/there", 0, 5) == b"there"
        verbs["list"] = lambda: list(storage.list("warc/")) == ["warc/a/new", "warc/a/there"]
    for name, verb in verbs.items():
        proxy.plan = once(fault)  # type: ignore[assignment]  # a plan
        assert verb(), f"{name} under {fault}"
    proxy.plan = lambda asked: ""
    assert storage.get("warc/a/new") == b"new" * 900
    assert proxy.done[fault] == len(verbs)


def test_a_put_whose_answer_was_lost_is_known_as_ours_and_anothers_is_not(proxy: FaultProxy, bucket: str) -> None:
    storage = S3Storage(bucket)
    proxy.plan = once("cut-after", "PUT /shelves/" + bucket.rpartition("/")[2] + "/ledger")  # type: ignore[assignment]
    assert storage.put("ledger/run/x", b"1")
    assert proxy.done["cut-after"] == 1
    assert not storage.put("ledger/run/x", b"1")
    proxy.plan = once("cut-after", "/state/s")  # type: ignore[assignment]
    mark = storage.swap("state/s", b"1", None)
    assert proxy.done["cut-after"] == 2
    assert storage.look("state/s").mark == mark


def test_patience_ends_when_it_was_said_to_and_says_what_to_do(proxy: FaultProxy, bucket: str) -> None:
    storage = S3Storage(f"{bucket}?patience=0.6&timeout=0.3")
    for fault in ("503", "silence-before", "cut-before"):
        proxy.plan = lambda asked, fault=fault: fault  # type: ignore[misc]
        begun = time.monotonic()
        with pytest.raises(StorageError, match=r"warc/a/x in s3://.*given up after \d+ tries .* run again later"):
            storage.get("warc/a/x")
        assert 0.3 < time.monotonic() - begun < 5


def test_a_byte_that_changed_on_its_way_up_is_refused_by_the_server_and_sent_again(
    proxy: FaultProxy, bucket: str, tmp_path: Path
) -> None:
    storage = S3Storage(bucket)
    source = made(tmp_path / "spooled", 300_000)
    proxy.plan = once("flip-up", "warc/")  # type: ignore[assignment]
    assert storage.put("warc/a/x", source)
    assert len([one for one in asked(proxy, "warc/a/x") if one.method == "PUT"]) == 2
    proxy.plan = lambda asked: "flip-up" if asked.method == "PUT" and "warc/" in asked.path else ""
    with pytest.raises(StorageError, match="given up"):
        S3Storage(f"{bucket}?patience=0.5").put("warc/a/never", source)
    proxy.plan = lambda asked: ""
    assert storage.get("warc/a/x") == source.read_bytes()
    assert list(storage.list("warc/")) == ["warc/a/x"]
