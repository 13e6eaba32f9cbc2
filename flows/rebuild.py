"""The rebuild as a Prefect flow: moves two and three again. Thin: `flows.work.rebuild` is the same without Prefect."""

from __future__ import annotations

from prefect import flow
from prefect.runtime import flow_run

from flows import work
from flows.plans import Place, Rebuild
from flows.reports import RunReport
from flows.steps import TASKS


@flow(name="rebuild", persist_result=False)
async def rebuild(plan: Rebuild = Rebuild(), place: Place = Place()) -> RunReport:  # noqa: B008 - both are frozen
    """Read what is not read, or only index again. Raises StorageError, CatalogError, RunFailedError."""
    return await work.rebuild(plan, place, TASKS, prefect=flow_run.get_id())
