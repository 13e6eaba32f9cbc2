"""A look-alike of Common Crawl: collections, their index server (pywb over ZipNum) and the files; it fetches nothing.

https://pywb.readthedocs.io/en/latest/manual/cdxserver_api.html
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crawler.newsroom.answers import HTML, Ask, Reply, page
from crawler.newsroom.archives.asked import (
    AT_COMMON_CRAWL,
    BadQueryError,
    Blocks,
    Query,
    blocks_asked,
    chosen,
    filters,
    matches,
    page_of,
    pages_asked,
    query_of,
)
from crawler.newsroom.archives.captured import Archived, Line, Shelf
from crawler.newsroom.archives.members import Member, written

INDEX = re.compile(r"^/(?P<id>CC-MAIN-[0-9]{4}-[0-9]{2})-index/?$")
RANGE = re.compile(r"^bytes=(?P<first>[0-9]+)-(?P<last>[0-9]*)$")
SUBSETS = {True: "warc", False: "crawldiagnostics"}
NDJSON = "text/x-ndjson"
CDXJ = "text/x-cdxj"
FIRST_LANGUAGES = "CC-MAIN-2018-34"  # since then lines name languages and charset


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One crawl: its index, and where each capture's record lies."""

    id: str
    shelf: Shelf
    members: Mapping[Line, Member]

    @property
    def monday(self) -> date:
        """The first day of its ISO week."""
        _, _, year, week = self.id.split("-")
        return date.fromisocalendar(int(year), int(week), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonCrawl:
    """All collections, newest first, and the files they lie in."""

    collections: tuple[Collection, ...]
    files: Mapping[str, bytes]
    blocks: Blocks = AT_COMMON_CRAWL

    def index(self, ask: Ask, address: str) -> Reply:
        """What the index server at that address answers."""
        if ask.path == "/collinfo.json":
            return page(json.dumps([_told(one, address) for one in self.collections], indent=2), "application/json")
        match = INDEX.match(ask.path)
        named = [one for one in self.collections if match and one.id == match["id"]]
        if not named:
            return page("<html><body><h1>Not Found</h1></body></html>\n", HTML, status=404)
        try:
            return self._lines(named[0], query_of(ask.target))
        except BadQueryError as error:
            return _message(400, str(error))

    def _lines(self, collection: Collection, query: Query) -> Reply:
        pages = pages_asked(collection.shelf, query, self.blocks)
        if query.says("showNumPages"):
            blocks = len(blocks_asked(collection.shelf, query, self.blocks))
            size = query.number("pageSize", self.blocks.page)
            return page(json.dumps({"pages": pages, "pageSize": size, "blocks": blocks}) + "\n", "application/json")
        number = query.number("page", 0)
        if pages and not 0 <= number < pages:
            return _message(400, f"Page {number} invalid: First Page is 0, Last Page is {pages - 1}")
        lines = page_of(collection.shelf, query, self.blocks, number)
        rows = [row for row in (_row(collection, line) for line in lines) if _passes(row, query)]
        if query.one("sort") == "reverse":
            rows.reverse()
        rows = rows[: query.number("limit", len(rows))]
        if not rows:
            kind, url = query.match
            return _message(404, f"No Captures found for: {url}" + (f" ({kind} query)" if kind != "exact" else ""))
        return _written(rows, query)

    def capture_at(self, filename: str, offset: int) -> Archived:
        """The capture whose record begins there. Raises StopIteration when none does."""
        members = (member for one in self.collections for member in one.members.values())
        return next(at.line.capture for at in members if (at.filename, at.offset) == (filename, offset))

    def data(self, ask: Ask) -> Reply:
        """What the file server answers: a file, or the bytes of it that were asked for."""
        whole = self.files.get(ask.path.lstrip("/"))
        if whole is None:
            body = "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
            return page(body, "application/xml", status=404)
        headers = (("Content-Type", "application/octet-stream"), ("Accept-Ranges", "bytes"))
        asked = RANGE.match(ask.header("Range"))
        if asked is None:
            return Reply(status=200, headers=headers, body=whole)
        first, last = int(asked["first"]), min(int(asked["last"] or len(whole) - 1), len(whole) - 1)
        if first > last:
            return Reply(status=416, headers=(("Content-Range", f"bytes */{len(whole)}"),))
        said = ("Content-Range", f"bytes {first}-{last}/{len(whole)}")
        return Reply(status=206, headers=(*headers, said), body=whole[first : last + 1])


def collections_of(captures: Iterable[Archived], empty: Iterable[str] = ()) -> CommonCrawl:
    """Captures put into the crawl of their month, and crawls that hold none of them."""
    crawls: defaultdict[str, list[Archived]] = defaultdict(list, {name: [] for name in empty})
    for capture in captures:
        crawls[crawl_of(capture)].append(capture)
    files: dict[str, bytes] = {}
    made = [_collection(name, crawls[name], files) for name in sorted(crawls, reverse=True)]
    return CommonCrawl(collections=tuple(made), files=files)


def crawl_of(capture: Archived) -> str:
    """The crawl of a capture's month, by the ISO week of the month's eighth day."""
    year, week, _ = capture.moment.replace(day=8).date().isocalendar()
    return f"CC-MAIN-{year}-{week:02}"


def _collection(name: str, captures: Sequence[Archived], files: dict[str, bytes]) -> Collection:
    shelf = Shelf(captures)
    members: dict[Line, Member] = {}
    for good, subset in SUBSETS.items():
        lines = [line for line in shelf.lines if (line.capture.status == 200) is good]
        stem = f"{name}-{'00001' if good else '00002'}-ip-10-0-0-1.ec2.internal"
        filename = f"crawl-data/{name}/segments/1500000000000.{name[-2:]}/{subset}/{stem}.warc.gz"
        files[filename], held = written(filename, lines)
        members.update((member.line, member) for member in held)
    return Collection(id=name, shelf=shelf, members=members)


def _told(one: Collection, address: str) -> dict[str, str]:
    told = {
        "id": one.id,
        "name": f"{one.monday:%B %Y} Index",
        "timegate": f"{address}/{one.id}/",
        "cdx-api": f"{address}/{one.id}-index",
    }
    if one.monday.year >= 2018:  # earlier ones are told without their days
        told |= {"from": f"{one.monday}T00:00:00", "to": f"{one.monday + timedelta(days=27)}T23:59:59"}
    return told


def _row(collection: Collection, line: Line) -> dict[str, str]:
    capture, member = line.capture, collection.members[line]
    row = {
        "urlkey": line.urlkey,
        "timestamp": capture.time,
        "url": capture.url,
        "mime": capture.mime,
        "mime-detected": capture.mime,
        "status": str(capture.status),
        "digest": line.digest,
        "length": str(member.length),
        "offset": str(member.offset),
        "filename": member.filename,
    }
    if collection.id >= FIRST_LANGUAGES and capture.status == 200:
        row |= {"languages": "ara", "charset": "UTF-8"}
    told = {"redirect": capture.location, "truncated": capture.truncated}
    return row | {name: value for name, value in told.items() if value}


def _passes(row: Mapping[str, str], query: Query) -> bool:
    return all(_holds(words, row.get(name, "")) is wanted for wanted, name, words in _filters(query))


def _filters(query: Query) -> list[tuple[bool, str, str]]:
    """`=` or `~` stands before the field's name; it is put before the expression."""
    found = []
    for wanted, name, words in filters(query, ()):
        mark = name[:1] if name[:1] in ("=", "~") else ""
        found.append((wanted, name.removeprefix(mark), mark + words))
    return found


def _holds(expression: str, value: str) -> bool:
    """Contains by default, `=` the same, `~` a regular expression from the start."""
    if expression.startswith("="):
        return value == expression[1:]
    if expression.startswith("~"):
        return matches(expression[1:], value, whole=False)
    return expression in value


def _written(rows: Sequence[Mapping[str, str]], query: Query) -> Reply:
    if query.one("output") == "json":
        return page("".join(json.dumps(chosen(row, query, list(row))) + "\n" for row in rows), NDJSON)
    lines = []
    for row in rows:
        rest = {name: value for name, value in row.items() if name not in ("urlkey", "timestamp")}
        lines.append(f"{row['urlkey']} {row['timestamp']} {json.dumps(chosen(rest, query, list(rest)))}\n")
    return page("".join(lines), CDXJ)


def _message(status: int, words: str) -> Reply:
    return page(json.dumps({"message": words}) + "\n", "application/json", status=status)
