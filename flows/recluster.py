"""The re-clustering as a Prefect flow, each piece a task. Thin: `flows.reclustering` is the same without Prefect."""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from archive.reclustering.local import Do
from archive.reclustering.whole import Relinked
from flows import reclustering
from flows.plans import Place


def shown(do: Do) -> Do:
    """A piece of a step as a task that tells which one it is."""
    return task(name="link", task_run_name="{name} {number}", cache_policy=NO_CACHE, persist_result=False)(do)


@flow(name="recluster", persist_result=False)
async def recluster(place: Place = Place(), processes: int | None = None) -> Relinked:  # noqa: B008 - it is frozen
    """All stories linked anew, part by part. Raises CatalogError, LeaseError."""
    return await reclustering.recluster(place, processes, shown, flow_run.get_id())
