"""A spider as anyone writes one, for the peers in the benchmarks: it asks for given addresses and counts what came.

    python benchmarks/spider.py URLS CONCURRENCY DELAY [FOLDER | trimmed]

URLS: a file with an address a line. With a folder, scrapy-webarchive writes a WACZ there; `trimmed`: under the settings
of our crawl, which leave out what no page needs. Prints pages and bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess

counted = {"pages": 0, "bytes": 0}


class Asking(scrapy.Spider):
    name = "asking"

    def __init__(self, urls: list[str], **given: Any) -> None:
        super().__init__(**given)
        self.start_urls = urls

    def parse(self, response: Any) -> None:
        counted["pages"] += response.status == 200
        counted["bytes"] += len(response.body)


def main(urls: str, concurrency: str, delay: str, folder: str | None = None) -> None:
    settings: dict[str, Any] = {
        "CONCURRENT_REQUESTS": int(concurrency),
        "CONCURRENT_REQUESTS_PER_DOMAIN": int(concurrency),
        "DOWNLOAD_DELAY": float(delay),
        "RANDOMIZE_DOWNLOAD_DELAY": False,
        "LOG_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
    }
    if folder == "trimmed":
        from crawler import settings as trimmed

        settings |= trimmed._bounds() | trimmed._stations() | trimmed._silence() | {"DOWNLOADER_MIDDLEWARES": {}}
    elif folder is not None:
        settings["EXTENSIONS"] = {"scrapy_webarchive.extensions.WaczExporter": 543}
        settings["SW_EXPORT_URI"] = f"{folder}/"
    process = CrawlerProcess(settings, install_root_handler=False)
    process.crawl(Asking, urls=Path(urls).read_text("utf-8").split())
    process.start()
    print(counted["pages"], counted["bytes"])


if __name__ == "__main__":
    main(*sys.argv[1:])
