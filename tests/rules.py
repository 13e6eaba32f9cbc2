"""Records by the rules of the standard, each rule broken once, and what the judge says of a file."""

from __future__ import annotations

import hashlib
import io
import re
from base64 import b32encode, b64encode

from archive.http import parse
from archive.warc.standard import Finding, validate
from tests.captures import TEXT, answer, chunked

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
