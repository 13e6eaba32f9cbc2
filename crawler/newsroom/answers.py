"""Ask and Reply: one request as seen and one answer as it will be framed; pure, it opens no socket."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urlsplit

HTML = "text/html; charset=UTF-8"
XML = "application/xml; charset=UTF-8"
RSS = "application/rss+xml; charset=UTF-8"
TEXT = "text/plain; charset=UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request, as the server saw it."""

    outlet: str
    method: str
    target: str  # path and query, letter for letter
    headers: tuple[tuple[str, str], ...]
    time: datetime  # aware UTC, by the newsroom's own clock
    arrived: float = 0.0  # seconds of this machine that only grow

    @property
    def path(self) -> str:
        """The path, percent-decoded."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> Mapping[str, str]:
        """The query's last value of each name."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def header(self, name: str) -> str:
        """The first value of a header, or nothing at all: an empty string."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def accepts_gzip(self) -> bool:
        """Whether the client offered gzip (q-values of zero are not met in this press)."""
        return "gzip" in self.header("Accept-Encoding").lower()


class Framing(StrEnum):
    """How the body's end is told."""

    LENGTH = "length"
    CHUNKED = "chunked"


class Ending(StrEnum):
    """How much of the answer leaves before the connection ends."""

    WHOLE = "whole"
    CUT = "cut"  # the head, and half of the body
    NONE = "none"  # not one byte


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer. `Date` and the framing's own header are written by the server; everything else stands here."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    framing: Framing = Framing.LENGTH
    piece: int = 1021  # bytes a chunk; odd, so that letters and gzip blocks are cut anywhere
    slow: bool = False  # waits as long as the newsroom was told to be slow
    ending: Ending = Ending.WHOLE

    def header(self, name: str) -> str:
        """The first value of a header, or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def plus(self, *headers: tuple[str, str]) -> Reply:
        """The same with more headers."""
        return replace(self, headers=(*self.headers, *headers))


def page(text: str, kind: str = HTML, status: int = 200) -> Reply:
    """A text in UTF-8."""
    return Reply(status=status, headers=(("Content-Type", kind),), body=text.encode())


def moved(location: str, status: int = 301) -> Reply:
    """A redirect with the small page old servers send along."""
    body = f'<html><head><title>{status}</title></head><body><a href="{location}">{status}</a></body></html>\n'
    return Reply(status=status, headers=(("Location", location), ("Content-Type", HTML)), body=body.encode())


def chunked(reply: Reply) -> Reply:
    """The same without a Content-Length."""
    return replace(reply, framing=Framing.CHUNKED)


def gzipped(reply: Reply, ask: Ask) -> Reply:
    """The same in gzip when the client offers it; byte for byte the same each time (no time stamp inside)."""
    varied = reply.plus(("Vary", "Accept-Encoding"))
    if not ask.accepts_gzip:
        return varied
    return replace(varied.plus(("Content-Encoding", "gzip")), body=gzip.compress(reply.body, 6, mtime=0))


def http_date(moment: datetime) -> str:
    """RFC 9110 §5.6.7; whole seconds."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def with_etag(reply: Reply) -> Reply:
    """The same with a strong ETag of its bytes before any content coding; call it before `gzipped`."""
    return reply.plus(("ETag", f'"{hashlib.sha256(reply.body).hexdigest()[:20]}"'))


def with_modified(reply: Reply, moment: datetime) -> Reply:
    """The same with Last-Modified."""
    return reply.plus(("Last-Modified", http_date(moment)))


def conditional(reply: Reply, ask: Ask) -> Reply:
    """304 without a body when the client's validators still hold (RFC 9110 §13.2.2: If-None-Match goes first)."""
    if not _holds(reply, ask):
        return reply
    kept = tuple((name, value) for name, value in reply.headers if name in ("ETag", "Last-Modified", "Vary"))
    return Reply(status=304, headers=kept)


def _holds(reply: Reply, ask: Ask) -> bool:
    etag, since = reply.header("ETag"), ask.header("If-Modified-Since")
    if etag and ask.header("If-None-Match"):
        said = {tag.strip().removeprefix("W/") for tag in ask.header("If-None-Match").split(",")}
        return "*" in said or etag in said
    modified = reply.header("Last-Modified")
    if not (modified and since):
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):  # a date nobody can read is ignored, §13.1.3
        return False
