"""Fixity: everything on the shelves read again and held against everything else; nothing is changed or mended.

What is wrong is told as values, one by one, and reading goes on. See docs/audit.md for what this proves and what not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from archive.audit.findings import REMARKS, Finding, Kind, Passed, finding_json
from archive.audit.shelves import Shelves
from archive.audit.warcs import Shelved, Wanted, audit_warc
from archive.errors import ArchiveError, LeaseError
from archive.storage import Storage

if TYPE_CHECKING:
    from archive.catalog import Catalog

__all__ = [
    "REMARKS",
    "Finding",
    "Kind",
    "Passed",
    "Shelved",
    "Wanted",
    "audit",
    "audit_shelves",
    "audit_warc",
    "finding_json",
]


class Holdings(Protocol):
    """What an audit needs of an archive."""

    storage: Storage

    @property
    def catalog(self) -> Catalog:
        """See archive.holdings."""

    def text_keys(self) -> list[str]:
        """See archive.holdings."""


def audit_shelves(
    storage: Storage, outlet: str | None = None, processes: int | None = None
) -> Iterator[Finding | Passed]:
    """What is wrong with the shelves of a store, or of one outlet in it, and each file that was looked at.

    Args:
        storage: the store.
        outlet: this one's shelves only.
        processes: how many look at once, a folder's files; None: as many as processors, where it is worth it.

    Raises:
        StorageError: the store cannot be read.
    """
    yield from Shelves(storage, outlet, processes).audit()


def audit(archive: Holdings, outlet: str | None = None) -> Iterator[Finding | Passed]:
    """The same, and then the catalog against the texts.

    Raises:
        StorageError: the store cannot be read.
    """
    from archive.audit.catalogs import audit_catalog
    from archive.audit.listings import audit_listing_rows

    yield from audit_shelves(archive.storage, outlet)
    try:
        catalog = archive.catalog
        keys = [key for key in archive.text_keys() if outlet in (None, key.split("/")[1])]
        yield from audit_catalog(archive.storage, catalog, keys, outlet)
        yield from audit_listing_rows(archive.storage, catalog, outlet)
    except LeaseError:
        raise
    except ArchiveError as error:  # also of a takedown that cannot be read
        archive.storage.exists("format.json")
        yield Finding(kind=Kind.CATALOG, file="catalog", said=str(error))
