"""The crawl process's side of docs/protocol.md: order in, JSON lines and a report out; it never crawls itself."""

from __future__ import annotations

import ctypes
import json
import logging
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from archive.errors import ArchiveError, UsageError
from archive.settings import load_settings
from crawler.errors import CrawlFailedError
from crawler.orders import CrawlReport, order_of, to_json
from crawler.visit.clocks import Clock
from crawler.visit.lines import JsonLines

PR_SET_PDEATHSIG = 1  # prctl(2)
EXIT_DONE, EXIT_USAGE, EXIT_WORLD = 0, 2, 3


def main(clock: Clock | None = None) -> int:
    """Read the order from standard input, carry it out, write the report; returns the exit code.

    `clock` is what it waits by at hosts that many ask; None is the real one.
    """
    from crawler.visit.errand import run

    _die_with_parent()
    _listen()
    try:
        said = json.load(sys.stdin)
        order, settings, path = order_of(said["order"]), load_settings(**said["settings"]), Path(said["report"])
        if said.get("parent", os.getppid()) != os.getppid():
            return _fail(EXIT_WORLD, CrawlFailedError("the process that asked for the crawl has died"))
    except (UsageError, ValueError, KeyError, TypeError) as error:
        return _fail(EXIT_USAGE, error)
    try:
        write_report(path, run(order, settings, clock))
    except UsageError as error:
        return _fail(EXIT_USAGE, error)
    except (ArchiveError, OSError) as error:
        return _fail(EXIT_WORLD, error)
    return EXIT_DONE


def _fail(code: int, error: Exception) -> int:
    sys.stderr.write(f"{' '.join(str(error).split())}\n")
    return code


def write_report(path: Path, report: CrawlReport) -> None:
    """Whole or absent: written beside, synced, renamed."""
    draft = path.with_name(f"{path.name}.tmp")
    with draft.open("w", encoding="utf-8") as out:
        out.write(to_json(report) + "\n")
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def _die_with_parent() -> None:
    """Ask Linux for a signal when the parent dies, so that no crawl runs on unwatched, and stop at it once.

    Linux sends it for each thread of the parent that the child is handed on from: a second SIGTERM would stop the crawl
    at once and lose the page under way. So it is another signal, of which only the first becomes a SIGTERM.
    """
    if sys.platform == "linux":
        signal.signal(signal.SIGHUP, _orphaned)
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGHUP)


def _orphaned(*_: object) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.kill(os.getpid(), signal.SIGTERM)


def _listen() -> None:
    root = logging.getLogger()
    root.addHandler(JsonLines())
    root.setLevel(logging.WARNING)
    logging.getLogger("crawler").setLevel(logging.INFO)
