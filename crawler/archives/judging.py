"""What an archive's answer to a request for a copy is worth: a memento, nothing, or another try; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive import http, mementos
from archive.records import Capture, Rejection

PASSING: Final = (408, 425, 429, 500, 502, 503, 504)  # statuses of an archive that is busy or ill
OK: Final = 200
PART: Final = 206

Reading = Callable[[Capture], Rejection | None]


class Worth(StrEnum):
    """What becomes of an answer."""

    GOOD = "good"
    AGAIN = "again"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`memento` is the capture as it was made then, of a good answer; `said` why another is none."""

    worth: Worth
    status: int = 0  # of the memento where there is one, else of the archive
    memento: Capture | None = None
    said: str = ""


def judge(capture: Capture, reading: Reading = lambda memento: None) -> Verdict:
    """What a captured exchange with an archive brought; `reading` says why a page is none of its story's own.

    Redirects are for others to follow.
    """
    message = http.parse(capture.response)
    status = message.status or 0
    found = mementos.unwrap(capture)
    if isinstance(found, Rejection):
        said = f"answered {status}" if status in PASSING else found.detail or found.reason.value
        return Verdict(worth=_passes(capture, message), status=status, said=said)
    then = http.parse(found.response).status or 0
    if capture.truncated is not None:  # cut on its way to us; what was cut then is said of the memento alone
        return Verdict(worth=Worth.AGAIN, status=then, said=f"cut short: {capture.truncated.value}")
    if then != OK:
        return Verdict(worth=Worth.NONE, status=then, said=f"a captured {then} in the place of a page")
    if found.truncated is not None:
        return Verdict(worth=Worth.NONE, status=then, said=f"captured cut short: {found.truncated.value}")
    foreign = reading(found)
    if foreign is not None:
        return Verdict(worth=Worth.NONE, status=then, said=f"{foreign.reason.value}: {foreign.detail}")
    return Verdict(worth=Worth.GOOD, status=then, memento=found)


def _passes(capture: Capture, message: http.Message) -> Worth:
    """An empty 200, a page of the archive's own with 200, half a record: such an archive is ill, not without a copy.

    A memento of another page is what it has.
    """
    is_ill = capture.truncated is not None or not capture.response
    is_another = message.header(b"Memento-Datetime") is not None and not is_ill
    return Worth.AGAIN if is_ill or (message.status in (OK, PART, *PASSING) and not is_another) else Worth.NONE
