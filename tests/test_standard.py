"""Sound files pass, what is wrong with a whole file is found, and files of other tools are judged as they should be."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.http import parse, payload
from archive.warc.clauses import Level
from archive.warc.standard import Finding, validate
from tests.captures import TEXT, answer, chunked, chunked_gzip
from tests.extraction import EVAL, NO_EVAL
from tests.pressrun import PressRun
from tests.rules import GET, ID, INFO, RESPONSE, URI, judged, record, said, sha1

FOREIGN = EVAL / "warc"
JHOVE = FOREIGN / "openpreserve__jhove"


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


def pack(data: bytes) -> bytes:
    """One member, the same at every second: a test is named by its bytes."""
    return gzip.compress(data, mtime=0)


@pytest.mark.parametrize(
    ("data", "name", "section", "level"),
    [
        (b"", None, "§4", "error"),
        (b"\x1f\x8b", None, "Annex D.2", "error"),
        (RESPONSE, None, "§5.5", "warning"),
        (pack(INFO + RESPONSE), None, "Annex D.2", "warning"),
        (pack(INFO) + pack(RESPONSE)[:-9], None, "Annex D.2", "error"),
        (pack(INFO) + b"trailing", None, "Annex D.2", "error"),
        (pack(INFO[:50]) + pack(INFO[50:]), None, "Annex D.2", "warning"),
        (pack(INFO.replace(b"press.warc", b"press.wrac")), "press.wrac", "Annex D.3", "warning"),
        (INFO, "press.warc.gz", "Annex D.3", "warning"),
        (b"filedesc://x.arc 0.0.0.0 20170123093000 text/plain 0\n", None, "§4", "error"),
    ],
)
def test_what_is_wrong_with_a_whole_file_is_found(data: bytes, name: str | None, section: str, level: str) -> None:
    assert (section, level) in said(data, name)


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


@pytest.mark.xdist_group("desk")
def test_every_file_that_a_crawl_writes_passes_without_a_finding(press: PressRun) -> None:
    files = sorted((press.folder / "store" / "warc").rglob("*.warc.gz"))
    assert len(files) >= 4
    for path in files:
        assert list(stream_of(path)) == []
