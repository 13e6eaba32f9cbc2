"""Files looked at fast, some of them ahead and in other processes, and told in their order: sound, or not so.

A large file in a folder is looked at in parts, for the other processes would have nothing to do.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Final, Self

from archive.audit.warcs import Wanted
from archive.digest import sha256_of
from archive.errors import ArchiveError
from archive.fixity import Fixity
from archive.records import is_imported
from archive.sound.helpers import Helpers, Pending
from archive.sound.index import cuts, lines_of
from archive.sound.looking import Known, Revisit, Sound, Task
from archive.storage import FolderStorage, Storage

WORTH: Final = 6 << 20  # bytes of WARCs for which another process is started
PART: Final = 4 << 20  # bytes of a large file looked at together
AHEAD: Final = 3  # files, or parts of files, given out for each process


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One file, and what is known of it before it is read."""

    warc: str  # storage keys
    cdxj: str
    texts: tuple[str, ...]
    fixity: Mapping[str, tuple[Fixity, ...]]  # of each of these


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What an audit tells of a file in which nothing is wrong."""

    records: int
    size: int
    wanted: tuple[Wanted, ...]
    texts: tuple[tuple[int, int], ...]  # readings and bytes of each


class Beside(AbstractContextManager["Beside"]):
    """The processes of one audit: this one alone, or with helpers once there is enough to do."""

    def __init__(self, storage: Storage, processes: int | None = None) -> None:
        """Make ready; nothing starts yet.

        Args:
            storage: a folder may be read by several processes.
            processes: how many look at once; None: as many as processors, where it is worth it.
        """
        self._storage = storage
        self._is_folder = isinstance(storage, FolderStorage)
        self._worth = WORTH if processes is None else 0
        self._most = (processes or len(os.sched_getaffinity(0))) if self._is_folder else 1
        self._helpers = Helpers(storage)
        self._bytes = 0

    def __enter__(self) -> Self:
        """See contextlib."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the helpers."""
        self._helpers.close()

    @property
    def helpers(self) -> tuple[int, ...]:
        """The numbers of the processes that were started."""
        return self._helpers.started

    def looked(self, plans: Iterable[Plan]) -> Iterator[tuple[Plan, Seen | None]]:
        """Each file with what was seen of it; None where it is to be looked at closely."""
        given: deque[tuple[Plan, list[Pending]]] = deque()
        waiting = 0
        for plan in plans:
            tasks = self._tasks(plan)
            given.append((plan, [self._helpers.give(task) for task in tasks]))
            waiting += len(tasks)
            while given and waiting > AHEAD * (self._most if self._helpers.started else 0):
                first, pending = given.popleft()
                waiting -= len(pending)
                yield first, self._taken(first, pending)
        for first, pending in given:
            yield first, self._taken(first, pending)

    def _tasks(self, plan: Plan) -> list[Task]:
        """A file's parts; none where it is to be looked at closely whatever its bytes are."""
        if is_imported(plan.warc.removeprefix("warc/")):
            return []
        try:
            size = self._storage.size(plan.warc)
            cdxj = self._storage.get(plan.cdxj)
        except ArchiveError:
            return []
        known = plan.fixity[plan.cdxj]
        if known and Fixity(sha256=sha256_of(cdxj), size=len(cdxj)) not in known:
            return []
        self._bytes += size
        if self._bytes > self._worth and self._most > 1:
            self._helpers.start(self._most - 1)
        parts = [(0, size)]
        if self._helpers.started and size > 2 * PART:
            lines = lines_of(cdxj)
            if lines is None:
                return []
            parts = cuts(sorted(lines), size, PART)
        whole = Task(
            warc=plan.warc,
            cdxj=plan.cdxj,
            texts=tuple((key, _plain(plan.fixity[key])) for key in plan.texts),
            known=_plain(plan.fixity[plan.warc]),
            size=size,
            part=parts[0],
            digest=True,
        )
        if len(parts) == 1:
            return [whole]
        tasks = [replace(whole, part=part, digest=False) for part in parts]
        return [*tasks, replace(whole, part=None)] if whole.known else tasks

    def _taken(self, plan: Plan, pending: list[Pending]) -> Seen | None:
        """What all parts of a file say together."""
        sounds: list[Sound] = []
        for each in pending:
            if (sound := self._helpers.take(each)) is None:
                self._helpers.drop(pending)
                return None
            sounds.append(sound)
        if not sounds or len(frozenset().union(*(each.ids for each in sounds))) < sum(len(each.ids) for each in sounds):
            return None
        return Seen(
            records=sum(each.records for each in sounds),
            size=pending[0].task.size,
            wanted=tuple(_wanted(plan.warc, revisit) for sound in sounds for revisit in sound.revisits),
            texts=sounds[0].texts,
        )


def _wanted(file: str, revisit: Revisit) -> Wanted:
    offset, record, url, of, of_url, of_date, digest = revisit
    return Wanted(
        file=file, offset=offset, record=record, url=url, of=of, of_url=of_url, of_date=of_date, digest=digest
    )


def _plain(known: Iterable[Fixity]) -> Known:
    return tuple((each.sha256, each.size) for each in known)
