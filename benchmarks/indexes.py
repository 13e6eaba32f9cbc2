"""Indexes of web archives read, chosen from and scanned: rows and megabytes for each CPU-second, and the memory taken.

python -m benchmarks.indexes --rows 300000
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Iterator
from datetime import date

from archive.gzip import compress
from archive.records import Window
from crawler.archives.ccnews import Scanner
from crawler.archives.choosing import Choice
from crawler.archives.rows import Row, read
from crawler.orders import Copies
from tests import tiny

PAGE = 5000
NAMES = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]


def pages(rows: int) -> Iterator[list[list[str]]]:
    """Three captures of each story, one of them a redirect; every fourth address is no story."""
    for start in range(0, rows, PAGE):
        yield [
            [
                f"example,a)/{number // 3}",
                f"2017{1 + number % 12:02}0{1 + number % 3}101500",
                f"http://a.example/{'about/' if number % 12 > 8 else ''}{number // 3}",
                "text/html",
                "301" if number % 3 == 0 else "200",
                f"DIGEST{number}",
                "1415",
            ]
            for number in range(start, start + PAGE)
        ]


def dialects(rows: list[list[str]]) -> dict[str, bytes]:
    lines = [dict(zip(NAMES, row, strict=True)) for row in rows]
    return {
        "JSON": json.dumps([NAMES, *rows]).encode(),
        "text": "\n".join(" ".join(row) for row in rows).encode(),
        "lines": "\n".join(map(json.dumps, lines)).encode(),
    }


def parsing() -> list[tuple[str, str]]:
    found = []
    for name, content in dialects(next(pages(PAGE))).items():
        begun = time.process_time()
        for _ in range(10):
            assert len(read(content).rows) == PAGE
        found.append((f"{name} read", f"{10 * PAGE / (time.process_time() - begun):,.0f} rows"))
    return found


def choosing(rows: int) -> list[tuple[str, str]]:
    choice = Choice(tiny.outlet(), Window(since=date(2017, 1, 1), until=date(2018, 1, 1)), Copies.FIRST)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    for page in pages(rows):
        choice.take(Row(url=row[2], stamp=row[1], status=int(row[4]), mime=row[3], digest=row[5]) for row in page)
    stories = sum(1 for _ in choice.stories())
    spent = time.process_time() - begun
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return [(f"chosen from ({stories:,} stories)", f"{rows / spent:,.0f} rows, {grown:.0f} MiB more memory")]


def scanning() -> list[tuple[str, str]]:
    words = " ".join(str(number * 7919) for number in range(9000)).encode()
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2017-01-02T01:02:03Z\r\nWARC-Target-URI: http://{}/\r\n\r\n"
    hosts = ["a.example", *(f"h{number}.example" for number in range(99))]
    members = [
        compress(head.format(host).encode() + b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + words)
        for host in hosts
    ]
    content = b"".join(members * 20)
    begun = time.process_time()
    scanner = Scanner("x.warc.gz", ["a.example"])
    found = sum(1 for at in range(0, len(content), 1 << 20) for _ in scanner.feed(content[at : at + (1 << 20)]))
    spent = time.process_time() - begun
    said = f"{len(content) / 1e6 / spent:,.0f} MB packed, {scanner.records / spent:,.0f} records"
    return [(f"scanned for one host ({found} of {scanner.records:,} records)", said)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000)
    asked = parser.parse_args()
    for name, said in (*parsing(), *choosing(asked.rows), *scanning()):
        print(f"{name:45} {said} a CPU-second")


if __name__ == "__main__":
    main()
