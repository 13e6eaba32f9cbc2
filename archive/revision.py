"""Two editions of a story compared: what was edited, whether the page said so, and what else parts them; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.errors import NotHeldError, UsageError
from archive.likeness.edits import Edit, Sort, edits, sorts
from archive.records import Article, Claim, Edition, Sighting, Story
from archive.urls import twin_of

NOT_THE_PAGES = frozenset({"sitemap", "feed", "news-sitemap", "rest", "listing", "last-modified"})  # what others say


class Declared(StrEnum):
    """What a page itself says of having been changed between two captures."""

    DECLARED = "declared"  # it names a date of change that it did not name before
    UNDECLARED = "no declared change"  # its date of change did not move, or is gone
    SILENT = "no date of change"  # it names none in either capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What became of a story's text from one edition to another."""

    before: Edition
    after: Edition
    title: tuple[Edit, ...]
    subtitle: tuple[Edit, ...]
    text: tuple[Edit, ...]
    declared: Declared
    modified: tuple[str | None, str | None]  # the last change that either page names of itself
    unlike: tuple[str, ...]  # how the two captures are not of one sort: "wayback and live", "amp and page"
    returned: tuple[Sighting, ...]  # captures that showed the one text again after the other had been seen

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All of them, headings first."""
        return (*self.title, *self.subtitle, *self.text)

    @property
    def sorts(self) -> Mapping[Sort, int]:
        """How many edits of each sort."""
        return sorts(self.edits)


def revision(story: Story, before: Edition, after: Edition) -> Revision:
    """What was changed from one edition of a story to another."""
    one, other = before.article, after.article
    modified = _modified(one), _modified(other)
    return Revision(
        before=before,
        after=after,
        title=edits(one.title, other.title, is_heading=True),
        subtitle=edits(one.subtitle or "", other.subtitle or "", is_heading=True),
        text=edits(one.text, other.text),
        declared=_declared(*modified),
        modified=(modified[0].value if modified[0] else None, modified[1].value if modified[1] else None),
        unlike=tuple(_unlike(before, after)),
        returned=returned(story, before, after),
    )


def chosen(story: Story, before: int | None = None, after: int | None = None) -> tuple[Edition, Edition]:
    """Two editions by their numbers; if none are given the last one, and the one it is best compared with.

    Raises:
        UsageError: only one of the two is given. NotHeldError: an edition is not held, or there is only one.
    """
    if (before is None) != (after is None):
        raise UsageError("two editions are compared: give both numbers, or none for the last two")
    if before is not None and after is not None:
        return _numbered(story, before), _numbered(story, after)
    if len(story.editions) == 1:
        raise NotHeldError(f"{story.id} has one edition, which there is nothing to compare with")
    return like(story, story.editions[-1]), story.editions[-1]


def like(story: Story, edition: Edition) -> Edition:
    """The earlier edition it is best compared with: the last one of its own sort, else the last one.

    Raises:
        NotHeldError: it is the earliest.
    """
    earlier = [each for each in story.editions if each.ordinal < edition.ordinal]
    if not earlier:
        raise NotHeldError(f"edition {edition.ordinal} of {story.id} is the earliest that is held")
    alike = [each for each in earlier if not list(_unlike(each, edition))]
    return (alike or earlier)[-1]


def returned(story: Story, before: Edition, after: Edition) -> tuple[Sighting, ...]:
    """Where the text that was seen first of the two came back after the other one; a run of captures tells it once."""
    pair = {before.ordinal, after.ordinal}
    seen = [each for each in story.sightings if each.ordinal in pair]
    return tuple(
        each
        for at, each in enumerate(seen)
        if at and each.ordinal != seen[at - 1].ordinal and any(each.ordinal == older.ordinal for older in seen[:at])
    )


def retitled(story: Story) -> tuple[tuple[Sighting, str], ...]:
    """Captures that showed a text under another headline than its capture before did, and which headline that was."""
    titles: dict[int, str] = {}
    found = []
    for each in story.sightings:
        if each.title is None:
            continue
        last = titles.get(each.ordinal)
        if last is not None and last != each.title:
            found.append((each, last))
        titles[each.ordinal] = each.title
    return tuple(found)


def _numbered(story: Story, ordinal: int) -> Edition:
    for each in story.editions:
        if each.ordinal == ordinal:
            return each
    raise NotHeldError(f"{story.id} has no edition {ordinal} in the present catalog; it has {len(story.editions)}")


def _modified(article: Article) -> Claim | None:
    """The last change that the page itself names."""
    own = [claim for claim in article.claims if claim.about == "modified" and claim.source not in NOT_THE_PAGES]
    return max(own, key=lambda claim: (claim.latest, claim.earliest, claim.value), default=None)


def _declared(one: Claim | None, other: Claim | None) -> Declared:
    if other is None:
        return Declared.SILENT if one is None else Declared.UNDECLARED
    moved = one is None or _bounds(one) != _bounds(other)
    return Declared.DECLARED if moved else Declared.UNDECLARED


def _bounds(claim: Claim) -> tuple[datetime, datetime]:
    return claim.earliest, claim.latest


def _unlike(one: Edition, other: Edition) -> list[str]:
    kinds = [(one.via.value, other.via.value), (_view(one), _view(other))]
    return [f"{before} and {after}" for before, after in kinds if before != after]


def _view(edition: Edition) -> str:
    try:
        return twin_of(edition.url) or "page"
    except UsageError:  # an import's own sort of address
        return "page"
