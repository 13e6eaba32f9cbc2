"""Commands that start and follow runs: crawl, runs, schedule, cancel; the work itself is in other rooms."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Exit, Option

from archive.texts import to_line
from flows.options import Choice, Days, Form, Where, plan_of
from flows.show import Listing, note, progress

if TYPE_CHECKING:
    from flows.journal import Run
    from flows.plans import Place, Plan
    from flows.reports import Missing, OutletReport, RunReport, SourceReport
    from flows.runs import Timetable

Outlets = Annotated[list[str] | None, Argument(metavar="[ID…]", help="Outlets; all that are crawled live if none.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking(Choice):
    """What a crawl takes."""

    limit: Annotated[int | None, Option(min=1, help="At most so many stories of each outlet.", metavar="N")] = None
    due: Annotated[bool, Option("--due", help="Ask only seeds whose last polls say that it is time.")] = False


def crawl(
    where: Where,
    days: Days,
    form: Form,
    taking: Taking,
    outlets: Outlets = None,
) -> None:
    """Take what outlets published (in the last 7 days unless told otherwise), read it, index it."""
    plan = replace(plan_of(outlets, days, taking), limit=taking.limit, due=taking.due or None)
    follow("crawl", plan, where, form)


def follow(kind: str, plan: Plan, where: Where, form: Form) -> None:
    """Run it here, show how it goes and what it found; told to Prefect's server when one is set.

    Raises:
        Exit: 1 when some outlets failed, 130 when it was interrupted.
    """
    from flows.reports import RunFailedError

    settings = where.settings()
    api_url = settings.prefect_api_url
    run = with_prefect(kind, plan, where.place(), api_url) if api_url else plain(kind, plan, where.place())
    try:
        with progress():
            report = carry_out(run)
    except RunFailedError as failure:
        tell(failure.report, form)
        warn(failure.report)
        for outlet, reason in failure.report.failures:
            note(f"{outlet} failed: {reason}")
        raise Exit(1) from None
    except KeyboardInterrupt:
        note("interrupted; every capture made so far is kept, and the next run goes on from there")
        raise Exit(130) from None
    tell(report, form)
    warn(report)


def carry_out(run: Coroutine[Any, Any, RunReport]) -> RunReport:
    """Run to the end; SIGTERM means the same as Ctrl-C: crawls seal what they have and stop.

    So it does in the background of a script, where the shell has Ctrl-C ignored.

    Raises:
        KeyboardInterrupt: it was stopped.
    """

    async def stoppable() -> RunReport:
        this, loop = asyncio.current_task(), asyncio.get_running_loop()

        def stop(*_: object) -> None:
            if this is None or signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
                signal.raise_signal(signal.SIGINT)
            else:
                loop.call_soon_threadsafe(this.cancel)

        signal.signal(signal.SIGTERM, stop)
        return await run

    try:
        return asyncio.run(stoppable())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def plain(kind: str, plan: Plan, place: Place) -> Coroutine[Any, Any, RunReport]:
    """The run without Prefect."""
    from flows import work
    from flows.moves import PLAIN

    return (work.crawl if kind == "crawl" else work.backfill)(plan, place, PLAIN)


def with_prefect(kind: str, plan: Plan, place: Place, api_url: str) -> Coroutine[Any, Any, RunReport]:
    """The run as a flow that Prefect's server sees; Prefect speaks there, and we to the person here.

    Raises:
        UsageError: that is no address of a server.
        ServerError: the server does not answer.
    """
    before_prefect(api_url)
    from flows.backfill import backfill as backfill_flow
    from flows.crawl import crawl as crawl_flow

    return (crawl_flow if kind == "crawl" else backfill_flow)(plan, place)


def before_prefect(api_url: str) -> None:
    """Let Prefect's server see what this process does; to be called before a flow is imported.

    Raises:
        UsageError: that is no address of a server.
        ServerError: the server does not answer.
    """
    from archive.settings import hand_down
    from flows.runs import reach

    hand_down(
        {
            "PREFECT_API_URL": api_url,
            "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,crawler",
            "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        }
    )
    reach(api_url)


def tell(report: RunReport, form: Form) -> None:
    """What a run found."""
    if form.as_json:
        print(to_line({"run": report.run, "kind": report.kind, **report.dump()}))
        return
    listing: Listing[OutletReport] = Listing(
        columns={
            "outlet": lambda one: one.outlet,
            "captured": lambda one: one.captures,
            "refused unseen": lambda one: one.refused,
            "sealed": lambda one: one.sealed or "nothing new",
            "ended": lambda one: one.trouble or "done",
        },
        dump=lambda one: {},
    )
    if report.kind == "backfill":
        brought(report)
    else:
        listing.show(report.outlets, as_json=False)
    note(f"{report.indexed.new_stories} new stories, {report.indexed.new_editions} new editions; run {report.run}")


def brought(report: RunReport) -> None:
    """What each source of each outlet brought."""
    listing: Listing[tuple[str, SourceReport]] = Listing(
        columns={
            "outlet": lambda one: one[0],
            "source": lambda one: one[1].name,
            "listings": lambda one: one[1].asked,
            "listed": lambda one: one[1].listed,
            "fetched": lambda one: one[1].fetched,
            "on topic": lambda one: one[1].on_topic,
            "off topic": lambda one: one[1].off_topic,
            "no article": lambda one: one[1].rejected,
            "fetched for each on topic": lambda one: per(one[1]),
            "new": lambda one: f"{one[1].new.stories}, {one[1].new.on_topic} on topic",
            "ended": lambda one: one[1].failed or "done",
        },
        dump=lambda one: {},
        none="none of these outlets has such a source",
    )
    listing.show([(one.outlet, source) for one in report.outlets for source in one.sources], as_json=False)
    for one in report.outlets:
        if one.missing is not None:
            note(f"{one.outlet}: {lacking(one.missing)}; see astana gaps {one.outlet} {days_of(one.missing)}")


def lacking(missing: Missing) -> str:
    """What a backfill leaves behind, in words."""
    said = [f"{many} {state}" for state, many in missing.stories.items()]
    said += [f"{missing.unlisted} days without a listing that tells"] if missing.unlisted else []
    return f"not held: {', '.join(said)}" if said else "all that its listings name is held"


def days_of(missing: Missing) -> str:
    """Its days, as they are typed."""
    return f"--since {missing.since} --until {missing.until}"


def per(source: SourceReport) -> str | None:
    """Pages fetched for each article on the topic, in words."""
    return None if source.per_on_topic is None else f"{source.per_on_topic:.2f}"


def warn(report: RunReport) -> None:
    """A line for every seed that could not be read (to its end) while its outlet's crawl went on."""
    for one in report.outlets:
        for crawl_report in one.crawls:
            for seed in crawl_report.seeds if crawl_report.finished else ():
                if seed.problem:
                    note(f"{one.outlet}: {seed.kind} {seed.problem}")


def runs(
    where: Where,
    form: Form,
    limit: Annotated[int, Option(min=1, help="The last so many.", metavar="N")] = 20,
) -> None:
    """What ran: the ledger's runs, and those that Prefect's server knows when one is set."""
    from flows.runs import all_runs

    with where.open() as archive:
        found = all_runs(archive.storage, archive.settings.prefect_api_url)[:limit]
    listing: Listing[Run] = Listing(
        columns={
            "run": lambda run: run.id,
            "started": lambda run: run.started[:19],
            "ended": lambda run: (run.ended or "")[:19] or None,
            "outcome": lambda run: run.outcome.value,
            "plan": lambda run: [f"{name}={value}" for name, value in run.plan.items()],
            "reason": lambda run: run.reason,
        },
        dump=lambda run: run.dump(),
        none="nothing ran yet",
    )
    listing.show(found, as_json=form.as_json)


def schedule(where: Where, form: Form) -> None:
    """What runs when: the deployments of Prefect's server."""
    from flows.runs import timetable

    found = timetable(where.settings().prefect_api_url)
    listing: Listing[Timetable] = Listing(
        columns={
            "deployment": lambda line: line.name,
            "when": lambda line: line.when,
            "active": lambda line: line.active,
            "next": lambda line: line.next,
        },
        dump=lambda line: line.dump(),
        none="the server has no deployment; make them: prefect deploy --all",
    )
    listing.show(found, as_json=form.as_json)


def cancel(
    run: Annotated[str, Argument(metavar="RUN", help="A run of `astana runs` that Prefect's server knows.")],
    where: Where,
) -> None:
    """Stop a run that Prefect started; what it captured so far is kept."""
    from flows.runs import cancel as stop

    with where.open() as archive:
        stop(run, archive.storage, archive.settings.prefect_api_url)
    print(f"{run} was told to stop")
