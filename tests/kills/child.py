"""The program that is killed: it has imported the product, forks, and carries out one verb, watched from outside.

`python -m tests.kills.child`: a line of JSON on standard input asks for one verb, a line on standard output tells the
number of the forked process, another how it ended. What the verb does is the product's; here is only noted in which
window it is, and which captures it has reported as kept.
"""

from __future__ import annotations

import asyncio
import gc
import io
import json
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from scrapy.settings import default_settings

from archive import spool, takedowns
from archive.catalog import Catalog
from archive.holdings import open_archive
from archive.purge import ending
from archive.records import Capture
from archive.s3 import S3Storage
from archive.settings import load_settings
from archive.spool import Spool
from archive.storage import FolderStorage, Storage
from archive.writer import Writer
from crawler import shelf
from crawler.extract import read
from crawler.outlet import load_outlets
from crawler.visit import errand, process
from crawler.visit.exchange import Exchange
from flows import moves
from tests.captures import answer, capture
from tests.kills.board import PURGE, UPLOAD, Board
from tests.kills.outlet import page
from tests.purged import purged

# Imported before the fork, so that no process pays for it again.
BEFOREHAND = (
    *(
        "crawler.settings",
        "crawler.spider",
        "crawler.wire",
        "scrapy.crawler",
        "scrapy.core.engine",
        "scrapy.core.scraper",
    ),
    *("scrapy.core.scheduler", "scrapy.dupefilters", "scrapy.squeues", "aiohttp", "trafilatura", "htmldate"),
    "sqlalchemy.dialects.sqlite",
    *(name.rpartition(".")[0] for name in default_settings.DOWNLOADER_MIDDLEWARES_BASE),
    *(name.rpartition(".")[0] for name in default_settings.SPIDER_MIDDLEWARES_BASE),
    *(name.rpartition(".")[0] for name in default_settings.EXTENSIONS_BASE),
)


def observe(board: Board, reported: Path) -> None:
    """Wrap what opens and closes the windows. Nothing is replaced: the real functions run, with their arguments."""
    _observe_exchanges(board)
    _observe_spool(board, reported)
    _observe_shelves(board)
    board.watch(shelf, "_read", "extract")
    _observe_purges(board)
    board.watch(Catalog, "take", "index")
    board.watch(Catalog, "rebuild", "rebuild")


def _observe_exchanges(board: Board) -> None:
    begin, end = Exchange.begin, Exchange.end
    going_on: set[int] = set()

    def begun(self: Exchange) -> None:
        begin(self)
        if id(self) not in going_on:  # one that is sent again is still the same
            going_on.add(id(self))
            board.enter("exchange")

    def ended(self: Exchange, *args: Any, **named: Any) -> Any:
        if id(self) in going_on:
            going_on.remove(id(self))
            board.leave("exchange")
        return end(self, *args, **named)

    Exchange.begin, Exchange.end = begun, ended  # type: ignore[method-assign]


def _observe_spool(board: Board, reported: Path) -> None:
    log = os.open(reported, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    put, extend, seal, finish = Writer.put, Spool.extend, Spool.seal, spool.finish

    def given(self: Writer, made: Capture) -> None:
        board.enter("append")
        put(self, made)

    def extended(self: Spool, captures: Sequence[Capture], *args: Any, **named: Any) -> list[Capture]:
        written = extend(self, captures, *args, **named)
        os.write(log, "".join(f"{one.record}\n" for one in written).encode())
        for _ in written:
            board.leave("append")
        return written

    def sealed(self: Spool, *args: Any, **named: Any) -> Any:
        board.enter("sealing")
        try:
            return seal(self, *args, **named)
        finally:
            board.leave("sealing")
            board.leave("fixity")

    def finished(*args: Any, **named: Any) -> Any:
        try:
            return finish(*args, **named)
        finally:
            board.leave("fixity")

    Writer.put, Spool.extend = given, extended  # type: ignore[method-assign,assignment]
    Spool.seal, spool.finish = sealed, finished  # type: ignore[method-assign]


def _observe_shelves(board: Board) -> None:
    put = FolderStorage.put

    def watched(self: FolderStorage, key: str, data: bytes | Path, *, replace: bool = False) -> bool:
        shelf_name = key.partition("/")[0]
        if shelf_name == "warc":
            board.leave("sealing")
        if shelf_name not in ("warc", "cdxj", "text"):
            return put(self, key, data, replace=replace)
        with board.inside(f"put-{shelf_name}"):
            done = put(self, key, data, replace=replace)
        if shelf_name == "cdxj":
            board.enter("fixity")
        return done

    FolderStorage.put = watched  # type: ignore[method-assign]
    upload = S3Storage.put

    def uploaded(self: S3Storage, key: str, data: bytes | Path, *, replace: bool = False) -> bool:
        if not key.startswith(("warc/", "cdxj/")):
            return upload(self, key, data, replace=replace)
        board.leave("sealing")
        with board.inside(UPLOAD):
            return upload(self, key, data, replace=replace)

    S3Storage.put = uploaded  # type: ignore[method-assign]


def _observe_purges(board: Board) -> None:
    write, finish = takedowns.write_order, ending.finish

    def written(*args: Any, **named: Any) -> Any:
        board.enter(PURGE)
        return write(*args, **named)

    def finished(storage: Storage) -> int:
        done = finish(storage)
        board.leave(PURGE)
        return done

    takedowns.write_order, ending.finish = written, finished


def carry_out(verb: str, given: dict[str, Any]) -> int:
    """One verb as the product does it."""
    if verb == "crawl":
        sys.stdin = io.StringIO(Path(given["brief"]).read_text("utf-8"))
        return process.main()
    settings = load_settings(**given["settings"])
    if verb == "extract":
        asyncio.run(moves.read(None, settings))
    elif verb == "index":
        asyncio.run(moves.index(settings))
    elif verb == "rebuild":
        asyncio.run(moves.reindex(settings))
    elif verb == "purge":
        with open_archive(settings) as archive:
            purged(archive, given["name"])
    else:
        raise ValueError(verb)
    return 0


def _run(asked: dict[str, Any]) -> None:
    """In the forked process."""
    for stream, path in ((1, asked["out"]), (2, asked["errors"])):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, stream)
        os.close(handle)
    os.chdir(asked["folder"])
    observe(Board(Path(asked["board"])), Path(asked["reported"]))
    errand.PROGRESS = 0.0  # each capture is told
    code = 1
    try:
        code = carry_out(asked["verb"], asked)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # without tearing down what was made for all; nothing of ours waits for that


def _warm_up() -> None:
    """Load what every process would load for itself: modules, tables, and the catalog's compiled statements."""
    for name in BEFOREHAND:
        import_module(name)
    made = capture(answer(page(1, 0)))
    reader = moves.reader_maker({}, load_settings(), {})(load_outlets(None)["sana"])
    read(made, reader)
    Catalog.open("sqlite://").close()
    assert "twisted.internet.reactor" not in sys.modules, "a reactor cannot be shared by two processes"
    assert len(threading.enumerate()) == 1, "a fork takes no thread along"
    gc.collect()
    gc.freeze()


def main() -> None:
    """Fork one process after the other until nobody asks any more."""
    _warm_up()
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _run(asked)
        print(json.dumps({"pid": pid}), flush=True)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(json.dumps({"ended": status}), flush=True)


if __name__ == "__main__":
    main()
