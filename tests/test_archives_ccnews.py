"""CC-NEWS: a file scanned by heads alone while it streams by."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.gzip import compress, decompress
from crawler.archives.ccnews import HEAD, Scanner
from crawler.archives.rows import Row

NAME = "crawl-data/CC-NEWS/2017/01/CC-NEWS-20170101233000-00000.warc.gz"


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
