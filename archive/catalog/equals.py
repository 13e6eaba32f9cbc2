"""Editions of equal words: the first of them stands for the others where texts meet; which one, their numbers say.

A page that says no more than «sign in to read on» is captured under thousands of addresses. Compared each with each,
they would cost more than all else that is held; so each of them meets the first, and the first alone meets others.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, func, select

from archive.catalog.questions import Question
from archive.catalog.schema import among, editions, number
from archive.records import Kind

_FIRSTS: Final = Question(
    lambda among: (
        select(editions.c.equal, func.min(editions.c.number))
        .where(among(editions.c.equal), ~among(editions.c.number, "without"))
        .group_by(editions.c.equal)
    )
)
_HOLDERS: Final = Question(lambda among: select(editions.c.number, editions.c.equal).where(among(editions.c.equal)))


def key_of(outlet: str, days: tuple[date | None, date], kind: Kind, folded: str) -> int:
    """Equal for editions of one outlet and kind whose folded words are equal and that are of the same days.

    That is all that two texts are judged by (copies.compare), so whichever stands for the others, no verdict changes.

    Args:
        outlet: its id.
        days: of the earliest and the latest bound, in UTC; undated texts have no earliest one.
        kind: of the page.
        folded: its words (arabic.tokens), joined by spaces.
    """
    since, until = days
    return number("equal", outlet, since.isoformat() if since else "", until.isoformat(), kind.value, folded)


def firsts(connection: Connection, keys: Collection[int], without: Collection[int] = ()) -> dict[int, int]:
    """The smallest number of each key's editions, some of them left out; no key that none is left of."""
    if not keys:
        return {}
    return {row[0]: row[1] for row in _FIRSTS.ask(connection, keys, without=without)}


def holders(connection: Connection, keys: Collection[int]) -> dict[int, int]:
    """The key of every edition that has one of these."""
    if not keys:
        return {}
    return {row.number: row.equal for row in _HOLDERS.ask(connection, keys)}


def stories_of(connection: Connection, numbers: Collection[int]) -> set[str]:
    """The stories of editions."""
    query = select(editions.c.story).where(among(connection, editions.c.number, numbers))
    return set(connection.execute(query).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """An edition that stands for one of a story's: what is tied to it, is tied to that one."""

    story: str
    text_digest: str
    own: str  # text digest of the story's edition


def stands(connection: Connection, story: str) -> list[Stand]:
    """The editions of other stories that stand for a story's."""
    mine, same = editions.alias(), editions.alias()
    first = select(func.min(same.c.number)).where(same.c.equal == mine.c.equal).scalar_subquery()
    query = select(editions.c.story, editions.c.text_digest, mine.c.text_digest)
    query = query.join_from(mine, editions, editions.c.number == first)
    query = query.where(mine.c.story == story, editions.c.story != story)
    return sorted(
        (Stand(story=row[0], text_digest=row[1], own=row[2]) for row in connection.execute(query)),
        key=lambda stand: (stand.story, stand.text_digest, stand.own),
    )
