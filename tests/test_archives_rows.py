"""Answers of archives' indexes: four dialects, their ways of saying nothing and of failing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archives.rows import PLAIN, Dialect, Row, read, row_of

STAMP = "20170123101500"
URL = "http://a.example:80/7"
DIGEST = "Q4YULN754FHV2U6Q5JUT6Q2P57WEWNNY"
ROW = Row(url=URL, stamp=STAMP, status=200, mime="text/html", digest=DIGEST, length=1415)
NAMES = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
FIELDS = ["example,a)/7", STAMP, URL, "text/html", "200", DIGEST, "1415"]
RECORD = {
    "url": URL,
    "mime": "text/html",
    "status": "200",
    "digest": DIGEST,
    "length": "1415",
    "offset": "375611148",
    "filename": "crawl-data/CC-MAIN-2017-04/segments/1/warc/x.warc.gz",
}
KEY = "example%2Ca%29%2F7+20170123101501%21"


def as_json(*rows: list[str]) -> bytes:
    return json.dumps([NAMES, *rows]).encode()


def test_every_dialect_gives_the_same_row() -> None:
    line = {"urlkey": "example,a)/7", "timestamp": STAMP, **RECORD}
    there = Row(**{**ROW.dump(), "offset": 375611148, "filename": RECORD["filename"]})  # type: ignore[arg-type]
    assert read(as_json(FIELDS)).rows == (ROW,)
    assert read(" ".join(FIELDS).encode()).rows == (ROW,)
    assert read(json.dumps(line).encode()).rows == (there,)
    assert read(f"example,a)/7 {STAMP} {json.dumps(RECORD)}".encode()).rows == (there,)
    found = [read(each).dialect for each in (as_json(FIELDS), " ".join(FIELDS).encode(), json.dumps(line).encode())]
    assert found == [Dialect.JSON, Dialect.TEXT, Dialect.LINES]


def test_a_resume_key_stands_behind_an_empty_line_or_an_empty_row() -> None:
    text = f"{' '.join(FIELDS)}\n\n{KEY}\n"
    assert (read(text.encode()).next, read(text.encode()).rows) == (KEY, (ROW,))
    page = read(json.dumps([NAMES, FIELDS, [], [KEY]]).encode())
    assert (page.next, page.rows, page.confirm) == (KEY, (ROW,), False)


@pytest.mark.parametrize("content", [b"", b" \n", b"[]", json.dumps([NAMES]).encode()])
def test_nothing_with_200_is_to_be_confirmed(content: bytes) -> None:
    page = read(content)
    assert (page.rows, page.confirm, page.problem, page.again) == ((), True, None, False)


def test_common_crawls_404_is_an_answer_and_any_other_404_is_not() -> None:
    said = read(b'{"message": "No Captures found for: a.example/*"}', 404)
    assert (said.rows, said.confirm, said.problem) == ((), False, None)
    other = read(b"<html><h1>404 Not Found</h1></html>", 404)
    assert (other.problem, other.again) == ("answered 404: 404 Not Found", False)


def test_a_page_behind_the_last_is_told_from_a_bad_request() -> None:
    assert read(b'{"message": "Page 10 invalid: First Page is 0, Last Page is 9"}', 400).past_end
    page = read(b'{"message": "The \\"url\\" param is required"}', 400)
    assert (page.past_end, page.problem) == (False, 'answered 400: The "url" param is required')


@pytest.mark.parametrize("status", [429, 500, 503, 504])
def test_what_may_pass_is_to_be_asked_again_and_a_ban_is_not(status: int) -> None:
    assert read(b"slow down", status).again
    assert not read(b"blocked", 403).again


def test_a_page_of_html_with_200_is_no_index() -> None:
    page = read(b"<!DOCTYPE html><title>Internet Archive</title><p>Sorry", 200, "text/html")
    assert page.again
    assert page.problem == "a page instead of an index: Internet Archive Sorry"


def test_json_and_lines_that_are_cut_short_are_asked_for_again() -> None:
    whole = as_json(FIELDS, FIELDS)
    assert read(whole[:-1]).again
    lines = "\n".join([json.dumps({"timestamp": STAMP, **RECORD})] * 2)
    page = read(lines[:-5].encode())
    assert (page.again, len(page.rows)) == (True, 1)


def test_a_number_of_pages_is_read_in_both_its_forms() -> None:
    assert read(b'{"pages": 85, "pageSize": 5, "blocks": 423}').pages == 85
    assert read(b"85\n").pages == 85
    assert read(b'{"pages": 0, "pageSize": 5, "blocks": 0}').pages == 0


def test_a_revisit_says_no_status_and_may_be_a_page() -> None:
    row = row_of({"timestamp": STAMP, "original": URL, "mimetype": "warc/revisit", "statuscode": "-"})
    assert row is not None
    assert (row.status, row.is_revisit, row.is_page) == (None, True, True)


def test_redirects_errors_images_and_cut_bodies_are_no_pages() -> None:
    for changed in ({"status": 301}, {"status": 404}, {"mime": "image/jpeg"}, {"truncated": "length"}):
        assert not Row(**{**ROW.dump(), **changed}).is_page  # type: ignore[arg-type]
    assert ROW.is_page
    assert ROW.instant == datetime(2017, 1, 23, 10, 15, tzinfo=UTC)


@pytest.mark.parametrize("stamp", ["2017", "20171399000000", "٢٠١٧٠١٢٣١٠١٥٠٠", ""])
def test_a_line_without_a_time_is_dropped_and_counted(stamp: str) -> None:
    page = read(as_json(FIELDS, [FIELDS[0], stamp, *FIELDS[2:]]))
    assert (page.rows, page.dropped) == ((ROW,), 1)


def test_an_address_that_cannot_be_sent_is_dropped() -> None:
    for url in ("http://a.example/\x00", "http://a.example/\ud800", "http://a.example/" + "x" * 5000):
        assert row_of({"timestamp": STAMP, "url": url}) is None


def test_lines_are_cut_at_line_feeds_only() -> None:
    odd = {"timestamp": STAMP, **RECORD, "url": "http://a.example/\u2028x"}
    assert len(read(json.dumps(odd, ensure_ascii=False).encode()).rows) == 1


@given(st.binary(max_size=600), st.sampled_from([200, 400, 404, 429, 503]), st.sampled_from([None, "text/html", "x"]))
def test_any_bytes_are_read_without_an_error(content: bytes, status: int, content_type: str | None) -> None:
    page = read(content, status, content_type)
    assert all(row.instant and row.url.encode() for row in page.rows)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([*NAMES, STAMP, URL]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*NAMES, "url", "pages"]), inner),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=5), st.sampled_from(["list", "lines", "cdxj"]))
def test_any_json_is_read_without_an_error(said: list[object], form: str) -> None:
    if form == "list":
        content = json.dumps(said)
    else:
        head = "" if form == "lines" else f"k {STAMP} "
        content = "\n".join(head + json.dumps(each) for each in said)
    page = read(content.encode())
    assert len(page.rows) + page.dropped <= max(len(said), 1)


@given(st.binary(max_size=200), st.integers(0, 400))
def test_a_cut_answer_in_json_is_never_taken_for_a_whole_one(tail: bytes, cut: int) -> None:
    whole = as_json(FIELDS, FIELDS, FIELDS)
    page = read(whole[: min(cut, len(whole) - 1)])
    assert page.again or page.confirm
    assert not page.rows


@given(st.sampled_from(list(PLAIN)), st.lists(st.text(alphabet="ab12-/:", min_size=1, max_size=6), min_size=11))
def test_plain_lines_of_any_words_are_read_without_an_error(count: int, words: list[str]) -> None:
    page = read(" ".join(["k", STAMP, *words[: count - 2]]).encode())
    assert len(page.rows) <= 1


def test_a_row_comes_back_as_it_was_written_down() -> None:
    assert row_of(ROW.dump()) == ROW
