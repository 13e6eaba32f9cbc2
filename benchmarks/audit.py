"""`astana audit` beside `warcio check` on the same WARCs: wall and CPU seconds, start-up included, in turn.

    .venv/bin/python benchmarks/audit.py [--pages 3000] [--files 4] [--rounds 7]

Stores are made anew of seeded pages (60 KB mean as the reader sees them, half of them sent gzipped, chunked ones among
them): one of several WARCs, one of a single WARC. `astana audit` is measured as the command, as the audit of the
shelves alone, and that in one process. An audit reads more than `check`: SHA-1 and SHA-256 of each block, payload and
content digests, the SHA-256 of each member and of the file, every field of the index, and the revisits' originals.
`check` finds fault with the payload digests of chunked records (https://github.com/webrecorder/warcio/issues/75); what
it prints of that goes to a file.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median

from archive import warc
from archive.cdx import Known
from archive.http import content, parse
from archive.records import Capture, Hints, Role
from archive.spool import Spool
from archive.storage import FolderStorage

WORDS = ("الوفد", "الاجتماع", "الجولة", "البيان", "الهدنة", "المراقبون", "class", "div", "href", "span")
BEGIN = datetime(2026, 11, 22, 10, tzinfo=UTC)
AUDIT = """
import sys
from archive.audit import Finding, audit_shelves
from archive.storage import open_storage
found = list(audit_shelves(open_storage(sys.argv[1]), None, int(sys.argv[2]) or None))
assert not [each for each in found if isinstance(each, Finding)], found[:3]
print(sum(each.records for each in found))
"""


def pages(number: int) -> Iterator[Capture]:
    chance = random.Random(7)
    words = [f"{word}{tail}" for word in WORDS for tail in ("", "ات", "ين", "-1", "_b")]
    for each in range(number):
        size = int(chance.lognormvariate(8.98, 0.6))
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


def shelve(folder: Path, number: int, files: int = 1) -> list[Path]:
    """One outlet's WARCs with their indexes and fixity."""
    store = FolderStorage(folder / "store")
    store.put("format.json", b'{"format": 1}\n')
    known, made, coming = Known(), [], pages(number)
    for each in range(files):
        spool = Spool.open(folder / f"spool{each}", "press", "bench", BEGIN + timedelta(hours=each), {"software": "b"})
        for capture in islice(coming, number // files):
            spool.append(capture, known)
        sealed = spool.seal(store)
        assert sealed is not None
        made.append(folder / "store" / sealed.warc)
    return made


def cpu(*command: str) -> tuple[float, float]:
    """Wall seconds of a command, and CPU seconds of it and its children."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with tempfile.TemporaryFile() as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, check=False)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - began
    if "Traceback" in done.stderr:
        raise SystemExit(done.stderr)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(folder: Path, paths: list[Path], rounds: int) -> None:
    """Print medians of several rounds, each command in turn, and the ratios of each round with their spread."""
    records, unpacked, seen, answers = 0, 0, 0, 0
    for path in paths:
        with path.open("rb") as stream:
            for found in warc.records(stream):
                assert isinstance(found, warc.Record)
                records, unpacked = records + 1, unpacked + len(found.head) + len(found.block) + 4
                if found.type == "response":
                    answers, seen = answers + 1, seen + len(content(parse(found.block)).data)
    packed = sum(path.stat().st_size for path in paths)
    print(
        f"{len(paths)} WARCs, {records} records, {packed / 1e6:.1f} MB packed, {unpacked / 1e6:.1f} MB unpacked, "
        f"pages of {seen / answers / 1e3:.0f} KB mean"
    )
    store = str(folder / "store")
    commands = {
        "warcio check": (sys.executable, "-m", "warcio.cli", "check", *map(str, paths)),
        "astana audit": (str(Path(sys.executable).parent / "astana"), "audit", "--store", store),
        "shelves alone": (sys.executable, "-c", AUDIT, store, "0"),
        "one process": (sys.executable, "-c", AUDIT, store, "1"),
    }
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            took[name].append(cpu(*command))
    for name, times in took.items():
        wall, used = (median(each) for each in zip(*times, strict=True))
        line = f"  {name:13} {wall:5.2f} s wall {used:5.2f} s CPU {unpacked / 1e6 / wall:6.1f} MB/s"
        if name != "warcio check":
            for at, what in enumerate(("wall", "CPU")):
                ratios = sorted(theirs[at] / ours[at] for theirs, ours in zip(took["warcio check"], times, strict=True))
                line += f"; {what} x {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        print(line)


def machine() -> str:
    """What it ran on."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = names[0].partition(":")[2].strip() if names else platform.machine()
    cores, python, load = len(os.sched_getaffinity(0)), platform.python_version(), os.getloadavg()[0]
    return f"{cores} cores of {model}, Python {python}, load before {load:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    print(machine())
    for files in (given.files, 1):
        with tempfile.TemporaryDirectory() as place:
            compare(Path(place), shelve(Path(place), given.pages, files), given.rounds)


if __name__ == "__main__":
    main()
