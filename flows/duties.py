"""Which seeds of an outlet are asked now, when only those that are due shall be; it reads the catalog alone."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from archive.holdings import open_archive
from archive.settings import Settings
from crawler.orders import CrawlOrder
from crawler.outlet import Outlet
from crawler.polling import Due, due

logger = logging.getLogger(__name__)


def only_due(
    orders: Mapping[str, CrawlOrder], outlets: Mapping[str, Outlet], settings: Settings
) -> dict[str, list[CrawlOrder]]:
    """Each outlet's order with the seeds that are due at its instant; none where no seed is.

    Raises:
        CatalogError: the catalog cannot be read.
    """
    found: dict[str, list[CrawlOrder]] = {}
    with open_archive(settings, create=True) as archive:
        for name, order in orders.items():
            polls = list(archive.catalog.polls((name,)))
            duties = [due(seed.kind.value, seed.url, polls, order.now) for seed in outlets[name].seeds]
            found[name] = _now(order, duties)
    return found


def _now(order: CrawlOrder, duties: list[Due]) -> list[CrawlOrder]:
    seeds = tuple(one.seed for one in duties if one.at <= order.now)
    if seeds:
        return [replace(order, seeds=seeds)]
    if duties:
        first = min(duties, key=lambda one: one.at)
        logger.info("%s: no seed is due before %s: %s", order.outlet, f"{first.at:%Y-%m-%d %H:%M} UTC", first.why)
    return []
