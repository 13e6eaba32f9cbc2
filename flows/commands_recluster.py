"""The command that links all stories anew: here, or before Prefect's eye; the work itself is in other rooms."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from archive.texts import to_line
from flows.options import Form, Where
from flows.show import progress

if TYPE_CHECKING:
    from archive.reclustering.whole import Relinked
    from flows.plans import Place


def recluster(
    where: Where,
    form: Form,
    processes: Annotated[
        int | None, Option(min=1, help="So many beside each other; one for each core if not told.", metavar="N")
    ] = None,
) -> None:
    """Link all stories anew, part by part; the same comes out as when they arrived one by one."""
    with progress():
        found = asyncio.run(_work(where.place(), processes, where.settings().prefect_api_url))
    if form.as_json:
        print(to_line(asdict(found)))
    else:
        print(
            f"{found.editions} texts compared in {found.parts} parts: {found.clusters} clusters, {found.copies} copies"
        )


def _work(place: Place, processes: int | None, api_url: str | None) -> Coroutine[Any, Any, Relinked]:
    if api_url is None:
        from flows.reclustering import recluster as plain

        return plain(place, processes)
    from flows.commands_run import before_prefect

    before_prefect(api_url)
    from flows.recluster import recluster as flow

    return flow(place, processes)
