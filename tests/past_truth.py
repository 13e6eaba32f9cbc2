"""What is true of sawari's pieces, as its authors wrote it down; for tests alone."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Literal

from crawler import facts
from crawler.facts import Facts
from crawler.newsroom import past
from crawler.newsroom.past import Piece
from tests import newsroom_truth

SINCE, UNTIL = date(2017, 1, 1), date(2020, 1, 1)

Hint = Literal["title", "lead", "search", "tag", "none"]
Place = Literal["live", "wayback", "commoncrawl"]


class Story(Facts):
    """A written piece; the README beside the files tells each key."""

    id: int
    topic: bool
    hint: Hint
    found: tuple[Place, ...]
    texts: int = 1


class Table(Facts):
    """All pieces of one series."""

    name: str
    topic: bool
    looks: bool


class Truths(Facts):
    """The file."""

    stories: tuple[Story, ...]
    series: tuple[Table, ...]


@cache
def load() -> Truths:
    """Everything that was written down."""
    return facts.load(newsroom_truth.FOLDER / "past" / "sawari.yml", Truths)


@cache
def pieces() -> dict[int, Piece]:
    """Every piece, by number."""
    return {piece.text.id: piece for piece in past.load()}


def on_topic() -> dict[int, Story]:
    """What a backfill of the window should know of: pieces about the talks, published in it."""
    return {
        story.id: story
        for story in load().stories
        if story.topic and SINCE <= pieces()[story.id].text.published.date() < UNTIL
    }
