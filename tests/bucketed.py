"""A bucket behind a proxy that spoils what it is told to, and files to put there."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.s3 import asking
from tests.faultproxy import FaultProxy, Message, between
from tests.seaweed import Seaweed

MIB = 1 << 20
PARTS = "whole=1MiB&part=5MiB"


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FIRST_PAUSE", 0.002)
    monkeypatch.setattr(asking, "LONGEST_PAUSE", 0.05)


@pytest.fixture
def proxy(seaweed: Seaweed, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    """A proxy before the shared server, which all that is opened from now on goes through."""
    assert bucket
    with between(seaweed.port) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.endpoint)
        yield proxy


def once(fault: str, which: str = "") -> object:
    """A plan: the first request whose path holds the word meets the fault."""
    left = [fault]
    return lambda asked: left.pop() if left and which in f"{asked.method} {asked.path}" else ""


def asked(proxy: FaultProxy, word: str) -> list[Message]:
    return [one for one in proxy.asked if word in f"{one.method} {one.path}"]


def made(path: Path, size: int, seed: int = 0) -> Path:
    path.write_bytes(random.Random(seed).randbytes(size))
    return path


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
