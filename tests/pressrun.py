"""The practice press crawled once a session; tests that change anything work on a copy of the store."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.holdings import Archive, open_archive
from archive.settings import load_settings
from crawler.newsroom import Newsroom
from flows import work
from flows.moves import PLAIN
from flows.plans import Place, Plan
from flows.reports import RunReport

WHOLE = Plan(outlets=("nakhla", "midan", "wasla", "ufuq"), since="2017-01-01", until="2020-01-01", sample=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressRun:
    """A crawled store and the press it came from, still open. `asked` are the targets asked for in that crawl."""

    folder: Path
    newsroom: Newsroom
    report: RunReport
    asked: tuple[tuple[str, str], ...]

    @property
    def place(self) -> Place:
        """Where it lies."""
        return Place(store=str(self.folder / "store"), outlets=str(self.folder / "outlets"))

    def copy(self, to: Path) -> Place:
        """A copy of the store that may be changed."""
        shutil.copytree(self.folder / "store", to / "store")
        return Place(store=str(to / "store"), outlets=str(self.folder / "outlets"))


def opened(place: Place) -> Archive:
    """The archive at a place."""
    return open_archive(load_settings(**place.given()))


def crawl(place: Place, plan: Plan = WHOLE) -> RunReport:
    """The whole way, without Prefect."""
    return asyncio.run(work.crawl(plan, place, PLAIN))


@pytest.fixture(scope="session")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PressRun]:
    """Crawl the four outlets once."""
    folder = tmp_path_factory.mktemp("press")
    with Newsroom.start() as newsroom:
        newsroom.write_outlets(folder / "outlets")
        place = Place(store=str(folder / "store"), outlets=str(folder / "outlets"))
        report = crawl(place)
        asked = tuple((ask.outlet, ask.target) for ask in newsroom.log)
        yield PressRun(folder=folder, newsroom=newsroom, report=report, asked=asked)
