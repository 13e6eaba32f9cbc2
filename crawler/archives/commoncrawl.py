"""How Common Crawl is asked: its list of indexes, an index page by page, a record by its range; it never fetches.

https://commoncrawl.org/get-started and https://index.commoncrawl.org. Addresses are made from the base and never taken
from an answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from crawler.archives.rows import IndexPage, Row
from crawler.archives.walks import Step
from crawler.archives.wayback import Asked

COLLECTION: Final = re.compile(r"CC-MAIN-(?P<year>20\d\d)-(?P<last>\d{2}|20\d\d)|CC-MAIN-(?P<only>20\d\d)")
# A crawl is named by a week, begins up to three weeks before it and lasted as long after it in early years.
AROUND: Final = timedelta(weeks=3)
MAX_RECORD: Final = 64 << 20  # bytes of a compressed record; theirs hold at most a few MiB
MAX_COLLECTIONS: Final = 1000
_FILE: Final = re.compile(r"crawl-data/[A-Za-z0-9][\w./=+-]*\.warc\.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One crawl's index, and the days [since, until) on which its captures may have been made."""

    id: str
    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Collections:
    """The list of indexes, newest first. `again`: what is wrong may pass."""

    every: tuple[Collection, ...] = ()
    problem: str | None = None
    again: bool = False

    def touching(self, since: date | None, until: date | None) -> tuple[Collection, ...]:
        """Those that may hold captures of the days [since, until)."""
        return tuple(
            one for one in self.every if (until is None or one.since < until) and (since is None or one.until > since)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranged:
    """Bytes [first, last] of a file, both included: one compressed record."""

    address: str
    first: int
    last: int

    @property
    def header(self) -> str:
        """The value of the Range header."""
        return f"bytes={self.first}-{self.last}"

    @property
    def length(self) -> int:
        """How many bytes they are."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Captures:
    """A question to one index: how many pages there are, then each of them. Only answers of 200 are asked for."""

    base: str
    collection: str
    asked: Asked

    def first(self) -> Step:
        """The number of pages. Without it, an index gives its first page and says nothing of the others."""
        return Step(address=self._address({"showNumPages": "true"}), number=-1)

    def after(self, step: Step, page: IndexPage) -> Step | None:
        """The next page; none when rows came where their number was asked: that server gives all at once."""
        count = page.pages if step.number < 0 else step.limit
        following = step.number + 1
        if count is None or following >= count:
            return None
        return Step(address=self._address({"page": str(following)}), number=following, limit=count)

    def otherwise(self, step: Step) -> Step | None:
        """There is one way only."""
        return None

    def _address(self, more: Mapping[str, str]) -> str:
        asked = {**self.asked.parameters(), "filter": "=status:200", **more}
        return f"{self.base.rstrip('/')}/{quote(self.collection)}-index?{urlencode(asked)}"


def collections_address(base: str) -> str:
    """Where the list of indexes is."""
    return f"{base.rstrip('/')}/collinfo.json"


def read_collections(content: bytes, status: int = 200) -> Collections:
    """Read the list of indexes. Never raises: what cannot be read is a `problem`."""
    if status != 200:
        return Collections(problem=f"answered {status}", again=status in (408, 425, 429) or status >= 500)
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return Collections(problem="not JSON: the list of indexes cannot be read", again=True)
    listed = said[:MAX_COLLECTIONS] if isinstance(said, list) else []
    every = tuple(one for each in listed if isinstance(each, dict) and (one := _collection(each)))
    return Collections(every=every) if every else Collections(problem="the list names no index", again=True)


def _collection(said: Mapping[str, Any]) -> Collection | None:
    name = str(said.get("id"))
    days = _days_of(name)
    if days is None:
        return None
    since, until = _day(said.get("from")), _day(said.get("to"))
    if since and until and since <= until:
        return Collection(id=name, since=since, until=until + timedelta(days=1))
    return Collection(id=name, since=days[0], until=days[1])


def _days_of(name: str) -> tuple[date, date] | None:
    """The days that a crawl's name tells: a week of a year, or years."""
    found = COLLECTION.fullmatch(name)
    if found is None:
        return None
    year = int(found["year"] or found["only"])
    last = found["last"] or str(year)
    try:
        if len(last) == 4:
            return date(year, 1, 1), date(int(last) + 1, 1, 1)
        monday = date.fromisocalendar(year, int(last), 1)
    except ValueError:
        return None
    return monday - AROUND, monday + AROUND + timedelta(weeks=1)


def _day(said: object) -> date | None:
    """`2024-04-12T05:33:10`, as the list says it."""
    try:
        return date.fromisoformat(said[:10]) if isinstance(said, str) else None
    except ValueError:
        return None


def ranged(base: str, row: Row) -> Ranged | None:
    """Where the record of a row lies; None when the row does not say it, or says what cannot be."""
    if row.filename is None or row.offset is None or row.length is None:
        return None
    if not _FILE.fullmatch(row.filename) or "/../" in row.filename or not 0 < row.length <= MAX_RECORD:
        return None
    return Ranged(address=f"{base.rstrip('/')}/{row.filename}", first=row.offset, last=row.offset + row.length - 1)
