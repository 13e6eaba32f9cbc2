"""What both kinds of index understand of a query: which keys, which days, pages of blocks; it renders nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from archive.urls import surt
from crawler.newsroom.archives.captured import Line, Shelf

LAST = "\U0010ffff"  # sorts after every key
MATCHES = ("exact", "prefix", "host", "domain")


class BadQueryError(ValueError):
    """The query cannot be answered; the message is the index's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """How an index is cut: lines a block, blocks a page unless the query says otherwise."""

    lines: int
    page: int


AT_IA = Blocks(lines=3000, page=50)
AT_COMMON_CRAWL = Blocks(lines=3000, page=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """The parameters, each with all its values, in order."""

    pairs: tuple[tuple[str, str], ...]

    def one(self, name: str, default: str = "") -> str:
        """The last value of a parameter."""
        return dict(self.pairs).get(name, default)

    def every(self, name: str) -> list[str]:
        """All values of a parameter."""
        return [value for key, value in self.pairs if key == name]

    def number(self, name: str, default: int) -> int:
        """A whole number.

        Raises:
            BadQueryError: it is none.
        """
        try:
            return int(self.one(name) or default)
        except ValueError:
            raise BadQueryError(f"{name} is not a number: {self.one(name)}") from None

    def says(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.one(name).lower() in ("true", "1")

    @property
    def match(self) -> tuple[str, str]:
        """The kind of match and the address, `host/*` and `*.host` told as the kinds they stand for.

        Raises:
            BadQueryError: no address, or an unknown kind.
        """
        url, kind = self.one("url"), self.one("matchType") or "exact"
        if not url:
            raise BadQueryError('The "url" param is required')
        if kind not in MATCHES:
            raise BadQueryError(f"Invalid match type: {kind}")
        if url.startswith("*."):
            return "domain", url[2:]
        return ("prefix", url[:-1]) if url.endswith("*") else (kind, url)

    def keys(self) -> tuple[str, str]:
        """The span of keys asked for: [first, last)."""
        kind, url = self.match
        key = surt(url if "://" in url else f"http://{url}")
        host = key.partition(")")[0]
        if kind == "exact":
            return key, key + "\0"
        if kind == "prefix":
            return key, key + LAST
        return (f"{host})", f"{host})" + LAST) if kind == "host" else (host, host + "," + LAST)

    def wants(self, line: Line) -> bool:
        """Whether a line lies in the days asked for: digits of any number, both ends inclusive."""
        first, last, time = self.one("from"), self.one("to"), line.capture.time
        return time[: len(first)] >= first and time[: len(last)] <= last


def query_of(target: str) -> Query:
    """The parameters of a request's target."""
    return Query(pairs=tuple(parse_qsl(urlsplit(target).query, keep_blank_values=True)))


def found(shelf: Shelf, query: Query) -> Iterator[Line]:
    """Every line asked for, in the order of the index; no filter is applied."""
    return (shelf.lines[place] for place in shelf.between(*query.keys()) if query.wants(shelf.lines[place]))


def blocks_asked(shelf: Shelf, query: Query, cut: Blocks) -> range:
    """The blocks that hold any of the keys asked for."""
    places = shelf.between(*query.keys())
    if not places:
        return range(0)
    return range(places.start // cut.lines, (places.stop - 1) // cut.lines + 1)


def page_of(shelf: Shelf, query: Query, cut: Blocks, number: int) -> Sequence[Line]:
    """The lines asked for in the blocks of one page; the page is cut first, keys and days are looked at after."""
    blocks = blocks_asked(shelf, query, cut)
    size = query.number("pageSize", cut.page)
    mine = blocks[number * size : (number + 1) * size]
    places = shelf.between(*query.keys())
    held = (place for place in places if place // cut.lines in mine)
    return [shelf.lines[place] for place in held if query.wants(shelf.lines[place])]


def pages_asked(shelf: Shelf, query: Query, cut: Blocks) -> int:
    """How many pages those blocks make."""
    return -(-len(blocks_asked(shelf, query, cut)) // query.number("pageSize", cut.page))


def filters(query: Query, fields: Sequence[str]) -> list[tuple[bool, str, str]]:
    """Each filter as (wanted, field, expression); a number stands for a field by its place."""
    return [_filter(words, fields) for words in query.every("filter")]


def _filter(words: str, fields: Sequence[str]) -> tuple[bool, str, str]:
    wanted = not words.startswith("!")
    name, colon, expression = words.removeprefix("!").partition(":")
    if not colon:
        raise BadQueryError(f"Invalid filter: {words}")
    return wanted, fields[int(name)] if name.isdecimal() and int(name) < len(fields) else name, expression


def matches(expression: str, value: str, *, whole: bool) -> bool:
    """Whether a regular expression matches the whole value, or its beginning.

    Raises:
        BadQueryError: it is no regular expression.
    """
    try:
        return bool(re.fullmatch(expression, value) if whole else re.match(expression, value))
    except re.error as error:
        raise BadQueryError(f"Invalid filter: {expression} ({error})") from None


def chosen(row: Mapping[str, str], query: Query, default: Sequence[str]) -> dict[str, str]:
    """The fields asked for, in the order asked for."""
    names = [name for name in query.one("fl").split(",") if name] or list(default)
    return {name: row[name] for name in names if name in row}
