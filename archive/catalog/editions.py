"""From all readings of one story to its editions, its date and its current text; pure, whatever order they come in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from archive.claims import rank, sighting
from archive.published import judge
from archive.records import (
    Article,
    Claim,
    Edition,
    Precision,
    Published,
    Reading,
    Sighting,
    Unchanged,
    Via,
    is_imported,
)
from archive.texts import text_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One reading and where it stands on the text shelf."""

    object: str
    line: int
    reader: str
    zone: str
    agency: str | None  # the outlet's own
    reading: Reading

    @property
    def instant(self) -> datetime:
        """When it was captured, aware UTC."""
        return datetime.fromisoformat(self.reading.date)

    @property
    def imported(self) -> bool:
        """Whether it came by an import: of one instant, what we captured ourselves is believed."""
        return is_imported(self.reading.address.warc)

    @property
    def rank(self) -> tuple[datetime, bool, str, str, int]:
        """By capture time; two captures of one instant our own first, then by record, then place."""
        return self.instant, self.imported, self.reading.record, self.object, self.line


Seen = tuple[datetime, bool]  # when a text was last seen, and whether by a capture of our own


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """One distinct text of a story: its number, its first capture, and when it was last seen."""

    ordinal: int
    text_digest: str
    first: Line
    article: Article
    last_seen: Seen
    unconfirmed: bool

    @property
    def edition(self) -> Edition:
        """As readers know it."""
        reading = self.first.reading
        return Edition(
            story=reading.story,
            ordinal=self.ordinal,
            text_digest=self.text_digest,
            payload_digest=reading.payload_digest,
            record=reading.record,
            captured=reading.date,
            url=reading.url,
            via=reading.via,
            address=reading.address,
            reader=self.first.reader,
            article=self.article,
            unconfirmed=self.unconfirmed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that the readings of one story say together."""

    story: str
    outlet: str
    prints: tuple[Print, ...]  # by ordinal
    current: Print  # last seen
    published: Published
    claims: tuple[Claim, ...]
    sightings: tuple[Sighting, ...]  # by capture time

    @property
    def own(self) -> bool:
        """Whether the outlet is an agency and the text its own: it credits itself or nobody."""
        agency = self.current.first.agency
        return agency is not None and self.current.article.agency in (None, agency)

    @property
    def dated(self) -> bool:
        """Whether any claim of its date was believed."""
        return self.published.precision is not None

    @property
    def day(self) -> date:
        """The outlet's civil day it stands at in a window; undated stories stand at their first capture."""
        if self.published.precision is Precision.DAY and self.published.value:
            return date.fromisoformat(self.published.value)
        return self.published.earliest.astimezone(ZoneInfo(self.current.first.zone)).date()


def history(lines: Iterable[Line], witnessed: Iterable[Claim] = ()) -> History | None:
    """What one story's readings say together; None when no capture of it held an article.

    `witnessed`: what listings claim of its date, and when they or an archive's index showed it.
    """
    ordered = sorted(lines, key=lambda line: line.rank)
    articles = [(line, line.reading.outcome) for line in ordered if isinstance(line.reading.outcome, Article)]
    if not articles:
        return None
    firsts: dict[str, tuple[Line, Article]] = {}
    shown: dict[tuple[str, int], str] = {}
    for line, article in articles:
        digest = text_digest(article.text)
        shown[line.object, line.line] = digest
        firsts.setdefault(digest, (line, article))
    showings = list(_showings(ordered, shown))
    prints = _prints(firsts, _last_seen(showings), _unconfirmed(articles))
    said = {claim for _, article in articles for claim in article.claims}
    said |= {*witnessed, sighting("capture", articles[0][0].instant)}
    claims = tuple(sorted(said, key=rank))
    current = max(prints, key=lambda one: (one.last_seen, one.text_digest))
    first = articles[0][0]
    return History(
        story=first.reading.story,
        outlet=first.reading.outlet,
        prints=prints,
        current=current,
        published=judge(claims, first.instant, current.first.zone),
        claims=claims,
        sightings=tuple(_sightings(showings, prints)),
    )


def _sightings(showings: Iterable[tuple[Line, str]], prints: Iterable[Print]) -> Iterator[Sighting]:
    ordinals = {each.text_digest: each.ordinal for each in prints}
    for line, digest in showings:
        reading = line.reading
        title = reading.outcome.title if isinstance(reading.outcome, Article) else None
        yield Sighting(
            ordinal=ordinals[digest], captured=reading.date, record=reading.record, via=reading.via, title=title
        )


def _unconfirmed(articles: Iterable[tuple[Line, Article]]) -> frozenset[str]:
    """The texts that one source alone shows (live, an archive, imports), where other sources show others."""
    sources: dict[str, set[Via]] = defaultdict(set)
    for line, article in articles:
        sources[text_digest(article.text)].add(line.reading.via)
    if len(set().union(*sources.values())) == 1:
        return frozenset()
    return frozenset(digest for digest, showing in sources.items() if len(showing) == 1)


def _prints(
    firsts: Mapping[str, tuple[Line, Article]], last_seen: Mapping[str, Seen], unconfirmed: Container[str]
) -> tuple[Print, ...]:
    ranked = sorted(firsts, key=lambda digest: (firsts[digest][0].instant, firsts[digest][0].imported, digest))
    return tuple(
        Print(
            ordinal=ordinal,
            text_digest=digest,
            first=firsts[digest][0],
            article=firsts[digest][1],
            last_seen=last_seen[digest],
            unconfirmed=digest in unconfirmed,
        )
        for ordinal, digest in enumerate(ranked, start=1)
    )


def _showings(lines: Sequence[Line], shown: Mapping[tuple[str, int], str]) -> Iterator[tuple[Line, str]]:
    """Which text each capture showed, by time: articles, revisits of them, and 304 answers of the same address.

    A 304 says only that the address shows what it showed: the text its last earlier capture had, or else the story's.
    Of one instant our own captures are the later ones, and a record id means our own record.
    """
    ordered = sorted(lines, key=lambda line: (line.instant, not line.imported))
    by_record = {
        line.reading.record: shown[line.object, line.line]
        for line in sorted(ordered, key=lambda line: not line.imported)
        if (line.object, line.line) in shown
    }
    at_address: dict[str, str] = {}
    latest: str | None = None
    for line in ordered:
        digest = shown.get((line.object, line.line))
        if isinstance(line.reading.outcome, Unchanged):
            of = line.reading.outcome.of
            digest = by_record.get(of) if of else at_address.get(line.reading.url, latest)
        if digest is not None:
            at_address[line.reading.url] = latest = digest
            yield line, digest


def _last_seen(showings: Iterable[tuple[Line, str]]) -> dict[str, Seen]:
    """When each text was last seen."""
    return {digest: (line.instant, not line.imported) for line, digest in showings}
