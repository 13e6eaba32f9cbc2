"""Editions of equal words: the first of them stands for the others where texts meet; which one, their numbers say.

A page that says no more than «sign in to read on» is captured under thousands of addresses, for years. Compared each
with each, they would cost more than all else that is held; so each of them meets the first, and the first alone meets
others. Where days decide what two texts are, the first of each days meets others, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, Connection, func, select

from archive.catalog.questions import Question
from archive.catalog.schema import among, editions, number
from archive.records import Kind

Same = tuple[int, int]  # key_of and days_of: equal for editions that no verdict tells apart

_FIRSTS: Final = Question(
    lambda among: (
        select(editions.c.equal, editions.c.days, func.min(editions.c.number).label("first"))
        .where(among(editions.c.equal), ~among(editions.c.number, "without"))
        .group_by(editions.c.equal, editions.c.days)
    )
)
_HOLDERS: Final = Question(lambda among: select(editions.c.number, editions.c.equal).where(among(editions.c.equal)))
_MINE: Final = editions.alias()
_OTHERS: Final = Question(
    lambda among: (
        select(_MINE.c.number, func.min(editions.c.number).label("first"))
        .join(editions, editions.c.equal == _MINE.c.equal)
        .where(among(_MINE.c.number))
        .group_by(_MINE.c.number, editions.c.days)
    )
)
_WORDS: Final = Question(
    lambda among: select(editions.c.story, editions.c.text_digest, editions.c.equal, editions.c.days).where(
        among(editions.c.story)
    )
)
_ORDINAL_BITS: Final = 22  # of a day's number (date.toordinal)


def key_of(outlet: str, kind: Kind, folded: str) -> int:
    """Equal for editions of one outlet and kind whose folded words are equal: copies of each other on whatever days.

    Args:
        outlet: its id.
        kind: of the page.
        folded: its words (arabic.tokens), joined by spaces.
    """
    return number("equal", outlet, kind.value, folded)


def days_of(since: date | None, until: date) -> int:
    """The days of the earliest and the latest bound, in UTC, as one number; undated texts have no earliest one.

    With words and kind that is all that a text is judged by (copies.compare).
    """
    return until.toordinal() << _ORDINAL_BITS | (since.toordinal() if since else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Firsts:
    """The smallest numbers among editions of equal words: of each days, and of all."""

    of_days: Mapping[Same, int]
    of_all: Mapping[int, int]

    @classmethod
    def among(cls, held: Mapping[int, Same], others: Mapping[Same, int]) -> Self:
        """Of editions, and of others of which the first ones are known."""
        of_days, of_all = dict(others), dict[int, int]()
        for n, same in held.items():
            of_days[same] = min(n, of_days.get(same, n))
        for (key, _), n in of_days.items():
            of_all[key] = min(n, of_all.get(key, n))
        return cls(of_days=of_days, of_all=of_all)

    def role(self, n: int, same: Same) -> tuple[bool, bool]:
        """Whether an edition is the first of its days, and of all."""
        return self.of_days[same] == n, self.of_all[same[0]] == n


def firsts(connection: Connection, keys: Collection[int], without: Collection[int] = ()) -> dict[Same, int]:
    """The smallest number of each key's editions of each days, some of them left out."""
    if not keys:
        return {}
    return {(key, days): first for key, days, first in _FIRSTS.ask(connection, keys, without=without)}


def other_days(connection: Connection, numbers: Collection[int]) -> dict[int, list[int]]:
    """Of editions of which equal ones of several days are held: the first one of each days."""
    found: dict[int, list[int]] = {}
    for mine, first in _OTHERS.ask(connection, numbers) if numbers else ():
        found.setdefault(mine, []).append(first)
    return {mine: sorted(each) for mine, each in found.items() if len(each) > 1}


def across(pairs: Iterable[tuple[int, int]], several: Mapping[int, list[int]]) -> list[list[tuple[int, int]]]:
    """For each two editions that stand for others those of all days: each of the one with each of the other.

    Args:
        pairs: of editions.
        several: as `other_days` tells them.
    """
    return [
        [(one, other) for one in several.get(here, [here]) for other in several.get(there, [there])]
        for here, there in pairs
        if here in several or there in several
    ]


def holders(connection: Connection, keys: Collection[int]) -> dict[int, int]:
    """The key of every edition that has one of these."""
    return {row.number: row.equal for row in _HOLDERS.ask(connection, keys)} if keys else {}


def words_of(connection: Connection, ids: Collection[str]) -> dict[tuple[str, str], Same]:
    """Of some stories' editions, by story and text digest, which words they are in, and of which days."""
    rows = _WORDS.ask(connection, ids) if ids else ()
    return {(row.story, row.text_digest): (row.equal, row.days) for row in rows}


def several(connection: Connection, ids: Collection[str] | None = None) -> set[str]:
    """The stories, of some or of all, of editions that are not the only ones with their words."""
    among_them = [] if ids is None else [among(connection, editions.c.story, ids)]
    asked = select(editions.c.equal)
    if ids is not None:
        asked = asked.where(editions.c.equal.in_(select(_MINE.c.equal).where(among(connection, _MINE.c.story, ids))))
    keys = asked.group_by(editions.c.equal).having(func.count() > 1)
    query = select(editions.c.story).where(editions.c.equal.in_(keys), *among_them)
    return set(connection.execute(query).scalars())


def texts_of(connection: Connection, ids: Collection[str]) -> Sequence[Any]:
    """Editions of some stories: number, story, folded words, key and days; by number."""
    return _texts(connection, among(connection, editions.c.story, ids))


def holding(connection: Connection, numbers: Collection[int]) -> Sequence[Any]:
    """The same of all editions in the words of some."""
    keys = select(_MINE.c.equal).where(among(connection, _MINE.c.number, numbers))
    return _texts(connection, editions.c.equal.in_(keys))


def _texts(connection: Connection, condition: ColumnElement[bool]) -> Sequence[Any]:
    columns = (editions.c.number, editions.c.story, editions.c.folded, editions.c.equal, editions.c.days)
    return connection.execute(select(*columns).where(condition).order_by(editions.c.number)).all()


def stories_of(connection: Connection, numbers: Collection[int]) -> set[str]:
    """The stories of editions."""
    query = select(editions.c.story).where(among(connection, editions.c.number, numbers))
    return set(connection.execute(query).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """An edition that stands for one of a story's: what is tied to it, is tied to that one.

    Of one of other days that is so where days decide nothing.
    """

    story: str
    text_digest: str
    own: str  # text digest of the story's edition
    same_days: bool


def stands(connection: Connection, story: str) -> list[Stand]:
    """The editions of other stories that stand for a story's: the first of its days, and the first of all."""
    mine, same = editions.alias(), editions.alias()
    first = select(func.min(same.c.number)).where(same.c.equal == mine.c.equal)
    columns = (editions.c.story, editions.c.text_digest, mine.c.text_digest, editions.c.days == mine.c.days)
    both = [
        select(*columns)
        .join_from(mine, editions, editions.c.number == number_.scalar_subquery())
        .where(mine.c.story == story, editions.c.story != story)
        for number_ in (first, first.where(same.c.days == mine.c.days))
    ]
    rows = {tuple(row) for query in both for row in connection.execute(query)}
    return [Stand(story=row[0], text_digest=row[1], own=row[2], same_days=bool(row[3])) for row in sorted(rows)]
