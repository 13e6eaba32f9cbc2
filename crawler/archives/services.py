"""The web archives as services: where each is asked, for what, and at which pace; pure.

Only these addresses are asked, and no link is followed. Why, and why at these paces:
docs/decisions/0006-archives-as-services.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from archive import settings as public
from archive.records import Via
from archive.settings import Settings
from crawler.archives import commoncrawl, wayback

MARGIN: Final = 1.04  # a turn may be a little late, and the next one on time
INDEX, PAGE = "index", "page"  # lanes


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One sort of request: its addresses, and the seconds between two of them over all processes."""

    name: str
    address: re.Pattern[str]  # matched against the whole address
    interval: float
    public: bool  # the service's own address: no private one may stand behind its name


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One archive as it is set."""

    via: Via
    index: str  # base addresses
    pages: str
    lanes: tuple[Lane, ...]
    forbids: bool = False  # whether its 403 means that it shut us out; elsewhere it means one site

    def lane(self, url: str) -> Lane | None:
        """What sort of request an address is; None for one that is not asked for."""
        return next((lane for lane in self.lanes if lane.address.fullmatch(url)), None)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Whom it asks, with their ports."""
        return tuple(dict.fromkeys(urlsplit(base).netloc for base in (self.index, self.pages)))

    @property
    def may_be_private(self) -> bool:
        """Whether somebody set an address of its own for it."""
        return not all(lane.public for lane in self.lanes)


def service(via: Via, settings: Settings) -> Service | None:
    """The archive that an order asks; None when it asks the outlet itself."""
    if via is Via.WAYBACK:
        return _wayback(settings.wayback_url)
    if via is Via.COMMONCRAWL:
        return _commoncrawl(settings.commoncrawl_index_url, settings.commoncrawl_data_url)
    return None


def _wayback(base: str) -> Service:
    """The index at its documented pace. For replay none is documented: one a second, as people's clients do."""
    own = base == public.WAYBACK
    replay = re.escape(wayback.replay_address(base, "", "0")).replace("/0id_/", r"/[0-9]{14}id_/.+")
    index = re.escape(wayback.index_address(base))
    pace = 60 / wayback.REQUESTS_A_MINUTE * MARGIN
    return Service(
        via=Via.WAYBACK,
        index=base,
        pages=base,
        lanes=(
            Lane(name=INDEX, address=re.compile(rf"{index}\?.+"), interval=pace, public=own),
            Lane(name=PAGE, address=re.compile(replay, re.DOTALL), interval=1.0, public=own),
        ),
    )


def _commoncrawl(index: str, data: str) -> Service:
    """Its people ask for one request at a time and no more than one a second where it was refused once."""
    collections = re.escape(commoncrawl.collections_address(index))
    query = rf"{re.escape(index)}/CC-MAIN-[0-9-]+-index\?.+"
    return Service(
        via=Via.COMMONCRAWL,
        index=index,
        pages=data,
        forbids=True,
        lanes=(
            Lane(
                name=INDEX,
                address=re.compile(rf"{collections}|{query}"),
                interval=2.0,
                public=index == public.COMMONCRAWL_INDEX,
            ),
            Lane(
                name=PAGE,
                address=re.compile(rf"{re.escape(data)}/crawl-data/.+"),
                interval=1.0,
                public=data == public.COMMONCRAWL_DATA,
            ),
        ),
    )
