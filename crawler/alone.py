"""One capture read in a process of its own, beside other work: what hangs there stops nothing here."""

from __future__ import annotations

import pickle
from typing import Final

from archive.records import Article, Capture, Rejection, Unchanged
from crawler.apart import TIMES, Apart, Voice, listen
from crawler.errors import ReadingStoppedError
from crawler.extract import read
from crawler.page.bounds import LAST_RESORT, Limit, Limits, stopped
from crawler.reader import Reader

_warmed: Final[list[bool]] = []


def read_apart(capture: Capture, reader: Reader, limits: Limits = LAST_RESORT) -> Article | Rejection | Unchanged:
    """One capture read as `crawler.extract.read` does, in a process of its own: where that is stopped, a Rejection.

    Raises:
        FactsError: a table or the outlet's file is broken.
        ReadingStoppedError: the process was ended from outside, twice.
    """

    def work(voice: Voice) -> None:
        voice.begin()
        voice.say(b"o", pickle.dumps(read(capture, reader)))

    warm(reader)
    for again in range(TIMES):
        apart = Apart(work, limits)
        try:
            outcome, limit = _answer(apart)
        except ReadingStoppedError:
            if again + 1 == TIMES:
                raise
            continue
        finally:
            apart.kill()
        if outcome is not None:
            return outcome
        if limit is not None and (limit is not Limit.CRASH or again + 1 == TIMES):
            return stopped(limit, limits)
    raise ReadingStoppedError("a process that read a page ended without a word")


def _answer(apart: Apart) -> tuple[Article | Rejection | Unchanged | None, Limit | None]:
    outcome: Article | Rejection | Unchanged | None = None
    while True:
        for _ in listen([apart]):
            heard = apart.heard()
            if heard is None:
                return outcome, apart.end()
            for _, said in heard:
                outcome = pickle.loads(said)


def warm(reader: Reader) -> None:
    """Read a page of ours, once: the first page that is read loads tables, and forks of this process have them then."""
    if _warmed:
        return
    words = f"{reader.outlet.name}. " * 9
    page = f"<title>x</title><h1>x</h1><article><p>{words}</p><p>{words}</p></article>"
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    read(
        Capture(
            outlet=reader.outlet.id,
            url="https://localhost/",
            date="2017-01-01T00:00:00Z",
            record="",
            request=b"",
            response=f"{head}{page}".encode(),
        ),
        reader,
    )
    _warmed.append(True)
