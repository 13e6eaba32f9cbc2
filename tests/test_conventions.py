"""Each convention of docs/warc.md about what we write has a test here that fails without its guard."""

from __future__ import annotations

import hashlib
import io
import json
import re
from base64 import b32encode
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archive import cdx, warc
from archive.cdx import Known
from archive.records import Capture, RecordType
from archive.spool import Spool
from archive.warc.fields import load
from archive.warc.standard import validate
from crawler.visit.account import NOT_DECLARED
from tests.captures import REQUEST, TEXT, URL, answer, capture, chunked, chunked_gzip, failed
from tests.composed import DIGEST, LATER, NOW, every_sort, ids, of_type, records, written
from tests.pressrun import PressRun

# Digests.


def test_the_payload_digest_leaves_transfer_coding_out_and_content_coding_in() -> None:
    """Said with the algorithm's own tools, not with ours: a digest of other bytes would be another string."""
    packed = chunked_gzip().partition(b"\r\n\r\n")[2]
    pieces = re.findall(rb"[0-9a-f]+\r\n", packed)
    joined, at = b"", 0
    for piece in pieces:
        if (size := int(piece, 16)) == 0:
            break
        at = packed.index(piece, at) + len(piece)
        joined, at = joined + packed[at : at + size], at + size + 2
    assert joined.startswith(b"\x1f\x8b")
    (response,) = of_type(written(capture(chunked_gzip())), "response")
    assert response.header("WARC-Payload-Digest") == "sha1:" + b32encode(hashlib.sha1(joined).digest()).decode()
    assert response.header("Astana-Content-Digest") == "sha256:" + hashlib.sha256(TEXT).hexdigest()
    assert response.header("Astana-Block-Digest") == "sha256:" + hashlib.sha256(chunked_gzip()).hexdigest()


def test_block_digests_pass_in_warcio_and_fastwarc() -> None:
    data = every_sort()
    seen = 0
    for record in FastIterator(io.BytesIO(data), parse_http=False):
        assert record.verify_block_digest()
        seen += 1
    told = 0
    for record in ArchiveIterator(io.BytesIO(data), no_record_parse=True, check_digests=True):
        record.raw_stream.read()
        assert record.digest_checker.passed is not False or record.rec_headers.get_header("WARC-Payload-Digest")
        told += all(problem.find("block") < 0 for problem in record.digest_checker.problems)
    assert seen == told == len(records(data))


def test_no_digest_stands_without_its_algorithm() -> None:
    data = every_sort()
    digests = [value for record in records(data) for name, value in record.headers if name.endswith("-Digest")]
    assert len(digests) > 2 * len(records(data))
    assert [value for value in digests if not DIGEST.fullmatch(value)] == []
    lines = [cdx.line_of(one) for one in captures_of(data) if one.response]
    assert [line.digest for line in lines if not DIGEST.fullmatch(line.digest)] == []


def captures_of(data: bytes) -> list[Capture]:
    found = list(warc.read(io.BytesIO(data), "warc/press/press-1.warc.gz", "press"))
    assert all(isinstance(one, Capture) for one in found)
    return cast("list[Capture]", found)


# Records of one capture.


@pytest.mark.parametrize("date", ["2026-11-22T10:20:30.123456Z", "2026-11-22T10:20:30.5Z", "2026-11-22T10:20:30Z"])
def test_all_records_of_a_capture_have_its_date_letter_for_letter(date: str) -> None:
    for one in (capture(date=date), failed(date=date)):
        made = [record for record in records(written(one)) if record.type != "warcinfo"]
        assert {record.header("WARC-Date") for record in made} == {date}
        assert len(made) >= 2


def test_a_date_of_ours_has_six_decimals_at_most() -> None:
    for instant in (NOW, NOW + timedelta(microseconds=1), NOW + timedelta(days=400, microseconds=999999)):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", warc.warc_date(instant))


def test_two_captures_of_one_second_sort_by_offset() -> None:
    first, second = captures_of(written(capture(), capture(answer(b"other"), date="2026-11-22T10:20:30.9Z")))
    lines = [cdx.line_of(second), cdx.line_of(first)]
    assert lines[0].digest > lines[1].digest or lines[0].digest < lines[1].digest
    for given in (lines, lines[::-1]):
        assert [line.offset for line in cdx.load(cdx.dump(given))] == sorted(line.offset for line in lines)


def test_request_and_metadata_stand_beside_their_response() -> None:
    data = written(capture(), failed(), capture(chunked(), url=f"{URL}2"))
    for record in records(data):
        beside = record.header("WARC-Concurrent-To")
        if record.type == "request" or (record.type == "metadata" and b"fetch-error" not in record.block):
            bearers = [one for one in records(data) if one.header("WARC-Record-ID") == beside]
            assert [one.header("WARC-Target-URI") for one in bearers] == [record.header("WARC-Target-URI")]
        else:
            assert beside is None


def test_interim_answers_stand_in_the_metadata_and_not_in_the_block() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    data = written(capture(interim=early))
    (response,), (metadata,) = of_type(data, "response"), of_type(data, "metadata")
    assert response.block == answer()
    assert b"interim-response: " in metadata.block
    (found,) = captures_of(data)
    assert found.interim == early
    assert cdx.line_of(found).status == "200"


# Revisits.


def test_a_revisit_keeps_its_own_head_with_its_transfer_encoding() -> None:
    again = chunked(TEXT, 9).replace(b"\r\n", b"\r\nX-Second: Yes\r\n", 1)
    data = written(capture(chunked()), capture(again, date=LATER), known=Known())
    (revisit,) = of_type(data, "revisit")
    assert revisit.block == again.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert b"Transfer-Encoding: chunked\r\n" in revisit.block


def test_a_revisit_copies_id_address_and_date_of_its_original_letter_for_letter() -> None:
    original = capture(date="2026-11-22T10:20:30.5Z")
    (revisit,) = of_type(written(original, capture(date=LATER), known=Known()), "revisit")
    assert revisit.header("WARC-Refers-To-Date") == "2026-11-22T10:20:30.5Z"
    assert revisit.header("WARC-Refers-To-Target-URI") == URL
    assert revisit.header("WARC-Refers-To") == f"<{original.record}>"


def test_a_revisit_says_that_its_payload_was_left_out_and_is_not_read_as_cut_short() -> None:
    data = written(capture(), capture(date=LATER), known=Known())
    (revisit,) = of_type(data, "revisit")
    assert revisit.header("WARC-Truncated") == "length"
    found = captures_of(data)[1]
    assert (found.type, found.truncated) == (RecordType.REVISIT, None)
    assert cdx.line_of(found).truncated == ""


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (chunked(), answer()),
        (answer(), chunked()),
        (chunked(), chunked().replace(b"chunked", b"identity, chunked")),
        (answer(), answer(TEXT, b"Content-Encoding: identity")),
        (answer(TEXT, b"Content-Encoding: gzip"), answer()),
    ],
)
def test_no_revisit_is_made_of_another_transfer_or_content_coding(first: bytes, again: bytes) -> None:
    data = written(capture(first), capture(again, date=LATER), known=Known())
    (one, other) = of_type(data, "response")
    assert one.header("WARC-Payload-Digest") == other.header("WARC-Payload-Digest")


def test_no_revisit_refers_to_a_revisit() -> None:
    data = written(*(capture(date=f"2026-11-22T10:20:3{second}Z") for second in range(4)), known=Known())
    (original,) = of_type(data, "response")
    targets = {revisit.header("WARC-Refers-To") for revisit in of_type(data, "revisit")}
    assert targets == {original.header("WARC-Record-ID")}
    assert len(of_type(data, "revisit")) == 3


def test_a_304_is_no_revisit() -> None:
    data = written(capture(), capture(answer(b"", status=b"304 Not Modified"), date=LATER), known=Known())
    assert of_type(data, "revisit") == []
    assert len(of_type(data, "response")) == 2


def test_a_line_break_in_an_address_breaks_no_record() -> None:
    data = written(capture(url=f"{URL}?a=\r\nWARC-Type:warcinfo\n\0"))
    (found,) = captures_of(data)
    assert found.url == f"{URL}?a=%0D%0AWARC-Type:warcinfo%0A%00"


# A whole crawl.


@pytest.mark.xdist_group("desk")
def test_each_line_of_the_index_has_the_digest_of_the_member_it_points_to(press: PressRun) -> None:
    store = press.folder / "store"
    seen = 0
    for path in sorted((store / "cdxj").rglob("*.cdxj")):
        for line in cdx.load(path.read_bytes()):
            with (store / "warc" / line.filename).open("rb") as stream:
                stream.seek(line.offset)
                member = stream.read(line.length)
            assert line.sha256 == "sha256:" + hashlib.sha256(member).hexdigest()
            assert ids(member) == [f"<{line.record}>"]
            assert DIGEST.fullmatch(line.digest)
            seen += 1
    assert seen > 100


@pytest.mark.xdist_group("desk")
def test_a_crawl_says_of_itself_how_it_came_about(press: PressRun) -> None:
    for path in sorted((press.folder / "store" / "warc").rglob("*.warc.gz")):
        first = records(path.read_bytes())[0]
        assert first.type == "warcinfo"
        said = dict(load(first.block))
        assert re.search(r"AstanaArchive/\S+ .*Scrapy/2\.\d.* Twisted/\d.* OpenSSL/\d", said["software"])
        outlet = path.relative_to(press.folder / "store" / "warc").parts[0]
        file = (press.folder / "outlets" / f"{outlet}.yml").read_bytes()
        assert said["outlet-file"] == "sha256:" + hashlib.sha256(file).hexdigest()
        assert (said["ispartof"], said["vantage"], said["operator"]) == (outlet, NOT_DECLARED, NOT_DECLARED)
        assert press.report.run in said["run"]
        assert str(press.folder).encode() not in first.block


def test_a_crawl_that_takes_up_a_waiting_file_says_so_with_a_record_of_its_own(tmp_path: Path) -> None:
    for turn, info in enumerate(({"run": "a"}, {"run": "b"}, {"run": "b"})):
        waiting = Spool.open(tmp_path, "press", "w1", NOW + timedelta(minutes=turn), info)
        waiting.append(capture(url=f"{URL}/{turn}"))
        waiting.close()
    data = next(tmp_path.glob("*.open")).read_bytes()
    told = [record.header("WARC-Target-URI") or dict(load(record.block))["run"] for record in records(data)]
    kept = list(dict.fromkeys(told))
    assert kept == ["a", f"{URL}/0", "b", f"{URL}/1", f"{URL}/2"]
    assert len(of_type(data, "warcinfo")) == 2
    assert len(set(ids(data))) == len(ids(data))


def test_every_sort_of_record_we_write_passes_our_own_judge() -> None:
    assert list(validate(io.BytesIO(every_sort()))) == []
    assert REQUEST in [record.block for record in records(every_sort())]
    assert json.dumps([record.type for record in records(every_sort())]).count("revisit") == 2
