"""How much faster two processes read WARCs than one: the same shelf, by turns, in wall time.

    python -m benchmarks.processes FOLDER [--pages 200] [--each 10] [--rounds 3]

The pages are those of every folder `html` under FOLDER (packed by gzip or not), in the order of their paths, as one
outlet's: a shelf of WARCs of `--each` pages, made anew for each reading. Timed is `crawler.shelf.extract` alone, from
the WARCs to the texts on the shelf: tables are loaded before, processes are begun within. In each round one process
reads, then two. Printed are the seconds of each reading, the CPU seconds of the process that gathers and of those that
read, and last the median of the rounds' ratios. What is gathered is gathered by one process, however many read: two are
never quite twice as fast. Wall time says something only where two processors are idle: the load is printed beside it.
"""

from __future__ import annotations

import argparse
import gzip
import os
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

from archive.holdings import open_archive
from archive.records import Capture
from archive.settings import load_settings
from crawler.agencies import load_agencies
from crawler.hands import Hands
from crawler.outlet import OTHER, Outlet, load_outlets
from crawler.reader import Reader
from crawler.shelf import extract
from crawler.topic import load_topic
from tests.extraction import a_capture
from tests.shelving import shelved


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One reading of the shelf: seconds on the wall, CPU seconds of the process that gathers and of those that read."""

    wall: float
    gathers: float
    reads: float


def pages(folder: Path) -> Iterator[Capture]:
    """The pages under a folder as captures of one outlet."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.parent.name == "html")
    for at, path in enumerate(files):
        data = path.read_bytes()
        yield a_capture(
            gzip.decompress(data) if path.suffix == ".gz" else data,
            "Content-Type: text/html; charset=utf-8",
            url=f"https://waha.example/news/{at}",
            record=f"urn:uuid:00000000-0000-4000-8000-{at:012}",
        )


def readings(captures: Sequence[Capture], each: int, many: int) -> Timed:
    """So many processes read a new shelf of these captures, so many in each WARC."""
    outlets, topic, agencies = load_outlets(None), load_topic(None), load_agencies(())

    def reader(outlet: Outlet) -> Reader:
        return Reader(outlet=outlet, topic=topic, agencies=agencies)

    with (
        tempfile.TemporaryDirectory() as folder,
        open_archive(load_settings(store=folder, processes=many), create=True) as store,
    ):
        for first in range(0, len(captures), each):
            shelved(store, f"{OTHER}-{first:06}", *captures[first : first + each], outlet=OTHER)
        gathered, read, began = *cpu(), time.perf_counter()
        done = extract(store, outlets, reader, read=Hands(many=many))
        wall, (gathers, reads) = time.perf_counter() - began, cpu()
    assert len(done.warcs) * each >= len(captures), "not all was read"
    return Timed(wall=wall, gathers=gathers - gathered, reads=reads - read)


def cpu() -> tuple[float, float]:
    """CPU seconds of this process, and of those it began that ended."""
    ours, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return ours.ru_utime + ours.ru_stime, theirs.ru_utime + theirs.ru_stime


def main() -> None:
    """Print a line for each reading, and what two are to one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--each", type=int, default=10, help="pages in each WARC")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    captures = list(islice(pages(asked.folder), asked.pages))
    readings(captures[: asked.each], asked.each, 1)  # loads what is loaded late
    ratios = []
    for _ in range(asked.rounds):
        walls = []
        for many in (1, 2):
            found = readings(captures, asked.each, many)
            walls.append(found.wall)
            print(
                f"{many} of {os.cpu_count()}: {found.wall:.2f} s, CPU {found.gathers:.2f} s gathering and"
                f" {found.reads:.2f} s reading, load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
        ratios.append(walls[0] / walls[1])
    print(f"{len(captures)} pages; two processes to one, median of {asked.rounds} rounds: {median(ratios):.2f}")


if __name__ == "__main__":
    main()
