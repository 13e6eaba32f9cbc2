"""What an outlet's captured answers say of each seed and pattern of its file; pure: it reads and asks nobody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from archive import http, mementos, urls
from archive.errors import UsageError
from archive.http import Message
from archive.records import Capture, Hints, Reason, RecordType, Role
from crawler.archives import rows
from crawler.discover import Candidate, Listing, read_seed
from crawler.listing.lines import SITEMAP_LINE
from crawler.listing.links import Offers, offers
from crawler.listing.nouns import firsts_of, resolved
from crawler.outlet import Outlet, SeedKind

EXAMPLES = 3  # addresses shown of each sort
NO_OFFERS = Offers()
INDEXES = frozenset(via.value for via in mementos.ARCHIVES)
BY_NATURE = (SeedKind.FEED, SeedKind.REST)  # what these list are stories


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedSeen:
    """What one seed of the file answered in one look at it."""

    kind: str
    url: str  # the template in the file
    statuses: tuple[int, ...] = ()
    moved: str | None = None  # where its last answer stood, if not where it was asked for
    permanently: bool = False  # every hop said so
    unchanged: bool = False  # nothing new was sent: a 304, or the same bytes as before
    listed: int = 0
    stories: int = 0  # of them, by the file's patterns
    examples: tuple[str, ...] = ()  # stories
    others: tuple[str, ...] = ()  # addresses on the outlet's hosts that no pattern of the file knows
    foreign: Mapping[str, int] = field(default_factory=dict)  # other hosts -> addresses there
    reason: Reason | None = None  # why its page is no listing
    problem: str | None = None

    @property
    def works(self) -> bool:
        """Whether it lists stories that the file's patterns know."""
        return self.stories > 0 or self.unchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One look at an outlet."""

    outlet: str
    seeds: tuple[SeedSeen, ...] = ()
    maps: tuple[str, ...] = ()  # that robots.txt names
    offers: Offers = NO_OFFERS  # that its pages name

    @property
    def posts(self) -> str | None:
        """Where WordPress's REST lists posts, when its pages name the REST."""
        return f"{self.offers.rest.rstrip('/')}/wp/v2/posts" if self.offers.rest else None


def look(outlet: Outlet, captures: Iterable[Capture]) -> Evidence:
    """Gather what captures of the outlet's seeds and robots.txt show; captures of anything else are passed over."""
    asked: dict[tuple[str, str], list[Capture]] = defaultdict(list)
    maps: list[str] = []
    named: list[Offers] = []
    for capture in filter(None, map(_stands, captures)):
        message = http.parse(capture.response)
        if capture.hints.role is Role.ROBOTS and message.status == 200:
            text = http.content(message).data.decode("utf-8", "replace")
            maps += [resolved(capture.url, said) for said in SITEMAP_LINE.findall(text)]
        elif capture.hints.role is Role.SEED and capture.hints.seed:
            asked[capture.hints.seed_kind or "", capture.hints.seed].append(capture)
            named += [offers(capture.url, *_content(message))] if _is_page(message) else []
    known = [(seed.kind.value, seed.url) for seed in outlet.seeds]
    known += sorted(key for key in asked if key not in known and key[0] in (*SeedKind, *INDEXES))
    seen = (_seen(outlet, kind, url, asked[kind, url]) for kind, url in known if (kind, url) in asked)
    return Evidence(outlet=outlet.id, seeds=tuple(seen), maps=firsts_of(maps), offers=Offers.joined(named))


def listed_titles(outlet: Outlet, captures: Iterable[Capture]) -> dict[str, str]:
    """The stories that the outlet's own listings show with a title, by id."""
    titles: dict[str, str] = {}
    for capture in captures:
        message, kind = http.parse(capture.response), capture.hints.seed_kind
        if capture.hints.role is not Role.SEED or message.status != 200 or kind not in list(SeedKind):
            continue
        for candidate in _listing(kind, capture.url, message).candidates:
            key = outlet.story_key(candidate.url) if outlet.owns(candidate.url) else None
            if key is not None and candidate.hints.title:
                titles.setdefault(urls.story_id(outlet.id, key), candidate.hints.title.strip())
    return titles


def _stands(capture: Capture) -> Capture | None:
    """An archived copy of a listing as it was captured then; None for an archive's answer that is no such copy."""
    if capture.via not in mementos.ARCHIVES or capture.hints.seed_kind in INDEXES:
        return capture
    found = mementos.unwrap(capture)
    return found if isinstance(found, Capture) else None


def _content(message: Message) -> tuple[bytes, str | None]:
    named = message.header(b"Content-Type")
    return http.content(message).data, named.decode("latin-1") if named else None


def _is_page(message: Message) -> bool:
    return message.status == 200 and b"html" in (message.header(b"Content-Type") or b"").lower()


def _seen(outlet: Outlet, kind: str, url: str, captures: list[Capture]) -> SeedSeen:
    messages = [http.parse(capture.response) for capture in captures]
    statuses = tuple(message.status for message in messages if message.status is not None)
    last, answer = captures[-1], messages[-1]
    hops = [message.status for message in messages if message.status in (301, 302, 303, 307, 308)]
    unsaid = None if last.response or last.type is RecordType.REVISIT else last.error or "no answer"
    failed = f"answered {answer.status}" if answer.status is not None and answer.status >= 400 else unsaid
    listings = [
        _listing(kind, capture.url, message)
        for capture, message in zip(captures, messages, strict=True)
        if message.status == 200 and capture.type is not RecordType.REVISIT
    ]
    found = _listed(outlet, [candidate.url for listing in listings for candidate in listing.candidates])
    return SeedSeen(
        kind=kind,
        url=url,
        statuses=statuses,
        moved=last.url if last.hints.hops else _refused(answer, last.url),
        permanently=bool(hops) and all(status in (301, 308) for status in hops),
        unchanged=any(one.type is RecordType.REVISIT for one in captures) or 304 in statuses,
        listed=sum(len(listing.candidates) for listing in listings),
        stories=len(found.stories),
        examples=found.stories[:EXAMPLES],
        others=found.others,
        foreign=found.foreign,
        reason=next((listing.reason for listing in listings if listing.reason), None),
        problem=_problem(listings) or failed,
    )


def _listing(kind: str, url: str, message: Message) -> Listing:
    """What one answer lists; of an archive's index, the addresses that it captured as pages."""
    if kind not in INDEXES:
        return read_seed(SeedKind(kind), url, *_content(message))
    found = rows.read(*_content(message)[:1])
    pages = firsts_of(row.url for row in found.rows if row.is_page)
    return Listing(candidates=tuple(Candidate(url=at, hints=Hints()) for at in pages), problem=found.problem)


def _refused(answer: Message, url: str) -> str | None:
    """Where a redirect that was not followed would have led."""
    location = answer.header(b"Location") if answer.status is not None and 300 <= answer.status < 400 else None
    return resolved(url, location.decode("latin-1")) if location else None


def _problem(listings: list[Listing]) -> str | None:
    return next((listing.problem for listing in listings if listing.problem), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sorted:
    stories: tuple[str, ...]
    others: tuple[str, ...]
    foreign: Mapping[str, int]


def _listed(outlet: Outlet, listed: Iterable[str]) -> _Sorted:
    stories: dict[str, str] = {}
    others: list[str] = []
    foreign: Counter[str] = Counter()
    for url in listed:
        key = outlet.story_key(url)
        if not outlet.owns(url):
            foreign[_host(url)] += 1
        elif key is None:
            others.append(url)
        else:
            stories.setdefault(key, url)
    return _Sorted(
        stories=tuple(stories.values()), others=firsts_of(others), foreign=dict(foreign.most_common(EXAMPLES))
    )


def _host(url: str) -> str:
    try:
        return urls.split_host(url)[0]
    except UsageError:
        return url[:80]
