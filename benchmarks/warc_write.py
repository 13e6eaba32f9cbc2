"""How fast captures become WARC records, and how large: our writer beside warcio's and fastwarc's, on the same pages.

    python benchmarks/warc_write.py [--pages 500] [--rounds 5] [--real FOLDER]

The pages are seeded ones (benchmarks/pages.py), or, with --real, the .html or .html.gz files below a folder. Each
writer makes three records of each page in memory, response, request and metadata, with the same blocks, gzipped one
member a record. warcio is used as its users do: parsed headers given to `create_warc_record`, two digests, its gzip.
Ours also takes the SHA-256 of block, content and member, decides on revisits and makes the CDXJ line. Rounds are
interleaved; counted are CPU-seconds.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType
from pages import answer, pages
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import warc
from archive.cdx import Known
from archive.records import Capture, Hints, Role
from archive.warc import fields

REQUEST = (
    b"GET /news/1 HTTP/1.1\r\nUser-Agent: AstanaArchive/0.1 (+archive@a.example)\r\nAccept: text/html,*/*;q=0.8\r\n"
    b"Accept-Language: ar,*;q=0.5\r\nAccept-Encoding: gzip, deflate\r\nHost: press.example\r\n\r\n"
)
DATE = "2026-11-22T10:20:30.123456Z"
RECORDS = 3  # of each page
OURS, WARCIO, FASTWARC = "ours", "warcio", "fastwarc"


def capture(number: int, body: bytes) -> Capture:
    return Capture(
        outlet="bench",
        url=f"https://press.example/news/{number}",
        date=DATE,
        record=warc.mint_record(),
        request=REQUEST,
        response=answer(body),
        peer="203.0.113.7",
        elapsed=0.25,
        hints=Hints(role=Role.PAGE),
    )


def ours(captures: Sequence[Capture]) -> int:
    known = Known()
    return sum(len(member) for one in captures for member in warc.compose(one, known).members)


def with_warcio(captures: Sequence[Capture]) -> int:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    for one in captures:
        headers = {"WARC-Date": one.date, "WARC-IP-Address": one.peer}
        status, heads, body = _parts(one.response)
        response = writer.create_warc_record(
            one.url,
            "response",
            payload=io.BytesIO(body),
            http_headers=StatusAndHeaders(status.partition(" ")[2], heads, protocol="HTTP/1.1"),
            warc_headers_dict={**headers, "WARC-Record-ID": f"<{one.record}>"},
        )
        line, asked, _ = _parts(one.request)
        request = writer.create_warc_record(
            one.url,
            "request",
            http_headers=StatusAndHeaders(line, asked, is_http_request=True),
            warc_headers_dict=dict(headers),
        )
        writer.write_request_response_pair(request, response)
        said = writer.create_warc_record(
            one.url,
            "metadata",
            payload=io.BytesIO(fields.dump(fields.metadata(one))),
            warc_content_type="application/warc-fields",
            warc_headers_dict={"WARC-Date": one.date, "WARC-Concurrent-To": f"<{one.record}>"},
        )
        writer.write_record(said)
    return out.tell()


def _parts(message: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
    head, _, body = message.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    return first, [(name, value) for name, _, value in (line.partition(": ") for line in lines)], body


def with_fastwarc(captures: Sequence[Capture]) -> int:
    out = io.BytesIO()
    for one in captures:
        blocks = (
            (WarcRecordType.response, one.response, "application/http; msgtype=response"),
            (WarcRecordType.request, one.request, "application/http; msgtype=request"),
            (WarcRecordType.metadata, fields.dump(fields.metadata(one)), "application/warc-fields"),
        )
        for kind, block, named in blocks:
            record = WarcRecord()
            record.init_headers(kind)
            record.headers["WARC-Date"] = one.date
            record.headers["WARC-Target-URI"] = one.url
            record.headers["WARC-IP-Address"] = str(one.peer)
            record.headers["Content-Type"] = named
            record.set_bytes_content(block)
            with GzipWriter(out) as packed:
                record.write(packed, checksum_data=True)
    return out.tell()


WRITERS: dict[str, Callable[[Sequence[Capture]], int]] = {OURS: ours, WARCIO: with_warcio, FASTWARC: with_fastwarc}


def real(folder: Path, many: int, seed: int) -> list[bytes]:
    """Some pages below a folder, read while measuring and kept nowhere."""
    found = sorted(path for path in folder.rglob("*.html*") if path.is_file())
    chosen = random.Random(seed).sample(found, min(many, len(found)))
    return [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in chosen]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--real", type=Path, help="a folder of HTML files to be written instead of seeded pages")
    given = parser.parse_args()
    bodies = real(given.real, given.pages, given.seed) if given.real else pages(given.pages, given.seed)
    captures = [capture(number, body) for number, body in enumerate(bodies)]
    rates: dict[str, list[float]] = {name: [] for name in WRITERS}
    sizes: dict[str, int] = {}
    for _ in range(given.rounds):
        for name, write in WRITERS.items():
            start = time.process_time()
            sizes[name] = write(captures)
            rates[name].append(RECORDS * len(captures) / (time.process_time() - start))
    mean = sum(map(len, bodies)) / len(bodies)
    print(f"{len(bodies)} pages of {mean:,.0f} bytes on the mean, {RECORDS} records each, {given.rounds} rounds")
    for name, found in rates.items():
        least, most = min(found), max(found)
        print(
            f"  {name:10} {statistics.median(found):8.0f} records/CPU-s  ({least:.0f} … {most:.0f})  {sizes[name]:,} B"
        )
    said: dict[str, object] = {}
    for name in (WARCIO, FASTWARC):
        ratios = [own / peer for own, peer in zip(rates[OURS], rates[name], strict=True)]
        more = sizes[OURS] / sizes[name] - 1
        spread = f"({min(ratios):.2f} … {max(ratios):.2f})"
        print(f"  ours against {name:9} x {statistics.median(ratios):.2f}  {spread}  size {more:+.2%}")
        said[name] = {"ratios": ratios, "size": more}
    facts = {"cores": os.cpu_count(), "python": platform.python_version(), "machine": platform.machine()}
    versions = {name: version(name) for name in ("warcio", "FastWARC", "deflate")}
    print(json.dumps({"facts": {**facts, **versions}, "pages": len(bodies), "rates": rates, "bytes": sizes, **said}))


if __name__ == "__main__":
    main()
