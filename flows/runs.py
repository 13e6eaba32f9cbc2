"""Runs and schedules as the ledger and Prefect's server know them: start, list, cancel; it does no work itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from archive.errors import ArchiveError, NotHeldError, UsageError
from archive.storage import Storage
from flows import journal
from flows.journal import Outcome, Run

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import DeploymentSchedule, FlowRun

T = TypeVar("T")
LAST: Final = 200  # flow runs looked at
_OUTCOMES: Final = {
    "COMPLETED": Outcome.DONE,
    "FAILED": Outcome.FAILED,
    "CRASHED": Outcome.FAILED,
    "CANCELLED": Outcome.INTERRUPTED,
}
NO_SERVER: Final = "no Prefect server is named; set PREFECT_API_URL, for example to http://127.0.0.1:4200/api"


class ServerError(ArchiveError):
    """Prefect's server did not answer as it should. Start it, or mend PREFECT_API_URL; nothing here is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """One deployment, and when it runs."""

    name: str
    when: tuple[str, ...]  # empty: only when asked
    active: bool
    next: str | None  # ISO 8601 UTC

    def dump(self) -> dict[str, object]:
        """As JSON values."""
        return {**asdict(self), "when": list(self.when)}


def start(deployment: str, parameters: Mapping[str, Any], api_url: str | None) -> str:
    """Order a run of a deployment (`crawl/crawl`); returns the id of Prefect's flow run.

    Raises:
        UsageError: no server is named, or it has no such deployment.
        ServerError: the server does not answer.
    """
    from prefect.exceptions import ObjectNotFound

    async def order(client: PrefectClient) -> str:
        try:
            found = await client.read_deployment_by_name(deployment)
        except ObjectNotFound:
            raise UsageError(f"the server has no deployment {deployment}; make it: prefect deploy --all") from None
        run = await client.create_flow_run_from_deployment(found.id, parameters=dict(parameters))
        return str(run.id)

    return _ask(order, api_url)


def all_runs(storage: Storage, api_url: str | None) -> list[Run]:
    """Every run, newest first: those of the ledger, and those of the server that never came to write there.

    Raises:
        ServerError: a server is named but does not answer. StorageError: the ledger cannot be read.
    """
    # The server is asked first: a run that ends meanwhile has then said so in the ledger.
    seen = [_as_run(*pair) for pair in _ask(_flow_runs, api_url)] if api_url else []
    return joined(journal.runs(storage), seen)


def joined(written: Sequence[Run], seen: Sequence[Run]) -> list[Run]:
    """The ledger's runs and the server's: what the ledger says goes first, an end that it lacks is taken over."""
    by_id = {run.prefect: run for run in seen}
    known = [_ended(run, by_id[run.prefect]) if run.prefect in by_id else run for run in written]
    ledgered = {run.prefect for run in written}
    both = [*known, *(run for run in seen if run.prefect not in ledgered)]
    return sorted(both, key=lambda run: (run.started, run.id), reverse=True)


def _ended(run: Run, seen: Run) -> Run:
    if run.outcome is not Outcome.NOT_ENDED or seen.outcome is Outcome.NOT_ENDED:
        return run
    return replace(run, outcome=seen.outcome, ended=seen.ended, reason=seen.reason)


async def _flow_runs(client: PrefectClient) -> list[tuple[FlowRun, str]]:
    from prefect.client.schemas.sorting import FlowRunSort

    runs = await client.read_flow_runs(sort=FlowRunSort.EXPECTED_START_TIME_DESC, limit=LAST)
    begun = [run for run in runs if run.start_time is not None or (run.state is not None and run.state.is_final())]
    names = {flow: (await client.read_flow(flow)).name for flow in {run.flow_id for run in begun}}
    return [(run, names[run.flow_id]) for run in begun]


def _as_run(seen: FlowRun, flow: str) -> Run:
    state = seen.state
    began = seen.start_time or seen.expected_start_time or seen.created
    return Run(
        id=str(seen.id),
        kind=flow,
        started=began.isoformat() if began else "",
        plan=seen.parameters.get("plan") or {},
        prefect=str(seen.id),
        ended=seen.end_time.isoformat() if seen.end_time else None,
        outcome=_OUTCOMES.get(state.type.value, Outcome.NOT_ENDED) if state else Outcome.NOT_ENDED,
        reason=f"Prefect says {state.name}{f': {state.message}' if state.message else ''}" if state else None,
    )


def cancel(name: str, storage: Storage, api_url: str | None) -> None:
    """Tell a run to stop: an id of the ledger or of Prefect's flow run.

    Raises:
        NotHeldError: nobody knows such a run.
        UsageError: no server is named, it has ended, or it was started by hand.
        ServerError: the server does not answer.
    """
    run = next((run for run in all_runs(storage, api_url) if name in (run.id, run.prefect)), None)
    if run is None:
        raise NotHeldError(f"there is no run {name}; see astana runs")
    if run.outcome is not Outcome.NOT_ENDED:
        raise UsageError(f"{name} has ended already: {run.outcome}")
    flow_run = run.prefect
    if flow_run is None:
        raise UsageError(f"{name} was started by hand; stop it where it runs, with Ctrl-C")

    async def stop(client: PrefectClient) -> None:
        from prefect.states import Cancelling

        await client.set_flow_run_state(UUID(flow_run), Cancelling())

    _ask(stop, api_url)


def timetable(api_url: str | None) -> list[Timetable]:
    """What runs when. Raises UsageError when no server is named, ServerError when it does not answer."""
    return _ask(_timetable, api_url)


async def _timetable(client: PrefectClient) -> list[Timetable]:
    found = []
    for deployment in await client.read_deployments():
        flow = await client.read_flow(deployment.flow_id)
        coming = await client.get_scheduled_flow_runs_for_deployments([deployment.id])
        times = sorted(run.expected_start_time for run in coming if run.expected_start_time)
        active = [schedule for schedule in deployment.schedules if schedule.active and not deployment.paused]
        found.append(
            Timetable(
                name=f"{flow.name}/{deployment.name}",
                when=tuple(_when(schedule) for schedule in deployment.schedules),
                active=bool(active),
                next=times[0].isoformat() if times else None,
            )
        )
    return sorted(found, key=lambda line: line.name)


def _when(schedule: DeploymentSchedule) -> str:
    """A schedule in words: `cron 0 5 * * * Asia/Damascus`."""
    said = schedule.schedule.model_dump(mode="json", exclude_none=True)
    sort = type(schedule.schedule).__name__.removesuffix("Schedule").lower()
    return " ".join([sort, *(str(said[name]) for name in ("cron", "interval", "rrule", "timezone") if name in said)])


def reach(api_url: str) -> None:
    """Make sure that the server answers. Raises UsageError when it is no address, ServerError when it does not."""

    async def health(client: PrefectClient) -> None:
        (await client.hello()).raise_for_status()

    _ask(health, api_url)


def _is_address(api_url: str) -> bool:
    try:
        parts = urlsplit(api_url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _ask(question: Callable[[PrefectClient], Awaitable[T]], api_url: str | None) -> T:
    """Ask the server. Raises UsageError when none is named or no such can be, ServerError when it does not answer."""
    if api_url is None:
        raise UsageError(NO_SERVER)
    if not _is_address(api_url):
        raise UsageError(f"PREFECT_API_URL: {api_url!r} is no http or https address")
    from httpx import HTTPError
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings

    async def asked() -> T:
        async with get_client() as client:
            return await question(client)

    try:
        with temporary_settings({PREFECT_API_URL: api_url}):
            return asyncio.run(asked())
    except (HTTPError, RuntimeError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ServerError(f"Prefect's server at {api_url} does not answer as it should: {said}") from None
