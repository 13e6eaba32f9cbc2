"""The command that fills the past: what it would ask, how it goes, what each source brought; the work is elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from crawler.orders import Copies
from flows.commands_run import follow
from flows.options import Choice, Days, Form, Where, plan_of
from flows.plans import Slice
from flows.show import Listing, note

if TYPE_CHECKING:
    from archive.settings import Settings
    from flows.forecast import Forecast
    from flows.journal import Run
    from flows.plans import Plan
    from flows.reports import Missing
    from flows.sources import Source

Outlets = Annotated[
    list[str] | None,
    Argument(metavar="[ID…]", help="Outlets; if none, all that are crawled live, or with archives all there are."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling(Choice):
    """How a backfill goes about it."""

    via: Annotated[
        str,
        Option(
            help="Sources in their order, with commas: sitemap, rest, section, feed, tag, search, wayback, "
            "commoncrawl; or all. Else what lists the past live, and for a closed outlet the archives.",
            metavar="SOURCE,…",
        ),
    ] = ""
    slice: Annotated[Slice, Option(help="How the window is cut where seeds name days.")] = Slice.MONTH
    copies: Annotated[Copies, Option(help="Of a story in web archives: the first good copy, or each that differs.")] = (
        Copies.FIRST
    )
    seen_until: Annotated[
        str | None,
        Option(help="First day whose captures archives are not asked about (else tomorrow).", metavar="DAY"),
    ] = None
    plan: Annotated[bool, Option("--plan", help="Say what would be asked, and ask nothing.")] = False


def backfill(
    where: Where,
    days: Days,
    form: Form,
    filling: Filling,
    outlets: Outlets = None,
) -> None:
    """Fill a past window, live and from web archives; safe to stop and to repeat: what is held is not asked for."""
    plan = replace(
        plan_of(outlets, days, filling),
        via=tuple(filter(None, filling.via.split(","))),
        slice=filling.slice,
        copies=filling.copies,
        seen_until=filling.seen_until,
    )
    if filling.plan:
        _show(_forecasts(plan, where.settings()), form)
    else:
        follow("backfill", plan, where, form)


def _forecasts(plan: Plan, settings: Settings) -> list[Forecast]:
    """Every source of every outlet of the plan. Raises UsageError."""
    from archive.records import Via
    from crawler.archives.services import service
    from crawler.outlet import load_outlets
    from flows.forecast import Ground, earlier, forecast
    from flows.plans import choose
    from flows.sources import sources

    now = datetime.now(UTC)
    outlets = choose(load_outlets(settings.outlets), plan.outlets, plan.via)
    asked = [(outlet, sources(plan, outlet, "plan", now)) for outlet in outlets]
    archives = [one for via in Via if (one := service(via, settings)) is not None]
    before = earlier(_runs(settings), outlets)
    lacking = _lacking(settings, [every for _, every in asked])
    return [
        line
        for outlet, every in asked
        for line in forecast(outlet, every, Ground(services=archives, before=before, missing=lacking.get(outlet.id)))
    ]


def _lacking(settings: Settings, asked: Iterable[Sequence[Source]]) -> dict[str, Missing]:
    """What each outlet lacks in the days asked about; nothing where no catalog can be asked."""
    from archive.errors import CatalogError
    from archive.holdings import open_archive
    from archive.records import Window
    from flows.tally import missing

    if not _is_begun(settings):
        return {}
    orders = [(every[0].orders[0], every[-1].orders[-1]) for every in asked if every]
    try:
        with open_archive(settings) as archive:
            return {
                first.outlet: missing(archive, first.outlet, Window(since=first.since, until=last.until))
                for first, last in orders
            }
    except CatalogError:
        return {}


def _is_begun(settings: Settings) -> bool:
    """Whether there is an archive: to ask must not begin one."""
    return settings.is_s3 or (Path(settings.store) / "format.json").exists()


def _runs(settings: Settings) -> Sequence[Run]:
    """The runs on record."""
    from archive.storage import open_storage
    from flows import journal

    return journal.runs(open_storage(settings.store)) if _is_begun(settings) else []


def _show(found: Sequence[Forecast], form: Form) -> None:
    listing: Listing[Forecast] = Listing(
        columns={
            "outlet": lambda line: line.outlet,
            "source": lambda line: line.source,
            "slices": lambda line: line.slices,
            "listings": lambda line: f"{line.listings} or more",
            "pages": lambda line: "unknown" if line.pages is None else f"about {line.pages}",
            "takes": lambda line: f"{_long(line.seconds)} or more",
            "adds": lambda line: "unknown" if line.adds is None else f"about {line.adds}",
            "pages and adds rest on": lambda line: line.basis,
        },
        dump=lambda line: line.dump(),
        none="none of these outlets has such a source",
    )
    listing.show(found, as_json=form.as_json)
    if form.as_json or not found:
        return
    longest = max(
        sum(line.seconds for line in found if line.outlet == outlet) for outlet in {one.outlet for one in found}
    )
    for basis in dict.fromkeys(line.listings_basis for line in found):
        note(f"listings, {basis}")
    note(f"nothing was asked; it takes {_long(longest)} or more, at the pace of the outlets' files and the archives")


def _long(seconds: float) -> str:
    """So long, in words."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 100 * 60 else f"{seconds / 3600:.1f} h"
