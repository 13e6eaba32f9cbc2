"""A re-clustering done by processes of this machine: who does which piece when; what a piece is, other rooms say."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Final

from archive.reclustering import steps
from archive.reclustering.plan import Plan, begin
from archive.reclustering.steps import Step
from archive.reclustering.writing import writing

_COLLECTED: Final = 50_000  # objects made since the last look for rings of them; texts made ready are many and no ring
Do = Callable[[str, Plan, int], Coroutine[None, None, None]]  # a step by name, a plan, which piece


@contextmanager
def processes(many: int) -> Iterator[Do]:
    """So many processes that do pieces of steps; gone at the end of the block.

    A step that is to be done afresh has new ones, so that memory that those before it took goes back.
    """
    # Not by the pool's max_tasks_per_child: in Python 3.11 and 3.12 work that waits then is never begun
    # (https://github.com/python/cpython/issues/115634).
    pools: dict[str, ProcessPoolExecutor] = {"": _pool(many)}  # by step; some share one

    async def do(name: str, plan: Plan, number: int) -> None:
        if name not in pools:
            if steps.is_afresh(name, plan):
                _close(pools)
            pools[name] = next(iter(pools.values()), None) or _pool(many)
        await asyncio.get_running_loop().run_in_executor(pools[name], steps.do, name, plan, number)

    try:
        yield do
    except BaseException:
        for pool in pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        raise
    _close(pools)


def _pool(many: int) -> ProcessPoolExecutor:
    pool = ProcessPoolExecutor(max_workers=many, mp_context=get_context("spawn"), initializer=_begin)
    for _ in range(many):  # each begins one, which reads these rooms while the plan is made
        pool.submit(os.getpid)
    return pool


def _close(pools: dict[str, ProcessPoolExecutor]) -> None:
    while pools:
        pools.popitem()[1].shutdown()


def _begin() -> None:
    """Whatever ends the process that started this one ends this one, too, in the middle of a piece."""
    gc.freeze()
    gc.set_threshold(_COLLECTED)
    parent = parent_process()
    if parent is not None:
        Thread(target=_wait, args=(parent,), daemon=True).start()


def _wait(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


async def recluster(url: str, folder: Path, do: Do, check: Callable[[], None], size: int | None = None) -> Plan:
    """Link all stories of the catalog at an address anew, part by part; the same comes out as arrival by arrival.

    Args:
        url: of the catalog.
        folder: where steps may leave files for each other; an empty one.
        do: who does each piece of a step.
        check: asked before each step; raises when the catalog is no longer ours to write.
        size: editions in a part; None: as many as is best.

    Raises:
        CatalogError: the catalog cannot be used, or was written to meanwhile; it is as it was.
    """
    plan = await asyncio.to_thread(begin, url, folder, size)
    with writing(plan) as writer:
        for step in steps.STEPS:
            check()
            await _done(step, plan, do)
            if step.write:
                writer.begin(step.write)
        check()
        await writer.commit()
    return plan


async def _done(step: Step, plan: Plan, do: Do) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for number in range(step.pieces(plan)):
                group.create_task(do(step.name, plan, number))
    except ExceptionGroup as broken:
        raise broken.exceptions[0] from None
