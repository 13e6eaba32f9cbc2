"""Any message through our writing and any reader comes out unchanged; cut or spoilt files give all that is whole."""

from __future__ import annotations

import hashlib
import io
from base64 import b32encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive import warc
from archive.cdx import Known
from archive.http import parse, payload
from archive.records import Capture, RecordType, Truncation
from archive.warc.standard import validate
from tests.captures import URL, capture, failed

File = tuple[bytes, list[Capture], list[int]]

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
KEY = "warc/press/press-1.warc.gz"
FAST = settings(max_examples=12, deadline=None)
LONG = settings(max_examples=100, deadline=None)

# Header lists: what a careful server sends, what a careless one sends, and bytes that no server should.
names = st.sampled_from([b"Content-Type", b"X-A", b"x-a", b"Set-Cookie", b"Server", b"ETag", b""]) | st.binary(
    max_size=12
)
values = st.sampled_from(
    [b"text/html", b"1", b"\xe3\xd3\xca\xc7\xe4\xc7", b" padded ", b"a\r\n folded", b"nul\0"]
) | st.binary(max_size=40)
lines = st.lists(st.tuples(names, values), max_size=8)
ends = st.sampled_from([b"\r\n", b"\n"])
bodies = st.binary(max_size=300) | st.sampled_from(
    [b"", b"\r\n\r\n", b"WARC/1.1\r\n\r\n", "خبر".encode() * 50, b"\x1f\x8b\x08"]
)
STARTS = [b"HTTP/1.1 200 OK", b"HTTP/1.0 200", b"HTTP/1.1 404 Not Found", b"HTTP/1.1 301 Moved \xff", b"HTTP/1.1 304 x"]


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    """One answer with any headers, any body, and one of the framings; at times one that lies about it."""
    end, body = draw(ends), draw(bodies)
    head = [(draw(st.sampled_from(STARTS)), b"")]
    head += [(name + b": " + value, b"") for name, value in draw(lines)]
    framing = draw(st.sampled_from(["length", "chunked", "close", "lie"]))
    if framing == "chunked":
        size = draw(st.integers(1, 99))
        pieces = [body[at : at + size] for at in range(0, len(body), size)]
        extension = draw(st.sampled_from([b"", b";x=y", b" "]))
        body = b"".join(b"%x%b\r\n%b\r\n" % (len(piece), extension, piece) for piece in pieces) + b"0\r\n\r\n"
        head.append((b"Transfer-Encoding: chunked", b""))
    elif framing != "close":
        head.append((b"Content-Length: %d" % (len(body) + (framing == "lie") * 7), b""))
    return end.join([line for line, _ in head]) + end + end + body


requests = st.builds(
    lambda head, body: b"GET /x HTTP/1.1\r\n" + b"".join(b"%b: %b\r\n" % pair for pair in head) + b"\r\n" + body,
    lines,
    bodies,
) | st.binary(min_size=1, max_size=60)
captures = st.builds(
    lambda response, request, interim, number, minute, cut: capture(
        response,
        request=request,
        interim=interim,
        url=f"{URL}/{number}",
        date=warc.warc_date(NOW + timedelta(minutes=minute)),
        truncated=cut if response else None,
    ),
    responses() | st.just(b""),
    requests | st.just(b""),
    st.binary(max_size=30),
    st.integers(0, 2),
    st.integers(0, 99),
    st.none() | st.sampled_from(Truncation),
).map(lambda made: made if made.response else failed(request=made.request, url=made.url, date=made.date))
several = st.lists(captures, min_size=1, max_size=5, unique_by=lambda made: made.record)


def write(made: list[Capture]) -> File:
    """A file with revisits where they may be, the captures as written, and where each gzip member ends."""
    known = Known()
    parts = [warc.warcinfo("press-1.warc.gz", {"software": "tests"}, NOW)]
    written = []
    for one in made:
        composed = warc.compose(one, known)
        if composed.cdx is not None:
            known.add(composed.cdx)
        parts += composed.members
        written.append(composed.capture)
    ends, at = [], 0
    for part in parts:
        at += len(part)
        ends.append(at)
    return b"".join(parts), written, ends


def read(data: bytes) -> list[Capture | warc.Damage]:
    return list(warc.read(io.BytesIO(data), KEY, "press"))


def bare(found: list[Capture | warc.Damage]) -> list[Capture]:
    return [replace(one, address=None) for one in found if isinstance(one, Capture)]


def blocks_of(written: list[Capture]) -> list[tuple[str, bytes]]:
    """What a reader of any make must find, metadata left out."""
    out = []
    for one in written:
        if one.response:
            out.append((one.type.value, one.response))
        if one.request:
            out.append(("request", one.request))
    return out


def unchanged(made: list[Capture]) -> None:
    data, written, _ = write(made)
    found = read(data)
    assert bare(found) == written
    assert len(found) == len(written)
    for one in found:
        assert isinstance(one, Capture)
        assert one.address is not None
        alone = warc.read_at(data[one.address.offset :][: one.address.length], one.address, "press")
        assert (alone.response, alone.record, alone.date) == (one.response, one.record, one.date)
    expected = blocks_of(written)
    theirs = [
        (record.rec_type, record.raw_stream.read())
        for record in ArchiveIterator(io.BytesIO(data), no_record_parse=True)
    ]
    assert [pair for pair in theirs if pair[0] not in ("warcinfo", "metadata")] == expected
    fast = []
    for record in FastIterator(io.BytesIO(data), parse_http=False):
        block = record.reader.read()
        assert record.headers["WARC-Block-Digest"] == sha1(block)
        assert int(record.headers["Content-Length"]) == len(block)
        fast.append((record.headers["WARC-Type"], block))
    assert [pair for pair in fast if pair[0] not in ("warcinfo", "metadata")] == expected
    assert [one.said for one in validate(io.BytesIO(data))] == []


def sha1(data: bytes) -> str:
    return "sha1:" + b32encode(hashlib.sha1(data).digest()).decode()


@FAST
@given(several)
def test_captures_come_back_unchanged_in_order_by_three_readers(made: list[Capture]) -> None:
    unchanged(made)


@pytest.mark.slow
@LONG
@given(several)
def test_many_more_captures_come_back_unchanged(made: list[Capture]) -> None:
    unchanged(made)


def test_two_captures_of_one_address_at_one_instant_stay_two() -> None:
    sort = [failed(request=b""), capture(request=b""), failed(), capture(url=URL), capture(b"HTTP/1.1 404 x\r\n\r\n")]
    for made in (sort, sort[::-1]):
        assert len({(one.url, one.date) for one in made}) == 1
        unchanged(made)


@FAST
@given(responses())
def test_digests_are_those_of_block_and_payload(response: bytes) -> None:
    data, (one,), ends = write([capture(response)])
    assert one.payload_digest == sha1(payload(parse(response)))
    member = data[ends[0] : ends[1]]
    assert warc.check(member) == ()


def same_payload(first: bytes, second: bytes) -> None:
    """A revisit and its original together hold what the server sent; anything else is written whole."""
    data, written, _ = write([capture(first), capture(second, date="2026-11-23T00:00:00Z")])
    found = bare(read(data))
    if written[1].type is RecordType.REVISIT:
        assert second == found[1].response + parse(second).body
        assert payload(parse(second)) == payload(parse(found[0].response))
        assert found[1].refers_to is not None
        assert (found[1].refers_to.record, found[1].refers_to.date) == (found[0].record, found[0].date)
    else:
        assert found[1].response == second


@FAST
@given(responses(), responses(), st.booleans())
def test_a_revisit_loses_nothing(first: bytes, second: bytes, swap: bool) -> None:
    head, _, body = first.partition(b"\r\n\r\n")
    same_payload(first, head + b"\r\nX-Again: 1\r\n\r\n" + body if swap else second)


def whole_before(file: File, at: int) -> None:
    data, written, ends = file
    cut = at % (len(data) + 1)
    found = read(data[:cut])
    last, whole = 0, 0
    for one in written:  # how many captures lie before the cut with all their members
        last += 1 + bool(one.request) + bool(one.response)
        whole += ends[last] <= cut
    assert bare(found)[:whole] == written[:whole]
    if cut not in (0, *ends):
        assert any(isinstance(one, warc.Damage) and one.broken for one in found)
        assert any(one.level == "error" for one in validate(io.BytesIO(data[:cut])))


@FAST
@given(several, st.integers(0, 1 << 20))
def test_a_file_cut_anywhere_gives_all_that_is_whole_and_says_the_rest(made: list[Capture], at: int) -> None:
    whole_before(write(made), at)


@pytest.mark.slow
@LONG
@given(several, st.integers(0, 1 << 20))
def test_a_file_cut_anywhere_at_all_gives_all_that_is_whole(made: list[Capture], at: int) -> None:
    whole_before(write(made), at)


@pytest.mark.slow
def test_a_file_cut_at_every_byte_gives_all_that_is_whole() -> None:
    file = write([capture(), failed(url=f"{URL}/2")])
    for at in range(len(file[0]) + 1):
        whole_before(file, at)


junk = st.binary(min_size=1, max_size=60).filter(lambda data: b"\x1f\x8b" not in data and data[-1] != 0x1F)


def said_not_raised(first: list[Capture], between: bytes, second: list[Capture]) -> None:
    before, written, _ = write(first)
    after, more, _ = write(second)
    found = read(before + between + after)
    assert bare(found) == written + more
    assert [one.offset for one in found if isinstance(one, warc.Damage)] == [len(before)]
    assert any(one.level == "error" for one in validate(io.BytesIO(before + between + after)))


@FAST
@given(several, junk, several)
def test_junk_between_two_files_is_said_and_costs_nothing_else(
    first: list[Capture], between: bytes, second: list[Capture]
) -> None:
    said_not_raised(first, between, second)


pieces = st.one_of(
    st.binary(max_size=50),
    captures.map(lambda made: b"".join(warc.compose(made).members)),
    captures.map(lambda made: warc.compose(made).members[0][:-9]),
    st.sampled_from(
        [b"\x1f\x8b\x08", b"WARC/1.0\r\n", b"WARC/1.1\r\nContent-Length: 99\r\n\r\n", b"\r\n\r\n", b"filedesc:"]
    ),
)


def any_pile(parts: list[bytes]) -> None:
    data = b"".join(parts)
    for found in read(data):
        if isinstance(found, warc.Damage):
            assert found.said
            assert 0 <= found.offset <= len(data)
    for record in warc.records(io.BytesIO(data)):
        assert isinstance(record, warc.Record | warc.Damage)


@FAST
@given(st.lists(pieces, max_size=6))
def test_no_pile_of_pieces_raises(parts: list[bytes]) -> None:
    any_pile(parts)


@pytest.mark.slow
@LONG
@given(st.lists(pieces, max_size=8))
def test_no_larger_pile_of_pieces_raises(parts: list[bytes]) -> None:
    any_pile(parts)
