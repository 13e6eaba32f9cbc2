"""Gzip members are the standard's: any zlib reads what is packed here, and what zlib refuses is refused here too."""

from __future__ import annotations

import gzip as standard
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive import gzip
from archive.gzip import GzipError

anything = st.binary(max_size=400) | st.binary(min_size=1, max_size=40).map(lambda part: part * 3000)


@settings(max_examples=40)
@given(data=anything, level=st.integers(0, 12))
def test_what_is_packed_is_unpacked_by_zlib_and_by_us(data: bytes, level: int) -> None:
    packed = gzip.compress(data, level)
    assert standard.decompress(packed) == data
    assert gzip.decompress(packed) == data
    assert packed == gzip.compress(data, level)


def test_a_member_bears_neither_name_nor_time() -> None:
    head = gzip.compress(b"page")[:10]
    assert head[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00"


def steps(unpacker: object, data: bytes, size: int, most: int) -> tuple[bytes, bytes] | None:
    """What the member holds and what stays behind it, unpacked piece by piece; None when it is damaged or torn."""
    out, left, at = b"", b"", 0
    while not unpacker.eof:  # type: ignore[attr-defined]  # zlib's or ours
        if not left:
            if at >= len(data):
                return None
            left, at = data[at : at + size], at + size
        try:
            out += unpacker.decompress(left, most)  # type: ignore[attr-defined]
        except (zlib.error, GzipError):
            return None
        left = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail  # type: ignore[attr-defined]
    return out, left + data[at:]


@settings(max_examples=40)
@given(
    data=anything,
    level=st.sampled_from([0, 1, 6, 9]),
    size=st.sampled_from([1, 3, 11, 1 << 16]),
    most=st.sampled_from([1, 5, 1 << 16]),
    after=st.sampled_from([b"", b"\x1f\x8b\x08next"]),
)
def test_a_member_of_any_maker_comes_out_the_same_in_any_steps(
    data: bytes, level: int, size: int, most: int, after: bytes
) -> None:
    if len(data) > 1000:
        size, most = max(size, 11), max(most, 1000)
    packed = standard.compress(data, level, mtime=7)
    assert steps(gzip.decompressobj(), packed + after, size, most) == (data, after)


@settings(max_examples=40)
@given(data=st.binary(max_size=200), at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@example(data=b"x", at=0.15, bit=5)  # reserved flags, which ISA-L lets pass
@example(data=b"x", at=0.15, bit=6)
@example(data=b"x", at=0.15, bit=7)
def test_a_flipped_bit_gives_the_same_verdict_as_zlib(data: bytes, at: float, bit: int) -> None:
    packed = bytearray(gzip.compress(data))
    packed[int(at * len(packed))] ^= 1 << bit
    ours = steps(gzip.decompressobj(), bytes(packed), 1 << 16, 1 << 16)
    assert ours == steps(zlib.decompressobj(31), bytes(packed), 1 << 16, 1 << 16)


def test_members_one_after_another_are_one_content() -> None:
    assert gzip.decompress(gzip.compress(b"one ") + standard.compress(b"two")) == b"one two"


@pytest.mark.parametrize("data", [b"", b"no gzip", gzip.compress(b"page")[:-1], gzip.compress(b"page") + b"more"])
def test_what_is_no_gzip_to_its_end_is_an_error(data: bytes) -> None:
    with pytest.raises(GzipError):
        gzip.decompress(data)
