"""What steps found is written beside the steps behind them, in one transaction and one thread of its own."""

from __future__ import annotations

from asyncio import wrap_future
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Event

from archive.catalog.opened import transaction
from archive.catalog.replacing import Replacement
from archive.errors import CatalogError
from archive.reclustering.plan import Plan

Write = Callable[[Plan, Replacement], None]


class Writer:
    """One transaction that begins with the first thing to be written; whatever ends it early, nothing was written."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._ended = Event()
        self._begun: list[Future[None]] = []
        self._open = ExitStack()  # entered and left by the thread alone, as is the next
        self._into: list[Replacement] = []

    def begin(self, write: Write) -> None:
        """Have something written, after all that was begun before. Raises CatalogError: that could not be written."""
        for each in self._begun:
            if each.done():
                each.result()
        self._begun.append(self._thread.submit(self._do, write))

    async def commit(self) -> None:
        """Wait for all that was begun; then it holds. Raises CatalogError: it does not, and nothing does."""
        for each in self._begun:
            await wrap_future(each)
        await wrap_future(self._thread.submit(self._open.close))

    def close(self) -> None:
        """Take back what was not committed."""
        self._ended.set()
        self._thread.submit(self._open.__exit__, CatalogError, CatalogError("broken off"), None)
        self._thread.shutdown()

    def _do(self, write: Write) -> None:
        self._check()
        if not self._into:
            connection = self._open.enter_context(transaction(self._plan.url))
            self._into.append(Replacement(connection=connection, check=self._check))
        write(self._plan, self._into[0])

    def _check(self) -> None:
        if self._ended.is_set():
            raise CatalogError("the writing was broken off")


@contextmanager
def writing(plan: Plan) -> Iterator[Writer]:
    """A writer for a plan's catalog. What is not committed within the block never was written."""
    writer = Writer(plan)
    try:
        yield writer
    finally:
        writer.close()
