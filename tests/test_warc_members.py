"""archive/warc/members.py: records are found as they lie in a file, and damage is told and raises nothing."""

from __future__ import annotations

import gzip
import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import warc
from archive.records import Capture
from tests.captures import URL, answer, capture, chunked, failed
from tests.warcs import ASK, RESPONSE, arc, captures_in, file_of, mixed, plain, read


def test_an_arc_is_read_with_ids_that_stay_the_same_wherever_it_lies() -> None:
    data = arc(answer(), answer(b"second"))
    found = captures_in(data)
    assert [one.response for one in found] == [answer(), answer(b"second")]
    assert {one.date for one in found} == {"2017-01-23T09:30:00Z"}
    assert {one.peer for one in found} == {"203.0.113.7"}
    out = io.BytesIO()
    assert warc.make_seekable(io.BytesIO(data), out) == ()
    moved = captures_in(out.getvalue())
    assert [replace(one, address=None) for one in moved] == [replace(one, address=None) for one in found]
    assert {one.record for one in found} != {found[0].record}


def test_a_file_packed_as_one_member_is_told_from_one_that_can_be_sought_in() -> None:
    whole = plain(RESPONSE, ASK)
    good, _ = file_of(capture(), capture())
    assert warc.is_seekable(io.BytesIO(whole))
    assert warc.is_seekable(io.BytesIO(good))
    assert not warc.is_seekable(io.BytesIO(gzip.compress(whole)))
    assert not warc.is_seekable(io.BytesIO(gzip.compress(gzip.decompress(good))))
    assert [one.address for one in captures_in(gzip.compress(whole))] == [None]


def test_making_a_file_seekable_changes_no_head_and_no_block() -> None:
    original, written = file_of(capture(), capture(chunked(), url=f"{URL}2"), failed())
    packed, out = io.BytesIO(gzip.compress(gzip.decompress(original))), io.BytesIO()
    assert warc.make_seekable(packed, out) == ()
    assert warc.is_seekable(out)
    assert gzip.decompress(out.getvalue()) == gzip.decompress(original)
    assert read(out.getvalue()) == written


def test_damage_in_the_middle_is_told_and_reading_goes_on() -> None:
    data, written = file_of(capture(), capture(url=f"{URL}2"), capture(url=f"{URL}3"))
    middle = written[1].address
    assert middle is not None
    broken = bytearray(data)
    broken[middle.offset + 30 : middle.offset + 60] = b"\0" * 30
    found = read(bytes(broken))
    first, second = (one for one in found if isinstance(one, warc.Damage))
    assert first.offset == middle.offset
    assert (second.url, "missing" in second.said) == (f"{URL}2", True)
    assert [one for one in found if isinstance(one, Capture)] == [written[0], written[2]]


MIXED = mixed()
WHOLE = [MIXED, gzip.decompress(MIXED), arc(answer()), gzip.compress(arc(answer()), mtime=0)]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_raises(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from(WHOLE))
    at = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.binary(max_size=30))
    keep = data.draw(st.booleans())
    damaged = whole[:at] + junk + (whole[at + len(junk) :] if keep else b"")
    for found in read(damaged):
        assert isinstance(found, Capture | warc.Damage)
        assert found.said if isinstance(found, warc.Damage) else found.instant.tzinfo
    warc.is_seekable(io.BytesIO(damaged))


@pytest.mark.parametrize("cut", [1, 3, 40, 200])
def test_a_file_cut_off_says_so_and_gives_what_came_before(cut: int) -> None:
    data, written = file_of(capture(), capture(url=f"{URL}2"))
    last = warc.compose(written[1]).members[-1]
    found = read(data[: -len(last) - cut])
    assert found[0] == written[0]
    assert any(isinstance(one, warc.Damage) and one.broken for one in found)


def test_a_broken_record_inside_a_shared_member_costs_itself_only() -> None:
    first = plain(RESPONSE, url=f"{URL}/1").replace(b"Content-Length: ", b"Content-Length: 1")
    bad = re.sub(rb"Content-Length: \d+", b"Content-Length: 3", first)
    found = read(gzip.compress(bad + plain(RESPONSE, url=f"{URL}/2")))
    assert [one.url for one in found] == [f"{URL}/1", f"{URL}/2"]
    assert isinstance(found[0], warc.Damage)
    assert isinstance(found[1], Capture)


def test_bytes_between_members_are_told() -> None:
    data, _ = file_of(capture())
    found = read(b"".join((data, b"PADDING", data)))
    assert [one.said for one in found if isinstance(one, warc.Damage)] == ["7 bytes that belong to no gzip member"]
    assert sum(isinstance(one, Capture) for one in found) == 2
