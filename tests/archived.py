"""An outlet that a web archive holds, and orders at that archive, by a time that costs nothing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from archive import mementos, warc
from archive.records import Capture, Role, Via
from archive.settings import Settings, load_settings
from archive.storage import open_storage
from crawler import crawl
from crawler.newsroom.archives import CALM, Archived, Archives, Holding, Trouble
from crawler.newsroom.port import Hours
from crawler.orders import CrawlOrder, CrawlReport
from tests.sharedtime import SharedTime
from tests.sites import ARTICLE

HOST = "midad.example"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
FILE = """name: مداد
english: Midad
country: SY
timezone: Asia/Damascus
language: ar
hosts: [{host}]
seeds:
  - {{kind: feed, url: 'http://{host}/feed'}}
story:
  url: ['^/news/\\d+']
  id: ['^/news/(\\d+)']
pace: {{delay: 5, concurrency: 1}}
{more}"""


def page(number: int, time: str, *, host: str = HOST, words: str = "", **more: Any) -> Archived:
    """A capture of a story's page."""
    body = ARTICLE.format(title=f"أستانا {number} {words}".strip()).encode()
    return Archived(url=f"http://{host}/news/{number}", time=time, body=body, **more)


@contextmanager
def hurried(folder: Path) -> Iterator[SharedTime]:
    """Crawls that are started within wait by a time of their own, which goes by in no time."""
    time, before = folder / "time", crawl.PROGRAM
    os.environ["TESTS_TIME"] = str(time)
    crawl.PROGRAM = "tests.hurried"
    try:
        yield SharedTime.begin(time)
    finally:
        crawl.PROGRAM = before
        del os.environ["TESTS_TIME"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An outlet's file, a store, and the archives that are asked."""

    folder: Path
    archives: Archives
    more: str = ""
    given: Mapping[str, object] | None = None

    @property
    def settings(self) -> Settings:
        outlets = self.folder / "outlets"
        outlets.mkdir(exist_ok=True)
        (outlets / "midad.yml").write_text(FILE.format(host=HOST, more=self.more), encoding="utf-8")
        own = {
            "wayback_url": self.archives.wayback,
            "commoncrawl_index_url": self.archives.commoncrawl_index,
            "commoncrawl_data_url": self.archives.commoncrawl_data,
        }
        return load_settings(
            **{"store": str(self.folder / "store"), "outlets": outlets, "contact": "tests", **own, **(self.given or {})}
        )

    def order(self, via: Via, **given: Any) -> CrawlOrder:
        usual = {"run": "r1", "outlet": "midad", "now": NOW, "sample": 1.0, "via": via}
        return CrawlOrder(**{**usual, **given})

    def read(self, via: Via = Via.WAYBACK, **given: Any) -> CrawlReport:
        return asyncio.run(crawl.crawl(self.order(via, **given), self.settings))

    def captures(self) -> list[Capture]:
        """Every capture that is sealed, in the order of their files."""
        storage = open_storage(str(self.folder / "store"))
        found = []
        for key in storage.list("warc/midad/"):
            with storage.open(key) as stream:
                found += warc.read(stream, key.removeprefix("warc/"), "midad")
        return [one for one in found if isinstance(one, Capture)]

    def mementos(self) -> list[Capture]:
        """The pages as they were captured then."""
        pages = (one for one in self.captures() if one.hints.role is Role.PAGE)
        return [one for one in map(mementos.unwrap, pages) if isinstance(one, Capture)]


@contextmanager
def archived(
    folder: Path, holding: Holding, every: Mapping[Trouble, int] = CALM, **given: Any
) -> Iterator[tuple[Reading, SharedTime]]:
    """Archives that hold something, open, in a time of their own."""
    with hurried(folder) as time, Archives.start(holding, every, Hours(now=time.now)) as archives:
        yield Reading(folder=folder, archives=archives, **given), time


def day(words: str) -> date:
    return date.fromisoformat(words)
