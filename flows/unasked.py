"""What listings told of and nobody asked for: likely stories, at the outlet's own host of today; it asks nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from archive.holdings import Archive
from archive.listings import Listed, ListedQuery, State
from archive.records import Via, Window
from crawler.hinted import Prospect
from crawler.outlet import Outlet
from crawler.topic import TopicRules
from flows.missed import judged
from flows.sources import Source

NAME: Final = "told"
MOST: Final = 1000  # stories of one order


def unasked(archive: Archive, outlet: Outlet, sources: Sequence[Source], rules: TopicRules) -> Source | None:
    """A last source of a backfill: stories whose titles are of the topic and whose pages no source had.

    Copies of old listings name them, and they may still stand where they stood. None when there are none, or when the
    plan does not ask both the outlet itself and an archive. Raises CatalogError.
    """
    live = [source for source in sources if source.via is Via.LIVE]
    if not live or len(live) == len(sources):
        return None
    orders = [order for source in sources for order in source.orders]
    since = min((order.since for order in orders if order.since), default=None)
    until = max((order.until for order in orders if order.until), default=None)
    query = ListedQuery(outlets=(outlet.id,), window=Window(since=since, until=until), states=(State.UNSEEN,))
    told = (one for one in archive.catalog.listed(query) if one.title and judged(one, rules) is Prospect.LIKELY)
    stories = tuple(_at_home(outlet, one) for one in told)[:MOST]
    if not stories:
        return None
    order = replace(live[-1].orders[-1], since=since, until=until, kinds=(), stories=stories)
    return Source(name=NAME, via=Via.LIVE, orders=(order,))


def _at_home(outlet: Outlet, one: Listed) -> str:
    """The address at the host where the outlet is today."""
    today, then = urlsplit(outlet.seeds[0].url), urlsplit(one.url)
    return then._replace(scheme=today.scheme, netloc=today.netloc).geturl()
