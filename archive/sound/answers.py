"""An answer as the fast look over a WARC knows it; a noun, it reads nothing."""

from __future__ import annotations

from dataclasses import dataclass

from archive.http import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One response or revisit, as far as it is needed to hold its index line and its readings against it."""

    offset: int
    length: int
    sha256: str  # hex, of the member
    url: str
    date: str
    record: str
    digest: str  # of the payload
    message: Message  # without body
    truncated: str
    of: tuple[str, str, str] | None  # record, URL and date that a revisit stands for
    content: bytes | None  # where it is asked for
