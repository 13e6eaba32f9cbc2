"""Whether a candidate is wanted: admitted, or refused with its reason; pure, it never fetches and knows no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from archive.records import Claim, Hints, Reason, Rejection, Window
from archive.scratch import Book, Scratch
from crawler.dates import hint_claims
from crawler.discover import Candidate, Further
from crawler.outlet import Outlet, named_days

Span = tuple[datetime, datetime]  # [earliest, latest) in UTC
# A month or day that a sub-sitemap's own name tells: sitemap-2017-01.xml, /2017/01/14, 201701, ?yyyy=2017&mm=9&dd=14
NAMED_DAY = re.compile(
    r"(?<!\d)(?P<yyyy>(?:19|20)\d\d)"
    r"(?:(?:[-/_.]|&mm=)(?P<mm>0?[1-9]|1[0-2])(?:(?:[-/_.]|&dd=)(?P<dd>0?[1-9]|[12]\d|3[01]))?|"
    r"(?P<mm2>0[1-9]|1[0-2])(?P<dd2>0[1-9]|[12]\d|3[01])?)(?!\d)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The stories held of an outlet: story key and the instant of its latest whole capture; and those purged."""

    captured: Mapping[str, datetime]
    purged: frozenset[str] = frozenset()  # story keys: never to be fetched again


NOTHING_HELD = Held(captured={})


class _Instants(Mapping[str, datetime]):
    """Instants by story key, in a book on disk: an outlet may have hundreds of thousands."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def __getitem__(self, key: str) -> datetime:
        return datetime.fromisoformat(self._book[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._book)

    def __len__(self) -> int:
        return len(self._book)


def held(outlet: Outlet, captures: Iterable[tuple[str, datetime]], purged: Iterable[str] = ()) -> Held:
    """What is held, from address and instant of every capture that showed its page whole; `purged`: addresses."""
    book = Scratch().book()
    latest = _Instants(book)
    for url, instant in captures:
        key = outlet.story_key(url)
        if key is not None:
            book[key] = max(instant, latest.get(key, instant)).isoformat()
    gone = frozenset(key for url in purged if (key := outlet.story_key(url)) is not None)
    return Held(captured=latest, purged=gone)


def admit(candidate: Candidate, outlet: Outlet, window: Window, known: Held) -> Candidate | Rejection:
    """The candidate itself when it is to be fetched, else why not.

    A held story is fetched again only when its seed says that it changed after the latest capture.
    """
    refused = of_outlet(candidate.url, outlet)
    if refused is not None:
        return refused
    key = outlet.story_key(candidate.url)
    if key is None:
        return Rejection(reason=Reason.NOT_A_STORY, detail=candidate.url)
    if key in known.purged:
        return Rejection(reason=Reason.PURGED, detail=candidate.url)
    claims = hint_claims(candidate.hints, outlet.timezone)
    if said := _outside(candidate.url, claims, outlet, window):
        return Rejection(reason=Reason.OUTSIDE_WINDOW, detail=said)
    captured = known.captured.get(key)
    if captured is not None and not _changed_since(claims, captured):
        return Rejection(reason=Reason.ALREADY_HELD, detail=f"captured {captured:%Y-%m-%dT%H:%M:%SZ}")
    return candidate


def of_outlet(url: str, outlet: Outlet) -> Rejection | None:
    """The refusal of an address that is none, or not this outlet's; None when it may be asked for."""
    host = _host(url)
    if host is None:
        return Rejection(reason=Reason.BAD_URL, detail=url)
    if "@" in urlsplit(url).netloc:  # whatever is sent is recorded and shown
        return Rejection(reason=Reason.BAD_URL, detail=f"{host}: with a user name or password")
    if not outlet.owns(url):
        return Rejection(reason=Reason.FOREIGN_HOST, detail=host)
    return None


def _host(url: str) -> str | None:
    """The host of a web address; None when it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read, because it is checked only then
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None


def is_older(rejection: Rejection) -> bool:
    """Whether a refusal means: published before the window."""
    return rejection.reason is Reason.OUTSIDE_WINDOW and rejection.detail.startswith("before ")


def _outside(url: str, claims: Iterable[Claim], outlet: Outlet, window: Window) -> str:
    """Why the candidate lies outside the window, or "": every statement of its publication must say so.

    A page that was last changed before the window was published before it.
    """
    earliest, latest = bounds(outlet, window)
    spans = [(claim.earliest, claim.latest) for claim in claims if claim.about == "published"]
    if days := outlet.days_in(url):
        spans.append(_span(outlet, days))
    changed = [claim.latest for claim in claims if claim.about == "modified"]
    if any(span[1] > earliest and span[0] < latest for span in spans):
        return ""
    if not spans:
        return f"before {window.since}: last changed then" if changed and max(changed) <= earliest else ""
    return f"before {window.since}" if all(span[1] <= earliest for span in spans) else f"not in {_told(window)}"


def _told(window: Window) -> str:
    return f"[{window.since or '…'}, {window.until or '…'})"


def bounds(outlet: Outlet, window: Window) -> Span:
    """The window in UTC: its civil days begin at midnight in the outlet's zone of that day."""
    earliest = _midnight(outlet, window.since) if window.since else datetime.min.replace(tzinfo=UTC)
    latest = _midnight(outlet, window.until) if window.until else datetime.max.replace(tzinfo=UTC)
    return earliest, latest


def _midnight(outlet: Outlet, day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(outlet.zone_on(day))).astimezone(UTC)


def _span(outlet: Outlet, days: tuple[date, date]) -> Span:
    return _midnight(outlet, days[0]), _midnight(outlet, days[1] + timedelta(days=1))


def _changed_since(claims: Iterable[Claim], captured: datetime) -> bool:
    """A change told by the day may have come after a capture of that day."""
    return any(claim.about == "modified" and claim.latest > captured for claim in claims)


def may_hold(further: Further, outlet: Outlet, window: Window) -> bool:
    """Whether a sub-sitemap can list stories of the window, by its lastmod and by the days that its name tells.

    A day is allowed on both sides of a named span, for maps that are cut in another zone.
    """
    earliest, latest = bounds(outlet, window)
    claims = hint_claims(Hints(lastmod=further.lastmod), outlet.timezone)
    if any(claim.latest <= earliest for claim in claims if claim.about == "modified"):
        return False
    days = days_told(further.url)
    if days is None:
        return True
    first, last = _span(outlet, days)
    return last + timedelta(days=1) > earliest and first - timedelta(days=1) < latest


def days_told(url: str) -> tuple[date, date] | None:
    """The days that a listing's own address names, from the first to the last: some name both ends of their span."""
    named = [days for found in NAMED_DAY.finditer(unquote(url.partition("://")[2])) if (days := _told_by(found))]
    return (min(first for first, _ in named), max(last for _, last in named)) if named else None


def _told_by(found: re.Match[str]) -> tuple[date, date] | None:
    said = found.groupdict()
    return named_days({"yyyy": said["yyyy"], "mm": said["mm"] or said["mm2"], "dd": said["dd"] or said["dd2"]})
