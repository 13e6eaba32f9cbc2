"""How far a backfill is, as artifacts of Prefect: a bar, and a table of what each source brought; never relied on."""

from __future__ import annotations

import logging
from uuid import UUID

from httpx import HTTPError
from prefect.artifacts import acreate_progress_artifact, acreate_table_artifact, aupdate_progress_artifact
from prefect.exceptions import PrefectException

from flows.reports import Progress, SourceReport

BAR, TABLE = "backfill-progress", "backfill-sources"
logger = logging.getLogger(__name__)


class Artifacts:
    """Those of one flow run. A server that does not take them is named once, and the run goes on."""

    def __init__(self) -> None:
        self._bar: UUID | None = None
        self._told = 0  # sources in the last table
        self._is_refused = False

    async def tell(self, progress: Progress) -> None:
        """Show how far the run is."""
        try:
            await self._show(progress)
        except (HTTPError, PrefectException) as error:
            if not self._is_refused:
                logger.warning("Prefect's server does not take the run's progress: %s", error)
            self._is_refused = True

    async def _show(self, progress: Progress) -> None:
        share = 100 * progress.done / progress.slices if progress.slices else 100.0
        if self._bar is None:
            said = f"{progress.slices} slices"
            self._bar = await acreate_progress_artifact(progress=share, key=BAR, description=said)
        else:
            await aupdate_progress_artifact(artifact_id=self._bar, progress=share)
        if len(progress.sources) > self._told:
            self._told = len(progress.sources)
            rows = [_row(outlet, source) for outlet, source in progress.sources]
            await acreate_table_artifact(table=rows, key=TABLE, description="What each source brought")


def _row(outlet: str, source: SourceReport) -> dict[str, object]:
    return {
        "outlet": outlet,
        "source": source.name,
        "listings": source.asked,
        "listed": source.listed,
        "fetched": source.fetched,
        "on topic": source.on_topic,
        "new": source.new.stories,
        "new, on topic": source.new.on_topic,
        "ended": source.failed or "done",
    }
