"""What a captured page costs: our crawl beside Scrapy without an archive, wget --warc-file and scrapy-webarchive.

    python benchmarks/capture.py [--pages 2000] [--rounds 5] [--concurrency 1 4] [--peer-python PYTHON] [--folder DIR]

One loopback server in a process of its own (benchmarks/server.py) serves seeded pages of 60 KB on the mean. Each
subject is a process that fetches every page once; counted are its CPU-seconds, user and system, with its children, and
its wall time, start-up and sealing included. Rounds are interleaved, so that each subject meets the same moods of the
machine. Plain Scrapy runs under its own defaults, its log off, and throws the body away; trimmed Scrapy does so under
the settings of our crawl, which leave out its middlewares and extensions.
wget has one connection each: for a concurrency of four, four of them share the addresses. --peer-python is the
interpreter of an environment with benchmarks/requirements.in; without it scrapy-webarchive is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from archive import warc
from archive.records import Capture
from archive.settings import load_settings

HERE = Path(__file__).parent
DELAY = 1e-6  # seconds; with none at all Scrapy does not keep the limit of a slot
OURS, PLAIN, TRIMMED, WGET, WEBARCHIVE = "astana", "plain scrapy", "trimmed scrapy", "wget", "scrapy-webarchive"
DRIVER = """
import asyncio, json, sys
from datetime import UTC, datetime
from archive.settings import load_settings
from crawler.crawl import crawl
from crawler.orders import CrawlOrder
store, outlets = sys.argv[1:]
order = CrawlOrder(run="bench", outlet="bench", now=datetime.now(UTC))
settings = load_settings(store=store, outlets=outlets, contact="bench@a.example")
report = asyncio.run(crawl(order, settings))
print(report.captures.get("page", 0), 0)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What fetching all pages took."""

    pages: int
    cpu: float  # seconds
    wall: float  # seconds
    size: int  # bytes of WARC


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What every subject is given."""

    port: int
    pages: int
    concurrency: int
    folder: Path  # empty, its own
    peer: str | None

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{self.port}/news/{number}" for number in range(self.pages)]


def run(commands: list[list[str]], folder: Path) -> tuple[float, float, list[str]]:
    """Run processes side by side: CPU-seconds of all and their children, wall seconds, what they printed."""
    start = time.perf_counter()
    began = [subprocess.Popen(one, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for one in commands]
    cpu = 0.0
    for process in began:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu += used.ru_utime + used.ru_stime
    wall = time.perf_counter() - start
    printed = []
    for process in began:
        out, err = process.stdout, process.stderr
        assert out is not None
        assert err is not None
        printed.append(out.read().decode())
        said = err.read().decode()
        out.close()
        err.close()
        if process.returncode:
            raise SystemExit(f"{process.args!r} ended with {process.returncode}: {said}")
    return cpu, wall, printed


def size_of(folder: Path, ending: str) -> int:
    return sum(path.stat().st_size for path in folder.rglob(f"*{ending}"))


def ours(task: Task) -> Cost:
    outlets = task.folder / "outlets"
    outlets.mkdir()
    (outlets / "bench.yml").write_text(
        "name: قياس\nenglish: Bench\ncountry: SY\ntimezone: Asia/Damascus\nlanguage: ar\n"
        f"hosts: ['127.0.0.1:{task.port}']\nallow_private: true\n"
        f"pace: {{delay: {DELAY:.7f}, concurrency: {task.concurrency}}}\n"
        f"seeds:\n  - {{kind: sitemap, url: 'http://127.0.0.1:{task.port}/sitemap.xml'}}\n"
        "story: {url: '/news/[0-9]+', id: '/news/([0-9]+)'}\n",
        encoding="utf-8",
    )
    store = task.folder / "store"
    cpu, wall, printed = run([[sys.executable, "-c", DRIVER, str(store), str(outlets)]], task.folder)
    return Cost(pages=int(printed[0].split()[0]), cpu=cpu, wall=wall, size=size_of(store, ".warc.gz"))


def scrapy(python: str, task: Task, *more: str) -> Cost:
    urls = task.folder / "urls"
    urls.write_text("\n".join(task.urls), encoding="utf-8")
    command = [python, str(HERE / "spider.py"), str(urls), str(task.concurrency), str(DELAY), *more]
    cpu, wall, printed = run([command], task.folder)
    return Cost(pages=int(printed[0].split()[0]), cpu=cpu, wall=wall, size=size_of(task.folder, ".wacz"))


def plain(task: Task) -> Cost:
    return scrapy(sys.executable, task)


def trimmed(task: Task) -> Cost:
    return scrapy(sys.executable, task, "trimmed")


def webarchive(task: Task) -> Cost:
    assert task.peer is not None
    return scrapy(task.peer, task, str(task.folder))


def wget(task: Task) -> Cost:
    commands = []
    for number in range(task.concurrency):
        urls = task.folder / f"urls-{number}"
        urls.write_text("\n".join(task.urls[number :: task.concurrency]), encoding="utf-8")
        warc_file = f"--warc-file={task.folder / f'wget-{number}'}"
        commands.append(
            [
                "wget",
                "--quiet",
                "--no-config",
                "--no-proxy",
                warc_file,
                "-i",
                str(urls),
                "-O",
                f"{task.folder}/page-{number}",
            ]
        )
    cpu, wall, _ = run(commands, task.folder)
    size = size_of(task.folder, ".warc.gz")
    return Cost(pages=responses(task.folder), cpu=cpu, wall=wall, size=size)


def responses(folder: Path) -> int:
    """How many captures lie in a peer's WARCs."""
    counted = 0
    for path in folder.glob("*.warc.gz"):
        with path.open("rb") as stream:
            counted += sum(isinstance(found, Capture) for found in warc.read(stream, path.name, "bench"))
    return counted


@contextmanager
def serving(pages: int, seed: int) -> Iterator[int]:
    command = [sys.executable, str(HERE / "server.py"), str(pages), str(seed)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.stdin.close()
        server.stdout.close()
        server.wait()


def measure(subject: Callable[[Task], Cost], task: Task) -> Cost:
    shutil.rmtree(task.folder, ignore_errors=True)
    task.folder.mkdir(parents=True)
    cost = subject(task)
    shutil.rmtree(task.folder)
    if cost.pages != task.pages:
        raise SystemExit(f"{subject.__name__} fetched {cost.pages} of {task.pages} pages")
    return cost


def facts() -> dict[str, object]:
    found = shutil.which("wget")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout if found else "none"
    names = ("Scrapy", "Twisted", "deflate")
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "wget": said.split(" built")[0],
        **{name: version(name) for name in names},
    }


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):6.3f}  ({min(values):.3f} … {max(values):.3f})"


def show(concurrency: int, costs: dict[str, list[Cost]], pages: int) -> dict[str, object]:
    print(f"\n{pages} pages, concurrency {concurrency}: median (least … most) of {len(costs[OURS])} rounds")
    said: dict[str, object] = {}
    for name, found in costs.items():
        cpu = [cost.cpu / pages * 1000 for cost in found]
        wall = [cost.wall / pages * 1000 for cost in found]
        print(f"  {name:18} CPU ms/page {spread(cpu)}   wall ms/page {spread(wall)}   MB {found[0].size / 1e6:.1f}")
        said[name] = {"cpu_ms": cpu, "wall_ms": wall, "bytes": found[0].size}
    for name, found in costs.items():
        if name != OURS:
            cpu = [peer.cpu / own.cpu for own, peer in zip(costs[OURS], found, strict=True)]
            wall = [peer.wall / own.wall for own, peer in zip(costs[OURS], found, strict=True)]
            print(f"  ours against {name:18} pages per CPU-second x {spread(cpu)}   pages per second x {spread(wall)}")
            said[f"against {name}"] = {"cpu": cpu, "wall": wall}
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 4], choices=range(1, 5))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--only", nargs="+", choices=[PLAIN, TRIMMED, WGET, WEBARCHIVE], help="peers to measure; default: all"
    )
    parser.add_argument("--peer-python", help="interpreter of an environment with scrapy-webarchive")
    parser.add_argument("--folder", type=Path, help="where the captures are written while measured; default: temporary")
    given = parser.parse_args()
    subjects: dict[str, Callable[[Task], Cost]] = {
        OURS: ours,
        PLAIN: plain,
        TRIMMED: trimmed,
        WGET: wget,
        WEBARCHIVE: webarchive,
    }
    if not given.peer_python:
        del subjects[WEBARCHIVE]
    if given.only:
        subjects = {name: subject for name, subject in subjects.items() if name == OURS or name in given.only}
    load_settings()  # a broken environment is told before anything is measured
    said: dict[str, object] = {"facts": facts(), "pages": given.pages, "seed": given.seed}
    with tempfile.TemporaryDirectory(dir=given.folder) as folder, serving(given.pages, given.seed) as port:
        for concurrency in given.concurrency:
            task = Task(
                port=port,
                pages=given.pages,
                concurrency=concurrency,
                folder=Path(folder) / "subject",
                peer=given.peer_python,
            )
            costs: dict[str, list[Cost]] = {name: [] for name in subjects}
            for _ in range(given.rounds):
                for name, subject in subjects.items():
                    costs[name].append(measure(subject, task))
            said[f"concurrency {concurrency}"] = show(concurrency, costs, given.pages)
    print(json.dumps(said))


if __name__ == "__main__":
    main()
