"""The crawl as a Prefect flow: live pages of the last days. Thin: `flows.work.crawl` is the same without Prefect."""

from __future__ import annotations

from prefect import flow
from prefect.runtime import flow_run

from flows import work
from flows.plans import Place, Plan
from flows.reports import RunReport
from flows.steps import TASKS


@flow(name="crawl", persist_result=False)
async def crawl(plan: Plan = Plan(), place: Place = Place()) -> RunReport:  # noqa: B008 - both are frozen
    """Capture, read and index the plan's outlets. Raises RunFailedError when some failed: the run shows as failed."""
    return await work.crawl(plan, place, TASKS, prefect=flow_run.get_id())
