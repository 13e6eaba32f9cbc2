"""The three moves as Prefect tasks, each shown, tried again and stopped by itself; they decide nothing."""

from __future__ import annotations

from typing import Final

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows import moves
from flows.moves import Moves

# Nothing is cached or persisted by Prefect: what a move made lies on the shelves.
TASKS: Final = Moves(
    # Only a process that died is tried again: an outlet that failed is an answer, and answers are not asked for twice.
    capture=task(
        name="capture",
        task_run_name="capture {order.outlet} since {order.since} until {order.until}",
        retries=1,
        retry_delay_seconds=5,
        cache_policy=NO_CACHE,
        persist_result=False,
    )(moves.capture),
    read=task(name="read", task_run_name="read {outlet}", cache_policy=NO_CACHE, persist_result=False)(moves.read),
    # One writer at a time takes into a catalog; the next waits a little and asks again.
    index=task(name="index", retries=6, retry_delay_seconds=10, cache_policy=NO_CACHE, persist_result=False)(
        moves.index
    ),
    reindex=task(name="reindex", retries=6, retry_delay_seconds=10, cache_policy=NO_CACHE, persist_result=False)(
        moves.reindex
    ),
)
