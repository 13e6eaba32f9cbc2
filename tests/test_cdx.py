"""CDXJ lines round-trip, sort, and say what is held; other indexers' lines are read too."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import cdx, warc
from archive.cdx import CdxLine, Known
from archive.errors import FormatError
from archive.records import Address, Capture, RecordType, Reference, Role, Truncation
from tests.captures import TEXT, URL, answer, capture, chunked_gzip, failed


def line(**changes: object) -> CdxLine:
    made = cdx.line_of(capture())
    return replace(made, **changes)  # type: ignore[arg-type]  # names of fields


def test_a_line_says_what_an_index_needs() -> None:
    where = Address(warc="press/2026/11/x.warc.gz", offset=328, length=581, sha256="sha256:00")
    tagged = answer(TEXT, b'ETag: "v1"', b"Last-Modified: Mon, 23 Jan 2017 06:30:00 GMT")
    found = cdx.line_of(capture(tagged, address=where))
    assert found == CdxLine(
        urlkey="test,press)/news/1",
        timestamp="20261122102030",
        url=URL,
        mime="text/html",
        status="200",
        digest=warc.payload_digest(TEXT),
        length=581,
        offset=328,
        filename="press/2026/11/x.warc.gz",
        sha256="sha256:00",
        record=found.record,
        date="2026-11-22T10:20:30.123456Z",
        role="page",
        etag='"v1"',
        modified="Mon, 23 Jan 2017 06:30:00 GMT",
    )
    assert cdx.line_of(capture(chunked_gzip())).te == "chunked"
    assert cdx.line_of(capture(chunked_gzip())).ce == "gzip"
    assert cdx.line_of(capture(truncated=Truncation.TIME)).truncated == "time"
    assert cdx.line_of(capture(b"HTTP/1.1 200 OK\r\n\r\n")).mime == "unk"


def test_a_revisit_is_marked_and_keeps_the_digest_its_record_says() -> None:
    to = Reference(record=None, url=URL, date="2017-01-23T00:00:00Z")
    made = capture(answer(b""), type=RecordType.REVISIT, refers_to=to, payload_digest="sha1:ABC")
    assert cdx.line_of(made).mime == cdx.REVISIT
    assert cdx.line_of(made).digest == "sha1:ABC"
    assert cdx.line_of(replace(made, payload_digest="ABC")).digest == "sha1:ABC"
    assert cdx.line_of(replace(made, payload_digest=None, response=b"")).digest == "-"


def test_what_was_never_answered_has_no_line() -> None:
    with pytest.raises(FormatError, match="no response came"):
        cdx.line_of(failed())


def test_a_line_written_is_the_line_of_the_capture_read_back() -> None:
    made = warc.compose(capture(chunked_gzip()))
    where = Address(warc="", offset=0, length=len(made.members[0]), sha256=warc.sha256(made.members[0]))
    again: Capture = warc.read_at(made.members[0], where, "press")
    assert made.cdx is not None
    assert replace(cdx.line_of(again), role=Role.PAGE.value) == made.cdx


texts = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=20)
words = st.text("abcdefgh0123456789,)/", min_size=1, max_size=10)
lines = st.builds(
    CdxLine,
    urlkey=words,
    timestamp=st.from_regex(r"\A[0-9]{14}\Z"),
    offset=st.integers(0, 2**40),
    length=st.integers(0, 2**40),
    role=st.sampled_from([role.value for role in Role]),
    **{
        field.name: texts
        for field in fields(CdxLine)
        if field.name not in {"urlkey", "timestamp", "offset", "length", "role"}
    },
)


@given(st.lists(lines, max_size=6))
def test_dumped_lines_are_loaded_back_sorted_and_the_same_for_any_order(drawn: list[CdxLine]) -> None:
    data = cdx.dump(drawn)
    assert sorted(cdx.load(data), key=repr) == sorted(drawn, key=repr)
    assert cdx.load(data) == sorted(cdx.load(data), key=lambda one: one.order)
    assert cdx.dump(reversed(cdx.load(data))) == cdx.dump(cdx.load(data))


def test_two_captures_in_one_second_sort_by_offset_as_a_number() -> None:
    dumped = cdx.dump([line(offset=1000), line(offset=999)])
    assert [one.offset for one in cdx.load(dumped)] == [999, 1000]


def test_a_line_is_what_other_tools_expect() -> None:
    urlkey, stamp, block = cdx.dump([line()]).decode().split(" ", 2)
    said = json.loads(block)
    assert (urlkey, stamp) == ("test,press)/news/1", "20261122102030")
    assert list(said)[:7] == ["url", "mime", "status", "digest", "length", "offset", "filename"]
    assert all(isinstance(value, str) for value in said.values())
    assert "etag" not in said


def test_lines_of_other_indexers_are_read() -> None:
    theirs = (
        b"!meta {}\n"
        b'com,example)/ 20170123093000 {"url": "http://example.com/", "mime": "text/html", "status": 200, '
        b'"digest": "ABC", "length": 10, "offset": 5, "filename": "x.warc.gz", "source": "them"}\n\n'
    )
    (found,) = cdx.load(theirs)
    assert (found.status, found.length, found.role) == ("200", 10, "unknown")


@pytest.mark.parametrize(
    "broken", ["no json here", "a 2017 {", 'a 2017 {"url": "x"}', "a 2017 []", 'a 2017 {"offset": "x"}']
)
def test_a_broken_line_is_named_by_number(broken: str) -> None:
    with pytest.raises(FormatError, match="line 2"):
        cdx.load(cdx.dump([line()]) + broken.encode())


def test_known_answers_by_exact_url() -> None:
    old = line(timestamp="20170101000000", date="2017-01-01T00:00:00Z", digest="sha1:A", etag='"1"', modified="then")
    new = line(timestamp="20180101000000", date="2018-01-01T00:00:00Z", digest="sha1:B", etag='"2"')
    same = line(timestamp="20190101000000", date="2019-01-01T00:00:00Z", mime=cdx.REVISIT, digest="sha1:B")
    for order in ((old, new, same), (same, new, old)):
        known = Known(order)
        assert known.latest(URL) == new
        assert known.original(URL, "sha1:A") == old
        assert known.original(URL, "sha1:C") is None
        assert known.validators(URL) == ('"2"', "")
        assert known.captured(URL) == same.date
        assert URL in known
        assert f"{URL}?x" not in known
        assert known.latest(f"{URL}?x") is None
        assert known.validators(f"{URL}?x") == ("", "")
        assert known.captured(f"{URL}?x") is None


@pytest.mark.parametrize(
    "poor", [line(status="404"), line(truncated="time"), line(mime=cdx.REVISIT), line(status="304"), line(status="-")]
)
def test_only_a_whole_200_is_an_original(poor: CdxLine) -> None:
    known = Known([poor])
    assert known.latest(URL) is None
    assert known.original(URL, poor.digest) is None


def test_a_304_counts_as_captured_and_a_404_or_a_truncated_answer_does_not() -> None:
    assert Known([line(status="304")]).captured(URL)
    assert Known([line(status="404"), line(truncated="time")]).captured(URL) is None


def test_the_oldest_of_equal_originals_is_stood_for() -> None:
    first, second = line(date="2017-01-01T00:00:00.1Z"), line(date="2017-01-01T00:00:00.2Z")
    assert Known([second, first]).original(URL, first.digest) == first


def test_what_is_taken_down_is_not_known() -> None:
    held = line()
    known = Known([held], without={held.record})
    assert known.latest(URL) is None
    assert known.captured(URL) is None


def test_an_address_with_spaces_parts_no_fields() -> None:
    made = cdx.line_of(capture(url="http://press.test/a b\u00a0c"))
    assert cdx.load(cdx.dump([made])) == [made]
    assert " " not in made.urlkey
