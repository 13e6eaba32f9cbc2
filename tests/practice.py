"""The practice press with a place to keep what is crawled of it, for tests of flows and commands."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.holdings import Archive, open_archive
from archive.settings import hand_down, load_settings
from crawler.newsroom import Newsroom
from flows import cli, work
from flows.moves import PLAIN
from flows.plans import Place, Plan
from flows.reports import RunReport

# Short enough for the daily sitemaps of the wire agency, long enough for two rounds.
SINCE, UNTIL = "2017-01-01", "2017-03-01"
OUTLETS = ("midan", "nakhla", "ufuq", "wasla")


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """An open newsroom, and where its outlet files and the store are."""

    newsroom: Newsroom
    store: Path
    outlets: Path

    @property
    def place(self) -> Place:
        return Place(store=str(self.store), outlets=str(self.outlets))

    def crawl(self, plan: Plan | None = None) -> RunReport:
        """One crawl of all four, without Prefect."""
        return asyncio.run(
            work.crawl(plan or Plan(outlets=OUTLETS, since=SINCE, until=UNTIL, sample=1), self.place, PLAIN)
        )

    def open(self) -> Archive:
        return open_archive(load_settings(**self.place.given()))


@contextmanager
def practice(folder: Path) -> Iterator[Practice]:
    """The newsroom open for a while; its outlet files and the store lie in the folder."""
    with Newsroom.start() as newsroom:
        newsroom.write_outlets(folder / "outlets")
        yield Practice(newsroom=newsroom, store=folder / "store", outlets=folder / "outlets")


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """The practice press, crawled once a session."""
    with practice(tmp_path_factory.mktemp("crawled")) as press:
        press.crawl()
        yield press


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Its JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def astana(capfd: pytest.CaptureFixture[str], *words: str, settings: dict[str, str | None] | None = None) -> Answer:
    """Run a command in this process, with settings in the environment for its time."""
    given = settings or {}
    capfd.readouterr()
    hand_down(given)
    try:
        code = cli.run(words)
    finally:
        hand_down(dict.fromkeys(given))
    said = capfd.readouterr()
    return Answer(code=code, out=said.out, err=said.err)


def of(answers: Sequence[Any], name: str) -> list[Any]:
    """One field of every JSON line."""
    return [answer[name] for answer in answers]
