"""How an order reaches hosts: where notes of them lie, what time it is, which archive is asked; it sends nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from archive.settings import Settings
from archive.storage import Storage
from crawler.archives.services import Service
from crawler.orders import CrawlOrder
from crawler.outlet import Outlet
from crawler.visit.clocks import Clock
from crawler.visit.standing import OF_ARCHIVES, OF_OUTLETS, Pause, Refusal
from crawler.visit.turnstile import Turnstile


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """`service` is the archive that is asked; None: the outlet itself."""

    storage: Storage
    clock: Clock
    service: Service | None = None

    @property
    def pauses(self) -> Mapping[Refusal, Pause]:
        """What a host's refusals mean."""
        return OF_OUTLETS if self.service is None else OF_ARCHIVES

    def to(self, host: str, stopped: Callable[[], bool]) -> Turnstile:
        """The way to one host."""
        turnstile = Turnstile(self.storage, host, self.clock, self.pauses)
        turnstile.stopped = stopped
        return turnstile


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An order with all that it names: the outlet's facts, the settings, the ways to hosts."""

    order: CrawlOrder
    outlet: Outlet
    settings: Settings
    ways: Ways
