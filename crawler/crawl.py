"""A crawl as a process of its own: order in, report out (docs/protocol.md); it imports no Scrapy and reads no page.

A second crawl in one process is impossible with Scrapy's reactor, and a crawl that dies must not take others along.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from archive.errors import StorageError, UsageError
from archive.settings import Settings
from crawler.errors import CrawlFailedError
from crawler.orders import CrawlOrder, CrawlReport, report_of

PROGRAM = "crawler.crawl"  # the module that the process runs
GRACE = 60.0  # seconds between SIGTERM and SIGKILL: one slow exchange and the sealing
LONGEST_LINE = 1 << 20
FOLDER = "astana-crawl-"  # then the process's number and a random word
LEFT = 60.0  # seconds: its owner may not have come to lock it yet
LAST_WORDS = 20  # lines of standard error that are kept
EXIT_USAGE, EXIT_WORLD = 2, 3

Hear = Callable[[Mapping[str, Any]], None]
logger = logging.getLogger(__name__)


def log_line(line: Mapping[str, Any]) -> None:
    """What is done with the process's lines when nobody else listens: its log is ours, its progress is debug."""
    if line.get("kind") == "log":
        logging.getLogger(str(line.get("logger", __name__))).log(int(line.get("level", 20)), "%s", line.get("message"))
    else:
        logger.debug("%s", line)


async def crawl(order: CrawlOrder, settings: Settings, hear: Hear = log_line, grace: float = GRACE) -> CrawlReport:
    """Crawl one outlet in a process of its own and give back its report.

    Cancelling ends the process gracefully, then hard after `grace` seconds; what it captured is kept either way. An
    outlet that fails as a whole is a report with `finished` False, not an exception.

    Args:
        order: what to crawl.
        settings: handed to the process; it reads no environment for them.
        hear: called with each JSON line of the process.
        grace: seconds.

    Raises:
        UsageError: no such outlet, or a broken file of facts.
        StorageError: the store cannot be reached; captures wait in the spool.
        CrawlFailedError: the process died.
    """
    await asyncio.to_thread(_clear, Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-") as folder, _locked(Path(folder)):
        path = Path(folder) / "report.json"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", PROGRAM),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            limit=LONGEST_LINE,
            start_new_session=True,  # Ctrl-C is passed on once, by us
        )
        last_words: deque[str] = deque(maxlen=LAST_WORDS)
        try:
            await _talk(process, _brief(order, settings, path), hear, last_words)
        except asyncio.CancelledError:
            await _end(process, grace)
            _say_what_is_kept(order, path)
            raise
        return _outcome(order, process.returncode or 0, path, last_words)


def _clear(place: Path) -> None:
    """Take away what crawls that were killed left: folders that nobody holds and whose process is gone."""
    for left in place.glob(f"{FOLDER}*"):
        with suppress(OSError):
            if left.lstat().st_mtime < time.time() - LEFT and not _runs(left.name):
                with _locked(left):
                    shutil.rmtree(left)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a folder as long as this process lives, whatever its number; another container may not see that.

    Raises:
        BlockingIOError: another process holds it.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _runs(folder: str) -> bool:
    """Whether the process that a folder is named after runs."""
    number = folder.removeprefix(FOLDER).partition("-")[0]
    if not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _brief(order: CrawlOrder, settings: Settings, report: Path) -> bytes:
    """The one message to the process. The token opens the desk's doors, not an outlet's: it stays here."""
    given = settings.model_dump(mode="json", exclude={"token"})
    brief = {"order": order.dump(), "settings": given, "report": str(report), "parent": os.getpid()}
    return json.dumps(brief).encode()


async def _talk(process: Process, brief: bytes, hear: Hear, last_words: deque[str]) -> None:
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise CrawlFailedError("the crawl's process has no pipes")
    process.stdin.write(brief)
    process.stdin.close()
    await asyncio.gather(_hear(process.stdout, hear), _note(process.stderr, last_words), process.wait())


async def _hear(stream: asyncio.StreamReader, hear: Hear) -> None:
    async for line in stream:
        try:
            said = json.loads(line)
        except ValueError:
            said = {"kind": "log", "level": logging.INFO, "message": line.decode("utf-8", "replace").rstrip()}
        hear(said if isinstance(said, dict) else {"kind": "log", "level": logging.INFO, "message": str(said)})


async def _note(stream: asyncio.StreamReader, last_words: deque[str]) -> None:
    async for line in stream:
        last_words.append(line.decode("utf-8", "replace").rstrip())


async def _end(process: Process, grace: float) -> None:
    """SIGTERM, time to seal, then SIGKILL; the spool survives that, too."""
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.communicate(), grace)
    except TimeoutError:
        process.kill()
        await process.wait()


def _say_what_is_kept(order: CrawlOrder, path: Path) -> None:
    if path.exists():
        report = report_of(json.loads(path.read_text(encoding="utf-8")))
        kept = sum(report.captures.values())
        logger.warning("%s: interrupted; %d captures are kept in %s", order.outlet, kept, _places(report))
    else:
        logger.warning("%s: interrupted; what was captured waits in the spool", order.outlet)


def _places(report: CrawlReport) -> str:
    return ", ".join(report.sealed) or "the spool"


def _outcome(order: CrawlOrder, code: int, path: Path, last_words: deque[str]) -> CrawlReport:
    words = last_words[-1] if last_words else "it said nothing"
    if code == 0 and path.exists():
        return report_of(json.loads(path.read_text(encoding="utf-8")))
    if code == EXIT_USAGE:
        raise UsageError(words)
    if code == EXIT_WORLD:
        raise StorageError(words)
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
    raise CrawlFailedError(f"the crawl of {order.outlet} {how}: {words}; what was captured waits in the spool")


if __name__ == "__main__":
    from crawler.visit.process import main

    sys.exit(main())
