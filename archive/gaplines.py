"""The ledger of gaps as JSON objects, one for each day, each story named, each lapse; it decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archive.gaps import DayGap, OutletGaps
from archive.listings import Listed, State

Json = Mapping[str, object]


def gaps_json(ledger: OutletGaps) -> Iterator[Json]:
    """One outlet's days in order, then what stands on no day, the stories that are named, the lapses."""
    yield from (_day(day) for day in ledger.days)
    if ledger.undated:
        yield {"kind": "undated", "outlet": ledger.outlet, "counts": _counts(ledger.undated)}
    yield from (story_json(each) for each in ledger.named)
    for lapse in ledger.lapses:
        yield {
            "kind": "lapse",
            "outlet": ledger.outlet,
            "seed": lapse.seed,
            "seed_kind": lapse.kind,
            "after": lapse.after.isoformat(),
            "before": lapse.before.isoformat(),
        }


def _day(day: DayGap) -> Json:
    return {
        "kind": "day",
        "outlet": day.outlet,
        "day": day.day.isoformat(),
        "state": day.state.value,
        "counts": _counts(day.counts),
        "perhaps": _counts(day.perhaps),
        "covered": day.covered,
        "failed": day.failed,
    }


def story_json(story: Listed) -> Json:
    """A listed story."""
    return {
        "kind": "story",
        "outlet": story.outlet,
        "id": story.story,
        "state": story.state.value,
        "url": story.url,
        "title": story.title,
        "days": [day.isoformat() for day in story.days] if story.days else None,
        "first_seen": story.first_seen,
        "last_seen": story.last_seen,
        "archived": story.archived,
        "seeds": [
            {"seed": each.seed, "kind": each.kind, "first": each.first, "last": each.last} for each in story.seeds
        ],
    }


def _counts(counts: Mapping[State, int]) -> Json:
    return {state.value: number for state, number in counts.items()}
