"""archive/warc/write.py: what is written is read back equal, and other tools agree on it."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
import sys
import uuid
from base64 import b32encode
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive import cdx, warc
from archive.cdx import Known
from archive.records import Capture, Hints, RecordType, Reference, Role, Tls, Truncation, Via
from tests.captures import TEXT, URL, answer, capture, chunked, chunked_gzip, failed
from tests.warcs import LATER, NOW, captures_in, file_of, headers_of, mixed, read

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
    sampled=st.booleans(),
    run=maybe,
    memento=maybe,
    memento_time=maybe,
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
        "role", "seed", "seed_kind", "title", "summary", "published", "lastmod", "hops", "robots", "delay", "run",
        "sampled", "memento", "memento_time",
    }  # fmt: skip


@pytest.mark.parametrize("truncated", list(Truncation))
def test_truncation_round_trips(truncated: Truncation) -> None:
    (found,) = captures_in(file_of(capture(truncated=truncated))[0])
    assert found.truncated is truncated


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
