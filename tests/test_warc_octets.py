"""archive/warc/octets.py under the judge: no bytes make it raise, linger or hold them."""

from __future__ import annotations

import gc
import gzip
import io
import re
import time
import tracemalloc
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.warc.standard import validate
from tests.rules import BROKEN, INFO, RESPONSE, judged, record

parts = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [*(data for data, _, _ in BROKEN.values()), INFO, RESPONSE, b"\r\n", b"WARC/1.1\r\n", b"\x1f\x8b\x08"]
    ),
    st.sampled_from([gzip.compress(INFO, mtime=0), gzip.compress(RESPONSE, mtime=0)]),
)


def never_raises(pieces: list[bytes], cut: int) -> None:
    data = b"".join(pieces)
    for found in judged(data[: len(data) - cut]):
        assert found.said
        assert re.fullmatch(r"WARC 1\.[01] (§[4-8](\.\d+)*|Annex [AD]\.\d)", found.paragraph)
        assert 0 <= found.offset <= len(data)


@settings(max_examples=30, deadline=None)
@given(st.lists(parts, max_size=5), st.integers(0, 60))
def test_no_bytes_make_it_raise(pieces: list[bytes], cut: int) -> None:
    never_raises(pieces, cut)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(st.lists(parts, max_size=6), st.integers(0, 400))
def test_no_bytes_at_all_make_it_raise(pieces: list[bytes], cut: int) -> None:
    never_raises(pieces, cut)


class Vast:
    """A sound record with a block of so many bytes, made as they are read."""

    def __init__(self, size: int) -> None:
        head = record("resource", Content_Length=str(size), Content_Type="text/plain").removesuffix(b"\r\n\r\n")
        self._parts = [INFO + head, *([bytes(1 << 16)] * (size >> 16)), b"\r\n\r\n"]

    def read(self, _: int) -> bytes:
        return self._parts.pop(0) if self._parts else b""

    def seekable(self) -> bool:
        return False


def test_a_block_of_any_size_is_passed_by_in_little_memory() -> None:
    stream = Vast(1 << 29)
    tracemalloc.start()
    found = list(validate(cast("BinaryIO", stream)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == []
    assert most < 4 << 20


def spent(data: bytes) -> float:
    """The least of three runs, without the collector: it walks through all that the tests before have left."""
    gc.disable()
    try:
        return min(judging(data) for _ in range(3))
    finally:
        gc.enable()


def judging(data: bytes) -> float:
    began = time.process_time()
    for _ in validate(io.BytesIO(data)):
        pass
    return time.process_time() - began


HOSTILE = {
    "records that each claim all the rest": lambda size: (b"WARC/1.1\r\nContent-Length: 99999999\r\n\r\n" * size)[
        : size * 32
    ],
    "a head of folds": lambda size: b"WARC/1.1\r\nA: b\r\n" + b" c\r\n" * (size * 8),
    "a head of one field again and again": lambda size: b"WARC/1.1\r\n" + b"WARC-Date: 2017\r\n" * (size * 2),
    "versions": lambda size: b"WARC/1.1\r\n" * (size * 3),
    "empty members": lambda size: gzip.compress(b"", 1, mtime=0) * size,
    "heads of members": lambda size: b"\x1f\x8b\x08" * (size * 10),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_bytes_and_no_faster(name: str) -> None:
    spent(HOSTILE[name](2000))
    small, large = spent(HOSTILE[name](5000)), spent(HOSTILE[name](40000))
    assert large < 24 * max(small, 0.02)
