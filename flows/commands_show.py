"""Commands that decide what others see: takedown, replay, export; of the shelves they change only the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Exit, Option

from archive.errors import UsageError
from archive.takedowns import Depth
from archive.texts import to_line
from archive.urls import id_of, is_address, surt
from flows.options import Days, Filters, Form, Where, Words, query_of
from flows.out import STDOUT
from flows.show import Listing, facts, note

if TYPE_CHECKING:
    from archive.holdings import Archive
    from archive.takedowns import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """What is ordered of a story, and why."""

    reason: Annotated[
        str | None, Option(metavar="TEXT", help="Why; it stands in the ledger for ever, and is told to who asks.")
    ] = None
    depth: Annotated[
        Depth, Option(help="hidden from every answer; sealed: hidden, and its captures listed with their digests.")
    ] = Depth.HIDDEN
    lift: Annotated[bool, Option("--lift", help="End the orders on it, whatever their depth.")] = False


def takedown(
    where: Where,
    form: Form,
    ordering: Ordering,
    name: Annotated[
        str | None, Argument(metavar="[ID|URL]", help="A story's id, permalink or address; none: list all orders.")
    ] = None,
) -> None:
    """Hide or seal a story, or lift that again; its bytes stay on the shelves."""
    from archive import takedown as act
    from archive.takedowns import new, told

    reason, depth = ordering.reason, ordering.depth
    if name is None and (reason is not None or ordering.lift or depth is not Depth.HIDDEN):
        raise UsageError("give a story's id, permalink or address")
    if name is not None and reason is None:
        raise UsageError(f'say why it is {"lifted" if ordering.lift else "taken down"}: --reason "…"')
    if ordering.lift and depth is not Depth.HIDDEN:
        raise UsageError("--lift ends orders of every depth: leave --depth out")
    now = datetime.now(UTC)
    with where.open() as archive:
        if name is None or reason is None:
            _orders().show(told(new(archive.storage)), as_json=form.as_json)
            return
        if ordering.lift:
            meant = act.lift(archive, name, reason, now).orders
            note("a replay index lists it again once it is made again: astana replay")
        else:
            listings = _listings(archive, name)
            order = act.take_down(archive, name, reason, now, depth)
            meant = (order.event,)
            if order.at != now.isoformat():
                note(f"{order.story or name} was taken down on {order.at[:10]} already")
            note("an index made elsewhere, with astana replay --out DIR, plays it until that is run again")
            for url in listings:
                note(f"its title and lead may still play from captures of {url}; if they may not, take that down too")
        found = [one for one in told(new(archive.storage)) if one.order.event in meant]
    _orders().show(found, as_json=form.as_json)


def _listings(archive: Archive, name: str) -> list[str]:
    """The feeds and listings that led to the captures of a story, by its id, permalink or address."""
    stories = archive.catalog.stories_at(surt(name)) if is_address(name) else [id_of(name)]
    return sorted({reading.hints.seed for reading in archive.catalog.readings_of(stories) if reading.hints.seed})


def replay(
    where: Where,
    form: Form,
    out: Annotated[
        Path | None, Option(metavar="DIR", help="A folder for index, rules and config; else replay/ in the store.")
    ] = None,
) -> None:
    """Make the index that pywb plays the archive from: every capture but 304s and what is taken down."""
    from archive.replay import build

    with where.open() as archive:
        made = build(archive, out)
    if form.as_json:
        fields = {"place": made.place, "captures": made.captures, "left_out": made.left_out, "blocked": made.blocked}
        print(to_line({**fields, "broken": list(made.broken)}))
    else:
        facts({"captures": made.captures, "left out": made.left_out, "addresses blocked": made.blocked})
        if "://" in made.place:
            note("wayback runs from a folder: astana replay --out DIR")
        else:
            note(f"run it with: wayback -d {made.place}")
    for line in made.broken:
        note(f"astana: {line}; astana rebuild --from warc makes it again")
    if made.broken:
        raise Exit(1)


class Package(StrEnum):
    """What stories are packed as."""

    WACZ = "wacz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """How an export is written, and what it says of itself."""

    out: Annotated[Path, Option(metavar="FILE", help="The file to write; its name ends in .wacz.")]
    format: Annotated[Package, Option(help="A WACZ: captures, index, pages and manifest in one file.")] = Package.WACZ
    q: Words = None
    key: Annotated[
        Path | None, Option(metavar="FILE", help="Sign it: a private key in PEM, of the curve P-384 or P-256.")
    ] = None
    title: Annotated[str | None, Option(metavar="TEXT", help="What it is called.")] = None


def export(packing: Packing, filters: Filters, days: Days, form: Form, where: Where) -> None:
    """Take stories away whole, with all that replay and proof need: captures, originals of revisits, redirects."""
    from archive.wacz import About, load_key
    from archive.wacz import export as write

    if str(packing.out) == STDOUT:
        raise UsageError("a WACZ is sought in while it is written and cannot go to standard output; name a file")
    key = load_key(packing.key) if packing.key else None
    title = packing.title or "Stories of an archive of the Astana process"
    about = About(created=datetime.now(UTC), title=title, description=_asked(packing, filters, days), key=key)
    with where.open() as archive:
        made = write(archive, query_of(packing.q, filters, days), packing.out, about)
    counts = {"stories": made.stories, "texts": made.pages, "captures": made.captures}
    if form.as_json:
        left = {"left_out": made.left_out, "missing": made.missing}
        print(to_line({"file": made.file, **counts, **left, "public_key": key.public if key else None}))
        return
    facts({**counts, "left out": made.left_out, "not on the shelf": made.missing, "signed": key is not None})


def _asked(packing: Packing, filters: Filters, days: Days) -> str:
    """The choice in words, for whoever opens the file."""
    given = {**asdict(filters), **asdict(days), "q": packing.q}
    words = {
        name: ", ".join(value) if isinstance(value, list) else str(value) for name, value in given.items() if value
    }
    return "; ".join(f"{name}: {value}" for name, value in words.items())


def _orders() -> Listing[Told]:
    return Listing(
        columns={
            "story": lambda one: one.order.story,
            "taken down": lambda one: one.order.at[:10],
            "depth": lambda one: one.order.depth.value,
            "state": lambda one: f"lifted {one.lift.at[:10]}" if one.lift else "in force",
            "addresses": lambda one: len(one.order.urls),
            "captures": lambda one: len(one.order.captures) if one.order.depth is Depth.SEALED else None,
            "reason": lambda one: f"{one.order.reason}; lifted: {one.lift.reason}" if one.lift else one.order.reason,
        },
        dump=_order_json,
        none="nothing is taken down",
    )


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
        "lift": {"at": lift.at, "reason": lift.reason, "event": lift.event} if lift else None,
    }
