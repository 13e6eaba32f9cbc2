"""What stories are compared by, before and after their rows were made anew; what follows from it, links.py does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import Connection, select

from archive.catalog import equals
from archive.catalog.questions import Question
from archive.catalog.schema import editions, stories

_STORIES: Final = Question(
    lambda among: select(stories.c.id, stories.c.compared, stories.c.cluster).where(among(stories.c.id))
)
_EDITIONS: Final = Question(
    lambda among: select(editions.c.number, editions.c.story, editions.c.folded, editions.c.equal).where(
        among(editions.c.story)
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Of some stories: what their edges depend on, their cluster, and of each edition its text and its key (equals)."""

    states: Mapping[str, str]
    clusters: Mapping[str, str]
    folded: Mapping[int, str]
    keys: Mapping[int, int]
    story_of: Mapping[int, str]

    @classmethod
    def read(cls, connection: Connection, ids: Collection[str]) -> Self:
        """As the rows stand now."""
        rows, prints = _STORIES.ask(connection, ids), _EDITIONS.ask(connection, ids)
        return cls(
            states={row.id: row.compared for row in rows},
            clusters={row.id: row.cluster for row in rows},
            folded={row.number: row.folded for row in prints},
            keys={row.number: row.equal for row in prints},
            story_of={row.number: row.story for row in prints},
        )

    def of(self, ids: Collection[str]) -> Self:
        """The same of some of these stories alone."""
        numbers = [n for n, story in self.story_of.items() if story in ids]
        return type(self)(
            states={story: state for story, state in self.states.items() if story in ids},
            clusters={story: head for story, head in self.clusters.items() if story in ids},
            folded={n: self.folded[n] for n in numbers},
            keys={n: self.keys[n] for n in numbers},
            story_of={n: self.story_of[n] for n in numbers},
        )

    def and_of(self, more: Self) -> Self:
        """The same of other stories, too."""
        return type(self)(
            states={**self.states, **more.states},
            clusters={**self.clusters, **more.clusters},
            folded={**self.folded, **more.folded},
            keys={**self.keys, **more.keys},
            story_of={**self.story_of, **more.story_of},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All stories whose edges are to be made anew, before and after, and which edition stood and stands for its equals.

    Beside the stories that changed themselves these are the stories of others that an edition stands for no longer, or
    does now: one of smaller number came, or the one of smallest number went.
    """

    before: Compared
    after: Compared
    stood: Mapping[int, int]  # by the key of its equals
    stands: Mapping[int, int]

    @classmethod
    def of(cls, connection: Connection, before: Compared, after: Compared) -> Self:
        """What changed between the two, whose rows stand as they are after."""
        ids = before.states.keys() | after.states.keys()
        changed = {story for story in ids if before.states.get(story) != after.states.get(story)}
        found, moved = cls._read(connection, before.of(changed), after.of(changed))
        if moved:
            more = Compared.read(connection, equals.stories_of(connection, moved))
            found, _ = cls._read(connection, found.before.and_of(more), found.after.and_of(more))
        return found

    @classmethod
    def _read(cls, connection: Connection, before: Compared, after: Compared) -> tuple[Self, set[int]]:
        others = equals.firsts(connection, {*before.keys.values(), *after.keys.values()}, after.keys)
        stood, stands = _firsts(before.keys, others), _firsts(after.keys, others)
        moved = {first for key, first in others.items() if (stood[key] == first) != (stands[key] == first)}
        return cls(before=before, after=after, stood=stood, stands=stands), moved

    @property
    def stories(self) -> set[str]:
        """Their ids, those gone included."""
        return {*self.before.states, *self.after.states}

    @property
    def gone(self) -> dict[int, str]:
        """Editions that stood for their equals and do no longer, and their texts."""
        return {
            n: self.before.folded[n]
            for n, key in self.before.keys.items()
            if self.stood[key] == n and (n not in self.after.keys or self.stands[self.after.keys[n]] != n)
        }

    @property
    def firsts(self) -> dict[int, str]:
        """Editions that stand for their equals now, and their texts."""
        return {n: self.after.folded[n] for n, key in self.after.keys.items() if self.stands[key] == n}

    @property
    def came(self) -> set[int]:
        """Those of them that did not before."""
        stood = {n for n, key in self.before.keys.items() if self.stood[key] == n}
        return self.firsts.keys() - stood

    def equal(self, connection: Connection) -> set[tuple[int, int]]:
        """Each edition of these stories and the one that stands for it; the smaller number comes first."""
        found = {(self.stands[key], n) for n, key in self.after.keys.items() if self.stands[key] != n}
        shared = {key for n, key in self.after.keys.items() if self.stands[key] == n}
        found |= {(self.stands[key], n) for n, key in equals.holders(connection, shared).items()}
        return {pair for pair in found if pair[0] != pair[1]}


def _firsts(keys: Mapping[int, int], others: Mapping[int, int]) -> dict[int, int]:
    """The smallest number of each key, among these editions and others."""
    found = dict(others)
    for n, key in keys.items():
        found[key] = min(n, found.get(key, n))
    return found
