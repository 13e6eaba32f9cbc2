"""Scrapy's settings: what a crawl runs under, and which doors stay shut."""

from __future__ import annotations

from scrapy.core.downloader.middleware import DownloaderMiddlewareManager
from scrapy.core.spidermw import SpiderMiddlewareManager
from scrapy.extension import ExtensionManager
from scrapy.utils.test import get_crawler

from archive.settings import load_settings
from crawler.outlet import load_outlets
from crawler.settings import scrapy_settings


def test_every_outlet_is_crawled_politely_and_with_every_door_shut() -> None:
    for outlet in load_outlets().values():
        found = scrapy_settings(outlet, load_settings(contact="archive@a.example"))
        slot = found["DOWNLOAD_SLOTS"][outlet.id]
        assert slot == {"concurrency": outlet.pace.concurrency, "delay": outlet.pace.delay, "jitter": 0.0}
        assert slot["delay"] > 0
        assert found["CONCURRENT_REQUESTS"] == outlet.pace.concurrency
        assert found["DEFAULT_REQUEST_HEADERS"]["Accept-Encoding"] == "gzip, deflate"
        assert found["USER_AGENT"] == "AstanaArchive/0.1 (+archive@a.example)"
        assert "crawler.visit.manners.RobotsGate" in found["DOWNLOADER_MIDDLEWARES"]
        shut = ("COOKIES_ENABLED", "TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "HTTPPROXY_ENABLED")
        assert not any(found[name] for name in shut)
        assert not any(found[name] for name in ("REDIRECT_ENABLED", "METAREFRESH_ENABLED", "COMPRESSION_ENABLED"))


def test_only_an_outlets_own_file_loosens_addresses_or_certificates() -> None:
    found = scrapy_settings(load_outlets()["sana"], load_settings())
    assert (found["ASTANA_ALLOW_PRIVATE"], found["ASTANA_TLS"]) == (False, "verified")


def test_a_page_passes_the_gates_and_what_keeps_manners_and_nothing_that_drops_or_asks_on_its_own() -> None:
    found = scrapy_settings(load_outlets()["sana"], load_settings())
    crawler = get_crawler(settings_dict=found)
    passed = [type(one).__name__ for one in DownloaderMiddlewareManager.from_crawler(crawler).middlewares]
    manners = ["DownloadTimeoutMiddleware", "DefaultHeadersMiddleware", "UserAgentMiddleware", "RetryMiddleware"]
    assert passed == ["RobotsGate", *manners, "HostGate"]
    # Scrapy's own would leave out addresses longer than 2,083 characters, and say so nowhere.
    assert SpiderMiddlewareManager.from_crawler(crawler).middlewares == ()
    assert ExtensionManager.from_crawler(crawler).middlewares == ()
