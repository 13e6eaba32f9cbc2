"""What is true of each article of the practice press, as its authors wrote it down; for tests alone."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import RootModel

import crawler.newsroom
from crawler import facts
from crawler.facts import Facts

FOLDER = Path(crawler.newsroom.__file__).parent / "truth"

Relation = Literal["original", "verbatim", "respelled", "trimmed", "added", "round-up", "rewrite", "template", "alone"]
COPIES = ("verbatim", "respelled", "trimmed", "added")


class When(Facts):
    """When it was published: an instant in UTC, or the outlet's civil day."""

    value: str
    precision: Literal["minute", "day"]


class Opening(Facts):
    """The dateline it opens with, the place as printed."""

    place: str
    agency: str | None


class Truth(Facts):
    """One entry; the README beside the files tells each key."""

    id: int
    published: When
    agency: str | None
    dateline: Opening | None
    topic: bool
    kind: Literal["news", "flash", "round-up", "opinion", "document"]
    cluster: str | None
    relation: Relation


class _Entries(RootModel[tuple[Truth, ...]]):
    """A truth file: a list."""


def load() -> dict[str, tuple[Truth, ...]]:
    """Every outlet's entries, in the file's order."""
    return {outlet: entries.root for outlet, entries in facts.load_all(FOLDER, _Entries).items()}
