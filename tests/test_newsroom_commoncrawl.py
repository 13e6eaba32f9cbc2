"""The look-alike of Common Crawl answers as its index server and its files are known to."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from crawler.newsroom.archives import Archived, Archives, Holding, Trouble
from crawler.newsroom.archives.asked import Blocks
from tests.lookalikes import ARABIC, CAPTURES, asked, capture, fetched, lines

CODED = Archived(
    url="http://sawari.example/2018/09/coded/",
    time="20180912100000",
    headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")),
    body="<p>نص</p>".encode(),
)
CUT = capture("http://sawari.example/2018/09/cut/", "20180912110000", truncated="length")
WEEK = "CC-MAIN-2017-06"  # of February 2017


@pytest.fixture(scope="module")
def archives() -> Iterator[Archives]:
    captures = tuple(one for one in CAPTURES if not one.revisit)
    blocks = Blocks(lines=4, page=2)
    held = Holding(commoncrawl=(*captures, CODED, CUT), crawls=("CC-MAIN-2016-50",), commoncrawl_blocks=blocks)
    with Archives.start(held) as opened:
        yield opened


def cdx(archives: Archives, crawl: str = WEEK) -> str:
    told = json.loads(fetched(f"{archives.commoncrawl_index}/collinfo.json").body)
    return next(str(one["cdx-api"]) for one in told if one["id"] == crawl)


def test_collections_are_told_newest_first_each_with_its_own_index(archives: Archives) -> None:
    told = json.loads(fetched(f"{archives.commoncrawl_index}/collinfo.json").body)
    ids = [one["id"] for one in told]
    assert ids == sorted(ids, reverse=True) and {"CC-MAIN-2016-50", WEEK, "CC-MAIN-2018-36"} <= set(ids)
    assert told[-1]["cdx-api"] == f"{archives.commoncrawl_index}/CC-MAIN-2016-50-index"
    assert "from" in told[0] and "from" not in told[-1]


def test_without_a_page_only_the_first_one_is_answered_and_past_the_last_one_it_is_said(archives: Archives) -> None:
    query = {"url": "sawari.example/*", "output": "json"}
    told = json.loads(asked(cdx(archives), showNumPages="true", **query).body)
    assert told == {"pages": 3, "pageSize": 2, "blocks": 5}
    pages = [lines(asked(cdx(archives), page=number, **query)) for number in range(3)]
    assert [len(page) for page in pages] == [8, 8, 3]
    assert lines(asked(cdx(archives), **query)) == pages[0]
    beyond = asked(cdx(archives), page=3, **query)
    assert beyond.status == 400
    assert json.loads(beyond.body) == {"message": "Page 3 invalid: First Page is 0, Last Page is 2"}


def test_nothing_found_is_404_with_a_message(archives: Archives) -> None:
    none = asked(cdx(archives), url="sawari.example/none", output="json")
    assert (none.status, json.loads(none.body)) == (404, {"message": "No Captures found for: sawari.example/none"})
    empty = asked(cdx(archives, "CC-MAIN-2016-50"), url="sawari.example/*", output="json")
    assert empty.status == 404
    pages = asked(cdx(archives, "CC-MAIN-2016-50"), url="sawari.example/*", showNumPages="true")
    assert json.loads(pages.body)["pages"] == 0
    assert asked(cdx(archives), output="json").status == 400
    assert fetched(f"{archives.commoncrawl_index}/CC-MAIN-1999-01-index?url=x").status == 404


def test_a_filter_contains_or_equals_or_matches_from_the_start(archives: Archives) -> None:
    def statuses(words: str, crawl: str) -> list[str]:
        answer = asked(cdx(archives, crawl), ("filter", words), url="*.sawari.example", output="json")
        return [row["status"] for row in lines(answer)] if answer.status == 200 else []

    assert statuses("=status:301", "CC-MAIN-2018-02") == ["301"]
    assert statuses("status:30", "CC-MAIN-2018-02") == ["301"]
    assert statuses("~status:3.", "CC-MAIN-2018-02") == ["301"]
    assert statuses("!=status:301", "CC-MAIN-2018-02") == []
    assert statuses("!~status:2..", "CC-MAIN-2019-02") == ["404"]


def test_the_bytes_a_line_names_are_one_record_with_the_body_decoded(archives: Archives) -> None:
    [row] = lines(asked(cdx(archives, "CC-MAIN-2018-36"), url=CODED.url, output="json"))
    assert row["charset"] == "UTF-8" and "/warc/" in row["filename"]
    first, length = int(row["offset"]), int(row["length"])
    span = f"bytes={first}-{first + length - 1}"
    answer = fetched(f"{archives.commoncrawl_data}/{row['filename']}", Range=span)
    assert answer.status == 206 and len(answer.body) == length
    assert answer.headers["Content-Range"].startswith(f"bytes {first}-{first + length - 1}/")
    record = next(ArchiveIterator(io.BytesIO(answer.body), record_types=WarcRecordType.response))
    assert record.headers["WARC-Target-URI"] == CODED.url
    assert record.headers["WARC-Date"] == "2018-09-12T10:00:00Z"
    assert record.http_headers["X-Crawler-Content-Encoding"] == "gzip"
    assert record.reader.read() == CODED.body


def test_a_file_is_whole_without_a_range_and_members_stand_end_to_end(archives: Archives) -> None:
    rows = lines(asked(cdx(archives, "CC-MAIN-2018-36"), url="sawari.example/*", output="json"))
    whole = fetched(f"{archives.commoncrawl_data}/{rows[0]['filename']}")
    assert whole.status == 200
    types = [record.record_type for record in ArchiveIterator(io.BytesIO(whole.body))]
    assert types == [WarcRecordType.warcinfo, WarcRecordType.response, WarcRecordType.response]
    assert gzip.decompress(whole.body).count(b"WARC-Truncated: length") == 1
    assert [row.get("truncated") for row in rows] == [None, "length"]
    missing = fetched(f"{archives.commoncrawl_data}/crawl-data/none.warc.gz")
    assert missing.status == 404 and b"NoSuchKey" in missing.body
    past = fetched(f"{archives.commoncrawl_data}/{rows[0]['filename']}", Range=f"bytes={len(whole.body)}-")
    assert past.status == 416


def test_what_was_no_page_lies_apart_and_a_redirect_is_told(archives: Archives) -> None:
    [row] = lines(asked(cdx(archives, "CC-MAIN-2018-02"), url=ARABIC, output="json"))
    assert "/crawldiagnostics/" in row["filename"]
    assert row["redirect"] == "http://sawari.example/"


def test_lines_of_cdxj_and_chosen_fields(archives: Archives) -> None:
    text = asked(cdx(archives, "CC-MAIN-2018-36"), url=CODED.url).text
    key, time, rest = text.split(" ", 2)
    assert (key, time, json.loads(rest)["url"]) == ("example,sawari)/2018/09/coded", "20180912100000", CODED.url)
    assert lines(asked(cdx(archives, "CC-MAIN-2018-36"), url=CODED.url, output="json", fl="timestamp,status")) == [
        {"timestamp": "20180912100000", "status": "200"}
    ]


def test_the_file_server_asks_to_slow_down_in_xml() -> None:
    with Archives.start(Holding(commoncrawl=(CODED,)), every={Trouble.UNAVAILABLE: 2}) as archives:
        answers = [fetched(f"{archives.commoncrawl_data}/x") for _ in range(2)]
        assert [answer.status for answer in answers] == [404, 503]
        assert b"<Code>SlowDown</Code>" in answers[1].body
