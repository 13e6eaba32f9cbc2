"""WARCs read by several processes of this machine beside each other; what reading one is, `crawler.shelf` says."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache, lru_cache
from multiprocessing import get_context

from archive.holdings import Archive, open_archive
from archive.settings import Settings
from crawler import shelf
from crawler.extract import Reader


@contextmanager
def hands(settings: Settings, many: int) -> Iterator[shelf.ReadAll]:
    """So many processes that read WARCs; gone at the end of the block. One is the process that asks."""
    if many == 1:
        yield shelf.one_by_one
        return
    where = pickle.dumps(settings)
    with ProcessPoolExecutor(max_workers=many, mp_context=get_context("spawn")) as pool:

        def read(archive: Archive, tasks: Sequence[shelf.Task], reader: Reader) -> None:
            """What many outlets share is read here: whose a capture is cannot be told to another process."""
            with_what = pickle.dumps(reader)
            waiting = [pool.submit(_read, where, task.warc, with_what) for task in tasks if task.owner is None]
            try:
                shelf.one_by_one(archive, [task for task in tasks if task.owner is not None], reader)
                for each in waiting:
                    each.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

        yield read


def _read(where: bytes, warc: str, with_what: bytes) -> None:
    """One WARC, in a process of the pool."""
    shelf.one_by_one(_archive(where), [shelf.Task(warc=warc)], _reader(with_what))


@cache
def _archive(where: bytes) -> Archive:
    settings: Settings = pickle.loads(where)
    return open_archive(settings).__enter__()


@lru_cache(maxsize=1)
def _reader(with_what: bytes) -> Reader:
    reader: Reader = pickle.loads(with_what)
    return reader
