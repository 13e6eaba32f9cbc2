"""Forms of words learned from a store's own texts, by which copies are told from now on; kept, chosen, let go again.

Learning looks at the catalog and changes nothing in it: stories are compared by a new table once the catalog is made
again, so that no two of its edges come from two tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive import learned
from archive.catalog.pinned import Dated
from archive.errors import ArchiveError
from archive.learned import EVERYWHERE, Choice
from archive.likeness import formulas
from archive.likeness.formulas import KIND, NONE, Formulas
from archive.storage import Storage

SHOWN: Final = 40  # phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A stretch of formula in folded words, and in how many texts it stands."""

    words: str
    texts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """What the texts of a catalog teach: the table, of how many texts, and what of it takes up most of them."""

    table: Formulas
    texts: int
    phrases: tuple[Phrase, ...]


def learn(url: str) -> Forms:
    """What the dated stories of the catalog at an address teach; nothing is kept. Raises CatalogError."""
    texts = Dated(url)
    many = len(texts)
    return _shown(texts, formulas.learned(texts, formulas.turns(many)), many)


def shown(storage: Storage, url: str) -> Forms:
    """The current table, and what of it stands in the texts of a catalog. Raises ArchiveError, CatalogError."""
    texts = Dated(url)
    return _shown(texts, current(storage), len(texts))


def _shown(texts: Dated, table: Formulas, many: int) -> Forms:
    found = formulas.phrases((words for _, words in texts), table, SHOWN)
    return Forms(table=table, texts=many, phrases=tuple(Phrase(words=said, texts=held) for said, held in found))


def current(storage: Storage) -> Formulas:
    """The table that a catalog is to be made by; none was learned, or it was let go: NONE.

    Raises:
        ArchiveError: the table is not on the shelf, damaged, or of a program that numbers words otherwise.
    """
    choice = learned.current(storage, KIND).get(EVERYWHERE)
    if choice is None or choice.digest is None:
        return NONE
    try:
        return Formulas.from_bytes(learned.get(storage, KIND, choice.digest))
    except ValueError as error:
        advice = "let it go (astana learn --formulas --forget), rebuild, and learn again"
        raise ArchiveError(f"{learned.key(KIND, choice.digest)}: {error}; {advice}") from None


def keep(storage: Storage, found: Forms, now: datetime) -> bool:
    """Shelve a table and make it current; False when it is so already, or there is none to keep.

    Raises:
        ArchiveError: the ledger is damaged. StorageError: it was not written.
    """
    before = learned.current(storage, KIND).get(EVERYWHERE)
    if not found.table.days or (before is not None and before.digest == found.table.digest):
        return False
    digest = learned.put(storage, KIND, found.table.to_bytes())
    said = {"texts": found.texts, "runs": len(found.table.days)}
    learned.choose(storage, Choice(kind=KIND, digest=digest, said=said), now)
    return True


def forget(storage: Storage, now: datetime) -> bool:
    """Compare by no table again; what was learned stays shelved. False: there is none."""
    before = learned.current(storage, KIND).get(EVERYWHERE)
    if before is None or before.digest is None:
        return False
    learned.choose(storage, Choice(kind=KIND, digest=None, said={"before": before.digest}), now)
    return True
