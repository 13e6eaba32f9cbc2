"""How an archive fails when it is told to: which of its answers, and what goes wrong with each; it has no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from threading import Lock

from crawler.newsroom.answers import HTML, Ending, Framing, Reply, page


class Trouble(StrEnum):
    """What goes wrong with one answer."""

    TOO_MANY = "429"  # without Retry-After, as seen in the wild
    UNAVAILABLE = "503"
    TRUNCATED = "truncated"  # half of the body, then the connection ends
    EMPTY = "empty"  # 200, not one byte
    HTML = "html"  # 200 and a page that says sorry
    DROPPED = "dropped"  # the connection ends without an answer


CALM: Mapping[Trouble, int] = {}
# Every so many answers of one service, counted from its start; the first that fits is shown.
STORM: Mapping[Trouble, int] = {
    Trouble.TOO_MANY: 7,
    Trouble.UNAVAILABLE: 11,
    Trouble.TRUNCATED: 13,
    Trouble.EMPTY: 17,
    Trouble.HTML: 19,
    Trouble.DROPPED: 29,
}

SORRY = "<html><head><title>Internet Archive: Error</title></head><body><p>Temporarily offline.</p></body></html>\n"
TOO_MANY = "<html><body><h1>429 Too Many Requests</h1></body></html>\n"
SLOW_DOWN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)


class Troubles:
    """Counts a service's answers, and spoils those whose turn it is."""

    def __init__(self, every: Mapping[Trouble, int], *, storage: bool = False) -> None:
        self.every = dict(every)
        self._storage = storage  # an object store says 503 in XML
        self._answers = 0
        self._lock = Lock()
        self.shown: list[Trouble] = []

    def spoil(self, reply: Reply) -> Reply:
        """The same answer, or what goes wrong in its place."""
        with self._lock:
            self._answers += 1
            due = [trouble for trouble, turn in self.every.items() if self._answers % turn == 0]
            self.shown += due[:1]
        return self._spoiled(due[0], reply) if due else reply

    def _spoiled(self, trouble: Trouble, reply: Reply) -> Reply:
        busy = page(SLOW_DOWN, "application/xml", status=503) if self._storage else page(SORRY, HTML, status=503)
        spoiled = {
            Trouble.TOO_MANY: page(TOO_MANY, HTML, status=429),
            Trouble.UNAVAILABLE: busy,
            Trouble.TRUNCATED: replace(reply, ending=Ending.CUT),
            Trouble.EMPTY: replace(reply, status=200, headers=_typed(reply), body=b"", framing=Framing.LENGTH),
            Trouble.HTML: page(SORRY, HTML),
            Trouble.DROPPED: replace(reply, ending=Ending.NONE),
        }
        return spoiled[trouble]


def _typed(reply: Reply) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in reply.headers if name.lower() == "content-type")
