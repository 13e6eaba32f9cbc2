"""The command that takes a story down: hidden, sealed, lifted, or purged for good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from archive import tombstones
from archive.errors import UsageError
from archive.takedowns import Depth
from archive.urls import id_of, is_address, surt
from flows.options import Form, Where
from flows.show import Listing, note

if TYPE_CHECKING:
    from archive.holdings import Archive
    from archive.takedowns import Takedown, Told


class HowDeep(StrEnum):
    """The depths that can be lifted again; a purge is asked for by an option of its own."""

    HIDDEN = Depth.HIDDEN.value
    SEALED = Depth.SEALED.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """What is ordered of a story, and why."""

    reason: Annotated[
        str | None, Option(metavar="TEXT", help="Why; it stands in the ledger for ever, and is told to who asks.")
    ] = None
    depth: Annotated[
        HowDeep, Option(help="hidden from every answer; sealed: hidden, and its captures listed with their digests.")
    ] = HowDeep.HIDDEN
    lift: Annotated[bool, Option("--lift", help="End the orders on it, whatever their depth.")] = False
    purge: Annotated[bool, Option("--purge", help="Take its bytes out of every file, for good: never lifted.")] = False
    irrevocably: Annotated[bool, Option("--irrevocably", help="With --purge: yes, for good.")] = False


def takedown(
    where: Where,
    form: Form,
    ordering: Ordering,
    name: Annotated[
        str | None, Argument(metavar="[ID|URL]", help="A story's id, permalink or address; none: list all orders.")
    ] = None,
) -> None:
    """Hide or seal a story, or lift that again: its bytes stay on the shelves; or purge it, which nothing undoes."""
    from archive.takedowns import new, told

    _check(name, ordering)
    now = datetime.now(UTC)
    with where.open() as archive:
        reason = ordering.reason
        if name is None or reason is None:
            _orders().show(told(new(archive.storage)), as_json=form.as_json)
            return
        if ordering.lift:
            meant = _lifted(archive, name, reason, now)
        elif ordering.purge:
            meant = _purged(archive, name, reason, now)
        else:
            meant = _taken_down(archive, name, ordering, now)
        found = [one for one in told(new(archive.storage)) if one.order.event in meant]
    _orders().show(found, as_json=form.as_json)


def _check(name: str | None, ordering: Ordering) -> None:
    """What does not go together is refused before anything is opened."""
    is_deep = ordering.depth is not HowDeep.HIDDEN
    if name is None and (ordering.reason is not None or ordering.lift or ordering.purge or is_deep):
        raise UsageError("give a story's id, permalink or address")
    if name is not None and ordering.reason is None:
        done = "lifted" if ordering.lift else "purged" if ordering.purge else "taken down"
        raise UsageError(f'say why it is {done}: --reason "…"')
    if ordering.lift and is_deep:
        raise UsageError("--lift ends orders of every depth: leave --depth out")
    if ordering.purge and (ordering.lift or is_deep):
        raise UsageError("--purge goes with neither --lift nor --depth")
    if ordering.purge and not ordering.irrevocably:
        meant = "--purge takes the bytes out of every file for good, and no lift brings them back"
        raise UsageError(f"{meant}: if that is meant, say --irrevocably, too")
    if ordering.irrevocably and not ordering.purge:
        raise UsageError("--irrevocably goes with --purge")


def _lifted(archive: Archive, name: str, reason: str, now: datetime) -> tuple[str, ...]:
    from archive.takedown import lift

    done = lift(archive, name, reason, now).orders
    note("a replay index lists it again once it is made again: astana replay")
    return done


def _taken_down(archive: Archive, name: str, ordering: Ordering, now: datetime) -> tuple[str, ...]:
    from archive.takedown import take_down

    listings = _listings(archive, name)
    order = take_down(archive, name, ordering.reason or "", now, Depth(ordering.depth.value))
    if order.at != now.isoformat():
        note(f"{order.story or name} {order.did} on {order.at[:10]} already")
    note("an index made elsewhere, with astana replay --out DIR, plays it until that is run again")
    _tell_listings(listings)
    return (order.event,)


def _purged(archive: Archive, name: str, reason: str, now: datetime) -> tuple[str, ...]:
    from archive.purge.ordering import purge
    from archive.replay import build
    from archive.replay.build import INDEX, SHELF
    from crawler.outlet import load_outlets
    from crawler.purging import knowledge

    has_index = archive.storage.exists(SHELF + INDEX)
    done = purge(archive, name, reason, now, knowledge(archive, load_outlets(archive.settings.outlets)))
    if has_index:
        build(archive)
    if not done.is_new:
        note(f"{done.order.story or name} was purged on {done.order.at[:10]} already; nothing of it has come since")
    note("out of reach: copies of the store, exports, replay --out DIR, and old versions that a bucket may keep")
    for url in done.twins:
        note(f"the same bytes are held of {url}, too; if they may not be, purge that as well")
    _tell_listings(done.listings)
    return (done.order.event,)


def _tell_listings(listings: Iterable[str]) -> None:
    for url in listings:
        note(f"its title and lead may still play from captures of {url}; if they may not, take that down too")


def _listings(archive: Archive, name: str) -> list[str]:
    """The feeds and listings that led to the captures of a story, by its id, permalink or address."""
    stories = archive.catalog.stories_at(surt(name)) if is_address(name) else [id_of(name)]
    return sorted({reading.hints.seed for reading in archive.catalog.readings_of(stories) if reading.hints.seed})


def _orders() -> Listing[Told]:
    return Listing(
        columns={
            "story": lambda one: one.order.story,
            "taken down": lambda one: one.order.at[:10],
            "depth": lambda one: one.order.depth.value,
            "state": lambda one: f"lifted {one.lift.at[:10]}" if one.lift else "in force",
            "addresses": lambda one: len(one.order.urls),
            "captures": lambda one: _number(one.order),
            "reason": lambda one: f"{one.order.reason}; lifted: {one.lift.reason}" if one.lift else one.order.reason,
        },
        dump=_order_json,
        none="nothing is taken down",
    )


def _number(order: Takedown) -> int | None:
    """How many captures an order lists; None of one that lists none."""
    if order.is_purge:
        return sum(bool(each.payload) for file in order.files for each in file.gone)
    return len(order.captures) if order.depth is Depth.SEALED else None


def _order_json(one: Told) -> Mapping[str, object]:
    order, lift = one.order, one.lift
    return {
        "story": order.story,
        "at": order.at,
        "depth": order.depth.value,
        "state": "lifted" if lift else "in force",
        "urls": list(order.urls),
        "reason": order.reason,
        "event": order.event,
        "captures": [asdict(each) for each in order.captures],
        "files": tombstones.dump(order.files),
        "lift": {"at": lift.at, "reason": lift.reason, "event": lift.event} if lift else None,
    }
