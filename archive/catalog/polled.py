"""What outlets listed, looked up: polls against each other, stories with what became of them; it changes nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from archive.catalog import hidden
from archive.catalog.schema import among, asked, listed, listings, objects, polls, readings, stories
from archive.fates import MAX_HOPS, Account, Answer, Said, fate
from archive.listings import Content, Days, HeldDay, Listed, ListedQuery, Polled, Sighting, Span, State
from archive.records import Via, Window
from archive.takedowns import Takedowns

PAGE: Final = 1000
_READ: Final = (Content.LISTED.value, Content.PAST_THE_END.value)
_UNCHANGED: Final = Content.UNCHANGED.value
_SERIES: Final = (polls.c.outlet, polls.c.seed, polls.c.series, polls.c.page)

Row = Mapping[Any, Any]  # column's name -> value
Place = tuple[str, int]  # object and line


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What a poll showed, its own or what it stands for."""

    at: str
    stories: frozenset[str]
    items: int
    covers: Span | None
    problem: str | None
    last: bool
    failed: bool


# ---- polls ---------------------------------------------------------------------------------------------------------


def polled(connection: Connection, outlets: Collection[str]) -> Iterator[Polled]:
    """Polls of some outlets, or of all, by listing, page and time; those of addresses taken down are left out."""
    query = select(polls).order_by(*_SERIES, polls.c.at, polls.c.record)
    if outlets:
        query = query.where(among(connection, polls.c.outlet, outlets))
    gone, stands_for = hidden.reach(connection), originals(connection, outlets)
    rows: Iterator[Row] = iter(connection.execution_options(yield_per=PAGE).execute(query).mappings())
    for _, series in groupby(rows, key=lambda row: tuple(row[column.name] for column in _SERIES)):
        yield from (each for each in _of_series(connection, series, stands_for) if not gone.hides(each.url))


def originals(connection: Connection, outlets: Collection[str]) -> dict[Place, Row]:
    """What each 304 and revisit shows again: the newest whole answer of its address before it, or the record it names.

    Told from all polls together, whichever was taken in first.
    """
    named = (polls.c.object, polls.c.line, polls.c.seed, polls.c.url, polls.c.via)
    again = select(polls.c.url).where(polls.c.content == _UNCHANGED)
    query = select(*named, polls.c.at, polls.c.record, polls.c.content, polls.c.whole, polls.c.of)
    query = query.where(polls.c.url.in_(again)).order_by(polls.c.at, polls.c.record)
    if outlets:
        query = query.where(among(connection, polls.c.outlet, outlets))
    rows = list(connection.execute(query).mappings())
    by_record = {row["record"]: row for row in rows if row["whole"]}
    newest: dict[tuple[str, str], Row] = {}
    found: dict[Place, Row] = {}
    for row in rows:
        address = row["url"], row["via"]
        if row["content"] == _UNCHANGED:
            original = by_record.get(row["of"]) if row["of"] else newest.get(address)
            if original is not None:
                found[row["object"], row["line"]] = {**original, "again": row["at"]}
        elif row["whole"]:
            newest[address] = row
    return found


def _of_series(connection: Connection, rows: Iterable[Row], stands_for: Mapping[Place, Row]) -> Iterator[Polled]:
    """The polls of one page of one listing, each against the one before; by time."""
    held: dict[Place, _Shown] = {}
    before: _Shown | None = None
    for row in rows:
        place = row["object"], row["line"]
        shown: _Shown | None = None
        if row["content"] == _UNCHANGED:
            if (original := stands_for.get(place)) is not None:
                first = original["object"], original["line"]
                shown = _again(held.get(first) or _shown(_row(connection, first)), row["at"])
        elif row["content"] in _READ:
            shown = held[place] = _shown(row)
        yield _polled(row, shown, before)
        before = shown if shown and not shown.failed else before


def _row(connection: Connection, place: Place) -> Row:
    return (
        connection.execute(select(polls).where(polls.c.object == place[0], polls.c.line == place[1])).mappings().one()
    )


def _shown(row: Row) -> _Shown:
    since, until = row["covers_since"], row["covers_until"]
    return _Shown(
        at=row["at"],
        stories=frozenset(row["stories"].split()),
        items=row["items"],
        covers=(datetime.fromisoformat(since), datetime.fromisoformat(until)) if since else None,
        problem=row["problem"],
        last=row["last"],
        failed=row["content"] not in _READ,
    )


def _again(shown: _Shown, at: str) -> _Shown:
    """The same listing seen again: what it told of up to its own moment, it now tells of up to this one."""
    covers = shown.covers
    if covers is not None and covers[1] == datetime.fromisoformat(shown.at):
        covers = covers[0], datetime.fromisoformat(at)
    return replace(shown, at=at, covers=covers)


def _polled(row: Row, shown: _Shown | None, before: _Shown | None) -> Polled:
    new = len(shown.stories - before.stories) if shown and before else None
    overlaps = bool(shown.stories & before.stories) if shown and before and shown.stories and before.stories else None
    problem = shown.problem if shown else row["problem"]
    if row["content"] == _UNCHANGED and shown is None:
        problem = "what it stands for is not held"
    covers = shown.covers if shown else None
    bridged = covers is not None and before is not None and covers[0] <= datetime.fromisoformat(before.at)
    return Polled(
        **{name: row[name] for name in ("outlet", "seed", "kind", "url", "at", "record", "run", "series", "page")},
        via=Via(row["via"]),
        content=Content(row["content"]),
        items=shown.items if shown else 0,
        new=new,
        overlaps=overlaps,
        problem=problem,
        covers=covers,
        last=shown.last if shown else False,
        since=date.fromisoformat(row["since"]) if row["since"] else None,
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        may_have_lost=overlaps is False and bool(new) and row["page"] == 1 and not bridged,
    )


def zones(connection: Connection) -> dict[str, str]:
    """The time zone of each outlet of which texts or listings are held."""
    found: dict[str, str] = {}
    for table in (objects, listings):
        rows = connection.execute(select(table.c.outlet, func.max(table.c.zone)).group_by(table.c.outlet))
        found |= {row.outlet: row[1] for row in rows}
    return dict(sorted(found.items()))


# ---- listed stories ------------------------------------------------------------------------------------------------


def stories_listed(
    connection: Connection, query: ListedQuery, after: str, again: Mapping[tuple[str, str], str]
) -> tuple[list[Listed], str | None]:
    """Some listed stories after an id, by id, and the id to go on from; None when there are no more.

    `again`: what `shown_again` told of the outlets.
    """
    wanted = [*_conditions(connection, query), listed.c.story > after]
    ordered = select(listed).where(*wanted).order_by(listed.c.story).limit(PAGE)
    rows: list[Row] = [dict(row) for row in connection.execute(ordered).mappings()]
    known = accounts(connection, [row["story"] for row in rows])
    found = [_listed(row, fate(row["story"], known), again) for row in rows]
    fitting = [
        each
        for each in found
        if (not query.states or each.state in query.states)
        and (query.with_hidden or each.state is not State.TAKEN_DOWN)
    ]
    return fitting, rows[-1]["story"] if len(rows) == PAGE else None


def _conditions(connection: Connection, query: ListedQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if query.outlets:
        wanted.append(among(connection, listed.c.outlet, query.outlets))
    if query.stories is not None:
        wanted.append(among(connection, listed.c.story, query.stories))
    within = _within(query.window)
    if within and query.undated:
        wanted.append(or_(listed.c.first_day.is_(None), and_(*within)))
    else:
        wanted += within
    return wanted


def _within(window: Window) -> list[ColumnElement[bool]]:
    """Days of publication that touch the window; an undated story stands at its first sighting."""
    last = func.coalesce(listed.c.last_day, func.substr(listed.c.first_seen, 1, 10))
    first = func.coalesce(listed.c.first_day, func.substr(listed.c.first_seen, 1, 10))
    found: list[ColumnElement[bool]] = []
    if window.since:
        found.append(last >= window.since.isoformat())
    if window.until:
        found.append(first < window.until.isoformat())
    return found


def _listed(row: Row, state: State, again: Mapping[tuple[str, str], str]) -> Listed:
    seeds: list[Sighting] = []
    for name, (first, last) in sorted(json.loads(row["seeds"]).items()):
        kind, _, seed = name.partition(" ")
        seeds.append(Sighting(seed=seed, kind=kind, first=first, last=max(last, again.get((seed, last), last))))
    is_hidden = state is State.TAKEN_DOWN
    return Listed(
        story=row["story"],
        outlet=row["outlet"],
        url="" if is_hidden else row["url"],
        title=None if is_hidden else row["title"],
        summary=None if is_hidden else row["summary"],
        days=days_of(row),
        first_seen=row["first_seen"],
        last_seen=max([row["last_seen"], *(each.last for each in seeds)]),
        archived=row["archived"],
        seeds=tuple(seeds),
        state=state,
    )


def days_of(row: Row) -> Days | None:
    """The days of a listed row."""
    first, last = row["first_day"], row["last_day"]
    return (date.fromisoformat(first), date.fromisoformat(last)) if first and last else None


def shown_again(connection: Connection, outlets: Collection[str]) -> dict[tuple[str, str], str]:
    """Polls, by seed and time, that were shown again later, and when last."""
    found: dict[tuple[str, str], str] = {}
    for original in originals(connection, outlets).values():
        place = original["seed"], original["at"]
        found[place] = max(original["again"], found.get(place, ""))
    return found


# ---- what became of them -------------------------------------------------------------------------------------------


def accounts(connection: Connection, ids: Collection[str]) -> dict[str, Account]:
    """All that is known of some stories, and of those that their redirects lead to."""
    gone = hidden.reach(connection)
    found: dict[str, Account] = {}
    waiting = set(ids)
    for _ in range(MAX_HOPS + 1):
        if not waiting:
            break
        found |= _accounts(connection, waiting, gone)
        led = {each.to for story in waiting for each in found[story].answers if each.to}
        waiting = led - found.keys()
    return found


def _accounts(connection: Connection, ids: Collection[str], gone: Takedowns) -> dict[str, Account]:
    answers: dict[str, list[Answer]] = defaultdict(list)
    keys: dict[str, set[str]] = defaultdict(set)
    columns = (readings.c.story, readings.c.at, readings.c.via, readings.c.said, readings.c.urlkey)
    for row in connection.execute(select(*columns).where(among(connection, readings.c.story, ids))):
        keys[row.story].add(row.urlkey)
        if row.said is not None:
            answers[row.story].append(Answer(at=row.at, via=row.via, said=Said(row.said)))
    for row in connection.execute(select(asked).where(among(connection, asked.c.story, ids))):
        said = Said.MOVED if row.moved else Said.NOTHING
        answers[row.story].append(Answer(at=row.at, via=row.via, said=said, to=row.to))
    topics = dict(
        connection.execute(select(stories.c.id, stories.c.on_topic).where(among(connection, stories.c.id, ids))).all()
    )
    here = connection.execute(
        select(listed.c.story, listed.c.archived, listed.c.urlkey).where(among(connection, listed.c.story, ids))
    )
    known = {row.story: (row.archived, row.urlkey) for row in here}
    return {
        story: Account(
            answers=tuple(answers[story]),
            on_topic=topics.get(story),
            archived=story in known and bool(known[story][0]),
            hidden=gone.hides_story(story)
            or any(map(gone.hides, keys[story]))
            or (story in known and gone.hides(known[story][1])),
        )
        for story in ids
    }


def held(
    connection: Connection, outlets: Collection[str], window: Window, after: str
) -> tuple[list[HeldDay], str | None]:
    """Some held stories after an id, by id, with days and state, and the id to go on from.

    One that nothing but its capture dates was not published on that day: listings tell its days, or nobody does.
    """
    wanted: list[ColumnElement[bool]] = [stories.c.id > after]
    if outlets:
        wanted.append(among(connection, stories.c.outlet, outlets))
    first = case((stories.c.dated, stories.c.day), else_=listed.c.first_day)
    last = case((stories.c.dated, stories.c.day), else_=listed.c.last_day)
    if window.since:
        wanted.append(or_(last.is_(None), last >= window.since.isoformat()))
    if window.until:
        wanted.append(or_(first.is_(None), first < window.until.isoformat()))
    columns = (stories.c.id, stories.c.outlet, first.label("first_day"), last.label("last_day"))
    joined = stories.outerjoin(listed, listed.c.story == stories.c.id)
    ordered = select(*columns).select_from(joined).where(*wanted).order_by(stories.c.id).limit(PAGE)
    rows: list[Row] = [dict(row) for row in connection.execute(ordered).mappings()]
    known = accounts(connection, [row["id"] for row in rows])
    found = [
        HeldDay(story=row["id"], outlet=row["outlet"], days=days_of(row), state=fate(row["id"], known)) for row in rows
    ]
    return found, rows[-1]["id"] if len(rows) == PAGE else None
