"""Look-alikes of web archives over small tables of captures, and how tests ask them."""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from crawler.newsroom.archives import Archived
from tests.newsrooms import Seen, seen

ARABIC = "http://sawari.example/2017/01/%d8%a3%d8%b3%d8%aa%d8%a7%d9%86%d8%a7/"


def capture(url: str, time: str, status: int = 200, body: str = "", **more: Any) -> Archived:
    """A capture of a page; its text is its address and status unless another one is given."""
    return Archived(url=url, time=time, status=status, body=(body or f"<p>{url} {status}</p>").encode(), **more)


# One page under four spellings of its address, captured as a page, unchanged, moved and gone; others beside it.
CAPTURES = (
    capture(ARABIC, "20170124080000", body="<p>أول</p>"),
    capture(ARABIC.replace("http:", "https:"), "20170301080000", body="<p>أول</p>", revisit=True),
    capture(
        ARABIC.replace("example/", "example:80/"),
        "20180101080000",
        status=301,
        headers=(("Location", "http://sawari.example/"), ("Content-Type", "text/html")),
    ),
    capture(ARABIC.replace("http://", "http://www."), "20190101080000", status=404),
    capture("http://sawari.example/feed/", "20170125000000", headers=(("Content-Type", "application/rss+xml"),)),
    *(
        capture(f"http://sawari.example/2017/02/story-{number:02}/", f"201702{number:02}120000")
        for number in range(1, 20)
    ),
    capture("http://news.sawari.example/x", "20170601000000"),
    capture("http://sawari.example.org/2017/01/other/", "20170601000000"),
)


def fetched(address: str, *, compressed: bool = False, **headers: str) -> Seen:
    """One GET on a connection of its own; the body of a coded answer is decoded."""
    parts = urlsplit(address)
    offered = {"Accept-Encoding": "gzip"} if compressed else {}
    with closing(HTTPConnection(parts.netloc, timeout=10)) as connection:
        connection.request("GET", parts._replace(scheme="", netloc="").geturl(), headers={**offered, **headers})
        answer = seen(connection.getresponse())
    if answer.headers.get("Content-Encoding") == "gzip":
        return Seen(answer.status, answer.headers, gzip.decompress(answer.body))
    return answer


def asked(base: str, *pairs: tuple[str, str], **parameters: object) -> Seen:
    """An index asked with these parameters; `pairs` may repeat a name."""
    return fetched(f"{base}?{urlencode([*parameters.items(), *pairs])}")


def table(seen: Seen) -> list[dict[str, str]]:
    """The rows of a JSON answer of Wayback's index."""
    rows: list[list[str]] = json.loads(seen.body)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if len(row) > 1]


def lines(seen: Seen) -> list[dict[str, str]]:
    """The objects of an NDJSON answer."""
    return [json.loads(line) for line in seen.body.splitlines()]
