"""One captured answer of a seed read into a poll, a page that never came into an asked one; pure, it fetches nothing.

Index answers of web archives are listings, too: of what the archive captured, with the first time it did.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import BinaryIO, Final
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from archive import http, mementos, urls, warc
from archive.errors import UsageError
from archive.http import Message
from archive.listings import Asked, Content, Days, ListedItem, Poll, Span
from archive.records import Capture, Claim, Hints, Reason, RecordType, Rejection, Role, Via
from crawler import scope
from crawler.archives import commoncrawl, rows
from crawler.dates import listed_claim
from crawler.discover import Candidate, read_seed
from crawler.outlet import SeedKind
from crawler.polls.cover import Shown, covers
from crawler.polls.lister import Lister
from crawler.polls.place import Place, of_index, place

INDEXES: Final = frozenset({Via.WAYBACK.value, Via.COMMONCRAWL.value})
PAST_THE_END: Final = (400, 404, 410)
TOTAL_PAGES: Final = b"X-WP-TotalPages"
MOST_FIGURES: Final = 20  # of a number of pages
MAX_WORDS: Final = 500  # code points of a title or summary that are remembered
NO_TEXT: Final = re.compile("[\x00-\x08\ud800-\udfff]")
NO_KIND: Final = "nothing says what sort of seed it is"


def read_polls(stream: BinaryIO, key: str, lister: Lister) -> Iterator[Poll | Asked]:
    """What every capture of a WARC listed, one after the other in the order of its records.

    Args:
        stream: seekable, at its beginning.
        key: the file's key below `warc/`.
        lister: of the outlet whose WARC it is.
    """
    for found in warc.read(stream, key, lister.outlet.id):
        if isinstance(found, Capture):
            said = read_capture(found, lister)
            if said is not None:
                yield said


def read_capture(capture: Capture, lister: Lister) -> Poll | Asked | None:
    """The poll that a seed's capture is, or the asked page that gave none; None for every other capture."""
    if capture.hints.role is Role.SEED:
        return _poll(capture, lister)
    return _asked(capture, lister) if capture.hints.role is Role.PAGE else None


# ---- polls ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A poll before its answer is read: what was asked for, and where it stands."""

    poll: Poll
    place: Place
    lister: Lister
    hints: Hints

    def failed(self, problem: str) -> Poll:
        return replace(self.poll, content=Content.FAILED, problem=_words(problem) or "no answer")


def _poll(capture: Capture, lister: Lister) -> Poll:
    is_index = capture.hints.seed_kind in INDEXES
    stands = capture if is_index else mementos.unwrap(capture)
    refused = stands if isinstance(stands, Rejection) else None
    found = mementos.standing(capture, stands)
    told = _told(found, lister)
    if refused is not None:
        return _no_memento(told, refused)
    if not found.response and found.type is RecordType.RESPONSE:
        return told.failed(found.error or "no answer")
    if found.type is RecordType.REVISIT:
        of = found.refers_to.record if found.refers_to else None
        return replace(told.poll, content=Content.UNCHANGED, of=of)
    message = http.parse(found.response)
    if message.status == 304:
        return replace(told.poll, content=Content.UNCHANGED)
    if message.status is not None and 300 <= message.status < 400:
        return replace(told.poll, content=Content.MOVED)
    is_whole = message.status == 200 and not found.truncated
    told = replace(told, poll=replace(told.poll, whole=is_whole))
    return _index(found, message, told) if is_index else _listing(found, message, told)


def _no_memento(told: _Told, refused: Rejection) -> Poll:
    """A copy of a listing that did not come stands at the time that was asked for."""
    poll = told.failed(refused.detail)
    try:
        asked = datetime.strptime(told.hints.memento_time or "", "%Y%m%d%H%M%S")
    except ValueError:
        return poll
    return replace(poll, at=f"{asked.isoformat()}Z")


def _told(found: Capture, lister: Lister) -> _Told:
    kind, seed = found.hints.seed_kind or "", found.hints.seed or found.url
    where = place(seed, SeedKind(kind), found.url) if kind in list(SeedKind) else of_index(found.url)
    poll = Poll(
        outlet=lister.outlet.id,
        seed=seed,
        kind=kind or "unknown",
        url=found.url,
        at=found.date,
        record=found.record,
        via=found.via,
        run=found.hints.run,
        series=where.series,
        page=where.page,
        since=where.since,
        until=where.until,
    )
    return _Told(poll=poll, place=where, lister=lister, hints=found.hints)


def _listing(found: Capture, message: Message, told: _Told) -> Poll:
    if message.status != 200:
        if told.place.page > 1 and message.status in PAST_THE_END:
            return replace(told.poll, content=Content.PAST_THE_END, last=True)
        return told.failed(f"answered {message.status}" if message.status else found.error or "no status line")
    if told.poll.kind not in list(SeedKind):
        return told.failed(NO_KIND)
    content, named = http.content(message), message.header(b"Content-Type")
    kind = SeedKind(told.poll.kind)
    listing = read_seed(kind, found.url, content.data, named.decode("latin-1") if named else None)
    cut = found.truncated.value if found.truncated else content.problem
    problem = "; ".join(dict.fromkeys(filter(None, (listing.problem, cut)))) or None
    if problem and not listing.candidates and not listing.more:
        return told.failed(problem)
    items, spans, others = _items(listing.candidates, told)
    last = problem is None and _is_last(told.place, message, bool(listing.candidates))
    is_whole = problem is None and not listing.more
    return replace(
        told.poll,
        items=items,
        others=others,
        problem=_words(problem),
        last=last,
        covers=_covered(found, told, spans, last=last) if is_whole else None,
    )


def _is_last(where: Place, message: Message, lists_any: bool) -> bool:
    """Whether nothing follows, as a server that counts its pages says; else a paged seed ends with an empty page."""
    total = (message.header(TOTAL_PAGES) or b"").strip()
    pages = total.lstrip(b"0")[:MOST_FIGURES] or b"0"  # int() takes 4,300
    return where.is_paged and (where.page >= int(pages) if total.isdigit() else not lists_any)


def _covered(found: Capture, told: _Told, spans: list[Span | None], *, last: bool) -> Span | None:
    words = told.poll.seed
    shown = Shown(
        kind=SeedKind(told.poll.kind),
        at=found.instant.astimezone(UTC),
        spans=spans,
        asked=(_midnight(told.lister, told.place.since), _midnight(told.lister, told.place.until)),
        page=told.place.page,
        last=last,
        is_partial="{term}" in words or "search=" in urlsplit(found.url).query,
    )
    return covers(shown)


def _items(
    candidates: Iterable[Candidate], told: _Told
) -> tuple[tuple[ListedItem, ...], list[Span | None], dict[str, int]]:
    """The stories listed, each once; the span of each; and how many addresses were none, by reason."""
    items: dict[str, ListedItem] = {}
    spans: dict[str, Span | None] = {}
    others: Counter[str] = Counter()
    outlet = told.lister.outlet
    zone = _zones(told.lister)
    for candidate in candidates:
        refused = scope.of_outlet(candidate.url, outlet)
        key = None if refused else outlet.story_key(candidate.url)
        if key is None:
            others[(refused.reason if refused else Reason.NOT_A_STORY).value] += 1
            continue
        story, hints = urls.story_id(outlet.id, key), candidate.hints
        if story in items:
            items[story] = _with_words(items[story], hints)
            continue
        claim = listed_claim(hints, outlet)
        span = _span(candidate, claim, told, zone)
        spans[story] = span
        item = ListedItem(
            story=story,
            url=candidate.url,
            published=_words(hints.published),
            lastmod=_words(hints.lastmod),
            days=_days(span, zone) if span else None,
            claim=claim,
        )
        items[story] = _with_words(item, hints)
    return tuple(items.values()), list(spans.values()), dict(sorted(others.items()))


def _with_words(item: ListedItem, hints: Hints) -> ListedItem:
    """The item with the words that a twin of its address says of it, where there were none."""
    if item.title and item.summary:
        return item
    title, summary = item.title or _words(hints.title), item.summary or _words(hints.summary)
    return item if (title, summary) == (item.title, item.summary) else replace(item, title=title, summary=summary)


def _words(said: str | None) -> str | None:
    """Words as they can be written anywhere: without what no text may hold, and not endless."""
    return NO_TEXT.sub("\ufffd", said or "").strip()[:MAX_WORDS] or None


def _span(candidate: Candidate, claim: Claim | None, told: _Told, zone: Callable[[date], ZoneInfo]) -> Span | None:
    """The narrowest time of publication that the listing or the address tells."""
    found = [(claim.earliest, claim.latest)] if claim else []
    if days := told.lister.outlet.days_in(candidate.url):
        found.append((_start(days[0], zone), _start(days[1] + timedelta(days=1), zone)))
    return min(found, key=lambda span: (span[1] - span[0], span), default=None)


def _days(span: Span, zone: Callable[[date], ZoneInfo]) -> Days:
    """The outlet's civil days that a span touches."""
    first, last = span[0], span[1] - timedelta(microseconds=1)
    return tuple(moment.astimezone(zone(moment.date())).date() for moment in (first, last))  # type: ignore[return-value]  # two


def _zones(lister: Lister) -> Callable[[date], ZoneInfo]:
    return lambda day: ZoneInfo(lister.zone(day))


def _start(day: date, zone: Callable[[date], ZoneInfo]) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone(day)).astimezone(UTC)


def _midnight(lister: Lister, day: date | None) -> datetime | None:
    return _start(day, _zones(lister)) if day else None


# ---- indexes of web archives ---------------------------------------------------------------------------------------


def _index(found: Capture, message: Message, told: _Told) -> Poll:
    content, named = http.content(message), message.header(b"Content-Type")
    cut = found.truncated.value if found.truncated else content.problem
    if found.url.endswith(commoncrawl.collections_address("")):
        return _collections(content.data, message, told)
    page = rows.read(content.data, message.status or 0, named.decode("latin-1") if named else None)
    if page.past_end:
        return replace(told.poll, content=Content.PAST_THE_END, last=True)
    problem = page.problem or cut
    if problem and not page.rows:
        return told.failed(problem)
    items, others = _archived(page.rows, told.lister)
    return replace(told.poll, items=items, others=others, problem=_words(problem))


def _collections(data: bytes, message: Message, told: _Told) -> Poll:
    problem = commoncrawl.read_collections(data, message.status or 0).problem
    return told.failed(problem) if problem else told.poll


def _archived(found: Iterable[rows.Row], lister: Lister) -> tuple[tuple[ListedItem, ...], dict[str, int]]:
    """The stories of which an archive holds a page, each with its first good capture."""
    first: dict[str, rows.Row] = {}
    others: Counter[str] = Counter()
    for row in found:
        refused = scope.of_outlet(row.url, lister.outlet)
        key = None if refused else lister.outlet.story_key(row.url)
        if key is None or not row.is_page:
            reason = refused.reason if refused else Reason.NOT_A_STORY if key is None else Reason.HTTP_STATUS
            others[reason.value] += 1
            continue
        story = urls.story_id(lister.outlet.id, key)
        held = first.get(story)
        if held is None or (row.stamp, row.url) < (held.stamp, held.url):
            first[story] = row
    items = (
        ListedItem(
            story=story, url=row.url, days=lister.outlet.days_in(row.url), archived=f"{row.instant:%Y-%m-%dT%H:%M:%SZ}"
        )
        for story, row in first.items()
    )
    return tuple(items), dict(sorted(others.items()))


# ---- pages that never came -----------------------------------------------------------------------------------------


def _asked(capture: Capture, lister: Lister) -> Asked | None:
    """The page that a capture did not bring; None where an answer came that the text shelf tells of."""
    if capture.type is RecordType.REVISIT:
        return None
    found = mementos.unwrap(capture)
    stands = mementos.standing(capture, found)
    is_read = capture.response and not isinstance(found, Rejection)
    status = http.parse(stands.response).status if is_read else None
    has_moved = status is not None and 300 <= status < 400 and status != 304
    if capture.response and not has_moved:
        return None
    story = _story(stands.url, lister)
    if story is None:
        return None
    target = http.parse(stands.response).header(b"Location") if has_moved else None
    to = _story(urljoin(stands.url, target.decode("latin-1")), lister) if target else None
    return Asked(
        outlet=lister.outlet.id,
        story=story,
        url=stands.url,
        at=stands.date,
        record=capture.record,
        via=capture.via,
        to=to if to != story else None,
        moved=has_moved,
        said=_words(capture.error) or "",
    )


def _story(url: str, lister: Lister) -> str | None:
    """The id of the outlet's story at an address; None where it is none."""
    try:
        key = lister.outlet.story_key(url) if lister.outlet.owns(url) else None
    except (UsageError, ValueError):
        return None
    return urls.story_id(lister.outlet.id, key) if key is not None else None
