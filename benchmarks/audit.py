"""`astana audit` beside `warcio check` on the same WARC: CPU seconds, records and bytes a second.

    .venv/bin/python benchmarks/audit.py [--pages 4000] [--rounds 3]

The store is made anew of seeded pages (60 KB mean, half of them sent gzipped, chunked ones among them). An audit reads
more than `check`: SHA-1 and SHA-256 of each block, payload and content digests, the SHA-256 of each member and of the
file, every field of the index, and the revisits' originals.
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive import warc
from archive.cdx import Known
from archive.records import Capture, Hints, Role
from archive.spool import Spool
from archive.storage import FolderStorage

WORDS = ("الوفد", "الاجتماع", "الجولة", "البيان", "الهدنة", "المراقبون", "class", "div", "href", "span")
BEGIN = datetime(2026, 11, 22, 10, tzinfo=UTC)
AUDIT = """
import sys
from archive.audit import Finding, audit_shelves
from archive.storage import open_storage
found = list(audit_shelves(open_storage(sys.argv[1])))
assert not [each for each in found if isinstance(each, Finding)], found[:3]
print(sum(each.records for each in found))
"""


def pages(number: int) -> Iterator[Capture]:
    chance = random.Random(7)
    words = [f"{word}{tail}" for word in WORDS for tail in ("", "ات", "ين", "-1", "_b")]
    for each in range(number):
        size = int(chance.lognormvariate(9.2, 0.6))
        body = " ".join(chance.choices(words, k=min(size, 60_000) // 2)).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nServer: x\r\n"
        if each % 2:
            body, head = gzip.compress(body, 6, mtime=0), head + b"Content-Encoding: gzip\r\n"
        if each % 4 == 1:
            parts = (body[at : at + 8192] for at in range(0, len(body), 8192))
            body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
            head += b"Transfer-Encoding: chunked\r\n"
        yield Capture(
            outlet="press",
            url=f"https://press.test/news/{each % (number * 9 // 10)}",
            date=warc.warc_date(BEGIN + timedelta(seconds=each)),
            record=warc.mint_record(),
            request=b"GET /news/%d HTTP/1.1\r\nHost: press.test\r\nUser-Agent: bench\r\n\r\n" % each,
            response=head + b"\r\n" + body,
            hints=Hints(role=Role.PAGE, title="عنوان"),
        )


def shelve(folder: Path, number: int) -> Path:
    """One outlet's WARC with its index and fixity; a plain copy of it for a second comparison."""
    spool = Spool.open(folder / "spool", "press", "bench", BEGIN, {"software": "bench"})
    known = Known()
    for each in pages(number):
        spool.append(each, known)
    store = FolderStorage(folder / "store")
    store.put("format.json", b'{"format": 1}\n')
    sealed = spool.seal(store)
    assert sealed is not None
    return folder / "store" / sealed.warc


def cpu(*command: str) -> tuple[float, float, str]:
    """CPU seconds of a command and its children, wall seconds, and what it said."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - began
    if done.stderr and "Traceback" in done.stderr:
        raise SystemExit(done.stderr)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, done.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        path = shelve(folder, given.pages)
        records, unpacked = 0, 0
        with path.open("rb") as stream:
            for found in warc.records(stream):
                assert isinstance(found, warc.Record)
                records, unpacked = records + 1, unpacked + len(found.head) + len(found.block) + 4
        print(f"{records} records, {path.stat().st_size / 1e6:.1f} MB packed, {unpacked / 1e6:.1f} MB unpacked")
        ratios = []
        for _ in range(given.rounds):
            check, check_wall, _ = cpu(sys.executable, "-m", "warcio.cli", "check", str(path))
            audit, audit_wall, _ = cpu(sys.executable, "-c", AUDIT, str(folder / "store"))
            ratios.append(check / audit)
            for name, seconds, wall in (("warcio check", check, check_wall), ("astana audit", audit, audit_wall)):
                pace = f"{records / seconds:7.0f} records/s {unpacked / 1e6 / seconds:6.1f} MB/s"
                print(f"{name:13} {seconds:6.2f} s CPU {wall:6.2f} s wall {pace}")
        print(f"audit is {sorted(ratios)[len(ratios) // 2]:.2f} times as fast as warcio check (median of CPU ratios)")


if __name__ == "__main__":
    main()
