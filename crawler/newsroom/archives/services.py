"""The archives open on loopback: Wayback, Common Crawl's index and its files, a port each, with one log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from types import TracebackType
from typing import Self

from crawler.newsroom.answers import Ask, Reply
from crawler.newsroom.archives.asked import AT_COMMON_CRAWL, AT_IA, Blocks
from crawler.newsroom.archives.captured import Archived, Shelf
from crawler.newsroom.archives.commoncrawl import collections_of
from crawler.newsroom.archives.troubles import CALM, Trouble, Troubles
from crawler.newsroom.archives.wayback import Wayback
from crawler.newsroom.port import Hours, Port

WAYBACK, INDEX, DATA = "wayback", "commoncrawl-index", "commoncrawl-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What the archives hold, and how their indexes are cut: small blocks show paging over few lines."""

    wayback: tuple[Archived, ...] = ()
    commoncrawl: tuple[Archived, ...] = ()
    crawls: tuple[str, ...] = ()  # collections that hold none of it: CC-MAIN-2016-50
    wayback_blocks: Blocks = AT_IA
    commoncrawl_blocks: Blocks = AT_COMMON_CRAWL
    most: int = 150_000  # lines of one answer of Wayback's


class Archives:
    """The three services, open. Use as a context manager, or call `stop`."""

    def __init__(self, holding: Holding, every: Mapping[Trouble, int], hours: Hours) -> None:
        self.noted: Callable[[Ask], None] = lambda _: None  # told of every request, too
        self.troubles = {name: Troubles(every, storage=name == DATA) for name in (WAYBACK, INDEX, DATA)}
        self._log: list[Ask] = []
        self._lock = Lock()
        answers: dict[str, Callable[[Ask], Reply]] = {}
        self._ports = {name: Port(name, 0, hours, self._through(name, answers)) for name in self.troubles}
        self.commoncrawl = replace(
            collections_of(holding.commoncrawl, holding.crawls), blocks=holding.commoncrawl_blocks
        )
        answers[WAYBACK] = Wayback(
            shelf=Shelf(holding.wayback), address=self.wayback, blocks=holding.wayback_blocks, most=holding.most
        ).answer
        answers[INDEX] = lambda ask: self.commoncrawl.index(ask, self.commoncrawl_index)
        answers[DATA] = self.commoncrawl.data

    @classmethod
    def start(cls, holding: Holding, every: Mapping[Trouble, int] = CALM, hours: Hours | None = None) -> Archives:
        """Open all three on free ports; `every` says which of each service's answers go wrong."""
        archives = cls(holding, every, hours or Hours())
        for port in archives._ports.values():
            port.open()
        return archives

    def _through(self, name: str, answers: Mapping[str, Callable[[Ask], Reply]]) -> Callable[[Ask], Reply]:
        def answer(ask: Ask) -> Reply:
            with self._lock:
                self._log.append(ask)
            self.noted(ask)
            return self.troubles[name].spoil(answers[name](ask))

        return answer

    @property
    def wayback(self) -> str:
        """Base address of the Wayback look-alike: `/cdx/search/cdx`, `/web/<time>id_/<url>`."""
        return f"http://{self._ports[WAYBACK].host}"

    @property
    def commoncrawl_index(self) -> str:
        """Base address of the index server: `/collinfo.json`, `/CC-MAIN-2017-22-index`."""
        return f"http://{self._ports[INDEX].host}"

    @property
    def commoncrawl_data(self) -> str:
        """Base address of the files that index lines name."""
        return f"http://{self._ports[DATA].host}"

    @property
    def log(self) -> tuple[Ask, ...]:
        """Every request to any of the three; `outlet` names the service."""
        with self._lock:
            return tuple(self._log)

    def stop(self) -> None:
        """Close every port; a second call does nothing."""
        for port in self._ports.values():
            port.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
