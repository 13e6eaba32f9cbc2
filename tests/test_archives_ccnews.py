"""CC-NEWS: lists of files by month, and a file scanned by heads alone while it streams by."""

from __future__ import annotations

import gzip
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.gzip import compress, decompress
from crawler.archives.ccnews import HEAD, Scanner, list_address, months, read_list
from crawler.archives.rows import Row

BEGUN = ("20170101233000", "20170102013000", "20170102040000", "20170201000000")
PATHS = [
    f"crawl-data/CC-NEWS/{begun[:4]}/{begun[4:6]}/CC-NEWS-{begun}-0000{at}.warc.gz" for at, begun in enumerate(BEGUN)
]
NAME = PATHS[0]


def member(url: str, *, sort: str = "response", body: bytes = b"x" * 40_000, status: int = 200) -> bytes:
    answer = b"HTTP/1.1 %d OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" % status + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {sort}\r\nWARC-Date: 2017-01-02T01:02:03Z\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Payload-Digest: sha1:ABC\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return compress(head.encode() + answer + b"\r\n\r\n")


def scanned(content: bytes, piece: int = 1 << 16) -> tuple[Scanner, list[Row]]:
    scanner = Scanner(NAME, ["www.a.example", "b.example:8080"])
    rows = [row for at in range(0, len(content), piece) for row in scanner.feed(content[at : at + piece])]
    scanner.end()
    return scanner, rows


FILE = [
    member("http://elsewhere.example/1"),
    member("http://a.example/7"),
    member("http://a.example/7", sort="request"),
    member("<https://www.a.example/8>", body=b"", status=404),
    member("http://b.example:8080/9", body=b"\r\n\r\nWARC-Target-URI: http://elsewhere.example/\r\n" * 9),
    member("http://b.example/10"),
    member("dns:a.example"),
]


def test_a_file_is_scanned_for_the_records_of_some_hosts_wherever_it_is_cut_into_pieces() -> None:
    content = b"".join(FILE)
    expected = [("http://a.example/7", 200), ("https://www.a.example/8", 404), ("http://b.example:8080/9", 200)]
    for piece in (1, 7, 1000, len(content)):
        scanner, rows = scanned(content, piece)
        assert [(row.url, row.status) for row in rows] == expected
        assert (scanner.records, scanner.problem) == (len(FILE), None)


def test_a_row_says_where_its_member_lies() -> None:
    content = b"".join(FILE)
    for row in scanned(content)[1]:
        assert row.offset is not None
        assert row.length is not None
        record = decompress(content[row.offset : row.offset + row.length])
        assert row.url in record.decode()
        assert (row.filename, row.stamp, row.mime, row.digest) == (NAME, "20170102010203", "text/html", "ABC")


def test_a_body_larger_than_any_piece_passes_by() -> None:
    content = member("http://a.example/7", body=bytes(5 << 20)) + FILE[3]
    scanner, rows = scanned(content)
    assert (len(rows), scanner.records) == (2, 2)
    assert len(scanner._head) <= HEAD


def test_damage_and_an_early_end_are_told_and_what_came_before_stands() -> None:
    whole = FILE[1]
    scanner, rows = scanned(whole + FILE[3][:-9])
    assert (len(rows), scanner.problem) == (1, f"ends within the member at {len(whole)}")
    scanner, rows = scanned(whole + b"no gzip at all" + FILE[3])
    assert len(rows) == 1
    assert str(scanner.problem).startswith(f"damaged at {len(whole)}: ")


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_are_scanned_without_an_error(content: bytes, piece: int) -> None:
    for data in (content, compress(content), FILE[3] + compress(b"WARC/1.0\r\nWARC-Type: response\r\n" + content)):
        scanner, rows = scanned(data, piece)
        assert len(rows) <= scanner.records


def test_a_months_list_names_its_files_packed_or_not() -> None:
    text = "\n".join([*reversed(PATHS), "crawl-data/other.warc.gz", "../x"]).encode()
    for content in (text, gzip.compress(text)):
        found = read_list(content)
        assert ([one.path for one in found.every], found.problem) == (PATHS, None)
    assert read_list(b"", 404).problem is None
    assert read_list(b"", 503).again
    assert read_list(gzip.compress(text)[:-30]).again


def test_the_files_whose_time_touches_the_days_are_chosen() -> None:
    found = read_list("\n".join(PATHS).encode())
    assert [one.path for one in found.touching(date(2017, 1, 2), date(2017, 1, 3))] == PATHS[:3]
    assert [one.path for one in found.touching(date(2017, 2, 3), None)] == PATHS[3:]
    assert found.touching(None, date(2017, 1, 1)) == ()


def test_months_begin_with_the_one_before_and_never_before_there_was_any() -> None:
    assert list(months(date(2017, 1, 5), date(2017, 2, 1))) == [date(2016, 12, 1), date(2017, 1, 1)]
    assert list(months(date(2010, 1, 1), date(2016, 8, 2))) == [date(2016, 8, 1)]
    assert list_address("https://data.example/", date(2017, 1, 1)) == (
        "https://data.example/crawl-data/CC-NEWS/2017/01/warc.paths.gz"
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_read_as_a_list_without_an_error(content: bytes) -> None:
    for data in (content, gzip.compress(content)):
        found = read_list(data)
        assert bool(found.every) or bool(found.problem)
