"""What lineage asks of a held text: who printed it, between which instants, whom it credits; it compares nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Self

from archive.records import Edition, Kind, Story

LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One edition of a story. Published at `earliest` or later and before `latest`, both UTC.

    An undated story is only known to be older than its first capture.
    """

    story: str
    outlet: str
    edition: int
    text_digest: str
    title: str
    text: str
    kind: Kind
    earliest: datetime
    latest: datetime
    captured: str
    month: str  # the outlet's civil month of publication, 2017-09; an undated story's is that of its capture
    wire: str | None = None  # the outlet's own name as a news agency
    agency: str | None = None  # whom the text credits
    credit: str | None = None  # in which words
    partial: bool = False  # it credits wires that it does not name
    byline: str | None = None
    chain: tuple[str, ...] = ()  # agencies, the credited one first, each taken from the next
    leftover: tuple[str, ...] = ()  # agencies whose own reporters speak in it, credited nowhere
    opening: str = ""  # its dateline, as the text begins

    @property
    def own(self) -> bool:
        """Whether it is an agency's own text: the outlet is one, and credits itself or nobody."""
        return self.wire is not None and self.agency in (None, self.wire)

    @property
    def dated(self) -> bool:
        """Whether anything but its capture dates it."""
        return self.earliest > LONG_AGO

    def is_before(self, other: Witness) -> bool:
        """Whether it was surely published before the other one: the two spans of time do not overlap."""
        return self.latest <= other.earliest

    @classmethod
    def of(cls, story: Story, edition: Edition) -> Self:
        """An edition of a story."""
        article, published = edition.article, story.published
        return cls(
            story=story.id,
            outlet=story.outlet,
            edition=edition.ordinal,
            text_digest=edition.text_digest,
            title=article.title,
            text=article.text,
            kind=article.kind,
            earliest=published.earliest.astimezone(UTC) if published.precision else LONG_AGO,
            latest=published.latest.astimezone(UTC),
            captured=edition.captured,
            month=(published.local or published.value or edition.captured)[:7],
            wire=story.wire,
            agency=article.agency,
            credit=article.credit,
            partial=article.sourcing.partial,
            byline=article.byline,
            chain=article.sourcing.chain,
            leftover=article.sourcing.leftover,
            opening=article.dateline.said or "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A story as lineage sees it: the text last seen, and every text held of it."""

    current: Witness
    versions: tuple[Witness, ...]

    @property
    def story(self) -> str:
        """Its id."""
        return self.current.story

    @classmethod
    def of(cls, story: Story) -> Self:
        """A story with all its editions."""
        versions = tuple(Witness.of(story, each) for each in story.editions)
        return cls(current=next(each for each in versions if each.edition == story.current), versions=versions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Houses:
    """What outlets and agencies are called in print, as far as the caller knows: nothing is known of others."""

    outlets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # outlet id -> names
    agencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # canonical name -> spellings
    plain: frozenset[str] = frozenset()  # names that are plain words, too: alone they name nobody

    def of_agency(self, name: str) -> tuple[str, ...]:
        """Every spelling of an agency's name."""
        return tuple(dict.fromkeys((name, *self.agencies.get(name, ()))))

    def of_outlet(self, witness: Witness) -> tuple[str, ...]:
        """What the house that printed a text is called, as an outlet and as an agency."""
        as_agency = self.of_agency(witness.wire) if witness.wire else ()
        return tuple(dict.fromkeys((*self.outlets.get(witness.outlet, ()), *as_agency)))
