"""The command gaps: what is held of each day of an outlet, and what is not; it changes nothing on the shelves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

from typer import Argument, Option

from archive.errors import UsageError
from flows import calendars, out
from flows.options import Days, Form, Where
from flows.show import lettered, note

if TYPE_CHECKING:
    from archive.holdings import Archive
    from archive.records import Window

_MONTH: Final = re.compile(r"\d{4}-\d\d  ")

Ids = Annotated[list[str] | None, Argument(metavar="[ID…]", help="Outlets; all of which anything is known if none.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What is told of the outlets."""

    svg: Annotated[str | None, Option(help="Draw the calendar into this file, too.", metavar="FILE")] = None
    missed: Annotated[
        bool, Option("--missed", help="Tell instead what refusing by hints missed, and what each seed was good for.")
    ] = False


def gaps(
    days: Days,
    form: Form,
    where: Where,
    showing: Showing,
    ids: Ids = None,
) -> None:
    """Each day of an outlet: held, lost, blocked, never looked at, or without any listing that tells."""
    from archive.gapchart import chart
    from archive.gaplines import gaps_json
    from archive.texts import to_line
    from crawler.outlet import load_outlets
    from flows.plans import read_window

    window = read_window(days.since, days.until, days.round, datetime.now(UTC).date())
    with where.open() as archive:
        known = {*load_outlets(archive.settings.outlets), *archive.catalog.zones()}
        unknown = [name for name in ids or () if name not in known]
        if unknown:
            raise UsageError(f"no outlet is called {unknown[0]!r}; see astana outlets")
        if showing.missed:
            _tell_missed(archive, ids or list(archive.catalog.zones()), window, form)
            return
        ledgers = list(archive.gaps(ids or (), window))
    if form.as_json:
        for ledger in ledgers:
            for said in gaps_json(ledger):
                print(to_line(dict(said)))
    elif ledgers:
        for ledger in ledgers:
            _show(calendars.lines(ledger))
        print(calendars.key())
    else:
        note("nothing is known of any outlet")
    if showing.svg is not None:
        out.content(chart(ledgers).encode(), showing.svg)


def _tell_missed(archive: Archive, ids: Iterable[str], window: Window, form: Form) -> None:
    """What the hints of each outlet missed, by year."""
    from archive.texts import to_line
    from crawler.topic import load_topic
    from flows.missed import account

    rules = load_topic(archive.settings.topic)
    for outlet in ids:
        found = account(archive, outlet, rules, window)
        if form.as_json:
            for said in found.dump():
                print(to_line(said))
        else:
            print("\n".join([outlet, *found.lines()]))


def _show(lines: Iterable[str]) -> None:
    for line in lines:
        if _MONTH.match(line):
            lettered(line, calendars.STYLES)
        else:
            print(line)
    print()
