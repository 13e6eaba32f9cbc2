"""Records as plain as ours are read without warcio: the same comes out, and whatever is odd is left to it."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive import warc
from archive.gzip import compress
from archive.warc import own
from archive.warc.members import Record
from tests.captures import capture, chunked_gzip, failed

NAMES = st.sampled_from(
    [
        "WARC-Type",
        "WARC-Target-URI",
        "warc-date",
        "WARC-Record-ID",
        "Content-Length",
        "X_y",
        "WARC-Protocol",
        "a:b",
        "ü",
    ]
)
VALUES = st.one_of(
    st.text(max_size=12),
    st.text(st.characters(min_codepoint=0x1C, max_codepoint=0x7F), max_size=12),
    st.sampled_from(
        ["response", "http://press.test/a", "<http://press.test/a>", "http://press.test/a b", "3", "", " 3"]
    ),
)


def both(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[list[object], list[object]]:
    swift = list(warc.records(io.BytesIO(data)))
    with monkeypatch.context() as patched:
        patched.setattr(own, "read", lambda _: None)
        return swift, list(warc.records(io.BytesIO(data)))


@settings(max_examples=300, deadline=None)
@example([("WARC-Type", "response")], b"abc", b"\r\n\r\n", "3", b"\r\n")
@example([("WARC-Target-URI", "http://press.test/a b")], b"abc", b"\r\n\r\n", "3", b"\r\n")
@given(
    st.lists(st.tuples(NAMES, VALUES), max_size=6),
    st.binary(max_size=30) | st.just(b"HTTP/1.1 200 OK\r\n\r\nx"),
    st.sampled_from([b"\r\n\r\n", b"\r\n\r\n", b"\r\n", b"", b"\r\n\r\n\r\n"]),
    st.none() | st.integers(0, 40).map(str) | st.text(max_size=3),
    st.sampled_from([b"\r\n", b"\r\n", b"\n"]),
)
def test_a_record_read_the_short_way_is_the_one_that_warcio_reads(
    headers: list[tuple[str, str]], block: bytes, tail: bytes, size: str | None, end: bytes
) -> None:
    pairs = [*headers, ("Content-Length", str(len(block)) if size is None else size)]
    head = b"WARC/1.1" + end + b"".join(f"{name}: {value}".encode() + end for name, value in pairs) + end
    data = compress(head + block + tail)
    with pytest.MonkeyPatch.context() as patched:
        swift, slow = both(data, patched)
    assert swift == slow


def test_what_this_archive_writes_is_read_the_short_way() -> None:
    for one in (capture(), capture(chunked_gzip()), failed()):
        for member in warc.compose(one).members:
            (record,) = warc.records(io.BytesIO(member))
            assert isinstance(record, Record)
            found = own.read(record.head + record.block + b"\r\n\r\n")
            assert found is not None
            assert (found[0], found[2], found[3]) == (record.headers, record.head, record.block)


def test_the_two_ways_give_the_same_of_a_file_with_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = b"".join(b"".join(warc.compose(one).members) for one in (capture(), capture(chunked_gzip()), failed()))
    for at in range(0, len(whole), 7):
        data = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        swift, slow = both(data, monkeypatch)
        assert swift == slow
