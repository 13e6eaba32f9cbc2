"""How much is held, counted so that nothing is missing; it changes nothing."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from archive.catalog.bodies import whole
from archive.catalog.schema import objects, readings, stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many of everything: captures = articles + rejections + unchanged + non-articles."""

    captures: int
    articles_on_topic: int
    articles_off_topic: int
    rejections: dict[str, int]  # Reason -> readings
    unchanged: int
    non_articles: dict[str, int]  # NonArticle -> captures
    stories: int
    stories_on_topic: int
    editions: int
    clusters: int  # of at least two stories
    copies: int  # stories in them beside the canonical ones
    parts: int  # items found inside longer pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held of one outlet."""

    outlet: str
    stories: int
    stories_on_topic: int
    first_day: str | None  # civil days of publication
    last_day: str | None


def held(connection: Connection) -> list[Held]:
    """What is held of each outlet, by its id."""
    first, last = func.min(stories.c.day), func.max(stories.c.day)
    on_topic = func.count().filter(stories.c.on_topic)
    query = select(stories.c.outlet, func.count(), on_topic, first, last).group_by(stories.c.outlet)
    rows = connection.execute(query.order_by(stories.c.outlet))
    return [Held(outlet=o, stories=n, stories_on_topic=on, first_day=f, last_day=t) for o, n, on, f, t in rows]


def counts(connection: Connection) -> Counts:
    """How many of everything."""
    groups = (readings.c.outcome, readings.c.reason, readings.c.on_topic)
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    topics: Counter[bool] = Counter()
    for outcome, reason, on_topic, many in connection.execute(select(*groups, func.count()).group_by(*groups)):
        outcomes[outcome] += many
        if reason is not None:
            reasons[reason] += many
        if on_topic is not None:
            topics[on_topic] += many
    others: Counter[str] = Counter()
    for line in connection.execute(select(objects.c.non_articles)).scalars():
        others.update(whole(json.loads, line))
    sizes = select(func.count().label("size")).select_from(stories).group_by(stories.c.cluster).subquery()
    several, members = connection.execute(
        select(func.count(), func.coalesce(func.sum(sizes.c.size), 0)).where(sizes.c.size > 1)
    ).one()
    return Counts(
        captures=outcomes.total() + others.total(),
        articles_on_topic=topics[True],
        articles_off_topic=topics[False],
        rejections=dict(sorted(reasons.items())),
        unchanged=outcomes["unchanged"],
        non_articles=dict(sorted(others.items())),
        stories=_count(connection, "stories"),
        stories_on_topic=_count(connection, "stories WHERE on_topic"),
        editions=_count(connection, "editions"),
        clusters=several,
        copies=int(members) - several,
        parts=_count(connection, "edges WHERE kind = 'part'"),
    )


def _count(connection: Connection, what: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {what}")).scalar_one())
