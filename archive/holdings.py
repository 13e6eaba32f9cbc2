"""The shelves behind one object: what is held, found, pulled and proved; it never asks the network for anything."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from archive import forms, listed, overrides, relisting, takedowns, tenure, texts
from archive.catalog import Catalog, Counts, Query, Taken, TextObject
from archive.digest import sha256_of
from archive.errors import CatalogError, FormatError, NotHeldError, StorageError, UsageError
from archive.expect import Expected, expected
from archive.gaps import Known, OutletGaps, gaps
from archive.listings import ListedQuery
from archive.records import Cluster, Edition, Reading, Story, Window
from archive.revision import Revision, chosen, revision
from archive.settings import Settings
from archive.storage import Storage, open_storage, tidy_daily
from archive.takedowns import Lift, Takedown, Takedowns
from archive.tenure import Tenure
from archive.textshelf import TextShelf
from archive.urls import id_of, is_address, surt
from archive.verify import Reread, Verdict, verify, verify_all

if TYPE_CHECKING:
    from archive.audit import Finding, Passed
    from archive.tracing import Houses, Judged, Lineage, Pairs, Total

STORE_FORMAT: Final = 1
_PATIENCE: Final = 600.0  # seconds that another process's indexing is waited for


class Archive(TextShelf):
    """An open archive. Reading verbs: pull, get, search, story, diff, clusters, cluster, lineage, wire, gaps, verify.
    It obeys the takedowns that stand in the ledger when it is first asked something.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.storage: Storage = open_storage(settings.store)
        self._check_format()
        self._catalog: Catalog | None = None
        self._level = False

    def _check_format(self) -> None:
        try:
            found = json.loads(self.storage.get("format.json"))["format"]
        except NotHeldError:
            self.storage.put("format.json", f'{{"format": {STORE_FORMAT}}}\n'.encode())
            return
        except (ValueError, KeyError, TypeError):
            raise FormatError(f"{self.settings.store}/format.json is not ours; is this an archive's store?") from None
        if type(found) is not int or found > STORE_FORMAT:  # to Python, true is a number too
            raise FormatError(
                f"the store {self.settings.store} has format {found}; this program knows {STORE_FORMAT}: upgrade it"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the catalog."""
        if self._catalog is not None:
            self._catalog.close()
            self._catalog = None

    @property
    def catalog(self) -> Catalog:
        """The catalog, opened when first needed; takedowns that others ordered since it was indexed are obeyed first.

        Raises:
            CatalogError: it cannot be used, or it is empty although texts stand on the shelf.
            FormatError: a newer program made it.
        """
        catalog = self._opened()
        if not self._level:
            if not catalog.taken() and (lacking := len(self.text_keys())):
                raise CatalogError(
                    f"the catalog {catalog.name} is empty, but the store has {lacking} text objects: astana rebuild"
                )
            self.obey()
            self._level = True
        return self._opened()

    def obey(self) -> None:
        """Bring the catalog level with the takedowns in the ledger, and with what people decided on clusters.

        Raises:
            LeaseError: another process keeps the catalog. CatalogError: it cannot be written.
        """
        obeyed = self._opened().obeyed()
        orders = list(takedowns.new(self.storage, obeyed))
        decided = list(overrides.new(self.storage, obeyed))
        if not orders and not decided:
            return
        number = len(orders) + len(decided)
        try:
            with tenure.held(self.storage, "catalog", _PATIENCE) as lease:
                if orders:
                    self._hide(orders, lease)
                self._opened().decide(decided)
        except CatalogError as error:
            raise CatalogError(f"the catalog has still to obey {number} orders of the ledger, but {error}") from None

    def _hide(self, orders: Sequence[Takedown | Lift], lease: Tenure) -> None:
        """Obey; after a purge, which this may have to end, texts are not what they were, and no old page may stay."""
        if any(isinstance(order, Takedown) and order.is_purge for order in orders):
            self._remake(lease)
        else:
            self._opened().hide(orders, self._readings)
            relisting.level(self.storage, self._opened(), lease.check)

    def _remake(self, lease: Tenure) -> Taken:
        """The catalog made again from the text shelf, once every purge is carried out."""
        from archive.purge import ending  # opened only when something is taken away or made again

        ending.finish(self.storage)
        self.close()
        orders = [*takedowns.new(self.storage), *overrides.new(self.storage)]
        return Catalog.rebuild(
            self.settings.catalog_url,
            self._objects(self.text_keys(), lease),
            orders,
            relisting.objects(self.storage, listed.current(self.storage), lease.check),
            forms.current(self.storage),
        )

    def _opened(self) -> Catalog:
        if self._catalog is None:
            self._catalog = Catalog.open(self.settings.catalog_url)
        return self._catalog

    # ---- the index ---------------------------------------------------------------------------------------------

    def index(self, ended: Event | None = None) -> Taken:
        """Bring the catalog level with the text shelf: take what is new, drop what an older reader read.

        Raises:
            LeaseError: another process is indexing into this catalog; or `ended` was set, what was taken is whole.
        """
        with tenure.held(self.storage, "catalog", _PATIENCE, ended) as lease:
            obeyed = self._opened().obeyed()
            self._hide(list(takedowns.new(self.storage, obeyed)), lease)
            catalog = self._opened()
            catalog.decide(list(overrides.new(self.storage, obeyed)))
            wanted = self.text_keys()
            held = catalog.taken()
            gone = sorted(set(held) - set(wanted))
            if gone:
                catalog.drop(gone)
            new = [key for key in wanted if key not in held]
            # Listings first: they tell of dates, and each new story is judged once.
            shown = relisting.level(self.storage, catalog, lease.check)
            taken = replace(catalog.take(self._objects(new, lease)), listings=shown)
        tidy_daily(self.storage)
        return taken

    def _objects(self, keys: Iterable[str], lease: Tenure) -> Iterator[TextObject]:
        for key in keys:
            lease.check()  # who was taken over writes no more
            data = self.storage.get(key)
            head, readings = texts.load(data, key)
            yield TextObject(key=key, sha256=sha256_of(data), head=head, readings=tuple(readings))

    def _readings(self, key: str) -> Sequence[Reading] | None:
        try:
            return texts.load(self.storage.get(key), key)[1]
        except NotHeldError:
            return None

    def reindex(self, ended: Event | None = None) -> Taken:
        """Make the catalog again from the text shelf; the old one stays until the new one is whole.

        Raises:
            ArchiveError: a text object cannot be read; the message names it.
            LeaseError: another process is indexing into this catalog; or `ended` was set, and the old one stays.
        """
        with tenure.held(self.storage, "catalog", _PATIENCE, ended) as lease:
            return self._remake(lease)

    # ---- reading -----------------------------------------------------------------------------------------------

    def pull(self, query: Query) -> Iterator[Story]:
        """Stories that fit, whole, in pull order: earliest bound of the date, then id. Raises UsageError."""
        return self.catalog.stories(query)

    def search(self, query: Query) -> Iterator[Story]:
        """Stories whose words fit; the same as `pull` with a text query. Raises UsageError."""
        if not query.text:
            raise UsageError("nothing to search for; give at least one word")
        return self.catalog.stories(query)

    def story(self, name: str) -> Story:
        """A story by id, permalink, address, or where an archive plays that. Raises NotHeldError, TakenDownError."""
        if is_address(name):
            url = _of_then(name)
            self.takedowns().refuse(url=url)
            for story in self.catalog.stories_of_url(surt(url)):
                return story
            raise NotHeldError(f"no story held from {url}")
        try:
            return self.catalog.story(id_of(name))
        except NotHeldError:
            self.takedowns().refuse(story=id_of(name))
            raise

    def get(self, name: str, edition: int | None = None) -> tuple[Story, Edition]:
        """A story and one of its editions: asked for, named by a permalink, or last seen. Raises NotHeldError."""
        story = self.story(name)
        digits = _digits_of(name)
        for held in story.editions:
            if digits and edition is None and held.text_digest.removeprefix("sha256:").startswith(digits):
                return story, held
            if not digits and held.ordinal == (edition or story.current):
                return story, held
        what = f"edition {edition}" if edition else f"text {digits}"
        raise NotHeldError(f"{story.id} has no {what} in the present catalog; it has {len(story.editions)}")

    def diff(self, name: str, before: int | None = None, after: int | None = None) -> Revision:
        """What was changed between two editions of a story, by number; by default the last one and the one it is best
        compared with: the last before it of its own source and view, else the last.

        Raises:
            NotHeldError: the story or an edition is not held, or there is only one.
            TakenDownError: it is hidden or sealed. UsageError: one number alone is given.
        """
        story = self.story(name)
        return revision(story, *chosen(story, before, after))

    def cluster(self, name: str) -> Cluster:
        """The cluster that a story belongs to. Raises NotHeldError."""
        return self.catalog.cluster_of(self.story(name).id)

    def clusters(self, query: Query | None = None) -> Iterator[Cluster]:
        """Clusters of at least two stories."""
        return self.catalog.clusters(query or Query())

    def lineage(self, name: str, houses: Houses | None = None) -> Lineage:
        """Whence a story likely came, among what is held; `houses`: what outlets are called. Raises NotHeldError."""
        from archive import tracing  # opened only when somebody asks

        return tracing.lineage(self.catalog, self.story(name), houses)

    def wire(self, name: str, houses: Houses | None = None, pairs: Pairs | None = None) -> tuple[Judged, ...]:
        """A copy, or each copy of a wire's own story, against all versions held of its wire. Raises NotHeldError."""
        from archive import tracing

        return tracing.wires(self.catalog, self.story(name), houses, pairs)

    def wire_totals(
        self, query: Query | None = None, houses: Houses | None = None, pairs: Pairs | None = None
    ) -> tuple[Total, ...]:
        """What copies of wires add up to, by outlet and month, each share with n and an interval. Raises UsageError."""
        from archive import tracing

        return tracing.wire_totals(self.catalog, query or Query(), houses, pairs)

    def verify(self, name: str, reread: Reread | None = None) -> Verdict:
        """Whether a citation holds: bytes, text, and with `reread` today's reading. Raises NotHeldError."""
        return verify(self, name, reread)

    def verify_all(self, name: str, reread: Reread | None = None) -> Iterator[Verdict]:
        """The same of every edition of a story. Raises NotHeldError."""
        return verify_all(self, name, reread)

    def gaps(self, outlets: Sequence[str] = (), window: Window = Window()) -> Iterator[OutletGaps]:  # noqa: B008 - frozen
        """What is held of each day of some outlets, or of all of which anything is known, and what is not.

        Args:
            outlets: ids; one of which nothing is known has no listing on any day.
            window: of their civil days; where it is open, from the first to the last day that anything is known of.
        """
        zones = self.catalog.zones()
        for outlet in outlets or zones:
            query = ListedQuery(outlets=(outlet,), window=window, undated=True, with_hidden=True)
            known = Known(
                outlet=outlet,
                zone=zones.get(outlet, "UTC"),
                held=self.catalog.held_days((outlet,), window),
                listed=self.catalog.listed(query),
                polls=self.catalog.polls((outlet,)),
            )
            yield gaps(known, window)

    def expect(self, stories: Iterable[str]) -> Iterator[Expected]:
        """What became of stories that somebody expects to be here, by id, each once and in the order given."""
        several = tuple(dict.fromkeys(stories))
        traces = self.catalog.traces(several)
        return (expected(story, traces.get(story)) for story in several)

    def takedowns(self) -> Takedowns:
        """What is hidden and why, reaching every address that a story was captured under."""
        return self.catalog.takedowns()

    def audit(self, outlet: str | None = None) -> Iterator[Finding | Passed]:
        """Everything on the shelves read again: what is wrong, and each file looked at. Raises StorageError."""
        from archive import audit  # opened only to prove something

        yield from audit.audit(self, outlet)

    def counts(self) -> Counts:
        """How many of everything the catalog has taken in."""
        return self._opened().counts()

    def reach(self) -> None:
        """Open the catalog, whatever it holds, so that trouble shows before work begins. Raises CatalogError."""
        self._opened()


def _of_then(url: str) -> str:
    """The address itself, or what it plays when it is an archive's."""
    if "/http" not in url:
        return url
    from archive.mementos import playback  # few addresses need it, and all commands start without it

    played = playback(url)
    return played.url if played else url


def _digits_of(name: str) -> str:
    _, found, rest = name.rpartition("/s/")
    return rest.partition("/")[2].partition("#")[0].strip("/") if found else ""


def open_archive(settings: Settings, *, create: bool = False) -> Archive:
    """Open what is there; a folder that is not there yet is made only with `create`.

    Raises:
        StorageError: there is no archive at that place, or it cannot be reached.
        FormatError: a newer program wrote it.
    """
    from pathlib import Path

    if not create and not settings.is_s3 and not (Path(settings.store) / "format.json").exists():
        raise StorageError(f"there is no archive at {settings.store} yet; astana crawl or astana demo makes one")
    return Archive(settings)
