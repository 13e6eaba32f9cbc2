"""Each rule of the standard is broken once and found, sound files pass, and no bytes make the judge raise or linger."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import time
import tracemalloc
from base64 import b32encode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.http import parse, payload
from archive.warc import clauses, grammar
from archive.warc.clauses import Level
from archive.warc.standard import Finding, validate
from archive.warc.sums import Summing
from flows.cli import run
from tests.captures import TEXT, answer, chunked, chunked_gzip
from tests.extraction import EVAL, NO_EVAL
from tests.pressrun import PressRun

FOREIGN = EVAL / "warc"
JHOVE = FOREIGN / "openpreserve__jhove"
ID = "<urn:uuid:00000000-0000-4000-8000-{:012}>"
DATE = "2017-01-23T09:30:00Z"
URI = "https://press.test/news/1"
FIELDS = "application/warc-fields"
HTTP = "application/http; msgtype="
GET = b"GET /news/1 HTTP/1.1\r\nHost: press.test\r\n\r\n"
PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

Fields = list[tuple[str, str]]


def sha1(data: bytes) -> str:
    return "sha1:" + b32encode(hashlib.sha1(data).digest()).decode()


def raw(fields: Fields, block: bytes, version: str = "WARC/1.1") -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"{version}\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def record(kind: str, block: bytes = b"", number: int = 1, version: str = "WARC/1.1", **said: str | None) -> bytes:
    """A sound record of a type, then changed: a field by its name with _ for -, None takes it away."""
    fields = {"WARC-Type": kind, "WARC-Record-ID": ID.format(number), "WARC-Date": DATE}
    if kind not in ("warcinfo", "metadata"):
        fields["WARC-Target-URI"] = URI
    if kind == "warcinfo":
        fields |= {"WARC-Filename": "press.warc"}
    if kind in ("response", "revisit"):
        fields["WARC-Payload-Digest"] = sha1(TEXT)
    if kind == "revisit":
        fields |= {"WARC-Profile": PROFILE, "WARC-Truncated": "length"}
    if kind == "continuation":
        fields |= {"WARC-Segment-Number": "2", "WARC-Segment-Origin-ID": ID.format(900)}
    if block and kind != "continuation":
        types = {"request": f"{HTTP}request", "response": f"{HTTP}response", "revisit": f"{HTTP}response"}
        fields["Content-Type"] = types.get(kind, FIELDS if kind in ("warcinfo", "metadata") else "text/plain")
    fields["Content-Length"] = str(len(block))
    for key, value in said.items():
        name = key.replace("_", "-")
        fields.pop(name, None)
        if value is not None:
            fields[name] = value
    return raw(list(fields.items()), block, version)


INFO = record("warcinfo", b"software: tests\r\n", 0)
RESPONSE = record("response", answer())


def judged(data: bytes, name: str | None = "press.warc") -> list[Finding]:
    return list(validate(io.BytesIO(data), name))


def said(data: bytes, name: str | None = "press.warc") -> set[tuple[str, str]]:
    return {(found.paragraph.removeprefix("WARC 1.1 "), found.level.value) for found in judged(data, name)}


def of_1_0(data: bytes) -> bytes:
    return data.replace(b"WARC/1.1\r\n", b"WARC/1.0\r\n").replace(b"/warc/1.1/", b"/warc/1.0/")


SOUND = {
    "warcinfo": b"",
    "response": RESPONSE,
    "a chunked response": record("response", chunked()),
    "a chunked and gzipped response": record(
        "response", chunked_gzip(), WARC_Payload_Digest=sha1(payload(parse(chunked_gzip())))
    ),
    "request": record("request", GET, WARC_IP_Address="2001:db8::7"),
    "metadata": record("metadata", b"via: x\r\n", WARC_Target_URI=URI, WARC_Refers_To=ID.format(7)),
    "resource": record("resource", TEXT, WARC_Payload_Digest=sha1(TEXT), WARC_Identified_Payload_Type="text/html"),
    "a looked-up name": record("resource", b"x", WARC_Target_URI="dns:press.test", Content_Type="text/dns"),
    "conversion": record("conversion", TEXT, WARC_Refers_To=ID.format(7)),
    "revisit": record(
        "revisit", answer(b""), WARC_Refers_To_Target_URI=URI, WARC_Refers_To_Date="2017-01-22T01:02:03.123456789Z"
    ),
    "a revisit without a block": record("revisit", WARC_Truncated=None),
    "a revisit with its whole payload": record("revisit", answer(), WARC_Truncated=None),
    "segments": record("resource", b"abc", 900, WARC_Segment_Number="1")
    + record("continuation", b"de", 901)
    + record("continuation", b"f", 902, WARC_Segment_Number="3", WARC_Segment_Total_Length="6"),
    "a continuation of another file's": record("continuation", b"x", WARC_Segment_Number="42"),
    "a truncated response": record(
        "response", answer(TEXT[:9]), WARC_Payload_Digest=sha1(TEXT[:9]), WARC_Truncated="time"
    ),
    "a year for a date": record("response", answer(), WARC_Date="2017"),
    "a folded field": RESPONSE.replace(b"WARC-Date: ", b"WARC-Date:\r\n\t "),
    "fields in other letters": RESPONSE.replace(b"WARC-Date", b"warc-DATE").replace(
        b"response\r\n", b"RESPONSE\r\n", 1
    ),
    "Arabic in a field": record("warcinfo", WARC_Filename="press.warc", Operator="«أرشيف أستانا»", number=5),
    "a repeated field of an extension": RESPONSE.replace(
        b"WARC-Date", b"WARC-Protocol: http/1.1\r\nWARC-Protocol: tls/1.3\r\nWARC-Date"
    ),
    "two records of one capture": record("response", answer(), WARC_Concurrent_To=ID.format(2))
    + record("request", GET, 2, WARC_Concurrent_To=ID.format(1)),
    "a digest in hex": record("response", answer(), WARC_Block_Digest="sha256:" + hashlib.sha256(answer()).hexdigest()),
    "no record of ours, but a mebibyte": record("resource", b"x" * (1 << 20)),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_is_found_sound(name: str) -> None:
    data = INFO + SOUND[name]
    assert judged(data) == []
    members = b"".join(gzip.compress(part, mtime=0) for part in re.split(rb"(?=WARC/1\.1\r\n)", data) if part)
    assert judged(members, None) == []
    assert said(gzip.compress(data), None) <= {("Annex D.2", "warning")}


def test_what_is_sound_under_1_0_is_judged_by_1_0() -> None:
    assert judged(of_1_0(INFO + RESPONSE)) == []
    angled = record("response", answer(), WARC_Target_URI=f"<{URI}>")
    assert judged(INFO + of_1_0(angled)) == []
    assert said(INFO + angled) == {("§5.14", "error")}
    fine = record("response", answer(), WARC_Date="2017-01-23T09:30:00.5Z")
    assert judged(INFO + fine) == []
    assert said(INFO + of_1_0(fine)) == {("WARC 1.0 §5.4", "error")}
    assert said(INFO + of_1_0(record("request", GET, WARC_Target_URI=None))) == {("WARC 1.0 §5.12", "error")}
    # A field that 1.0 does not know is an extension's there.
    assert judged(INFO + of_1_0(record("metadata", WARC_Refers_To_Date="whenever"))) == []


def twice(field: bytes) -> bytes:
    return re.sub(rb"(%b: [^\r]*\r\n)" % field, rb"\1\1", RESPONSE, count=1)


# name: (what follows a sound warcinfo record, section, level)
BROKEN: dict[str, tuple[bytes, str, str]] = {
    "no version": (RESPONSE.replace(b"WARC/1.1", b"WORC/1.1"), "§4", "error"),
    "a version that never was": (RESPONSE.replace(b"WARC/1.1", b"WARC/1.2"), "§4", "error"),
    "a draft's version": (RESPONSE.replace(b"WARC/1.1", b"WARC/0.18"), "WARC 1.0 §4", "warning"),
    "line feeds alone": (RESPONSE.replace(b"00Z\r\n", b"00Z\n"), "§4", "error"),
    "a line without colon": (RESPONSE.replace(b"WARC-Date", b"Astana Date\r\nWARC-Date"), "§4", "error"),
    "a name that is no token": (RESPONSE.replace(b"WARC-Date", b"An (x): 1\r\nWARC-Date"), "§4", "error"),
    "a fold of nothing": (RESPONSE.replace(b"WARC-Type", b" x\r\nWARC-Type"), "§4", "error"),
    "bytes that are no UTF-8": (RESPONSE.replace(b"WARC-Date", b"X: \xc1\xda\r\nWARC-Date"), "§4", "error"),
    "a control character": (RESPONSE.replace(b"WARC-Date", b"X: \x00\r\nWARC-Date"), "§4", "error"),
    "a head without an end": (RESPONSE[:200], "§4", "error"),
    "one line break at the end": (RESPONSE[:-2], "§4", "error"),
    "bytes behind the last record": (RESPONSE + b"trailing", "§4", "error"),
    "a field twice": (twice(b"WARC-Date"), "§5.1", "error"),
    "a block digest twice": (
        record("request", GET, WARC_Block_Digest=sha1(GET)).replace(
            b"WARC-Block", b"WARC-Block-Digest: " + sha1(GET).encode() + b"\r\nWARC-Block", 1
        ),
        "§5.1",
        "error",
    ),
    "no record id": (record("response", answer(), WARC_Record_ID=None), "§5.2", "error"),
    "a bare record id": (record("response", answer(), WARC_Record_ID="urn:x:1"), "§5.2", "error"),
    "a record id without scheme": (record("response", answer(), WARC_Record_ID="<1>"), "§5.2", "error"),
    "white space in a record id": (record("response", answer(), WARC_Record_ID="<urn:x: 1>"), "§5.2", "error"),
    "an id used before": (record("response", answer(), 0), "§5.2", "error"),
    "no length": (record("response", answer(), Content_Length=None), "§5.3", "error"),
    "a length in words": (record("response", answer(), Content_Length="many"), "§5.3", "error"),
    "a length too long": (record("response", answer(), Content_Length="9999"), "§5.3", "error"),
    "no date": (record("response", answer(), WARC_Date=None), "§5.4", "error"),
    "a date in words": (record("response", answer(), WARC_Date="Monday"), "§5.4", "error"),
    "a date of another zone": (record("response", answer(), WARC_Date="2017-01-23T09:30:00+03:00"), "§5.4", "error"),
    "a day that never was": (record("response", answer(), WARC_Date="2017-02-30T09:30:00Z"), "§5.4", "error"),
    "ten decimals": (record("response", answer(), WARC_Date="2017-01-23T09:30:00.1234567890Z"), "§5.4", "error"),
    "a date in small letters": (record("response", answer(), WARC_Date="2017-01-23t09:30:00z"), "§5.4", "error"),
    "two dates of one capture": (
        record("response", answer()) + record("request", GET, 2, WARC_Concurrent_To=ID.format(1), WARC_Date="2017"),
        "§5.4",
        "error",
    ),
    "two dates, the named record later": (
        record("request", GET, 2, WARC_Concurrent_To=ID.format(1), WARC_Date="2017") + record("response", answer()),
        "§5.4",
        "error",
    ),
    "no type": (record("request", GET, WARC_Type=None), "§5.5", "error"),
    "a type of an extension": (record("monkeys", WARC_Target_URI=None), "§5.5", "warning"),
    "a block of no type": (record("metadata", b"x: y\r\n", Content_Type=None), "§5.6", "warning"),
    "no media type": (record("metadata", b"x: y\r\n", Content_Type="text"), "§5.6", "error"),
    "a conversion beside another": (record("conversion", b"x", WARC_Concurrent_To=ID.format(9)), "§5.7", "error"),
    "a bare concurrent-to": (record("metadata", WARC_Concurrent_To="urn:x:1"), "§5.7", "error"),
    "a wrong block digest": (record("request", GET, WARC_Block_Digest=sha1(b"else")), "§5.8", "error"),
    "a digest without algorithm": (record("request", GET, WARC_Block_Digest="ABCD"), "§5.8", "error"),
    "a digest of another size": (record("request", GET, WARC_Block_Digest="sha1:" + "ab" * 16), "§5.8", "error"),
    "a digest that is no token": (
        record("request", GET, WARC_Block_Digest="md5:" + b64encode(hashlib.md5(GET).digest()).decode()),
        "§5.8",
        "error",
    ),
    "a digest of an unknown algorithm": (record("request", GET, WARC_Block_Digest="crc:12"), "§5.8", "warning"),
    "a wrong payload digest": (record("response", answer(), WARC_Payload_Digest=sha1(b"else")), "§5.9", "error"),
    "a payload digest of the framing": (
        record("response", chunked(), WARC_Payload_Digest=sha1(parse(chunked()).body)),
        "§5.9",
        "error",
    ),
    "a wrong digest of a resource": (record("resource", b"x", WARC_Payload_Digest=sha1(b"y")), "§5.9", "error"),
    "a payload digest without payload": (record("metadata", WARC_Payload_Digest=sha1(b"")), "§5.9", "error"),
    "an address in words": (record("response", answer(), WARC_IP_Address="localhost"), "§5.10", "error"),
    "an address with leading zeros": (record("response", answer(), WARC_IP_Address="010.0.0.1"), "§5.10", "error"),
    "an address of no retrieval": (record("conversion", b"x", WARC_IP_Address="192.0.2.1"), "§5.10", "error"),
    "a response that refers": (record("response", answer(), WARC_Refers_To=ID.format(9)), "§5.11", "error"),
    "a request that refers to an address": (record("request", GET, WARC_Refers_To_Target_URI=URI), "§5.12", "error"),
    "metadata that refer to a date": (record("metadata", WARC_Refers_To_Date=DATE), "§5.13", "error"),
    "a wrong date referred to": (record("revisit", WARC_Refers_To_Date="then"), "§5.13", "error"),
    "no address": (record("response", answer(), WARC_Target_URI=None), "§5.14", "error"),
    "a relative address": (record("response", answer(), WARC_Target_URI="/news/1"), "§5.14", "error"),
    "an address with a space": (record("response", answer(), WARC_Target_URI=f"{URI} 2"), "§5.14", "error"),
    "an address in Arabic": (record("response", answer(), WARC_Target_URI=f"{URI}/خبر"), "§5.14", "error"),
    "an address as browsers send it": (
        record("response", answer(), WARC_Target_URI=f"{URI}?a[]=1|2"),
        "§5.14",
        "warning",
    ),
    "a half escape in an address": (record("response", answer(), WARC_Target_URI=f"{URI}?100%"), "§5.14", "warning"),
    "an address of a warcinfo": (record("warcinfo", WARC_Target_URI=URI), "§5.14", "error"),
    "a reason of an extension": (record("response", answer(), WARC_Truncated="tired"), "§5.15", "warning"),
    "a warcinfo with a warcinfo": (record("warcinfo", WARC_Warcinfo_ID=ID.format(0)), "§5.16", "error"),
    "a name of a response": (record("response", answer(), WARC_Filename="press.warc"), "§5.17", "error"),
    "another file's name": (record("warcinfo", WARC_Filename="else.warc"), "§5.17", "warning"),
    "a revisit without profile": (record("revisit", WARC_Profile=None), "§5.18", "error"),
    "a profile that is no URI": (record("metadata", WARC_Profile="x"), "§5.18", "error"),
    "a payload type of metadata": (record("metadata", WARC_Identified_Payload_Type="text/html"), "§5.19", "error"),
    "a payload type that is none": (
        record("response", answer(), WARC_Identified_Payload_Type="html"),
        "§5.19",
        "error",
    ),
    "a continuation without number": (record("continuation", WARC_Segment_Number=None), "§5.20", "error"),
    "a continuation that is the first": (record("continuation", WARC_Segment_Number="1"), "§5.20", "error"),
    "a response that is the second": (record("response", answer(), WARC_Segment_Number="2"), "§5.20", "error"),
    "a continuation of nothing": (record("continuation", WARC_Segment_Origin_ID=None), "§5.21", "error"),
    "a response that continues": (record("response", answer(), WARC_Segment_Origin_ID=ID.format(3)), "§5.21", "error"),
    "a total length of a response": (record("response", answer(), WARC_Segment_Total_Length="9"), "§5.22", "error"),
    "a wrong total length": (
        record("resource", b"abc", 900, WARC_Segment_Number="1")
        + record("continuation", b"d", WARC_Segment_Total_Length="5"),
        "§5.22",
        "error",
    ),
    "a segment left out": (
        record("resource", b"abc", 900, WARC_Segment_Number="1")
        + record("continuation", b"d", WARC_Segment_Number="3"),
        "§7",
        "error",
    ),
    "segments of two addresses": (
        record("resource", b"abc", 900, WARC_Segment_Number="1")
        + record("continuation", b"d", WARC_Target_URI=f"{URI}0"),
        "§7",
        "error",
    ),
    "a warcinfo of another type": (record("warcinfo", b"x", Content_Type="text/plain"), "§6.2", "warning"),
    "a response that says it is a request": (
        record("response", answer(), Content_Type=f"{HTTP}request"),
        "§6.3.2",
        "warning",
    ),
    "a request of another type": (record("request", GET, Content_Type="text/plain"), "§6.5.2", "warning"),
    "a looked-up name of another type": (record("resource", b"x", WARC_Target_URI="dns:press.test"), "§6.4.4", "error"),
    "an unknown profile": (record("revisit", WARC_Profile="http://press.test/profile"), "§6.7.4", "warning"),
    "a revisit without digest": (record("revisit", WARC_Payload_Digest=None), "§6.7.2", "error"),
    "a revisit that hides what it left out": (record("revisit", answer(b""), WARC_Truncated=None), "§6.7.2", "error"),
    "fields that are none": (record("metadata", b"<html>\r\n"), "§8", "warning"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_found_and_nothing_else(name: str) -> None:
    data, section, level = BROKEN[name]
    # What a broken record drags along: its successor is looked for, a profile that is nowhere allowed is told twice.
    assert (section, level) in said(INFO + data)
    beside = {(one, how) for one, how in said(INFO + data) - {(section, level)} if how == "error"}
    assert beside == set()
    if section != "§4" or level == "warning":
        (first, *_) = [found for found in judged(INFO + data) if found.level.value == level]
        assert first.offset >= len(INFO)


@pytest.mark.parametrize(
    ("data", "name", "section", "level"),
    [
        (b"", None, "§4", "error"),
        (b"\x1f\x8b", None, "Annex D.2", "error"),
        (RESPONSE, None, "§5.5", "warning"),
        (gzip.compress(INFO + RESPONSE), None, "Annex D.2", "warning"),
        (gzip.compress(INFO) + gzip.compress(RESPONSE)[:-9], None, "Annex D.2", "error"),
        (gzip.compress(INFO) + b"trailing", None, "Annex D.2", "error"),
        (gzip.compress(INFO[:50]) + gzip.compress(INFO[50:]), None, "Annex D.2", "warning"),
        (gzip.compress(INFO.replace(b"press.warc", b"press.wrac")), "press.wrac", "Annex D.3", "warning"),
        (INFO, "press.warc.gz", "Annex D.3", "warning"),
        (b"filedesc://x.arc 0.0.0.0 20170123093000 text/plain 0\n", None, "§4", "error"),
    ],
)
def test_what_is_wrong_with_a_whole_file_is_found(data: bytes, name: str | None, section: str, level: str) -> None:
    assert (section, level) in said(data, name)


def test_every_clause_is_broken_above() -> None:
    broken = {section for _, section, _ in BROKEN.values()} | {"§4", "Annex D.2", "Annex D.3"}
    known = {clauses.paragraph(name).removeprefix("WARC 1.1 ") for name in clauses._CLAUSES}
    assert known - broken == set()


def test_reading_goes_on_behind_a_broken_record() -> None:
    broken = record("response", answer(), 2, Content_Length="20")
    long = record("response", answer(), 3, Content_Length="999999")
    found = judged(INFO + broken + long + record("response", answer(), 4, WARC_Date="never"))
    assert [(one.record, one.paragraph) for one in found if one.level is Level.ERROR] == [
        (ID.format(2), "WARC 1.1 §5.9"),
        (ID.format(2), "WARC 1.1 §4"),
        (ID.format(3), "WARC 1.1 §5.3"),
        (ID.format(4), "WARC 1.1 §5.4"),
    ]
    packed = judged(gzip.compress(INFO + broken + record("response", answer(), 4, WARC_Date="never")), None)
    assert ID.format(4) in {one.record for one in packed}


def test_nothing_a_stranger_wrote_reaches_a_terminal_as_it_is() -> None:
    found = judged(INFO + record("response", answer(), WARC_Record_ID="<urn:\x1b[2J\u202e>"))
    assert found
    assert all(one.said.isprintable() and (one.record or "").isprintable() for one in found)


# Digests on the way equal digests of the whole.

bodies = st.one_of(
    st.binary(max_size=60).map(answer),
    st.builds(chunked, st.binary(min_size=1, max_size=60), st.integers(1, 30)),
    st.builds(
        lambda body: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body,
        st.lists(st.sampled_from([b"3\r\n", b"abc", b"\r\n", b"\n", b"0", b"5;x=y\r\n", b"zz", b" ", b"a\n"])).map(
            b"".join
        ),
    ),
    st.binary(max_size=80),
)


@settings(max_examples=30, deadline=None)
@given(bodies, st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_a_payload_summed_in_pieces_is_the_payload_of_the_whole(block: bytes, steps: list[int]) -> None:
    summing = Summing(http=True, block="sha256", payload="sha1")
    at, turn = 0, 0
    while at < len(block):
        step = steps[turn % len(steps)]
        summing.feed(block[at : at + step])
        at, turn = at + step, turn + 1
    sums = summing.sums()
    assert sums.block == hashlib.sha256(block).digest()
    message = parse(block)
    assert sums.payload == hashlib.sha1(payload(message)).digest()
    assert sums.raw == hashlib.sha1(message.body).digest()


@pytest.mark.parametrize("size", [16, 20, 32, 64])
def test_a_digest_is_read_in_each_usual_spelling(size: int) -> None:
    value = bytes(range(size))
    for spelled in (value.hex(), value.hex().upper(), b32encode(value).decode(), b64encode(value).decode()):
        assert grammar.decoded(spelled, size) == grammar.decoded(spelled.rstrip("="), size) == value
    assert grammar.decoded(value.hex()[:-2], size) is None


# Hostile bytes.

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


# Files of others.


def stream_of(path: Path) -> Iterator[Finding]:
    with path.open("rb") as stream:
        yield from validate(stream, path.name)


DIFFERS = {
    "invalid-warcfile-contenttype-warcinfo-recommended.warc",
    "valid-warcfile-upper-lower-case.warc",
    "valid-warcfile-upper-lower-case.warc.gz",
    "valid-warcrecorddigests-1.warc",
    "valid-warcrecorddigests-2.warc",
}


@pytest.mark.skipif(not JHOVE.is_dir(), reason=NO_EVAL)  # agreed: other projects' files, not ours to copy
def test_jhoves_files_are_judged_as_jhove_does_but_for_those_that_the_documents_explain() -> None:
    files = sorted(path for path in JHOVE.rglob("*.warc*") if path.name.startswith(("valid", "invalid")))
    assert len(files) == 76
    differs = set()
    for path in files:
        valid = not any(found.level is Level.ERROR for found in stream_of(path))
        if valid is not path.name.startswith("valid"):
            differs.add(path.name)
    assert differs == DIFFERS


def test_the_documents_explain_each_difference_from_jhove() -> None:
    said = (Path(__file__).parents[1] / "docs" / "warc.md").read_text("utf-8")
    assert [name for name in DIFFERS if f"`{name}`" not in said] == []
    assert "71 of 76" in said


@pytest.mark.skipif(not FOREIGN.is_dir(), reason=NO_EVAL)  # agreed: other projects' files, not ours to copy
def test_the_files_of_other_tools_are_judged_without_a_raise() -> None:
    files = [path for path in sorted(FOREIGN.rglob("*")) if re.search(r"\.w?arc(\.gz|\.lz4)?(\.bad)?$", path.name)]
    assert len(files) > 100
    verdicts = [any(found.level is Level.ERROR for found in stream_of(path)) for path in files]
    assert {True, False} == set(verdicts)


@pytest.mark.xdist_group("press")
def test_every_file_that_a_crawl_writes_passes_without_a_finding(press: PressRun) -> None:
    files = sorted((press.folder / "store" / "warc").rglob("*.warc.gz"))
    assert len(files) >= 4
    for path in files:
        assert list(stream_of(path)) == []


# The command.


def test_the_command_says_file_place_rule_and_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "press.warc", tmp_path / "bad.warc"
    good.write_bytes(INFO + RESPONSE)
    bad.write_bytes(INFO.replace(b"press.warc", b"bad.warc") + record("response", answer(), WARC_Date="never"))
    assert run(["validate", str(good)]) == 0
    assert capsys.readouterr().out == f"{good}: valid, 0 errors, 0 warnings\n"
    assert run(["validate", str(good), str(bad)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith(f"{bad} at {len(INFO) - 2} {ID.format(1)}: error: 'never' is no date")
    assert lines[1].endswith("(WARC 1.1 §5.4)")
    assert lines[2] == f"{bad}: invalid, 1 errors, 0 warnings"
    assert run(["validate", str(bad), "--json"]) == 1
    finding, verdict = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (finding["paragraph"], finding["level"], finding["offset"]) == ("WARC 1.1 §5.4", "error", len(INFO) - 2)
    assert verdict == {"file": str(bad), "valid": False, "errors": 1, "warnings": 0}


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", str(tmp_path / "none.warc")]) == 2
    assert "there is no file" in capsys.readouterr().err
