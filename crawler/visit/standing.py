"""How we stand with a host: its next free moment, how long it wants to be left alone, refusals in a row; pure.

All times are seconds counted from the writing of the note, because no two machines' clocks agree; how long ago that
was, the store's own clock says.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
LONGEST: Final = 30 * DAY  # that a host's Retry-After is believed
DOUBLINGS: Final = 20
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Refusal(StrEnum):
    """How a host says that it does not want to be asked now."""

    TOO_MANY = "answered 429"
    UNAVAILABLE = "answered 503"
    FORBIDDEN = "answered 403"
    NO_CONNECTION = "refused the connection"
    NO_ANSWER = "gave no answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """How long a host is left alone after the first refusal in a row, doubled with each one more."""

    first: float  # seconds
    most: float
    free: int = 0  # refusals in a row for which it is not yet left alone


# A firewall follows on 429s that are not heeded for a minute, and shuts for an hour, then two, then four.
_TOO_MANY: Final = Pause(first=60.0, most=HOUR)
_SHUT: Final = Pause(first=HOUR, most=DAY)
# What a web archive means by each; connections that it refuses are its firewall.
OF_ARCHIVES: Final[Mapping[Refusal, Pause]] = {
    Refusal.TOO_MANY: _TOO_MANY,
    Refusal.UNAVAILABLE: Pause(first=20.0, most=HOUR),
    Refusal.FORBIDDEN: _SHUT,
    Refusal.NO_CONNECTION: _SHUT,
    Refusal.NO_ANSWER: Pause(first=20.0, most=HOUR),
}
# An outlet's 503 without Retry-After is a weak server's, and asked again at the usual pace; three refused connections,
# as many as one request is tried, are a server that is down.
OF_OUTLETS: Final[Mapping[Refusal, Pause]] = {
    Refusal.TOO_MANY: _TOO_MANY,
    Refusal.NO_CONNECTION: Pause(first=600.0, most=DAY, free=2),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of one host. `lanes`: seconds until the next free moment, for each sort of request by itself."""

    lanes: Mapping[str, float] = field(default_factory=dict)
    blocked: float = 0.0  # seconds for which nothing may be asked
    strikes: int = 0  # refusals in a row
    why: str = ""  # the last one, in words
    written: datetime = _NEVER

    def aged(self, seconds: float) -> Standing:
        """The same, so much later."""
        lanes = {lane: left for lane, after in self.lanes.items() if (left := after - seconds) > 0}
        return replace(self, lanes=lanes, blocked=max(0.0, self.blocked - seconds))

    def turn(self, lane: str, interval: float) -> tuple[float, Standing]:
        """Seconds until our turn, and the standing after it is ours: the next is `interval` seconds behind."""
        wait = max(self.blocked, self.lanes.get(lane, 0.0), 0.0)
        return wait, replace(self, lanes={**self.lanes, lane: wait + interval})

    def refused(self, refusal: Refusal, pauses: Mapping[Refusal, Pause], asked: float | None = None) -> Standing:
        """After a refusal. `asked`: seconds that the host's Retry-After asks for; they are obeyed to the letter.

        What was already known to last longer stands.
        """
        pause = pauses.get(refusal)
        strikes = self.strikes + 1
        own = 0.0
        if pause is not None and strikes > pause.free:
            own = min(pause.first * 2.0 ** min(strikes - pause.free - 1, DOUBLINGS), pause.most)
        for_how_long = own if asked is None else min(max(asked, 0.0), LONGEST)
        return replace(self, blocked=max(self.blocked, for_how_long), strikes=strikes, why=refusal.value)

    def forgiven(self) -> Standing:
        """After an answer: refusals are counted anew. A block that another process was told of stands."""
        return replace(self, strikes=0)

    def to_bytes(self, turn: str) -> bytes:
        """As it lies in the store; `turn` keeps two writings of the same content apart."""
        said = {**asdict(self), "lanes": dict(self.lanes), "written": self.written.isoformat(), "turn": turn}
        return json.dumps(said, sort_keys=True).encode()


def standing_of(data: bytes) -> Standing:
    """What lies in the store; a damaged note says nothing."""
    try:
        said = json.loads(data)
        lanes = {str(lane): _seconds(after) for lane, after in said["lanes"].items()}
        return Standing(
            lanes=lanes,
            blocked=_seconds(said["blocked"]),
            strikes=max(0, int(said["strikes"])),
            why=str(said["why"]),
            written=datetime.fromisoformat(said["written"]).astimezone(UTC),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return Standing()


def _seconds(said: object) -> float:
    """Raises ValueError: it is no time that a note can speak of."""
    seconds = float(str(said))
    if not math.isfinite(seconds) or seconds > 2 * LONGEST:
        raise ValueError(said)
    return max(0.0, seconds)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, RFC 9110 §10.2.3: a number, or a date; None when it is neither."""
    words = (value or "").strip()
    if words.isascii() and words.isdigit():
        return min(float(words[:12]), LONGEST)
    try:
        then = parsedate_to_datetime(words)
        return max(0.0, ((then if then.tzinfo else then.replace(tzinfo=UTC)) - now).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
