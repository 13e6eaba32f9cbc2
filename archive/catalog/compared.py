"""What stories are compared by, before and after their rows were made anew; what follows from it, links.py does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import Connection, select

from archive.catalog import equals
from archive.catalog.questions import Question
from archive.catalog.schema import editions, stories

_STATE: Final = (stories.c.id, stories.c.compared, stories.c.cluster)
_PRINT: Final = (editions.c.number, editions.c.folded, editions.c.equal, editions.c.days)
_ROWS: Final = Question(
    lambda among: select(*_STATE, *_PRINT).join(editions, editions.c.story == stories.c.id).where(among(stories.c.id))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Of some stories: what their edges depend on, their cluster, and of each edition its text and what equals it."""

    states: Mapping[str, str]
    clusters: Mapping[str, str]
    folded: Mapping[int, str]
    same: Mapping[int, equals.Same]
    story_of: Mapping[int, str]

    @classmethod
    def read(cls, connection: Connection, ids: Collection[str]) -> Self:
        """As the rows stand now."""
        rows = _ROWS.ask(connection, ids)
        return cls(
            states={row.id: row.compared for row in rows},
            clusters={row.id: row.cluster for row in rows},
            folded={row.number: row.folded for row in rows},
            same={row.number: (row.equal, row.days) for row in rows},
            story_of={row.number: row.id for row in rows},
        )

    def of(self, ids: Collection[str]) -> Self:
        """The same of some of these stories alone."""
        numbers = [n for n, story in self.story_of.items() if story in ids]
        return type(self)(
            states={story: state for story, state in self.states.items() if story in ids},
            clusters={story: head for story, head in self.clusters.items() if story in ids},
            folded={n: self.folded[n] for n in numbers},
            same={n: self.same[n] for n in numbers},
            story_of={n: self.story_of[n] for n in numbers},
        )

    def and_of(self, more: Self) -> Self:
        """The same of other stories, too."""
        return type(self)(
            states={**self.states, **more.states},
            clusters={**self.clusters, **more.clusters},
            folded={**self.folded, **more.folded},
            same={**self.same, **more.same},
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
    stood: equals.Firsts
    stands: equals.Firsts
    shared: frozenset[int]  # keys of editions of other stories, too

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
        keys = {key for key, _ in (*before.same.values(), *after.same.values())}
        others = equals.firsts(connection, keys, after.same)
        stood, stands = equals.Firsts.among(before.same, others), equals.Firsts.among(after.same, others)
        moved = {first for same, first in others.items() if stood.role(first, same) != stands.role(first, same)}
        shared = frozenset(key for key, _ in others)
        return cls(before=before, after=after, stood=stood, stands=stands, shared=shared), moved

    @property
    def stories(self) -> set[str]:
        """Their ids, those gone included."""
        return {*self.before.states, *self.after.states}

    @property
    def gone(self) -> dict[int, str]:
        """Editions that stood for all of their equals and do no longer, and their texts."""
        left = _firsts(self.before, self.stood) - _firsts(self.after, self.stands)
        return {n: self.before.folded[n] for n in left}

    @property
    def came(self) -> set[int]:
        """Those that stand for all of their equals now and did not before."""
        return _firsts(self.after, self.stands) - _firsts(self.before, self.stood)

    @property
    def firsts(self) -> dict[int, str]:
        """The editions that stand for all equals of those that stand for theirs of the same days, and the texts."""
        roles = ((n, same, self.stands.role(n, same)) for n, same in self.after.same.items())
        return {self.stands.of_all[same[0]]: self.after.folded[n] for n, same, role in roles if any(role)}

    def equal(self, connection: Connection) -> set[tuple[int, int]]:
        """Each edition of these stories and the one that stands for all its equals; the smaller number comes first."""
        first_of = {n: self.stands.of_all[key] for n, (key, _) in self.after.same.items()}
        found = {(first, n) for n, first in first_of.items()}
        asked = {self.after.same[n][0] for n in _firsts(self.after, self.stands)} & self.shared
        found |= {(self.stands.of_all[key], n) for n, key in equals.holders(connection, asked).items()}
        return {pair for pair in found if pair[0] != pair[1]}


def _firsts(held: Compared, roles: equals.Firsts) -> set[int]:
    """Which of these editions stand for all of their equals."""
    return {n for n, (key, _) in held.same.items() if roles.of_all[key] == n}
