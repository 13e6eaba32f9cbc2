"""How polls and their items become rows: objects in, an outlet's objects out; a story's row is one over all its polls.

A row follows from the set of polls alone: each part of it is the least or the greatest of what they say, so that any
order and any batching give the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, or_, select, update

from archive.catalog import witnesses
from archive.catalog.index import stamp
from archive.catalog.schema import among, asked, listed, listings, polls
from archive.errors import AlreadyThereError
from archive.listed import Line
from archive.listings import Asked, ListedItem, ListingHead, Poll
from archive.takedowns import Takedowns
from archive.texts import to_line
from archive.urls import surt

INDEXES: Final = ("wayback", "commoncrawl")
AT_ONCE: Final = 5000  # stories whose rows are merged in memory
REMEMBERED: Final = 500  # stories of a poll by which it is compared with the next one

WORDLESS: Final = {"url": "", "title": None, "summary": None, "claims": witnesses.NOTHING}  # a row taken down

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingObject:
    """One object of the shelf of listings: its key, the digest of its bytes, and what stands in it, read once."""

    key: str
    sha256: str
    head: ListingHead
    lines: Iterable[Line]


def put(connection: Connection, given: ListingObject, orders: Takedowns) -> set[str]:
    """Write an object's rows; words of what was taken down are left out. Returns stories whose dates may hang on it.

    Raises:
        AlreadyThereError: the object is held with other content.
    """
    held = connection.execute(select(listings.c.sha256).where(listings.c.key == given.key)).scalar()
    if held is not None and held != given.sha256:
        raise AlreadyThereError(f"{given.key} is indexed with other content; such objects never change: astana rebuild")
    if held is not None:
        return set()
    connection.execute(insert(listings), [object_row(given)])
    waiting: dict[str, Row] = {}
    told: set[str] = set()
    for number, line in enumerate(given.lines):
        if isinstance(line, Asked):
            connection.execute(insert(asked), [asked_row(given.key, number, line)])
            continue
        connection.execute(insert(polls), [poll_row(given.key, number, line)])
        for item in line.items:
            row = item_row(line, item)
            waiting[item.story] = merged(waiting[item.story], row) if item.story in waiting else row
            if len(waiting) >= AT_ONCE:
                told |= _flush(connection, waiting, orders)
                waiting = {}
    return told | _flush(connection, waiting, orders)


def object_row(given: ListingObject) -> Row:
    """The row of an object."""
    head = given.head
    return {
        "key": given.key,
        "sha256": given.sha256,
        "outlet": head.outlet,
        "lister": head.lister,
        "zone": head.zone,
    }


def asked_row(key: str, number: int, line: Asked) -> Row:
    """The row of a page that was asked for and gave none."""
    return {
        "object": key,
        "line": number,
        "outlet": line.outlet,
        "story": line.story,
        "at": instant(line.at),
        "via": line.via.value,
        "moved": line.moved,
        "to": line.to,
    }


def poll_row(key: str, number: int, poll: Poll) -> Row:
    """The row of a poll, without its items."""
    since, until = poll.covers or (None, None)
    names = (item.story.rpartition("-")[2] for item in poll.items[:REMEMBERED])
    return {
        "object": key,
        "line": number,
        "outlet": poll.outlet,
        "seed": poll.seed,
        "kind": poll.kind,
        "url": poll.url,
        "at": instant(poll.at),
        "record": poll.record,
        "via": poll.via.value,
        "run": poll.run,
        "series": poll.series,
        "page": poll.page,
        "content": poll.content.value,
        "whole": poll.whole,
        "of": poll.of,
        "items": len(poll.items),
        "stories": " ".join(names),
        "problem": poll.problem,
        "covers_since": stamp(since) if since else None,
        "covers_until": stamp(until) if until else None,
        "last": poll.last,
        "since": poll.since.isoformat() if poll.since else None,
        "until": poll.until.isoformat() if poll.until else None,
    }


def instant(said: str) -> str:
    """A WARC-Date, written so that it sorts."""
    return stamp(datetime.fromisoformat(said))


def item_row(poll: Poll, item: ListedItem) -> Row:
    """What one poll alone says of a story: the outlet's own listings go before an archive's index."""
    at = instant(poll.at)
    first, last = item.days or (None, None)

    def rank(words: str | None) -> str | None:
        """Equal times are told apart by the words' digest: a rank stays when its words are taken down."""
        digest = hashlib.sha256((words or "").encode()).hexdigest()[:16]
        return f"{int(poll.kind in INDEXES)} {at} {digest}" if words else None

    return {
        "story": item.story,
        "outlet": poll.outlet,
        "url": item.url,
        "url_rank": rank(item.url),
        "title": item.title,
        "title_rank": rank(item.title),
        "summary": item.summary,
        "summary_rank": rank(item.summary),
        "first_seen": at,
        "last_seen": at,
        "first_day": first.isoformat() if first else None,
        "last_day": last.isoformat() if last else None,
        "archived": item.archived,
        "claims": witnesses.column([item.claim]) if item.claim else witnesses.NOTHING,
        "seeds": {f"{poll.kind} {poll.seed}": [at, at]},
    }


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> Row:
    """What two rows of a story say together; associative, commutative, and a row with itself is that row."""
    row = dict(one)
    for name in ("url", "title", "summary"):
        row[name], row[f"{name}_rank"] = min(
            ((each[name], each[f"{name}_rank"]) for each in (one, other)),
            key=lambda said: (said[1] is None, said[1] or ""),
        )
    row["first_seen"] = min(one["first_seen"], other["first_seen"])
    row["last_seen"] = max(one["last_seen"], other["last_seen"])
    row["first_day"], row["last_day"] = min(
        ((each["first_day"], each["last_day"]) for each in (one, other)), key=_width
    )
    row["archived"] = min((each["archived"] for each in (one, other) if each["archived"]), default=None)
    row["claims"] = witnesses.together(one["claims"], other["claims"])
    row["seeds"] = _seeds(one["seeds"], other["seeds"])
    return row


def _width(days: tuple[str | None, str | None]) -> tuple[bool, int, str]:
    first, last = days
    if first is None or last is None:
        return True, 0, ""
    return False, (date.fromisoformat(last) - date.fromisoformat(first)).days, first


def _seeds(one: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> dict[str, list[str]]:
    together = dict(one)
    for name, (first, last) in other.items():
        held = together.get(name, [first, last])
        together[name] = [min(first, held[0]), max(last, held[1])]
    return together


def _flush(connection: Connection, rows: dict[str, Row], orders: Takedowns) -> set[str]:
    """Merge rows with those that are held; returns stories of which they tell what no row told."""
    if not rows:
        return set()
    told = set(rows)
    meant = among(connection, listed.c.story, rows.keys())
    for held in connection.execute(select(listed).where(meant)).mappings():
        there = {**held, "seeds": json.loads(held["seeds"])}
        row = rows[held["story"]] = merged(there, rows[held["story"]])
        if all(row[name] == held[name] for name in witnesses.FACTS):
            told.discard(held["story"])
    connection.execute(delete(listed).where(meant))
    connection.execute(insert(listed), [_written(row, orders) for _, row in sorted(rows.items())])
    return told


def _written(row: Row, orders: Takedowns) -> Row:
    urlkey = surt(row["url"]) if row["url"] else row["urlkey"]
    hidden = orders.hides_story(row["story"]) or orders.hides(urlkey)
    return {**row, "urlkey": urlkey, "seeds": to_line(row["seeds"]), **(WORDLESS if hidden else {})}


def drop(connection: Connection, outlets: Collection[str]) -> set[str]:
    """Take everything that some outlets listed out again; their objects are no longer taken. Returns the stories."""
    told = set(connection.execute(select(listed.c.story).where(among(connection, listed.c.outlet, outlets))).scalars())
    for table in (listings, polls, asked, listed):
        connection.execute(delete(table).where(among(connection, table.c.outlet, outlets)))
    return told


def obey(connection: Connection, before: Takedowns, after: Takedowns) -> set[str]:
    """Empty the words that are hidden now. Where some no longer are, their outlets' listings are to be taken anew.

    Returns stories whose dates may have hung on them.
    """
    was, standing = ({order.event for order in each.orders} for each in (before, after))
    fresh = Takedowns.of(order for order in after.orders if order.event not in was)
    freed = Takedowns.of(order for order in before.orders if order.event not in standing)
    told: set[str] = set()
    if fresh:
        meant = _meant(connection, fresh)
        told.update(connection.execute(select(listed.c.story).where(meant)).scalars())
        connection.execute(update(listed).where(meant).values(**WORDLESS))
    if freed:
        outlets = select(listed.c.outlet).where(_meant(connection, freed)).distinct()
        told |= drop(connection, list(connection.execute(outlets).scalars()))
    return told


def _meant(connection: Connection, given: Takedowns) -> Any:
    return or_(among(connection, listed.c.story, given.stories), among(connection, listed.c.urlkey, given.keys))
