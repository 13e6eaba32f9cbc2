"""The backfill as a Prefect flow: past windows, each slice a task. Thin: `flows.work.backfill` is the same without."""

from __future__ import annotations

from dataclasses import replace

from prefect import flow
from prefect.runtime import flow_run

from flows import work
from flows.artifacts import Artifacts
from flows.plans import Place, Plan
from flows.reports import RunReport
from flows.steps import TASKS


@flow(name="backfill", persist_result=False)
async def backfill(plan: Plan, place: Place = Place()) -> RunReport:  # noqa: B008 - frozen
    """Fill the window and show how far it is. Raises RunFailedError when some outlets failed: the run shows so."""
    shown = replace(TASKS, tell=Artifacts().tell)
    return await work.backfill(plan, place, shown, prefect=flow_run.get_id())
