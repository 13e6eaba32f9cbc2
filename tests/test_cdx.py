"""CDXJ lines round-trip, sort, and say what is held; other indexers' lines are read too."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import cdx, warc
from archive.cdx import CdxLine, Known
from archive.errors import FormatError
from archive.records import Address, Capture, Hints, RecordType, Reference, Role, Truncation, Via
from tests.captures import TEXT, URL, answer, capture, chunked_gzip, failed
from tests.wrapped import ORIGINAL, THEN, commoncrawl, of_then, wayback


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


@pytest.mark.parametrize(("made", "via"), [(wayback, "wayback"), (commoncrawl, "commoncrawl")])
def test_the_line_of_a_memento_says_address_time_and_status_of_then(made: Callable[..., Capture], via: str) -> None:
    found = cdx.line_of(made(of_then(answer(TEXT, status=b"404 Not Found"))))
    assert (found.via, found.url != ORIGINAL, found.date[:4]) == (via, True, "2026")
    assert (found.original, found.originaldate, found.originalstatus) == (ORIGINAL, THEN, "404")
    assert found.keys == (found.urlkey, "test,press)/news/1")
    index = made(of_then(), answer(b"[]"), hints=Hints(role=Role.SEED))
    assert (cdx.line_of(index).via, cdx.line_of(index).original) == (via, "")
    assert cdx.line_of(index).keys == (cdx.line_of(index).urlkey,)


def test_a_line_written_before_there_were_mementos_is_read_as_it_is() -> None:
    old = cdx.dump([line()])
    assert b"original" not in old
    assert cdx.dump(cdx.load(old)) == old


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


class NaiveKnown:
    """What `Known` is to answer, of lists in memory."""

    def __init__(self, lines: list[CdxLine], without: set[str], outlet: str) -> None:
        self.lines = [one for one in lines if one.record not in without and one.url not in without]
        self.outlet = outlet

    def latest(self, url: str) -> CdxLine | None:
        return max((one for one in self.lines if one.is_full and one.url == url), key=age, default=None)

    def original(self, url: str, digest: str) -> CdxLine | None:
        same = [one for one in self.lines if one.is_full and one.url == url and one.digest == digest != cdx.NOTHING]
        own = [one for one in same if one.filename.startswith(f"{self.outlet}/") and not one.via]
        return min(own, key=age, default=None)

    def captured(self, url: str) -> str | None:
        seen = [one for one in self.lines if one.status in ("200", "304") and not one.truncated and one.url == url]
        return max(seen, key=age).date if seen else None


def age(one: CdxLine) -> tuple[str, str, str, int]:
    return one.timestamp, one.date, one.filename, one.offset


few = ["https://a.example/1", "https://a.example/1 2", "https://a.example/خبر", "\ud800"]
held_lines = st.builds(
    CdxLine,
    urlkey=words,
    timestamp=st.sampled_from(["20170101000000", "20180101000000"]),
    url=st.sampled_from(few),
    mime=st.sampled_from(["text/html", cdx.REVISIT]),
    status=st.sampled_from(["200", "200", "200", "304", "404", "-"]),
    digest=st.sampled_from(["sha1:A", "sha1:B", cdx.NOTHING]),
    length=st.integers(0, 9),
    offset=st.integers(0, 3),
    filename=st.sampled_from(["press/2026/11/a.warc.gz", "pressure/b.warc.gz", "_import/c.warc.gz"]),
    record=st.sampled_from(["urn:uuid:1", "urn:uuid:2"]),
    date=st.sampled_from(["2017-01-01T00:00:00Z", "2017-01-01T00:00:00.5Z"]),
    etag=st.sampled_from(["", '"é"']),
    truncated=st.sampled_from(["", "", "length"]),
    via=st.sampled_from(["", "", "wayback"]),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(held_lines, max_size=20), st.sampled_from([set(), {"urn:uuid:1"}, {few[0]}]))
def test_what_is_known_on_disk_is_what_lists_in_memory_know(drawn: list[CdxLine], without: set[str]) -> None:
    known, naive = Known(drawn, without=without, outlet="press"), NaiveKnown(drawn, without, "press")
    for url in few:
        assert known.latest(url) == naive.latest(url)
        assert known.captured(url) == naive.captured(url)
        assert (url in known) == (naive.captured(url) is not None)
        for digest in ("sha1:A", "sha1:B", cdx.NOTHING, "-"):
            assert known.original(url, digest) == naive.original(url, digest)


@settings(deadline=None, max_examples=30)
@given(st.lists(lines, max_size=12), st.integers(1, 5))
def test_lines_sorted_on_disk_are_the_bytes_of_lines_sorted_in_memory(drawn: list[CdxLine], run: int) -> None:
    out = io.BytesIO()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cdx, "RUN", run)
        assert cdx.write(iter(drawn), out) == len(drawn)
    assert out.getvalue() == cdx.dump(drawn)
    assert list(cdx.read(io.BytesIO(out.getvalue()))) == cdx.load(out.getvalue())


@pytest.mark.parametrize(
    "foreign",
    [
        {"filename": "_import/0a.warc.gz"},
        {"filename": "other/2026/11/x.warc.gz"},
        {"filename": "press/2026/11/x.warc.gz", "via": "wayback"},
        {"filename": "press/2026/11/x.warc.gz", "mime": cdx.REVISIT},
        {"filename": "press/2026/11/x.warc.gz", "truncated": "length"},
        {"filename": "press/2026/11/x.warc.gz", "status": "203"},
        {"filename": "press/2026/11/x.warc.gz", "record": "urn:uuid:taken-down"},
    ],
    ids=lambda changes: "-".join(map(str, list(changes.values())[-1:])),
)
def test_a_revisit_stands_for_a_whole_200_of_the_same_outlet_and_for_nothing_else(foreign: dict[str, str]) -> None:
    again = capture(date="2026-11-23T00:00:00Z")
    own = replace(line(), filename="press/2026/11/x.warc.gz")
    hidden = {"urn:uuid:taken-down"}
    stood = warc.compose(again, Known([own], outlet="press", without=hidden)).capture
    assert stood.refers_to == Reference(record=own.record, url=URL, date="2026-11-22T10:20:30.123456Z")
    held = replace(own, **foreign)  # type: ignore[arg-type]  # names of fields
    assert warc.compose(again, Known([held], outlet="press", without=hidden)).capture.type is RecordType.RESPONSE


def test_an_answer_with_nothing_in_it_is_never_stood_for() -> None:
    empty = cdx.line_of(capture(answer(b"")))
    known = Known([empty])
    assert known.original(URL, empty.digest) is None
    assert warc.compose(capture(answer(b""), date="2026-11-23T00:00:00Z"), known).capture.type is RecordType.RESPONSE


@pytest.mark.parametrize("date", ["2017-01-23T00:00:00Z", "2017-01-23T00:00:00.1Z", "2017-01-23T00:00:00.000100Z"])
def test_a_revisit_says_its_originals_date_letter_for_letter(date: str) -> None:
    stood = warc.compose(capture(date="2026-11-23T00:00:00Z"), Known([line(date=date)]))
    assert stood.capture.refers_to is not None
    assert stood.capture.refers_to.date == date
    assert f"WARC-Refers-To-Date: {date}\r\n".encode() in gzip.decompress(stood.members[0])


def test_a_memento_says_in_its_line_who_played_it() -> None:
    assert cdx.line_of(capture(via=Via.WAYBACK)).via == "wayback"
    assert cdx.line_of(capture(via=Via.LIVE)).via == cdx.line_of(capture(via=Via.IMPORT)).via == ""
