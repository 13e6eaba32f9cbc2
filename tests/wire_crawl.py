"""Crawls what it is told in a process of its own, since a reactor runs once; writes what the wire gave as a pickle.

Usage: python wire_crawl.py ORDER.json OUT.pickle
"""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from twisted.python.failure import Failure

from archive.records import Capture, Hints, Role
from archive.settings import load_settings
from crawler.outlet import load_outlet
from crawler.settings import scrapy_settings

OUTLET = """
name: غرائب
english: Oddities
country: SY
timezone: Asia/Damascus
language: ar
hosts: [press.test]
"""
# What a test of the wire alone needs otherwise than a crawl of an outlet: no gate, no pace.
SETTINGS = {
    "DOWNLOADER_MIDDLEWARES": {},
    "DOWNLOAD_SLOTS": {},
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS": 8,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
}
captures: list[Capture] = []
answers: dict[str, tuple[int, int]] = {}
errors: dict[str, tuple[str, str]] = {}


class Wire(scrapy.Spider):
    name = "wire"

    def __init__(self, requests: list[dict[str, Any]], **given: Any) -> None:
        super().__init__(**given)
        self.requests = requests

    async def start(self) -> AsyncIterator[Any]:
        for asked in self.requests:
            hints = Hints(role=Role(asked.pop("role", "page")), title="عنوان من القائمة")
            meta = {"hints": hints, **asked.pop("meta", {})}
            yield scrapy.Request(**asked, meta=meta, dont_filter=True, callback=self.parse, errback=self.failed)

    def parse(self, response: Any) -> None:
        answers[response.request.url] = (response.status, len(response.body))

    def failed(self, failure: Failure) -> None:
        errors[failure.request.url] = (type(failure.value).__name__, str(failure.value))  # type: ignore[attr-defined]


def main(order: Path, out: Path) -> None:
    asked = json.loads(order.read_text("utf-8"))
    facts = order.with_name("odd.yml")
    facts.write_text(OUTLET, "utf-8")
    settings = scrapy_settings(load_outlet(facts), load_settings(contact="wire@press.test"))
    process = AsyncCrawlerProcess({**settings, **SETTINGS, **asked["settings"]}, install_root_handler=False)
    crawler = process.create_crawler(Wire)
    crawler.wire_sink = captures.append  # type: ignore[attr-defined]
    process.crawl(crawler, requests=asked["requests"])
    process.start()
    out.write_bytes(pickle.dumps((captures, answers, errors)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
