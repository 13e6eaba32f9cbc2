"""One HTTP exchange while it goes on, byte by byte, until it is a capture; it opens no connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from archive.http import split_interim
from archive.records import Capture, Hints, Tls, Truncation, Via
from archive.warc import mint_record, warc_date


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
        self.request = bytearray()
        self.response = bytearray()
        self.peer: str | None = None
        self.tls: Tls | None = None
        self.left = not self.asked.url.startswith("https:")  # what was written went out: over TLS, after the handshake
        self.whole = False
        self.overrun = False

    def receive(self, data: bytes) -> bool:
        """Keep what came; False when it is more than was meant to be taken."""
        self.response += data
        self.overrun = 0 < self.asked.limit < len(self.response)
        return not self.overrun

    def finish(self, excess: int) -> None:
        """The answer is whole; so many bytes behind its end are none of it."""
        self.whole = True
        if excess:
            del self.response[-excess:]

    def end(self, error: str | None = None, truncated: Truncation | None = None) -> Capture:
        """The exchange as it stands."""
        interim, response = split_interim(bytes(self.response))
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
            truncated=truncated if response else None,
            error=error,
            elapsed=round(monotonic() - self._clock, 6),
            via=self.asked.via,
            hints=self.asked.hints,
        )
