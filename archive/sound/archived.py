"""An answer of a web archive, as the memento it holds is read and indexed; asked only of the few answers that are."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from archive.sound.answers import Answer

VIAS: Final = frozenset({"wayback", "commoncrawl"})

Then = tuple[str, str, str]  # address, date and status of the memento


def read(answer: Answer, via: str, block: bytes, words: bytes) -> tuple[Answer, Then]:
    """The answer as it is read: of then; and what its index line says of that.

    Args:
        answer: of the exchange with the archive.
        via: the archive.
        block: the record's, whole.
        words: the block of its metadata record.
    """
    from archive import http, mementos  # a process that sees no memento starts without them
    from archive.records import Capture, Truncation, Via
    from archive.warc import fields

    exchange = Capture(
        outlet="",
        url=answer.url,
        date=answer.date,
        record=answer.record,
        request=b"",
        response=block,
        truncated=Truncation(answer.truncated) if answer.truncated else None,
        via=Via(via),
        hints=fields.hints(fields.load(words)),
    )
    then = mementos.original(exchange)
    found = mementos.unwrap(exchange)
    stands = mementos.standing(exchange, found)
    content = answer.content
    if stands.response is not block and content is not None:
        content = http.content(http.parse(stands.response)).data
    return replace(answer, url=stands.url, date=stands.date, content=content), (then.url, then.date, then.status)
