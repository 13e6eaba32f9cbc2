"""A WARC is read capture for capture: each is a reading or counted, and the object is the same every time."""

from __future__ import annotations

import dataclasses
import io
from datetime import UTC, datetime

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import texts, warc
from archive.records import (
    Article,
    Capture,
    Hints,
    Reason,
    RecordType,
    Reference,
    Rejection,
    Role,
    Unchanged,
    Via,
)
from crawler.readings import read_warc
from tests.extraction import SENTENCE, a_capture, a_page, a_reader

pytestmark = pytest.mark.slow  # make test must end within five minutes

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
CONDITIONAL = b'GET /news/100 HTTP/1.1\r\nHost: waha.example\r\nIf-None-Match: "x"\r\n\r\n'
KEY = "other/2026/11/other-20261122100000000-0001-test.warc.gz"
PAGE = a_page(*[f"{SENTENCE} {number}" for number in range(3)])


def _captures() -> list[Capture]:
    page = Hints(role=Role.PAGE, run="run-1")
    refers = Reference(
        record="urn:uuid:00000000-0000-4000-8000-00000000000a",
        url="https://waha.example/a",
        date="2026-01-01T00:00:00Z",
    )
    shapes = [
        a_capture("User-agent: *", "Content-Type: text/plain", hints=Hints(role=Role.ROBOTS)),
        a_capture("<rss/>", "Content-Type: application/rss+xml", hints=Hints(role=Role.SEED)),
        a_capture("", "Location: /news/100", status="301 Moved Permanently", hints=page),
        a_capture(PAGE, hints=page),
        a_capture("", status="404 Not Found", hints=page),
        a_capture("", status="304 Not Modified", hints=page, request=CONDITIONAL),
        a_capture("", response=b"", error="connection refused", hints=page),
        a_capture("", type=RecordType.REVISIT, refers_to=refers, hints=page),
    ]
    return [
        dataclasses.replace(capture, url=f"https://waha.example/news/{number}", record=warc.mint_record())
        for number, capture in enumerate(shapes)
    ]


def _written(captures: list[Capture]) -> bytes:
    members = [warc.warcinfo(KEY.rpartition("/")[2], {"software": "test"}, captures[0].instant if captures else NOW)]
    for capture in captures:
        members += warc.compose(capture, None).members
    return b"".join(members)


def test_every_capture_is_a_reading_or_counted_exactly_once() -> None:
    captures = [capture for capture in _captures() if capture.type is RecordType.RESPONSE]
    head, readings = read_warc(io.BytesIO(_written(captures)), f"warc/{KEY}", a_reader())
    assert head.non_articles == {"failed": 1, "hop": 1, "robots": 1, "seed": 1}
    assert [type(reading.outcome) for reading in readings] == [Article, Rejection, Unchanged]
    assert len(readings) + sum(head.non_articles.values()) == len(captures)


def test_a_reading_says_from_what_it_was_read() -> None:
    capture = _captures()[3]
    _, (reading,) = read_warc(io.BytesIO(_written([capture])), KEY, a_reader())
    assert (reading.url, reading.record, reading.date) == (capture.url, capture.record, capture.date)
    assert (reading.via, reading.hints) == (Via.LIVE, capture.hints)
    assert reading.address.warc == KEY
    assert reading.payload_digest == warc.payload_digest(PAGE.encode())
    assert reading.story == a_reader().outlet.story_id(capture.url)


def test_the_head_names_warc_outlet_and_reader() -> None:
    reader = a_reader()
    head, readings = read_warc(io.BytesIO(_written([])), f"warc/{KEY}", reader)
    assert (head.warc, head.outlet, head.reader, head.zone) == (KEY, "other", reader.digest, reader.outlet.timezone)
    assert readings == []


def test_reading_twice_gives_the_same_bytes_and_they_load() -> None:
    data = _written([capture for capture in _captures() if capture.type is RecordType.RESPONSE])
    first, second = (texts.dump(*read_warc(io.BytesIO(data), KEY, a_reader())) for _ in range(2))
    assert first == second
    assert len(texts.load(first)[1]) == 3


def test_captures_of_other_outlets_in_an_import_are_left_to_their_own_reader() -> None:
    data = _written(_captures()[3:5])

    def owner(url: str) -> str:
        return "other" if url.endswith("/3") else "elsewhere"

    _, readings = read_warc(io.BytesIO(data), KEY, a_reader(), owner)
    assert [reading.url for reading in readings] == ["https://waha.example/news/3"]


def test_a_broken_place_is_counted_and_reading_goes_on() -> None:
    captures = _captures()
    data = _written([captures[3]]) + b"garbage, not a member" + _written([captures[4]])
    head, readings = read_warc(io.BytesIO(data), KEY, a_reader())
    assert len(readings) >= 1
    assert head.non_articles.get("damaged", 0) >= 1


def test_a_capture_of_a_broken_address_is_counted_and_the_others_are_read() -> None:
    good, bad = _captures()[3], dataclasses.replace(_captures()[3], url="http://[bad/", record=warc.mint_record())
    data = _written([bad, good])
    for key in (KEY, "_import/x.warc.gz"):
        head, readings = read_warc(io.BytesIO(data), key, a_reader())
        assert [reading.url for reading in readings] == [good.url]
        assert head.non_articles == {"damaged": 1}


def _by_warcio(refers_url: str, refers_date: str, *, page_last: bool = False) -> bytes:
    """A page and a revisit of it that names no record, as warcio writes them."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    url, head = "https://waha.example/news/3", [("Content-Type", "text/html; charset=utf-8")]
    page = writer.create_warc_record(
        url,
        "response",
        payload=io.BytesIO(PAGE.encode()),
        http_headers=StatusAndHeaders("200 OK", head, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": "2018-05-14T10:00:00Z"},
    )
    writer.write_record(page)
    first = out.tell()
    again = writer.create_revisit_record(
        url,
        digest=page.rec_headers.get_header("WARC-Payload-Digest"),
        refers_to_uri=refers_url,
        refers_to_date=refers_date,
        http_headers=StatusAndHeaders("200 OK", head, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": "2018-05-15T10:00:00Z"},
    )
    writer.write_record(again)
    data = out.getvalue()
    return data[first:] + data[:first] if page_last else data


@pytest.mark.parametrize(
    ("url", "date", "resolved"),
    [
        ("https://waha.example/news/3", "2018-05-14T10:00:00Z", True),
        ("https://waha.example/news/3", "2018-05-13T10:00:00Z", False),
        ("https://waha.example/news/4", "2018-05-14T10:00:00Z", False),
    ],
)
def test_a_revisit_by_url_and_date_is_of_the_response_before_it(url: str, date: str, resolved: bool) -> None:
    data = io.BytesIO(_by_warcio(url, date))
    _, (page, again) = read_warc(data, "warc/_import/9f.warc.gz", a_reader())
    assert isinstance(page.outcome, Article)
    if resolved:
        assert again.outcome == Unchanged(of=page.record)
    else:
        assert isinstance(again.outcome, Rejection)
        assert again.outcome.reason is Reason.UNRESOLVED_REVISIT


def test_a_revisit_that_stands_before_its_original_in_the_file_finds_it() -> None:
    whole = _by_warcio("https://waha.example/news/3", "2018-05-14T10:00:00Z", page_last=True)
    _, (again, page) = read_warc(io.BytesIO(whole), "warc/_import/9f.warc.gz", a_reader())
    assert isinstance(page.outcome, Article)
    assert again.outcome == Unchanged(of=page.record)


@pytest.mark.parametrize("role", list(Role))
def test_a_page_is_read_whoever_asked_for_it_unless_it_was_a_seed(role: Role) -> None:
    capture = dataclasses.replace(_captures()[3], hints=Hints(role=role))
    head, readings = read_warc(io.BytesIO(_written([capture])), KEY, a_reader())
    assert len(readings) + sum(head.non_articles.values()) == 1
    assert bool(readings) == (role in {Role.PAGE, Role.UNKNOWN})
