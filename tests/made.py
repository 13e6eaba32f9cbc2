"""Readings and text objects made by hand, for tests of the index; nothing here comes from a page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from archive.catalog import TextObject
from archive.records import (
    Address,
    Article,
    Claim,
    Dateline,
    Hints,
    Kind,
    Paragraph,
    Precision,
    Reading,
    Reason,
    Rejection,
    TextHead,
    Topic,
    Unchanged,
    Via,
)

NOON = datetime(2017, 1, 24, 12, tzinfo=UTC)


def claim(at: datetime = NOON) -> Claim:
    """A page's own statement, to the minute, that it was published then."""
    return Claim(
        source="json-ld",
        about="published",
        said=at.isoformat(),
        precision=Precision.MINUTE,
        value=at.isoformat(),
        earliest=at,
        latest=at + timedelta(minutes=1),
    )


def article(text: str, *, title: str = "خبر", at: datetime | None = NOON, on: bool = True, agency: str | None = None,
            kind: Kind = Kind.NEWS) -> Article:  # fmt: skip
    """An article of one paragraph a blank line apart."""
    paragraphs = [Paragraph(text=part, where="p", offset=0, length=len(part)) for part in text.split("\n\n")]
    return Article(
        title=title,
        paragraphs=tuple(paragraphs),
        language="ar",
        kind=kind,
        topic=Topic(on=on, score=1.0 if on else 0.0),
        dateline=Dateline(),
        agency=agency,
        claims=(claim(at),) if at else (),
    )


def reading(story: str, outcome: Article | Rejection | Unchanged, *, day: int = 1, record: str | None = None,
            url: str | None = None) -> Reading:  # fmt: skip
    """One capture, `day` days after the first of February 2017."""
    outlet, _, name = story.partition("-")
    captured = (datetime(2017, 2, 1, 9, tzinfo=UTC) + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Reading(
        story=story,
        outlet=outlet,
        url=url or f"https://{outlet}.example/{name}",
        record=record or f"urn:uuid:{story}-{day}",
        date=captured,
        via=Via.LIVE,
        address=Address(warc=f"{outlet}/2017/02/{day}.warc.gz", offset=day, length=9),
        payload_digest=None,
        hints=Hints(),
        outcome=outcome,
    )


def gone(story: str, *, day: int = 1) -> Reading:
    """A capture that was no article."""
    return reading(story, Rejection(reason=Reason.HTTP_STATUS, detail="404"), day=day)


def unchanged(story: str, of: str | None, *, day: int, url: str | None = None) -> Reading:
    """A revisit of a record, or a 304 when `of` is None."""
    return reading(story, Unchanged(of=of), day=day, url=url)


def shelf(
    name: str, readings: Iterable[Reading], *, outlet: str = "a", agency: str | None = None, zone: str = "Asia/Damascus"
) -> TextObject:  # fmt: skip
    """A text object of an outlet."""
    warc = f"{outlet}/2017/02/{name}.warc.gz"
    head = TextHead(
        schema=1, warc=warc, outlet=outlet, reader="0f", non_articles={"seed": 2, "robots": 1}, zone=zone, agency=agency
    )
    return TextObject(
        key=f"text/{outlet}/0f/2017/02/{name}.jsonl.gz", sha256=f"{name:0>64}", head=head, readings=tuple(readings)
    )
