"""Common Crawl's list of indexes, and where a record lies."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archives.commoncrawl import MAX_RECORD, ranged, read_collections
from crawler.archives.rows import Row

LIST = [
    {
        "id": "CC-MAIN-2024-18",
        "cdx-api": "https://elsewhere.example/",
        "from": "2024-04-12T01:02:03",
        "to": "2024-04-26",
    },
    {"id": "CC-MAIN-2017-04", "name": "January 2017 Index"},
    {"id": "CC-MAIN-2016-50"},
    {"id": "CC-MAIN-2009-2010"},
    {"id": "CC-MAIN-2012"},
    {"id": "../../etc"},
]
FILE = "crawl-data/CC-MAIN-2016-22/segments/1464049270555.40/warc/CC-MAIN-20160524002110-00228-ip-10-185.ec2.warc.gz"


def names(since: date | None, until: date | None) -> list[str]:
    every = read_collections(json.dumps(LIST).encode())
    return [one.id for one in every.touching(since, until)]


def test_the_indexes_whose_weeks_touch_the_days_are_chosen() -> None:
    assert names(date(2017, 1, 20), date(2017, 2, 1)) == ["CC-MAIN-2017-04"]
    assert names(date(2017, 1, 1), date(2017, 1, 3)) == ["CC-MAIN-2017-04", "CC-MAIN-2016-50"]
    assert names(date(2010, 5, 1), date(2010, 6, 1)) == ["CC-MAIN-2009-2010"]
    assert names(date(2012, 12, 31), date(2013, 1, 1)) == ["CC-MAIN-2012"]
    assert len(names(None, None)) == 5


def test_days_that_the_list_itself_says_are_exact() -> None:
    assert names(date(2024, 4, 26), date(2024, 4, 27)) == ["CC-MAIN-2024-18"]
    assert names(date(2024, 4, 27), None) == []


@pytest.mark.parametrize("content", [b"", b"[]", b"<html>", b"{}", b'[{"id": 7}]', b"[" * 100_000])
def test_a_list_that_names_no_index_is_a_problem(content: bytes) -> None:
    found = read_collections(content)
    assert found.problem
    assert found.again


def test_a_refusal_of_the_list_is_told() -> None:
    assert (read_collections(b"", 503).problem, read_collections(b"", 503).again) == ("answered 503", True)
    assert not read_collections(b"", 403).again


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(content: bytes) -> None:
    found = read_collections(content)
    assert bool(found.every) != bool(found.problem)


def test_a_record_is_asked_for_by_its_first_and_last_byte() -> None:
    row = Row(url="http://a.example/", stamp="20160524114937", filename=FILE, offset=375611148, length=17240)
    found = ranged("https://data.example/", row)
    assert found is not None
    assert (found.address, found.header) == (f"https://data.example/{FILE}", "bytes=375611148-375628387")
    assert found.length == 17240


@pytest.mark.parametrize(
    "said",
    [
        {"filename": None},
        {"offset": None},
        {"length": 0},
        {"length": MAX_RECORD + 1},
        {"filename": "/etc/passwd"},
        {"filename": "crawl-data/../x.warc.gz"},
        {"filename": "https://elsewhere.example/x.warc.gz"},
    ],
)
def test_a_row_that_does_not_say_where_or_says_what_cannot_be_has_no_record(said: dict[str, object]) -> None:
    fields = {"url": "http://a.example/", "stamp": "20160524114937", "filename": FILE, "offset": 0, "length": 1, **said}
    assert ranged("https://data.example", Row(**fields)) is None  # type: ignore[arg-type]  # names of fields
