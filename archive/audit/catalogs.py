"""The catalog against the text shelf, row for row; clusters, which follow from all texts together, are not judged."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from archive import texts
from archive.audit.findings import Finding, Kind, Passed
from archive.audit.shelves import ahead
from archive.catalog import Catalog, TextObject
from archive.digest import sha256_of
from archive.errors import ArchiveError
from archive.storage import Storage


def audit_catalog(
    storage: Storage, catalog: Catalog, keys: Collection[str], outlet: str | None
) -> Iterator[Finding | Passed]:
    """What the catalog holds otherwise than the texts of the current readers give.

    Raises:
        StorageError: the texts cannot be read. CatalogError: the catalog cannot be.
    """
    taken = catalog.taken()
    for key in keys:
        if key not in taken:
            yield Finding(kind=Kind.BEHIND, file=key, said="the catalog has not taken it in yet")
    for key in sorted(set(taken) - set(keys)):
        if outlet in (None, key.split("/")[1]):
            said = "the catalog holds a text that is gone, or no longer of the current reader"
            yield Finding(kind=Kind.CATALOG, file=key, said=said)
    for key, data in ahead(storage, (key for key in keys if key in taken)):
        if isinstance(data, ArchiveError):
            continue  # told where the text itself was looked at
        if sha256_of(data) != taken[key]:
            yield Finding(kind=Kind.CATALOG, file=key, said="the catalog took in other bytes than lie there now")
        try:
            head, readings = texts.load(data, key)
        except ArchiveError:
            continue  # told where the text itself was looked at
        given = TextObject(key=key, sha256=taken[key], head=head, readings=tuple(readings))
        for story, said in catalog.unlike(given):
            yield Finding(kind=Kind.CATALOG, file=key, said=f"{story}: {said}" if story else said)
        yield Passed(file=f"catalog of {key}", records=len(readings))
    for story, said in catalog.underived(outlet):
        yield Finding(kind=Kind.CATALOG, file="catalog", said=f"{story}: {said}")
