"""Scrapy's settings for one outlet: robots obeyed, pace kept, TLS verified, sizes bounded; it reads nothing."""

from __future__ import annotations

from typing import Any

from archive.settings import Settings
from crawler.archives.services import Service
from crawler.outlet import Outlet

TIMEOUT = 30  # seconds for one exchange
MOST_BYTES = 32 << 20  # of one response on the wire
RETRIES = 2
AT_ARCHIVES = 0.01  # seconds between requests to an archive here: the turnstile keeps the pace
PATIENCE = 120  # seconds for one exchange with an archive: a large answer of an index is long in coming
VERIFIED = "verified"
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def scrapy_settings(outlet: Outlet, settings: Settings, service: Service | None = None) -> dict[str, Any]:
    """What the crawl of one outlet runs under; with a service, the order at that web archive."""
    usual = {**_manners(outlet, settings), **_bounds(), **_silence(), **_stations(), **_wire(outlet, settings)}
    return usual if service is None else {**usual, **_at(service, outlet)}


def _at(service: Service, outlet: Outlet) -> dict[str, Any]:
    """One request at a time, each when it is its turn; what went wrong, the order's books ask for again.

    What the outlet's file allows its own hosts is not allowed to an archive's.
    """
    return {
        "DOWNLOAD_SLOTS": {outlet.id: {"concurrency": 1, "delay": AT_ARCHIVES, "jitter": 0.0}},
        "DOWNLOAD_DELAY": AT_ARCHIVES,
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_TIMEOUT": PATIENCE,
        "RETRY_ENABLED": False,
        "DOWNLOADER_MIDDLEWARES": {"crawler.visit.gates.ServiceGate": 100, "crawler.visit.gates.HostGate": 600},
        "ASTANA_ALLOW_PRIVATE": service.may_be_private,
        "ASTANA_TLS": VERIFIED,
    }


def _manners(outlet: Outlet, settings: Settings) -> dict[str, Any]:
    """Pace is a promise: no jitter, and one slot for all hosts of an outlet, so that www and amp share it.

    A delay of 0 would switch the limit of concurrent requests off, too; outlet files cannot say 0.
    """
    slot = {"concurrency": outlet.pace.concurrency, "delay": outlet.pace.delay, "jitter": 0.0}
    return {
        "USER_AGENT": settings.agent,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": ACCEPT,
            "Accept-Language": f"{outlet.language},*;q=0.5",
            # What every reader of WARCs can undo; br and zstd are kept when a server sends them unasked.
            "Accept-Encoding": "gzip, deflate",
        },
        # Ours obeys RFC 9309; Scrapy's takes an unreachable robots.txt for a permission.
        "ROBOTSTXT_OBEY": False,
        "DOWNLOAD_SLOTS": {outlet.id: slot},
        "DOWNLOAD_DELAY": outlet.pace.delay,
        "DOWNLOAD_DELAY_JITTER": 0.0,
        # SIGTERM waits for what is under way: no more than that may be queued.
        "CONCURRENT_REQUESTS": outlet.pace.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": outlet.pace.concurrency,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "AUTOTHROTTLE_ENABLED": False,
    }


def _bounds() -> dict[str, Any]:
    return {
        "DOWNLOAD_TIMEOUT": TIMEOUT,
        "DOWNLOAD_MAXSIZE": MOST_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": False,  # what came is kept and marked as cut short
        "RETRY_TIMES": RETRIES,
        "RETRY_HTTP_CODES": [500, 502, 503, 504, 522, 524, 408],
        "RETRY_GIVE_UP_LOG_LEVEL": "INFO",
        # The spider follows redirects itself, because each hop must pass scope and robots.
        "REDIRECT_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "COMPRESSION_ENABLED": False,
        # A proxy from the environment would resolve names where nobody checks the address.
        "HTTPPROXY_ENABLED": False,
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
    }


def _stations() -> dict[str, Any]:
    """What a request and its answer pass: these and no others, each of which costs time on every page.

    Of Scrapy's own, one would drop addresses longer than 2,083 characters without a word, as Arabic slugs can be.
    """
    scrapys = "scrapy.downloadermiddlewares"
    return {
        "DOWNLOADER_MIDDLEWARES_BASE": {
            f"{scrapys}.downloadtimeout.DownloadTimeoutMiddleware": 350,
            f"{scrapys}.defaultheaders.DefaultHeadersMiddleware": 400,
            f"{scrapys}.useragent.UserAgentMiddleware": 500,
            f"{scrapys}.retry.RetryMiddleware": 550,
        },
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.visit.manners.RobotsGate": 100,
            "crawler.visit.gates.HostGate": 600,
        },
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        # For each page Scrapy starts as many tasks as items may be worked on at once, and reads the callback's source.
        "CONCURRENT_ITEMS": 1,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
    }


def _silence() -> dict[str, Any]:
    return {
        "LOG_ENABLED": False,
        # Doors into a running process, the second of which runs any code it is sent.
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "LOGSTATS_INTERVAL": 0,
        "STATS_DUMP": False,
        "MEMUSAGE_ENABLED": False,
        "SPIDER_LOADER_WARN_ONLY": True,
    }


def _wire(outlet: Outlet, settings: Settings) -> dict[str, Any]:
    handler = "crawler.wire.TappedDownloadHandler"
    return {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler, "ftp": None, "file": None, "data": None, "s3": None},
        "ASTANA_OUTLET": outlet.id,
        "ASTANA_ALLOW_PRIVATE": outlet.allow_private,
        "ASTANA_RESOLVE": dict(settings.resolve),
        "ASTANA_TLS": outlet.tls,
    }
