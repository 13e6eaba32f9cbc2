"""One HTTP exchange while it goes on, byte by byte, until it is a capture; it opens no connection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from archive.http import split_interim
from archive.records import Capture, Hints, Tls, Truncation, Via
from archive.warc import mint_record, warc_date
from crawler.visit.framing import Body

ANSWER = re.compile(rb"HTTP/\d")  # how one begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for, and for whom. `limit`: bytes of an answer that are taken at most, 0 for any."""

    url: str  # without fragment
    outlet: str
    hints: Hints
    via: Via
    limit: int
    verified: bool  # whether the server must prove who it is


class Exchange:
    """Collects what crosses the socket; begun anew when the request must be sent once more."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.begin()

    def begin(self) -> None:
        """Forget all that came and start the clock."""
        self._started = datetime.now(UTC)
        self._clock = monotonic()
        self._received: list[bytes] = []
        self._size = 0
        self._excess = 0
        self.request = bytearray()
        self.peer: str | None = None
        self.tls: Tls | None = None
        self.left = not self.asked.url.startswith("https:")  # what was written went out: over TLS, after the handshake
        self.body: Body | None = None  # once the head of the final answer came
        self._promised: int | None = None  # bytes to the end of the answer, where its head says
        self.refused: str | None = None  # why what came is no HTTP answer
        self.unproven: str | None = None  # what was wrong with the server's certificate
        self.whole = False
        self.torn = False  # the connection broke where its orderly end would have been the body's
        self.silent = False  # hung up on, because nothing came any more and no end was known
        self.overrun = False

    def receive(self, data: bytes) -> bool:
        """Keep what came; False when it is more than was meant to be taken."""
        self._received.append(data)
        self._size += len(data)
        self.overrun = 0 < self.asked.limit < self._size
        return not self.overrun

    def answered(self, body: Body | None, length: int | None, rest: int) -> None:
        """The head of the final answer came, and so many bytes behind it; `length` as the head says, if it does."""
        self.body = body
        self._promised = None if length is None else self._size - rest + length

    def finish(self, excess: int) -> None:
        """The answer is over; so many bytes behind its end are none of it."""
        self.whole = True
        self._excess = excess

    @property
    def problem(self) -> str | None:
        """Why nobody knows where the answer ends."""
        return self.refused or (self.body.problem if self.body else None)

    def end(self, error: str | None = None, truncated: Truncation | None = None) -> Capture:
        """The exchange as it stands.

        Bytes that are no HTTP answer stand beside the capture, where interim answers do: a response record may hold
        nothing but HTTP.
        """
        received = b"".join(self._received)
        missing = max(0, self._promised - self._size) if self._promised is not None else None
        interim, response = split_interim(received[: self._size - self._excess])
        if not ANSWER.match(response):
            interim, response = interim + response, b""
        return Capture(
            outlet=self.asked.outlet,
            url=self.asked.url,
            date=warc_date(self._started),
            record=mint_record(),
            request=bytes(self.request) if self.left else b"",
            response=response,
            interim=interim,
            peer=self.peer,
            tls=self.tls,
            truncated=truncated if response and missing != 0 else None,
            missing=missing or None,
            error="; ".join(filter(None, [error, *self._remarks()])) or None,
            elapsed=round(monotonic() - self._clock, 6),
            via=self.asked.via,
            hints=self.asked.hints,
        )

    def _remarks(self) -> list[str]:
        """What was odd about an answer, whether it came whole or not."""
        said = [self.problem] if self.problem else []
        if self.silent:
            said.append("hung up on after a silence")
        if self.overrun:
            said.append(f"longer than may be taken: {self._size} bytes came")
        if self._excess:
            said.append(f"{self._excess} bytes came behind the end of the answer and are none of it")
        return said
