"""A text judged by another topic: nothing else of its reading changes, so no WARC is opened; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archive.records import Article, Reading, TextHead
from crawler import topic
from crawler.reader import Reader


def rejudged(head: TextHead, readings: Sequence[Reading], reader: Reader) -> tuple[TextHead, list[Reading]] | None:
    """The text object that a reader makes of the same WARC, when it differs from the one that made this by its topic
    alone; None when it may differ by more, or nobody knows.
    """
    if head.pages is None or head.pages != reader.pages:
        return None
    return replace(head, reader=reader.digest), [_rejudged(one, reader) for one in readings]


def _rejudged(reading: Reading, reader: Reader) -> Reading:
    article = reading.outcome
    if not isinstance(article, Article):
        return reading
    return replace(reading, outcome=replace(article, topic=topic.judge(article.title, article.text, reader.topic)))
