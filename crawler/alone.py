"""Captures read in a process of their own, beside other work: what hangs there stops nothing here."""

from __future__ import annotations

import os
import pickle
import struct
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import BinaryIO, Final, Self

from archive.records import Article, Capture, Rejection, Unchanged
from crawler.apart import TIMES, Apart, Voice, late, listen
from crawler.errors import ReadingStoppedError
from crawler.extract import read
from crawler.page.bounds import LAST_RESORT, Limit, Limits, stopped
from crawler.reader import Reader

Outcome = Article | Rejection | Unchanged
_LENGTH: Final = struct.Struct("<I")  # of what is asked
_warmed: Final[list[bool]] = []


class Alone:
    """Captures read in a process apart, each when it is asked for: begun with the first, and anew where one ended it.

    A page is blamed for memory or a crash only where the process began with it: others before it may be the cause.
    """

    def __init__(self, one: Callable[[Capture], Outcome], limits: Limits = LAST_RESORT) -> None:
        """`one` reads a capture; it is called there."""
        self._one, self._limits = one, limits
        self._apart: Apart | None = None
        self._to: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def __call__(self, capture: Capture) -> Outcome:
        """One capture read as `crawler.extract.read` does; where reading was stopped, a Rejection.

        Raises:
            FactsError: a table or the outlet's file is broken.
            ReadingStoppedError: the process was ended from outside, or none could be begun, again and again.
        """
        for again in range(TIMES + 1):
            is_first = self._apart is None
            try:
                outcome, limit = self._asked(capture)
            except ReadingStoppedError:
                if again == TIMES:
                    raise
                continue
            if outcome is not None:
                return outcome
            if limit is Limit.TIME or (is_first and (limit is Limit.MEMORY or (limit and again))):
                return stopped(limit, self._limits)
        raise ReadingStoppedError("a process that read a page ended without a word")

    def _asked(self, capture: Capture) -> tuple[Outcome | None, Limit | None]:
        outcome, limit = None, None
        try:
            apart = self._apart or self._begun()
            self._send(pickle.dumps(capture))
            apart.awaited()
            outcome, limit = _answer(apart)
        finally:
            if outcome is None:
                self._end()
        return outcome, limit

    def _begun(self) -> Apart:
        of, to = os.pipe()

        def work(voice: Voice) -> None:
            os.close(to)
            with os.fdopen(of, "rb") as asked:
                while head := asked.read(_LENGTH.size):
                    capture = pickle.loads(asked.read(*_LENGTH.unpack(head)))
                    voice.begin()
                    voice.say(b"o", pickle.dumps(self._one(capture)))

        self._to = os.fdopen(to, "wb")
        try:
            self._apart = Apart(work, self._limits)
        finally:
            os.close(of)
        return self._apart

    def _send(self, said: bytes) -> None:
        assert self._to is not None
        with suppress(BrokenPipeError):  # it has ended: that is heard next
            self._to.write(_LENGTH.pack(len(said)) + said)
            self._to.flush()

    def _end(self) -> None:
        if self._apart is not None:
            self._apart.kill()
        if self._to is not None:
            with suppress(BrokenPipeError):  # what was not sent wants to go when it is closed
                self._to.close()
        self._apart, self._to = None, None


def read_apart(capture: Capture, reader: Reader, limits: Limits = LAST_RESORT) -> Outcome:
    """One capture read in a process of its own. Raises FactsError, ReadingStoppedError."""
    warm(reader)
    with Alone(partial(read, reader=reader), limits) as alone:
        return alone(capture)


def _answer(apart: Apart) -> tuple[Outcome | None, Limit | None]:
    """What it made of the page, or its end."""
    while True:
        for _ in listen([apart]):
            heard = apart.heard()
            if heard is None:
                return None, apart.end()
            for _, said in heard:
                return pickle.loads(said), None


def warm(reader: Reader) -> None:
    """Read a page of ours, once: the first page that is read loads tables, and forks of this process have them then."""
    if _warmed:
        return
    words = f"{reader.outlet.name}. " * 9
    page = f"<title>x</title><h1>x</h1><article><p>{words}</p><p>{words}</p></article>"
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    ours = Capture(
        outlet=reader.outlet.id,
        url="https://localhost/",
        date="2017-01-01T00:00:00Z",
        record="",
        request=b"",
        response=f"{head}{page}".encode(),
    )
    late(partial(read, ours, reader))
    _warmed.append(True)
