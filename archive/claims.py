"""Claims of dates: what they may be about, as plain JSON and back, in one order; it judges none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from archive.records import Claim, Precision

PUBLISHED: Final = "published"  # what a claim is about
MODIFIED: Final = "modified"
SEEN: Final = "seen"  # the story was there at that instant: nothing is published after it


def to_plain(claim: Claim) -> dict[str, str]:
    """A claim's fields; bounds are ISO 8601."""
    return {
        "source": claim.source,
        "about": claim.about,
        "said": claim.said,
        "value": claim.value,
        "precision": claim.precision.value,
        "earliest": claim.earliest.isoformat(),
        "latest": claim.latest.isoformat(),
    }


def from_plain(plain: Mapping[str, str]) -> Claim:
    """The claim that `to_plain` gave. Raises ValueError, KeyError."""
    return Claim(
        source=plain["source"],
        about=plain["about"],
        said=plain["said"],
        precision=Precision(plain["precision"]),
        value=plain["value"],
        earliest=datetime.fromisoformat(plain["earliest"]),
        latest=datetime.fromisoformat(plain["latest"]),
    )


def sighting(source: str, at: datetime) -> Claim:
    """That a story was there at an instant, told by a capture of it, an archive's index or a listing."""
    said = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    span = {"earliest": at, "latest": at + timedelta(seconds=1)}
    return Claim(source=source, about=SEEN, said=said, precision=Precision.SECOND, value=said, **span)


def rank(claim: Claim) -> tuple[datetime, datetime, str, str, str, str, str]:
    """The order in which a story's claims are shown: of any set the same."""
    named = (claim.source, claim.about, claim.value, claim.precision.value, claim.said)
    return (claim.earliest, claim.latest, *named)
