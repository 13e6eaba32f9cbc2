"""What is written is read back equal, other tools agree on it, and foreign or damaged files raise nothing."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import subprocess
import sys
import uuid
from base64 import b32encode
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive import cdx, warc
from archive.cdx import Known
from archive.errors import WarcError
from archive.records import Address, Capture, Hints, RecordType, Reference, Role, Tls, Truncation, Via
from tests.captures import TEXT, URL, answer, capture, chunked, chunked_gzip, failed
from tests.extraction import EVAL, NO_EVAL

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FOREIGN = EVAL / "warc"
LATER = "2026-11-23T10:20:30.000001Z"


def file_of(*captures: Capture, known: Known | None = None) -> tuple[bytes, list[Capture]]:
    """A WARC of some captures, and the captures as they should be read."""
    out = io.BytesIO(warc.warcinfo("press-1.warc.gz", {"software": "tests"}, NOW))
    out.seek(0, io.SEEK_END)
    written = []
    for one in captures:
        composed = warc.compose(one, known)
        member = composed.members[0 if composed.cdx else -1]
        before = 0 if composed.cdx else sum(map(len, composed.members[:-1]))
        address = Address(
            warc="press/press-1.warc.gz", offset=out.tell() + before, length=len(member), sha256=warc.sha256(member)
        )
        out.write(b"".join(composed.members))
        written.append(replace(composed.capture, address=address))
        if known is not None and composed.cdx is not None:
            known.add(composed.cdx)
    return out.getvalue(), written


def read(data: bytes) -> list[Capture | warc.Damage]:
    return list(warc.read(io.BytesIO(data), "warc/press/press-1.warc.gz", "press"))


def captures_in(data: bytes) -> list[Capture]:
    return [found for found in read(data) if isinstance(found, Capture)]


texts = st.text(st.characters(exclude_categories=[]), max_size=40)
maybe = st.none() | texts
hints = st.builds(
    Hints,
    role=st.sampled_from(Role),
    seed=maybe,
    seed_kind=maybe,
    title=maybe,
    summary=maybe,
    published=maybe,
    lastmod=maybe,
    hops=st.lists(texts, max_size=3).map(tuple),
    robots=maybe,
    delay=st.none() | st.floats(allow_nan=False),
    run=maybe,
)
drawn = st.builds(
    Capture,
    outlet=st.just("press"),
    url=st.just(URL),
    date=st.datetimes(timezones=st.just(UTC), min_value=datetime(1991, 1, 1)).map(warc.warc_date),
    record=st.uuids().map(lambda found: f"urn:uuid:{found}"),
    request=st.binary(max_size=80),
    response=st.binary(max_size=200).map(lambda rest: b"HTTP/1.1 200 OK\r\n" + rest) | st.just(b""),
    interim=st.binary(max_size=40),
    peer=st.none() | st.ip_addresses().map(str),
    tls=st.none() | st.builds(Tls, version=texts, cipher=st.just("C"), certificate=texts, verified=st.booleans()),
    error=maybe,
    elapsed=st.none() | st.floats(min_value=0, allow_nan=False, allow_infinity=False),
    via=st.sampled_from(Via),
    hints=hints,
)


@settings(max_examples=300, deadline=None)
@given(drawn)
def test_what_is_written_is_read_back_equal_in_every_field(made: Capture) -> None:
    if made.tls is not None:  # a version is a token of OpenSSL's in a header of ours
        made = replace(made, tls=replace(made.tls, version="TLSv1.3"))
    data, written = file_of(made)
    assert read(data) == written


def test_every_field_of_hints_is_drawn_above() -> None:
    assert {field.name for field in fields(Hints)} == {
        "role", "seed", "seed_kind", "title", "summary", "published", "lastmod", "hops", "robots", "delay", "run"
    }  # fmt: skip


@pytest.mark.parametrize("truncated", list(Truncation))
def test_truncation_round_trips(truncated: Truncation) -> None:
    (found,) = captures_in(file_of(capture(truncated=truncated))[0])
    assert found.truncated is truncated


def headers_of(data: bytes) -> list[dict[str, list[str]]]:
    records = []
    for found in warc.records(io.BytesIO(data)):
        assert isinstance(found, warc.Record)
        said: dict[str, list[str]] = {}
        for name, value in found.headers:
            said.setdefault(name, []).append(value)
        records.append(said)
    return records


def test_the_records_of_a_capture_stand_in_order_with_one_date_and_point_to_each_other() -> None:
    made = capture()
    data, _ = file_of(made)
    info, response, request, metadata = headers_of(data)
    assert [one["WARC-Type"] for one in (info, response, request, metadata)] == [
        ["warcinfo"], ["response"], ["request"], ["metadata"]
    ]  # fmt: skip
    assert {one["WARC-Date"][0] for one in (response, request, metadata)} == {made.date}
    assert {one["WARC-Target-URI"][0] for one in (response, request, metadata)} == {URL}
    assert response["WARC-Record-ID"] == [f"<{made.record}>"]
    assert request["WARC-Concurrent-To"] == metadata["WARC-Concurrent-To"] == [f"<{made.record}>"]
    assert response["WARC-IP-Address"] == ["203.0.113.7"]
    assert response["WARC-Protocol"] == ["http/1.1", "tls/1.3"]
    assert response["WARC-Cipher-Suite"] == ["TLS_AES_256_GCM_SHA384"]
    assert len({one["WARC-Record-ID"][0] for one in (info, response, request, metadata)}) == 4
    assert gzip.decompress(data).startswith(b"WARC/1.1\r\n")


def test_the_same_capture_gives_the_same_bytes() -> None:
    made = capture()
    assert warc.compose(made) == warc.compose(made)


def test_record_ids_are_uuids_and_a_forked_process_gives_others() -> None:
    reading, writing = os.pipe()
    warc.mint_record()  # so that some are drawn already
    child = os.fork()
    if child == 0:
        os.write(writing, "\n".join(warc.mint_record() for _ in range(40)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reading, 1 << 16).decode().split("\n")
    os.close(reading)
    os.close(writing)
    minted = [*theirs, *(warc.mint_record() for _ in range(200))]
    assert len(set(minted)) == len(minted) == 240
    assert {(uuid.UUID(one).version, uuid.UUID(one).variant) for one in minted} == {(4, uuid.RFC_4122)}
    for one in minted:
        assert warc.companion(one, "request") == uuid.uuid5(uuid.NAMESPACE_URL, f"{one}/request").urn


def test_a_date_has_six_decimals_in_utc() -> None:
    assert warc.warc_date(NOW) == "2026-11-22T10:00:00.000000Z"
    east = datetime(2026, 11, 22, 13, 0, 0, 1, tzinfo=timezone(timedelta(hours=3)))
    assert warc.warc_date(east) == "2026-11-22T10:00:00.000001Z"


def test_the_payload_digest_of_a_chunked_record_is_the_standards() -> None:
    data, _ = file_of(capture(chunked()), capture(chunked_gzip()))
    plain, packed = (one for one in headers_of(data) if one["WARC-Type"] == ["response"])
    assert plain["WARC-Payload-Digest"] == ["sha1:" + b32encode(hashlib.sha1(TEXT).digest()).decode()]
    kept = gzip.compress(TEXT, mtime=0)
    assert packed["WARC-Payload-Digest"] == ["sha1:" + b32encode(hashlib.sha1(kept).digest()).decode()]
    assert plain["Astana-Content-Digest"] == packed["Astana-Content-Digest"] == [warc.sha256(TEXT)]
    assert packed["Astana-Block-Digest"] == [warc.sha256(chunked_gzip())]
    for found in captures_in(data):
        assert found.address is not None
        assert warc.check(data[found.address.offset : found.address.offset + found.address.length]) == ()


def mixed() -> bytes:
    known = Known()
    return file_of(
        capture(),
        capture(date=LATER),
        capture(chunked(), url=f"{URL}2"),
        capture(chunked(), url=f"{URL}2", date=LATER),
        capture(chunked_gzip(), url=f"{URL}3"),
        capture(answer(b"", status=b"304 Not Modified"), date=LATER),
        failed(),
        failed(request=b""),
        known=known,
    )[0]


def test_fastwarc_finds_every_block_digest_right_and_only_chunked_payloads_otherwise() -> None:
    wrong = []
    for record in FastIterator(io.BytesIO(mixed()), parse_http=False):
        assert record.verify_block_digest()
    for record in FastIterator(io.BytesIO(mixed()), parse_http=True):
        if record.headers.get("WARC-Payload-Digest") and record.headers["WARC-Type"] == "response":
            chunks = record.http_headers.get("Transfer-Encoding") == "chunked"
            if not record.verify_payload_digest():
                wrong.append(chunks)
    assert set(wrong) <= {True}


def test_warcio_check_complains_of_chunked_payloads_only(tmp_path: Path) -> None:
    for name, data in (("mixed", mixed()), ("plain", file_of(capture(), failed())[0])):
        path = tmp_path / f"{name}.warc.gz"
        path.write_bytes(data)
        command = [str(Path(sys.executable).with_name("warcio")), "check", "-v", str(path)]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        assert "block digest failed" not in said
        assert ("payload digest failed" in said) is (name == "mixed")
        assert said.count("payload digest failed") == (2 if name == "mixed" else 0)


def test_warcio_reads_the_blocks_as_they_were_received() -> None:
    records = ArchiveIterator(io.BytesIO(file_of(capture(chunked_gzip()))[0]), no_record_parse=True)
    blocks = {record.rec_type: record.raw_stream.read() for record in records}
    assert blocks["response"] == chunked_gzip()
    assert blocks["request"] == capture().request


def test_the_second_equal_payload_of_a_url_becomes_a_revisit_with_its_own_headers() -> None:
    known = Known()
    first = capture(answer(TEXT, b"X-Run: 1"))
    second = capture(answer(TEXT, b"X-Run: 2"), date=LATER)
    data, written = file_of(first, second, known=known)
    assert read(data) == written
    revisit = written[1]
    assert revisit.type is RecordType.REVISIT
    assert revisit.response == answer(b"", b"X-Run: 2")
    assert revisit.refers_to == Reference(record=first.record, url=URL, date=first.date)
    assert revisit.payload_digest == written[0].payload_digest
    said = headers_of(data)[4]
    assert said["WARC-Refers-To"] == [f"<{first.record}>"]
    assert said["WARC-Refers-To-Target-URI"] == [URL]
    assert said["WARC-Refers-To-Date"] == [first.date]
    assert said["WARC-Profile"] == ["http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"]


def test_a_revisit_of_a_chunked_original_keeps_its_transfer_encoding() -> None:
    _, written = file_of(capture(chunked()), capture(chunked(TEXT, 7), date=LATER), known=Known())
    assert written[1].type is RecordType.REVISIT
    assert b"Transfer-Encoding: chunked" in written[1].response


ORIGINAL = capture()
OTHER = {
    "another URL": capture(url=f"{URL}?page=2"),
    "other bytes": capture(answer(TEXT + b" ")),
    "another transfer coding": capture(chunked()),
    "another content coding": capture(answer(TEXT, b"Content-Encoding: identity")),
    "another status": capture(answer(TEXT, status=b"404 Not Found")),
    "a truncated answer": capture(truncated=Truncation.TIME),
}


@pytest.mark.parametrize("name", OTHER)
def test_no_revisit_is_made_for(name: str) -> None:
    line = warc.compose(ORIGINAL).cdx
    assert line is not None
    assert warc.may_revisit(capture(), line)
    assert not warc.may_revisit(OTHER[name], line)
    _, written = file_of(ORIGINAL, replace(OTHER[name], date=LATER), known=Known())
    assert written[1].type is RecordType.RESPONSE


def test_no_revisit_stands_for_a_revisit_a_truncated_an_empty_or_a_taken_down_one() -> None:
    line = warc.compose(ORIGINAL).cdx
    assert line is not None
    assert not warc.may_revisit(capture(), replace(line, mime=cdx.REVISIT))
    assert not warc.may_revisit(capture(), replace(line, truncated="length"))
    assert not warc.may_revisit(capture(), replace(line, status="404"))
    empty = warc.compose(capture(answer(b""))).cdx
    assert empty is not None
    assert not warc.may_revisit(capture(answer(b"")), empty)
    assert warc.compose(capture(), Known([line], without={ORIGINAL.record})).capture.type is RecordType.RESPONSE


def test_a_304_is_a_response_record_and_a_line() -> None:
    composed = warc.compose(capture(answer(b"", b'ETag: "x"', status=b"304 Not Modified")), Known())
    assert composed.capture.type is RecordType.RESPONSE
    assert composed.cdx is not None
    assert composed.cdx.status == "304"


def test_an_exchange_without_answer_is_kept_as_request_and_metadata() -> None:
    sent, unsent = failed(), failed(request=b"")
    data, written = file_of(sent, unsent)
    assert read(data) == written
    assert [one.record for one in captures_in(data)] == [sent.record, unsent.record]
    assert [one["WARC-Type"][0] for one in headers_of(data)] == ["warcinfo", "request", "metadata", "metadata"]
    assert warc.compose(sent).cdx is None


def test_one_member_read_by_itself_gives_the_response() -> None:
    data, written = file_of(capture(), failed())
    for one in written:
        assert one.address is not None
        member = data[one.address.offset : one.address.offset + one.address.length]
        found = warc.read_at(member, one.address, "press")
        assert (found.response, found.record, found.date, found.address) == (
            one.response, one.record, one.date, one.address
        )  # fmt: skip


def test_bytes_that_are_not_one_whole_record_are_refused() -> None:
    data, _ = file_of(capture(), capture())
    for part in (b"", data[:100], data, data[5:], b"hello"):
        with pytest.raises(WarcError):
            warc.read_at(part)


def test_a_wrong_digest_is_told() -> None:
    member = gzip.decompress(warc.compose(capture()).members[0])
    broken = member.replace("فقرة".encode(), "فكرة".encode())
    assert broken != member
    faults = warc.check(broken)
    assert [fault.split(" ")[0] for fault in faults] == [
        "WARC-Block-Digest", "Astana-Block-Digest", "WARC-Payload-Digest", "Astana-Content-Digest"
    ]  # fmt: skip


@pytest.mark.parametrize("spell", [str.lower, lambda value: value.rstrip("=") + "==="])
def test_a_digest_in_another_spelling_is_not_told(spell: Any) -> None:
    member = gzip.decompress(warc.compose(capture()).members[0]).decode("latin-1")
    spelled = re.sub(r"(?<=Digest: sha1:)\S+", lambda found: spell(found[0]), member)
    assert warc.check(spelled.encode("latin-1")) == ()


def test_a_chunked_payload_digested_with_its_framing_passes_in_foreign_records_only() -> None:
    body = chunked().partition(b"\r\n\r\n")[2]
    theirs = f"WARC-Record-ID: <urn:uuid:1>\r\nWARC-Payload-Digest: {warc.payload_digest(body)}\r\n"
    assert warc.check(plain(("response", theirs, chunked()))) == ()
    wrong = theirs.replace(warc.payload_digest(body), warc.payload_digest(b"else"))
    assert len(warc.check(plain(("response", wrong, chunked())))) == 1
    ours = f"{theirs}Astana-Block-Digest: {warc.sha256(chunked())}\r\n"
    assert len(warc.check(plain(("response", ours, chunked())))) == 1


# Files of others, and damage.


def plain(*parts: tuple[str, str, bytes], version: str = "1.0", url: str = URL) -> bytes:
    out = b""
    for kind, extra, block in parts:
        head = f"WARC/{version}\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2017-01-23T09:30:00Z\r\n"
        out += f"{head}{extra}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"
    return out


RESPONSE = ("response", "WARC-Record-ID: <urn:uuid:1>\r\n", answer())
ASK = ("request", "WARC-Record-ID: <urn:uuid:2>\r\nWARC-Concurrent-To: <urn:uuid:1>\r\n", b"GET / HTTP/1.1\r\n\r\n")


@pytest.mark.parametrize("order", [[RESPONSE, ASK], [ASK, RESPONSE]])
@pytest.mark.parametrize("url", [URL, f"<{URL}>"])
def test_a_plain_foreign_file_is_read_with_addresses_of_its_records(order: Any, url: str) -> None:
    data = plain(*order, url=url)
    (found,) = captures_in(data)
    assert (found.url, found.response, found.request) == (URL, answer(), ASK[2])
    assert (found.via, found.hints, found.record) == (Via.IMPORT, Hints(), "urn:uuid:1")
    assert found.address is not None
    part = data[found.address.offset : found.address.offset + found.address.length]
    assert part.startswith(b"WARC/1.0")
    assert part.endswith(answer())
    assert warc.sha256(part) == found.address.sha256
    assert warc.read_at(part).response == answer()


def test_requests_and_responses_that_come_in_turns_find_each_other() -> None:
    def one(number: int, kind: str) -> bytes:
        ask = kind == "request"
        ids = f"WARC-Record-ID: <urn:{kind}:{number}>\r\n"
        ids += f"WARC-Concurrent-To: <urn:response:{number}>\r\n" if ask else ""
        return plain((kind, ids, b"GET /%d" % number if ask else answer(b"%d" % number)), url=f"{URL}/{number}")

    data = b"".join(one(number, "response") for number in range(5)) + b"".join(one(n, "request") for n in range(5))
    found = captures_in(data)
    assert [(one.url[-1], one.request[-1:], one.response[-1:]) for one in found] == [
        (str(n), b"%d" % n, b"%d" % n) for n in range(5)
    ]


def test_the_outlet_is_decided_by_url() -> None:
    stream = io.BytesIO(plain(RESPONSE))
    found = list(warc.read(stream, "_import/x.warc", lambda url: url.split("/")[2]))
    assert [one.outlet for one in found if isinstance(one, Capture)] == ["press.test"]


def arc(*bodies: bytes) -> bytes:
    description = b"1 0 Tests\nURL IP-address Archive-date Content-type Archive-length\n"
    out = b"filedesc://tests.arc 0.0.0.0 20170123093000 text/plain %d\n" % len(description) + description + b"\n"
    for body in bodies:
        out += f"{URL}?a b 203.0.113.7 20170123093000 text/html {len(body)}\n".encode() + body + b"\n"
    return out


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


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (("resource", "", b"<html>"), "a resource record holds no HTTP exchange"),
        (("response", "", b"<html>"), "no HTTP message"),
        (("response", "WARC-Segment-Number: 1\r\n", answer()), "a segment"),
        (("conversion", "", b"text"), "a conversion record"),
    ],
)
def test_a_sound_record_without_an_exchange_says_why_it_gives_no_capture(part: Any, said: str) -> None:
    (found,) = read(plain(part))
    assert isinstance(found, warc.Damage)
    assert said in found.said
    assert not found.broken
    assert found.url == URL


def test_a_record_without_a_usable_date_or_length_is_told() -> None:
    for old, new in (("2017-01-23T09:30:00Z", "sometime"), ("2017-01-23T09:30:00Z", "2017-01-23T09:30:00")):
        (found,) = read(plain(RESPONSE).replace(old.encode(), new.encode()))
        assert isinstance(found, warc.Damage)
        assert "its date is" in found.said
    bad = re.sub(rb"Content-Length: \d+\r\n\r\nHTTP", b"Content-Length: many\r\n\r\nHTTP", plain(RESPONSE))
    first, *rest = read(bad + plain(RESPONSE))
    assert isinstance(first, warc.Damage)
    assert "'many'" in first.said
    assert any(isinstance(one, Capture) for one in rest)


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


@pytest.mark.skipif(not FOREIGN.is_dir(), reason=NO_EVAL)  # agreed: other projects' files, not ours to copy
def test_the_files_of_other_tools_are_read_without_a_raise() -> None:
    files = [path for path in sorted(FOREIGN.rglob("*")) if re.search(r"\.w?arc(\.gz)?(\.bad)?$", path.name)]
    assert len(files) > 100
    captures = 0
    for path in files:
        with path.open("rb") as stream:
            for found in warc.read(stream, f"_import/{path.name}", "other"):
                if isinstance(found, Capture):
                    captures += 1
                    cdx.line_of(found)
                    if found.address:
                        here = stream.tell()
                        stream.seek(found.address.offset)
                        assert warc.read_at(stream.read(found.address.length)).response == found.response
                        stream.seek(here)
                else:
                    assert found.said
    assert captures > 400
