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

HANDLER = "crawler.wire.TappedDownloadHandler"
SETTINGS = {
    "DOWNLOAD_HANDLERS": {"http": HANDLER, "https": HANDLER},
    "LOG_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "RETRY_ENABLED": False,
    "COOKIES_ENABLED": False,
    "HTTPERROR_ALLOW_ALL": True,
    "DOWNLOAD_TIMEOUT": 2,
    "ASTANA_OUTLET": "odd",
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
            role = Hints(role=Role(asked.pop("role", "page")), title="عنوان من القائمة")
            meta = {"hints": role, **asked.pop("meta", {})}
            yield scrapy.Request(**asked, meta=meta, dont_filter=True, callback=self.parse, errback=self.failed)

    def parse(self, response: Any) -> None:
        answers[response.request.url] = (response.status, len(response.body))

    def failed(self, failure: Failure) -> None:
        errors[failure.request.url] = (type(failure.value).__name__, str(failure.value))  # type: ignore[attr-defined]


def main(order: Path, out: Path) -> None:
    asked = json.loads(order.read_text("utf-8"))
    process = AsyncCrawlerProcess({**SETTINGS, **asked["settings"]}, install_root_handler=False)
    crawler = process.create_crawler(Wire)
    crawler.wire_sink = captures.append  # type: ignore[attr-defined]
    process.crawl(crawler, requests=asked["requests"])
    process.start()
    out.write_bytes(pickle.dumps((captures, answers, errors)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
