"""The catalog: the one SQL door, to SQLite or PostgreSQL; what it holds is derived and can be made again any time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from archive.catalog import check, decisions, hidden, links, listed, pairs, pinned, schema, witnesses
from archive.catalog import query as asked
from archive.catalog.counts import Counts, Held, counts, held
from archive.catalog.engine import file_of, forget
from archive.catalog.index import TextObject, derive, put_object, remove_objects
from archive.catalog.listed import ListingObject
from archive.catalog.listing import Listings
from archive.catalog.query import Query, cursor
from archive.catalog.schema import objects
from archive.catalog.tied import Tied
from archive.cluster import Edge
from archive.errors import CatalogError, ForeignCatalogError, NotHeldError
from archive.likeness.formulas import NONE, Formulas
from archive.overrides import Override, Overrides, Undone
from archive.records import Cluster, EdgeKind, Reading, Reason, Story
from archive.takedowns import Lift, Takedown, Takedowns
from archive.texts import to_line

__all__ = ["Catalog", "Counts", "Held", "ListingObject", "Query", "Taken", "TextObject", "cursor"]

READINGS_AT_ONCE: Final = 2000  # in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one indexing brought in."""

    objects: int = 0
    already: int = 0  # objects that were held before
    readings: int = 0
    stories: int = 0  # made or made anew
    listings: int = 0  # objects of listings


class Catalog(Listings, Tied):
    """An open catalog. One writer at a time; readers see whole batches."""

    @classmethod
    def rebuild(
        cls,
        url: str,
        given: Iterable[TextObject],
        orders: Collection[decisions.Ordered] = (),
        listings: Iterable[ListingObject] = (),
        known: Formulas = NONE,
    ) -> Taken:
        """Make the catalog at an address again; whatever goes wrong, the one that stands there stays as it is.

        An SQLite catalog is made beside the old one and takes its name when it is whole, so that a damaged file is no
        hindrance; on a server all happens in one transaction.

        Raises:
            ForeignCatalogError: another program's tables stand there.
            CatalogError: the database cannot be reached or written.
        """
        path = file_of(url)
        if path is None:
            with cls.open(url) as catalog:
                return catalog._remake(given, orders, listings, known)
        _keep_foreign(url, path)
        draft = path.with_name(f"{path.name}.new")
        forget(draft)
        try:
            with cls.open(f"sqlite:///{draft}") as fresh:
                with fresh._begin() as connection:
                    pinned.pin(connection, known)
                fresh.hide(decisions.takedowns_in(orders))
                fresh.decide(decisions.overrides_in(orders))
                shown = fresh.take_listings(listings)  # first: they tell of dates, and each story is judged once
                taken = replace(fresh.take(given), listings=shown)
                fresh._settle_down()
            # The old journal would be read into the new file.
            for tail in ("-wal", "-shm"):
                path.with_name(path.name + tail).unlink(missing_ok=True)
            draft.replace(path)
        finally:
            forget(draft)
        return taken

    def _remake(
        self,
        given: Iterable[TextObject],
        orders: Collection[decisions.Ordered],
        listings: Iterable[ListingObject],
        known: Formulas,
    ) -> Taken:
        self._stale = None
        taken = Taken()
        with self._begin() as connection:
            schema.drop(connection)
            schema.create(connection)
            pinned.pin(connection, known)
            hidden.hide(connection, decisions.takedowns_in(orders), _nothing)
            decisions.keep(connection, decisions.overrides_in(orders))
            shown = self._take_listings(connection, listings)
            for batch in _batches(given):
                taken = _take(connection, batch, taken)
            schema.counted(connection)
            return replace(taken, listings=shown)

    def _settle_down(self) -> None:
        """Write the journal into the file, which then stands alone."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    # ---- indexing ----------------------------------------------------------------------------------------------

    def taken(self) -> dict[str, str]:
        """Text objects that are indexed: key -> SHA-256."""
        with self._begin() as connection:
            rows = connection.execute(select(objects.c.key, objects.c.sha256).order_by(objects.c.key))
            return {row.key: row.sha256 for row in rows}

    def take(self, given: Iterable[TextObject]) -> Taken:
        """Index text objects; those held already are passed over. Order and batching make no difference.

        Objects are taken whole, a batch in one transaction: interrupted, what was taken is consistent.

        Raises:
            AlreadyThereError: an object is indexed with other content.
        """
        taken = Taken()
        for batch in _batches(given):
            with self._begin() as connection:
                taken = _take(connection, batch, taken)
        return taken

    def drop(self, keys: Collection[str]) -> int:
        """Take text objects out again, and derive anew what depended on them; returns the stories touched."""
        with self._begin() as connection:
            dirty = remove_objects(connection, keys)
            derive(connection, dirty)
            return len(dirty)

    def hide(self, entries: Collection[Takedown | Lift], read: hidden.Read | None = None) -> int:
        """Obey takedowns and their lifts: what is hidden leaves every answer and its words leave the rows.

        Listings of an outlet of which something is hidden no longer are to be taken again: they are not `listed_in`.

        Args:
            entries: of the ledger; those obeyed already are passed over.
            read: the text shelf, for the words of what is hidden no longer.

        Returns the stories touched.
        """
        with self._begin() as connection:
            before = hidden.orders(connection)
            dirty = hidden.hide(connection, entries, read or _nothing)
            told = listed.obey(connection, before, hidden.orders(connection))
            derive(connection, dirty | witnesses.held(connection, told))
            return len(dirty)

    def decide(self, entries: Collection[Override | Undone]) -> int:
        """Obey people's decisions on clusters, and what undid them; those obeyed already are passed over.

        Returns the stories that decisions were made of.
        """
        with self._begin() as connection:
            touched = decisions.keep(connection, entries)
            if touched:
                links.decide(connection, touched)
            return len(touched)

    def overrides(self) -> Overrides:
        """The decisions that stand and that the rows obey."""
        with self._begin() as connection:
            return decisions.standing(connection)

    def obeyed(self) -> frozenset[str]:
        """The ledger's events (orders, lifts, decisions, undoings) that the rows obey."""
        with self._begin() as connection:
            return hidden.known(connection) | decisions.known(connection)

    def takedowns(self) -> Takedowns:
        """The takedowns in force that the rows obey, reaching every address that their stories were captured under."""
        with self._begin() as connection:
            return hidden.reach(connection)

    def urls_of(self, story: str) -> list[str]:
        """Every address that a story was captured under; none when it is not known, or was taken down."""
        with self._begin() as connection:
            return hidden.urls_of(connection, story)

    def stories_at(self, urlkey: str) -> list[str]:
        """Ids of stories of which a capture stood at an address, whatever was read in it, taken down or not."""
        with self._begin() as connection:
            return hidden.stories_at(connection, urlkey)

    # ---- reading -----------------------------------------------------------------------------------------------

    def stories(self, query: Query) -> Iterator[Story]:
        """Stories that fit, in pull order: earliest bound of the date, then id. Raises UsageError, NotHeldError."""
        asked.check(query)
        left = query.limit
        while left is None or left > 0:
            size = asked.PAGE if left is None else min(asked.PAGE, left)
            with self._begin() as connection:
                found = asked.page(connection, query, size)
            yield from found
            if len(found) < size:
                return
            left = None if left is None else left - size
            query = replace(query, after=cursor(found[-1]))

    def story(self, story: str) -> Story:
        """One story by id. Raises NotHeldError."""
        with self._begin() as connection:
            found = asked.whole(connection, [story])
        if story not in found:
            raise NotHeldError(f"no story {story} is held; look with astana search")
        return found[story]

    def stories_of_url(self, urlkey: str) -> list[Story]:
        """Stories of which a capture stood at an address, given as its SURT key (urls.surt)."""
        with self._begin() as connection:
            return asked.of_url(connection, urlkey)

    def readings_of(self, ids: Collection[str]) -> list[Reading]:
        """What every capture of some stories was read as, by story and then as they lie on the text shelf."""
        with self._begin() as connection:
            return asked.readings_of(connection, ids)

    def cluster_of(self, story: str) -> Cluster:
        """The cluster a story belongs to, alone or not. Raises NotHeldError."""
        with self._begin() as connection:
            return asked.clusters(connection, [asked.cluster_id(connection, story)])[0]

    def clusters(self, query: Query) -> Iterator[Cluster]:
        """Clusters of at least two stories of which at least one fits the query, by their canonical stories."""
        asked.check(query)
        with self._begin() as connection:
            ids = asked.cluster_ids(connection, query)
            found = asked.clusters(connection, ids)
        yield from found

    def parts(self, story: str, kind: EdgeKind = EdgeKind.PART) -> list[Edge]:
        """Longer pieces that a story is an item of, and items inside it; or edges of a kind. Raises NotHeldError."""
        with self._begin() as connection:
            asked.cluster_id(connection, story)
            return asked.parts(connection, story, kind)

    def pairs(self) -> Iterator[pairs.Pair]:
        """Every two stories that were compared: those that belong together, then those that do not."""
        with self._begin() as connection:
            yield from pairs.linked(connection)
            yield from pairs.parted(connection)

    def kind_of(self, one: str, other: str) -> EdgeKind | None:
        """What two stories are to each other; None of two that do not belong together."""
        with self._begin() as connection:
            return pairs.kind_of(connection, one, other)

    def counts(self) -> Counts:
        """How many of everything."""
        with self._begin() as connection:
            return counts(connection)

    def held(self) -> list[Held]:
        """What is held of each outlet, by its id."""
        with self._begin() as connection:
            return held(connection)

    def rejected(self, reasons: Collection[Reason]) -> Iterator[Reading]:
        """Captures that were refused for one of these reasons when they were read, but for those taken down."""
        with self._begin() as connection:
            yield from asked.rejected(connection, reasons)

    def unlike(self, given: TextObject) -> list[check.Unlike]:
        """How the rows of a text object that was taken in differ from it: a story, if one is meant, and what."""
        with self._begin() as connection:
            return list(check.of_object(connection, given))

    def underived(self, outlet: str | None = None) -> Iterator[check.Unlike]:
        """How the rows of stories and editions differ from what their readings say together."""
        after = ""
        while True:
            with self._begin() as connection:
                ids = check.story_ids(connection, outlet, after, asked.PAGE)
                found = list(check.of_stories(connection, ids)) if ids else []
            yield from found
            if not ids:
                return
            after = ids[-1]

    def dump(self) -> Iterator[str]:
        """Every row of every table as `table<TAB>JSON`, sorted by primary key; equal content gives equal lines."""
        for table in sorted(schema.metadata.tables.values(), key=lambda table: table.name):
            with self._begin() as connection:
                rows = connection.execution_options(yield_per=asked.PAGE).execute(
                    select(table).order_by(*table.primary_key.columns)
                )
                for row in rows.mappings():
                    yield f"{table.name}\t{to_line({name: _shown(value) for name, value in row.items()})}"


def _shown(value: object) -> object:
    """A column's value as JSON can tell it."""
    return value.hex() if isinstance(value, bytes) else value


def _nothing(key: str) -> None:
    """No text shelf at hand."""


def _keep_foreign(url: str, path: Path) -> None:
    """Refuse to replace a database of another program's; a catalog that cannot be read any more may be replaced."""
    if path.exists():
        try:
            Catalog.open(url).close()
        except ForeignCatalogError:
            raise
        except CatalogError:
            return


def _batches(given: Iterable[TextObject]) -> Iterator[list[TextObject]]:
    batch: list[TextObject] = []
    for each in given:
        batch.append(each)
        if sum(len(one.readings) for one in batch) >= READINGS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _take(connection: Connection, batch: Collection[TextObject], taken: Taken) -> Taken:
    held = set(connection.execute(select(objects.c.key)).scalars())
    orders = hidden.orders(connection)
    dirty = {story for each in batch for story in put_object(connection, each, orders)}
    derive(connection, dirty)
    new = [each for each in batch if each.key not in held]
    return Taken(
        objects=taken.objects + len(new),
        already=taken.already + len(batch) - len(new),
        readings=taken.readings + sum(len(each.readings) for each in new),
        stories=taken.stories + len(dirty),
    )
