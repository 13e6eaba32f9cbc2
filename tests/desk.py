"""One outlet over a small site on loopback, and what is crawled of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive import warc
from archive.records import Capture
from archive.settings import Settings, load_settings
from archive.storage import open_storage
from crawler.crawl import crawl
from crawler.orders import CrawlOrder, CrawlReport
from tests.sites import Reply, Site, article

NOW = datetime(2026, 1, 10, tzinfo=UTC)


class Desk:
    """One outlet over a site, and orders for it."""

    def __init__(self, folder: Path, site: Site, more: str = "", seeds: str = "") -> None:
        self.folder = folder
        self.site = site
        (folder / "outlets").mkdir(exist_ok=True)
        seeds = seeds or f"  - {{kind: feed, url: 'http://{site.host}/feed'}}\n"
        (folder / "outlets" / "trial.yml").write_text(
            "name: تجربة\nenglish: Trial\ncountry: SY\ntimezone: Asia/Damascus\nlanguage: ar\n"
            f"hosts: ['{site.host}']\nseeds:\n{seeds}story: {{url: '/news/[0-9]+', id: '/news/([0-9]+)'}}\n"
            + (more or "pace: {delay: 0.01}\nallow_private: true\n"),
            encoding="utf-8",
        )
        self.settings: Settings = load_settings(
            store=str(folder / "store"), outlets=folder / "outlets", contact="archive@a.example"
        )

    def order(self, **asked: Any) -> CrawlOrder:
        return CrawlOrder(**{"run": "r1", "outlet": "trial", "now": NOW, **asked})

    def crawl(self, **asked: Any) -> CrawlReport:
        return asyncio.run(crawl(self.order(**asked), self.settings))

    def captures(self) -> list[Capture]:
        storage = open_storage(self.settings.store)
        found = [
            capture
            for key in storage.list("warc/")
            for capture in warc.read(storage.open(key), key.removeprefix("warc/"), "trial")
        ]
        assert all(isinstance(capture, Capture) for capture in found), found
        return [capture for capture in found if isinstance(capture, Capture)]


def news(*numbers: int) -> dict[str, Reply]:
    return {f"/news/{number}": article(number) for number in numbers}
