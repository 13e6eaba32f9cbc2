"""A look-alike of web.archive.org: its CDX server and its replay, over a shelf of captures; it fetches nothing.

https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from itertools import groupby, islice
from urllib.parse import quote_plus, unquote_plus

from crawler.newsroom.answers import HTML, TEXT, Ask, Reply, chunked, gzipped, http_date, moved, page
from crawler.newsroom.archives.asked import (
    AT_IA,
    BadQueryError,
    Blocks,
    Query,
    chosen,
    filters,
    found,
    matches,
    page_of,
    pages_asked,
    query_of,
)
from crawler.newsroom.archives.captured import STAMP, Archived, Line, Shelf

CDX = "/cdx/search/cdx"
REPLAY = re.compile(r"^/web/(?P<time>[0-9]{1,14})(?P<view>[a-z]{2}_)?/(?P<url>.+)$")
FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wayback:
    """One archive as it is served: what it holds, where it stands, how its index is cut."""

    shelf: Shelf
    address: str  # http://host:port, no slash
    blocks: Blocks = AT_IA
    most: int = 150_000  # lines of one answer

    def answer(self, ask: Ask) -> Reply:
        """What the archive answers to any request."""
        if ask.path == CDX:
            return _packed(self._index(query_of(ask.target)), ask)
        if ask.path == "/robots.txt":
            return page("User-agent: *\nDisallow: /save/\n", TEXT)
        if match := REPLAY.match(ask.target):
            return self._replay(match["time"], match["view"] or "", match["url"], ask)
        return page("<html><head><title>Wayback Machine</title></head><body></body></html>\n", HTML, status=404)

    def _index(self, query: Query) -> Reply:
        try:
            pages = pages_asked(self.shelf, query, self.blocks)
            if query.says("showNumPages"):
                return page(f"{pages}\n", TEXT)
            if query.number("page", 0) >= max(pages, 1):
                return page("", JSON if query.one("output") == "json" else TEXT)  # past the last page: not one byte
            rows, resume = self._rows(query)
        except BadQueryError as error:
            return page(f"{error}\n", TEXT, status=400)
        return _written(rows, resume, query)

    def _rows(self, query: Query) -> tuple[list[dict[str, str]], str | None]:
        """The rows of one answer, and the key to go on from when there are more."""
        limit = query.number("limit", self.most)
        paged = query.one("page") != ""
        lines: Iterable[Line] = found(self.shelf, query)
        if paged:
            lines = page_of(self.shelf, query, self.blocks, query.number("page", 0))
        lines = _collapsed(_filtered(_resumed(lines, query.one("resumeKey")), query), query)
        if limit < 0:
            kept = list(lines)[max(limit, -self.most) :]
            return [_row(line) for line in kept], None
        kept = list(islice(lines, query.number("offset", 0), query.number("offset", 0) + min(limit, self.most) + 1))
        rest = len(kept) > min(limit, self.most)
        kept = kept[: min(limit, self.most)]
        key = f"{kept[-1].urlkey} {kept[-1].capture.time}!" if rest and kept else None
        return [_row(line) for line in kept], key

    def _replay(self, time: str, view: str, url: str, ask: Ask) -> Reply:
        held = list(self.shelf.of(url if "://" in url else f"http://{url}"))
        if not held:
            missing = (
                f"<html><body><p>The Wayback Machine has not archived that URL.</p><p>{escape(url)}</p></body></html>\n"
            )
            return page(missing, HTML, status=404)
        nearest = min(held, key=lambda line: (abs(line.capture.moment - _moment(time)), line.capture.time))
        if nearest.capture.time != time:
            return moved(self._at(nearest.capture, view), status=302)
        exact = [line for line in held if line.capture.time == time]
        same = next((line for line in exact if line.capture.url == url), exact[0])
        reply = self._memento(_resolved(same, held), same.capture)
        if view != "id_":
            return page(
                f"<html><body><div id='wm-ipp-base'>WAYBACK MACHINE</div>{reply.body.decode(errors='replace')}", HTML
            )
        return _packed(reply, ask)

    def _at(self, capture: Archived, view: str) -> str:
        return f"{self.address}/web/{capture.time}{view}/{capture.url}"

    def _memento(self, held: Archived, asked: Archived) -> Reply:
        """The recorded answer in the archive's own envelope; a recorded redirect leads on inside the archive."""
        original = tuple((f"x-archive-orig-{name.lower()}", value) for name, value in held.headers)
        kind = next((value for name, value in held.headers if name.lower() == "content-type"), "text/html")
        links = f'<{asked.url}>; rel="original", <{self.address}/web/timemap/link/{asked.url}>; rel="timemap"'
        own = [("Content-Type", kind), ("memento-datetime", http_date(asked.moment)), ("link", links)]
        if held.location:
            own.append(("Location", f"{self.address}/web/{asked.time}id_/{held.location}"))
        return Reply(status=held.status, headers=(*own, *original), body=held.body)


def _moment(digits: str) -> datetime:
    """The first moment that begins with these digits; what is no date asks for the first capture."""
    try:
        return datetime.strptime(digits + "00000101000000"[len(digits) :], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _resolved(line: Line, held: Sequence[Line]) -> Archived:
    """The capture whose bytes a revisit stands for: the nearest one of the same digest that is no revisit itself."""
    if not line.capture.revisit:
        return line.capture
    same = [other.capture for other in held if other.digest == line.digest and not other.capture.revisit]
    return min(same, key=lambda one: abs(one.moment - line.capture.moment), default=line.capture)


def _resumed(lines: Iterable[Line], key: str) -> Iterator[Line]:
    """What follows the resume key, which may come as it was told, or encoded once more by the client."""
    if not key:
        yield from lines
        return
    plain = key if " " in key else unquote_plus(key)
    urlkey, _, time = plain.removesuffix("!").rpartition(" ")
    yield from (line for line in lines if line.order > (urlkey, time))


def _filtered(lines: Iterable[Line], query: Query) -> Iterator[Line]:
    """Lines whose fields match every filter as a whole; `~` in front asks whether the field holds the words."""
    asked = filters(query, FIELDS)
    for line in lines:
        row = _row(line)
        if all(_holds(expression, row.get(name, "")) is wanted for wanted, name, expression in asked):
            yield line


def _holds(expression: str, value: str) -> bool:
    if expression.startswith("~"):
        return expression[1:] in value
    return matches(expression, value, whole=True)


def _collapsed(lines: Iterable[Line], query: Query) -> Iterator[Line]:
    """Of neighbours with the same beginning of a field, the first."""
    for words in query.every("collapse"):
        name, _, length = words.partition(":")
        end = int(length) if length.isdecimal() else None
        lines = [next(several) for _, several in groupby(lines, key=lambda line: _row(line).get(name, "")[:end])]
    yield from lines


def _row(line: Line) -> dict[str, str]:
    capture = line.capture
    return {
        "urlkey": line.urlkey,
        "timestamp": capture.time,
        "original": capture.url,
        "mimetype": "warc/revisit" if capture.revisit else capture.mime,
        "statuscode": "-" if capture.revisit else str(capture.status),
        "digest": line.digest,
        "length": str(line.length),
    }


def _written(rows: Sequence[dict[str, str]], resume: str | None, query: Query) -> Reply:
    shown = [chosen(row, query, FIELDS) for row in rows]
    key = quote_plus(resume) if resume and query.says("showResumeKey") else None
    if query.one("output") != "json":
        lines = [" ".join(row.values()) for row in shown] + (["", key] if key else [])
        return page("".join(f"{line}\n" for line in lines), TEXT)
    if not shown:
        return page("[]\n", JSON)
    table = [list(shown[0]), *(list(row.values()) for row in shown)] + ([[], [key]] if key else [])
    return page("[" + ",\n ".join(json.dumps(row) for row in table) + "]\n", JSON)


def _packed(reply: Reply, ask: Ask) -> Reply:
    """Chunked, and in gzip when the client takes it and does not say `gzip=false`."""
    if not reply.body:
        return reply
    return chunked(reply if ask.query.get("gzip") == "false" else gzipped(reply, ask))
