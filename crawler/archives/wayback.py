"""How the Wayback Machine, or a pywb in its place, is asked: addresses of its index and of its replay; never fetched.

https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server. Its documented limit of the index is
`REQUESTS_A_MINUTE`, over all that ask from here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import quote, unquote_plus, urlencode, urlsplit

from crawler.archives.rows import Dialect, IndexPage
from crawler.archives.walks import Step

REQUESTS_A_MINUTE: Final = 24
LIMIT: Final = 5000  # rows of one answer
# All that a web address may hold, so that one that is an address already stays letter for letter.
_AS_IS: Final = "/:?@!$&'()*+,;=-._~%[]|"


class Match(StrEnum):
    """How much of an address captures must share."""

    EXACT = "exact"
    PREFIX = "prefix"
    HOST = "host"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which captures are asked for: of an address, a prefix or a host, made on days [since, until), UTC."""

    url: str
    match: Match = Match.HOST
    since: date | None = None
    until: date | None = None

    def parameters(self) -> dict[str, str]:
        """The same as both sorts of index understand it. Their bounds are both included."""
        asked = {"url": self.url, "matchType": self.match.value, "output": "json"}
        if self.since:
            asked["from"] = f"{self.since:%Y%m%d}000000"
        if self.until:
            asked["to"] = f"{self.until - timedelta(days=1):%Y%m%d}235959"
        return asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Captures:
    """A question to the index at `base`, paged by resume keys where the server has them.

    A pywb has none, and says nothing when an answer stops at the limit: it is then asked without one. No filter is
    set: the server's would drop revisits, whose status the index does not know, and pywb reads filters otherwise.
    """

    base: str
    asked: Asked
    limit: int = LIMIT

    def first(self) -> Step:
        """The page to begin with."""
        return self._step(Step(address="", limit=self.limit))

    def after(self, step: Step, page: IndexPage) -> Step | None:
        """The page under the key; all of it at once where a full page gave no key."""
        if page.next is not None:
            return self._step(replace(step, key=page.next, number=step.number + 1))
        is_full = step.limit is not None and len(page.rows) + page.dropped >= step.limit
        if is_full and page.dialect in (Dialect.LINES, Dialect.CDXJ):
            return self._step(Step(address="", limit=None, number=step.number + 1))
        return None

    def otherwise(self, step: Step) -> Step | None:
        """The same key encoded the other way: servers decode it once or twice."""
        return self._step(step, again_encoded=True) if step.key is not None else None

    def _step(self, step: Step, *, again_encoded: bool = False) -> Step:
        """The step with its address. A key comes percent-encoded and goes into the query as it came."""
        asked = self.asked.parameters()
        if step.limit is not None:
            asked |= {"limit": str(step.limit), "showResumeKey": "true"}
        if step.key is not None:
            asked["resumeKey"] = step.key if again_encoded else unquote_plus(step.key)
        return replace(step, address=f"{index_address(self.base)}?{urlencode(asked)}")


def is_collection(base: str) -> bool:
    """Whether the base names a collection of a pywb (http://127.0.0.1:8080/coll) and not the service itself."""
    return urlsplit(base).path.strip("/") != ""


def index_address(base: str) -> str:
    """Where the index is asked."""
    return f"{base.rstrip('/')}/{'cdx' if is_collection(base) else 'cdx/search/cdx'}"


def replay_address(base: str, url: str, stamp: str) -> str:
    """Where the archive gives back the bytes of a capture as they were, headers and all, nothing written into them."""
    place = base.rstrip("/") if is_collection(base) else f"{base.rstrip('/')}/web"
    return f"{place}/{stamp}id_/{quote(url, safe=_AS_IS)}"
