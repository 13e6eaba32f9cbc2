"""How much memory and processor time a crawl takes, from a thousand to a hundred thousand addresses, over loopback.

    python benchmarks/memory.py [--stories 1000 10000 100000] [--page 2000] [--map 50000] [--again]

The outlet is a server in this process: sitemaps of `--map` addresses each (the protocol's bound) and pages of `--page`
bytes, all different. The crawl is the crawl process itself, as `crawler.crawl` starts it, four requests at once, a
negligible pace. With `--again` the same outlet is crawled a second time, when everything is held. Prints
`name<TAB>value`; resident memory is the kernel's VmHWM (peak) and the median of VmRSS while pages came (steady).
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from archive.settings import Settings, load_settings
from crawler.crawl import crawl
from crawler.orders import CrawlOrder, CrawlReport

TEXT = "قال مصدر في الوفد المشارك إن الجلسة الأولى من المحادثات بدأت صباح اليوم وإن جدول الأعمال يضم ملف المعتقلين"
OUTLET = """name: تجربة
english: Trial
country: SY
timezone: Asia/Damascus
language: ar
hosts: ['127.0.0.1:{port}']
seeds: [{{kind: sitemap, url: 'http://127.0.0.1:{port}/map.xml'}}]
story: {{url: '^/news/[0-9]+', id: '^/news/([0-9]+)'}}
pace: {{delay: 0.0001, concurrency: 4}}
allow_private: true
"""


def say(name: str, value: object) -> None:
    print(f"{name}\t{value:.4f}" if isinstance(value, float) else f"{name}\t{value}", flush=True)


class Paper:
    """The outlet: an index of maps, maps, and pages cut from one long text."""

    def __init__(self, stories: int, page: int, per_map: int) -> None:
        self.stories = stories
        self.per_map = per_map
        self.first: float | None = None  # when something was first asked for
        self.asked = 0
        self.port = 0
        words = TEXT.split()
        turned = [words[n * n % len(words)] for n in range(page)]
        self._text = " ".join(f"{word} {n}" for n, word in enumerate(turned)).encode() * 2
        self._page = page

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.first = self.first or time.perf_counter()
                status, kind, body = self.answer(head.split(b" ", 2)[1].decode())
                writer.write(
                    b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (status, kind, len(body)) + body
                )
                await writer.drain()
        writer.close()

    def answer(self, path: str) -> tuple[bytes, bytes, bytes]:
        if path.startswith("/news/"):
            self.asked += 1
            return b"200 OK", b"text/html; charset=utf-8", self.story(int(path.split("/")[2]))
        if path == "/map.xml" and self.stories > self.per_map:
            maps = range(0, self.stories, self.per_map)
            return b"200 OK", b"text/xml", self.xml("sitemapindex", (f"/map-{first}.xml" for first in maps), "sitemap")
        if path.startswith("/map"):
            first = int(path.removeprefix("/map").removesuffix(".xml").removeprefix("-") or 0)
            numbers = range(first, min(first + self.per_map, self.stories))
            named = (f"/news/{n}/a-story-of-the-talks-and-what-was-said-there" for n in numbers)
            return b"200 OK", b"text/xml", self.xml("urlset", named, "url")
        return b"404 Not Found", b"text/plain", b"not here"

    def xml(self, root: str, paths: Iterator[str], name: str) -> bytes:
        listed = (
            f"<{name}><loc>http://127.0.0.1:{self.port}{path}</loc><lastmod>2020-05-05T10:00:00Z</lastmod></{name}>"
            for path in paths
        )
        return f'<?xml version="1.0" encoding="UTF-8"?><{root}>{"".join(listed)}</{root}>'.encode()

    def story(self, number: int) -> bytes:
        at = number * 61 % (len(self._text) // 2)
        body = self._text[at : at + self._page - 200].decode("utf-8", "ignore")
        return f"<!DOCTYPE html><html><head><title>{number}</title></head><body><p>{body}</p></body></html>".encode()


def resident(pid: int) -> tuple[float, float]:
    """VmHWM and VmRSS of a process, in MB; nothing when it is gone."""
    said = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return tuple(int(said[name].split()[0]) / 1024 for name in ("VmHWM", "VmRSS"))  # type: ignore[return-value]


def child() -> int | None:
    """The crawl's process: the only one that this one has started."""
    found = Path("/proc/self/task").glob("*/children")
    return next((int(pid) for path in found for pid in path.read_text().split()), None)


async def watch(paper: Paper, most: list[float], steady: list[float]) -> None:
    while True:
        with suppress(OSError, KeyError):
            if pid := child():
                peak, now = resident(pid)
                most.append(peak)
                if paper.asked:
                    steady.append(now)
        await asyncio.sleep(0.05)


async def measured(paper: Paper, settings: Settings, name: str) -> CrawlReport:
    most: list[float] = []
    steady: list[float] = []
    paper.first, paper.asked = None, 0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    watching = asyncio.create_task(watch(paper, most, steady))
    try:
        report = await crawl(CrawlOrder(run=name, outlet="trial", now=datetime.now(UTC)), settings)
    finally:
        watching.cancel()
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    say(f"{name}: resident at most, MB", max(most))
    say(f"{name}: resident while pages came, MB", median(steady or most))
    say(f"{name}: seconds until the first request", (paper.first or start) - start)
    say(f"{name}: wall seconds", wall)
    say(f"{name}: processor seconds", spent)
    if pages := report.captures.get("page", 0):
        say(f"{name}: processor seconds a page", spent / pages)
    say(f"{name}: pages", pages)
    say(f"{name}: candidates", dict(report.candidates))
    if not report.finished or report.errors:
        raise SystemExit(f"{name}: {report.ended}: {report.errors[:3]}")
    return report


async def run(stories: int, args: argparse.Namespace) -> None:
    paper = Paper(stories, args.page, args.map)
    server = await asyncio.start_server(paper.serve, "127.0.0.1", 0)
    paper.port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        outlets = Path(folder) / "outlets"
        outlets.mkdir()
        (outlets / "trial.yml").write_text(OUTLET.format(port=paper.port), encoding="utf-8")
        settings = load_settings(store=f"{folder}/store", outlets=outlets, contact="bench@a.example")
        report = await measured(paper, settings, f"{stories} stories")
        if report.captures.get("page") != stories:
            raise SystemExit(f"{stories} stories were listed, {report.captures} captured")
        if args.again:
            await measured(paper, settings, f"{stories} stories, all held")
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--page", type=int, default=2000, help="bytes of a page")
    parser.add_argument("--map", type=int, default=50_000, help="addresses in one sitemap")
    parser.add_argument("--again", action="store_true", help="crawl once more when all is held")
    args = parser.parse_args()
    for stories in args.stories:
        asyncio.run(run(stories, args))


if __name__ == "__main__":
    main()
