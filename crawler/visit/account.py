"""What a crawl says of itself at the head of its WARC: program, manners, bounds, vantage; it asks no machine its name.

A historian reads here how the bytes below came about. Host names, addresses and paths stand here only when the
operator writes them into a setting; no token, key or cookie has a place here at all.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from archive.digest import sha256
from archive.settings import PRODUCT, Settings
from crawler import settings as bounds
from crawler.archives.services import Service, service
from crawler.orders import CrawlOrder
from crawler.outlet import BUILT_IN, Outlet
from crawler.visit.books import MAX_HOPS

NOT_DECLARED = "not declared"
_NOBODY = Settings.model_fields["contact"].default
STANDARD = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
LIBRARIES = ("Scrapy", "Twisted", "pyOpenSSL", "deflate")
TAP = (
    "bytes as they passed between TLS and the HTTP client, both ways, before anything unpacks them: header case, order "
    "and repeats, chunk framing and content coding kept; interim 1xx answers stand in the metadata record; a payload "
    "already held from the same address is a revisit with its own head"
)
ROBOTS = "RFC 9309, obeyed: what a host disallows is not asked for; an unreachable robots.txt disallows all"
VERIFIED = (
    "verified against the machine's authorities or those of SSL_CERT_FILE; a failure is recorded, nothing is read"
)
DIGESTS = (
    "WARC-Payload-Digest and WARC-Block-Digest sha1 in base32, payload without transfer coding and with content coding "
    "(WARC 1.1 §5.9); Astana-Block-Digest of the block, Astana-Content-Digest of the payload without content coding, "
    "both sha256 in hex"
)


def account(order: CrawlOrder, settings: Settings, outlet: Outlet) -> dict[str, str]:
    """The fields of a crawl's warcinfo record; the same order, settings and outlet give the same fields."""
    asked = service(order.via, settings)
    scrapy = bounds.scrapy_settings(outlet, settings, asked)
    return {
        "software": f"{PRODUCT} Python/{platform.python_version()} {_libraries()}",
        "conformsTo": STANDARD,
        "isPartOf": outlet.id,
        "description": f"crawl {order.run} of {outlet.english}",
        "run": order.run,
        "window": f"[{order.since or 'always'}, {order.until or 'now'})",
        "operator": NOT_DECLARED if settings.contact == _NOBODY else settings.contact,
        "vantage": " ".join(settings.vantage.split()) or NOT_DECLARED,
        "outlet-file": _file(outlet.id, settings.outlets),
        **_asked(scrapy),
        "robots": ROBOTS
        if asked is None
        else "not asked: of the archive only the addresses meant for programs are asked",
        "cookies": "none sent, none kept",
        "tap": TAP,
        "digests": DIGESTS,
        **(_bounds(scrapy, outlet) if asked is None else {**_bounds(scrapy, outlet), **_at(asked)}),
    }


def _at(asked: Service) -> dict[str, str]:
    """What is otherwise where a web archive is asked about an outlet."""
    lanes = ", ".join(f"{lane.interval:g} s between requests of the lane {lane.name}" for lane in asked.lanes)
    private = "private ones allowed" if asked.may_be_private else "private ones refused"
    return {
        "source": f"{asked.via.value}: {' '.join(dict.fromkeys((asked.index, asked.pages)))}",
        "pace": f"{lanes}; over all processes, one at once",
        "retries": "as the order's books ask, up to six times for one address; a host that refuses is left alone",
        "redirects": f"{MAX_HOPS} at most, to addresses of the archive's own; each hop is a capture of its own",
        "tls": VERIFIED,
        "addresses": f"as the machine's resolver answers, or as the operator fixed them; {private}",
    }


def _file(name: str, folder: Path | None) -> str:
    """The digest of the facts the crawl went by, as sha256sum gives it; where they lie is nobody's business."""
    places = (place / f"{name}.yml" for place in (folder, BUILT_IN) if place is not None)
    return next((sha256(path.read_bytes()) for path in places if path.is_file()), "none")


def _libraries() -> str:
    from OpenSSL import SSL

    openssl = SSL.OpenSSL_version(SSL.OPENSSL_VERSION).decode().split()[1]
    return " ".join((*(f"{name}/{version(name)}" for name in LIBRARIES), f"OpenSSL/{openssl}"))


def _asked(scrapy: dict[str, Any]) -> dict[str, str]:
    """The headers sent with each request; the request records hold them byte for byte."""
    headers = scrapy["DEFAULT_REQUEST_HEADERS"]
    return {
        "http-header-user-agent": scrapy["USER_AGENT"],
        **{f"http-header-{name.lower()}": str(value) for name, value in headers.items()},
    }


def _bounds(scrapy: dict[str, Any], outlet: Outlet) -> dict[str, str]:
    tls = VERIFIED
    if outlet.tls != "verified":
        tls = "not verified, as the outlet's file says; the certificate's digest is recorded"
    return {
        "pace": f"{outlet.pace.delay} s between requests, {outlet.pace.concurrency} at once, "
        "one pace for all hosts of the outlet, no jitter",
        "limit-bytes": str(scrapy["DOWNLOAD_MAXSIZE"]),
        "limit-seconds": str(scrapy["DOWNLOAD_TIMEOUT"]),
        "retries": f"{scrapy['RETRY_TIMES']} after {' '.join(map(str, scrapy['RETRY_HTTP_CODES']))} or no answer",
        "redirects": f"{MAX_HOPS} at most, each asked of scope and robots.txt; each hop is a capture of its own",
        "tls": tls,
        "addresses": _addresses(scrapy["ASTANA_RESOLVE"], outlet),
    }


def _addresses(table: Mapping[str, str], outlet: Outlet) -> str:
    fixed = f"given by the operator for {' '.join(sorted(table))}, else " if table else ""
    private = "private ones allowed" if outlet.allow_private else "private ones refused"
    return f"{fixed}as the machine's resolver answers; {private}"
