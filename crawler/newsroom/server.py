"""Newsroom: the practice press open on loopback, a port an outlet, with its log; pages are the outlets' own work."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from threading import Condition
from types import TracebackType
from typing import Self

from archive.errors import UsageError
from crawler.newsroom import midan, nakhla, outlets, past, press, sawari, shelved, ufuq, wasla
from crawler.newsroom.answers import TEXT, Ask, Reply
from crawler.newsroom.archives import CALM, Archives, Trouble
from crawler.newsroom.paper import MASTHEADS, NothingToEditError, Paper, Printed
from crawler.newsroom.port import Hours, Port
from crawler.newsroom.sawari import Edition, Site

EDIT = "/_desk/edit"
SAWARI, SOLD = "sawari", "sawari-sold"  # the outlet, and the socket of its former host

SITES: Mapping[str, Callable[[Paper, Ask], Reply]] = {
    "nakhla": nakhla.answer,
    "midan": midan.answer,
    "wasla": wasla.answer,
    "ufuq": ufuq.answer,
}


class Newsroom:
    """The outlets, open. Use as a context manager, or call `stop`."""

    def __init__(self, hours: Hours) -> None:
        self.hours = hours
        self.papers: dict[str, Paper] = {}  # each outlet as it stands now
        self._ports: dict[str, Port] = {}
        self._log: list[Ask] = []
        self._lock = Condition()
        self.site: Site | None = None  # sawari, when the archives are open
        self.archives: Archives | None = None

    @classmethod
    def start(
        cls,
        ports: Mapping[str, int] | None = None,
        hours: Hours | None = None,
        manuscripts: Path | None = None,
        *,
        archives: bool = False,
        every: Mapping[Trouble, int] = CALM,
    ) -> Newsroom:
        """Open every outlet that has manuscripts; a port that is not named is a free one.

        `archives` opens sawari, too, and look-alikes of Wayback and Common Crawl that hold it; `every` says which of
        the archives' answers go wrong.

        Raises:
            FactsError: the manuscripts are broken. UsageError: a port is taken, or an unknown outlet is named.
        """
        texts = press.load(manuscripts)
        wanted = dict(ports or {})
        for name in (*texts, *wanted):
            if name not in MASTHEADS or not texts.get(name):
                known = ", ".join(MASTHEADS)
                raise UsageError(f"the newsroom has no outlet {name!r} with manuscripts (it knows {known})")
        newsroom = cls(hours or Hours())
        try:
            for name, several in texts.items():
                newsroom._bind(name, wanted.get(name, 0), several)
        except (OSError, OverflowError) as error:
            newsroom.stop()
            raise UsageError(f"the newsroom cannot open port {wanted.get(name, 0)} for {name}: {error}") from None
        if archives:
            newsroom._open_past(every)
        for port in newsroom._ports.values():
            port.open()
        return newsroom

    def _open_past(self, every: Mapping[Trouble, int]) -> None:
        """Sawari, the socket of its former host, and the archives."""
        answers = {SAWARI: self._sawari, SOLD: self._sold}
        self._ports |= {name: Port(name, 0, self.hours, answer) for name, answer in answers.items()}
        self.site = Site(past.load(), self._ports[SAWARI].host, self._ports[SOLD].host)
        self.archives = Archives.start(shelved.holding(self.site), every, self.hours)
        self.archives.noted = self._note

    def _bind(self, name: str, number: int, manuscripts: list[press.Manuscript]) -> None:
        self._ports[name] = port = Port(name, number, self.hours, partial(self._answer, name))
        self.papers[name] = Paper(MASTHEADS[name], f"http://{port.host}", manuscripts)

    @property
    def hosts(self) -> dict[str, str]:
        """`127.0.0.1:port` of each outlet."""
        return {name: port.host for name, port in self._ports.items()}

    @property
    def wayback(self) -> str:
        """Base address of the look-alike of Wayback; "" when the archives are closed."""
        return self.archives.wayback if self.archives else ""

    @property
    def commoncrawl_index(self) -> str:
        """Base address of the look-alike of Common Crawl's index; "" when the archives are closed."""
        return self.archives.commoncrawl_index if self.archives else ""

    @property
    def commoncrawl_data(self) -> str:
        """Base address of the look-alike of Common Crawl's files; "" when the archives are closed."""
        return self.archives.commoncrawl_data if self.archives else ""

    @property
    def log(self) -> tuple[Ask, ...]:
        """Every request seen so far, in order of arrival, those to the archives with them."""
        with self._lock:
            return tuple(self._log)

    def _note(self, ask: Ask) -> None:
        with self._lock:
            self._log.append(ask)
            self._lock.notify_all()

    def waited(self, requests: int, seconds: float) -> bool:
        """Wait until so many requests were seen in all; False when that took too long."""
        with self._lock:
            return self._lock.wait_for(lambda: len(self._log) >= requests, seconds)

    def _sawari(self, ask: Ask) -> Reply:
        self._note(ask)
        if self.site is None or ask.method == "POST":
            return Reply(status=405, headers=(("Allow", "GET, HEAD"), ("Content-Type", TEXT)))
        return sawari.answer(Edition(self.site, ask.time), ask)

    def _sold(self, ask: Ask) -> Reply:
        self._note(ask)
        return sawari.parked(ask)

    def _answer(self, outlet: str, ask: Ask) -> Reply:
        self._note(ask)
        if ask.method != "POST":
            return SITES[outlet](self.papers[outlet], ask)
        if ask.path == EDIT:
            return self._edit_asked(outlet)
        return Reply(status=405, headers=(("Allow", "GET, HEAD"), ("Content-Type", TEXT)))

    def edit(self, outlet: str) -> Printed:
        """Edit the article written for it; its lastmod becomes now.

        Raises:
            NothingToEditError: there is none, or it was edited already. UsageError: no such outlet.
        """
        if outlet not in self.papers:
            raise UsageError(f"the newsroom has no outlet {outlet!r}")
        return self.papers[outlet].edit(self.hours.now())

    def _edit_asked(self, outlet: str) -> Reply:
        """The edit command over HTTP: 200 with what was edited, or 409."""
        try:
            story = self.edit(outlet)
        except NothingToEditError as error:
            return Reply(status=409, headers=(("Content-Type", TEXT),), body=f"{error}\n".encode())
        said = {"outlet": outlet, "id": story.id, "lastmod": story.lastmod.isoformat()}
        return Reply(status=200, headers=(("Content-Type", "application/json"),), body=json.dumps(said).encode())

    def write_outlets(self, folder: Path) -> list[Path]:
        """An outlet file for each open outlet, with its port; the folder is made when missing."""
        return outlets.write(folder, self.papers, self.site)

    def stop(self) -> None:
        """Close every port and connection; a second call does nothing."""
        for port in self._ports.values():
            port.close()
        if self.archives is not None:
            self.archives.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
