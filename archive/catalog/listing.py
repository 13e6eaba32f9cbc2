"""The verbs of a catalog on what outlets listed: polls, listed stories, what became of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, select

from archive.catalog import hidden, listed, polled, schema, traces, witnesses
from archive.catalog.index import derive
from archive.catalog.listed import ListingObject
from archive.catalog.opened import Opened
from archive.expect import Trace
from archive.listings import HeldDay, Listed, ListedQuery, Polled
from archive.records import Window
from archive.texts import to_line


class Listings(Opened):
    """The half of a catalog that knows listings."""

    def listed_in(self) -> dict[str, str]:
        """Objects of the shelf of listings that are indexed: key -> SHA-256."""
        with self._begin() as connection:
            rows = connection.execute(select(schema.listings.c.key, schema.listings.c.sha256))
            return {row.key: row.sha256 for row in rows}

    def take_listings(self, given: Iterable[ListingObject]) -> int:
        """Index objects of listings, each whole in a transaction; order makes no difference. Returns how many.

        Held stories of which they tell when they were published, or seen, are judged anew.

        Raises:
            AlreadyThereError: an object is indexed with other content.
        """
        count = 0
        for each in given:
            with self._begin() as connection:
                count += self._take_listings(connection, [each])
        return count

    @staticmethod
    def _take_listings(connection: Connection, given: Iterable[ListingObject]) -> int:
        orders = hidden.orders(connection)
        count = 0
        for each in given:
            told = listed.put(connection, each, orders)
            derive(connection, witnesses.held(connection, told))
            count += 1
        return count

    def drop_listings(self, outlets: Collection[str]) -> None:
        """Take all that some outlets listed out again."""
        with self._begin() as connection:
            told = listed.drop(connection, outlets)
            derive(connection, witnesses.held(connection, told))

    def polls(self, outlets: Collection[str] = ()) -> Iterator[Polled]:
        """Polls of some outlets, or of all: by listing, its pages, and time, each against the one before."""
        with self._begin() as connection:
            yield from polled.polled(connection, outlets)

    def listed(self, query: ListedQuery = ListedQuery()) -> Iterator[Listed]:  # noqa: B008 - it is frozen
        """Listed stories that fit, by id, with what became of each; those taken down are left out unless asked for."""
        with self._begin() as connection:
            again = polled.shown_again(connection, query.outlets)
        after: str | None = ""
        while after is not None:
            with self._begin() as connection:
                found, after = polled.stories_listed(connection, query, after, again)
            yield from found

    def held_days(self, outlets: Collection[str] = (), window: Window = Window()) -> Iterator[HeldDay]:  # noqa: B008 - frozen
        """Held stories with their days, by id."""
        after: str | None = ""
        while after is not None:
            with self._begin() as connection:
                found, after = polled.held(connection, outlets, window, after)
            yield from found

    def traces(self, ids: Iterable[str]) -> dict[str, Trace]:
        """What became of these stories, of which anything is known: listed, asked for or held."""
        found: dict[str, Trace] = {}
        asked = iter(dict.fromkeys(ids))
        while some := tuple(islice(asked, polled.PAGE)):
            with self._begin() as connection:
                found |= traces.traces(connection, some)
        return found

    def sampled(self, outlet: str) -> dict[str, bool]:
        """Stories fetched as a sample of those that hints refused, by id, and whether they are on topic."""
        with self._begin() as connection:
            return traces.sampled(connection, outlet)

    def listing_rows(self, outlet: str) -> Iterator[tuple[tuple[object, ...], str]]:
        """Every row of an outlet's listings, by table and primary key, as a line of JSON."""
        for table in (schema.asked, schema.listed, schema.listings, schema.polls):
            names = [column.name for column in table.primary_key.columns]
            with self._begin() as connection:
                query = select(table).where(table.c.outlet == outlet).order_by(*table.primary_key.columns)
                for row in connection.execution_options(yield_per=polled.PAGE).execute(query).mappings():
                    yield (table.name, *(row[name] for name in names)), to_line(dict(row))

    def zones(self) -> dict[str, str]:
        """The time zone of each outlet that anything is known of."""
        with self._begin() as connection:
            return polled.zones(connection)
