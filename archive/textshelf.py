"""The text shelf of a store: which WARCs there are to read, what was read in them, which reader is current."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from archive import fixity, texts
from archive.digest import sha256_of
from archive.errors import AlreadyThereError, CatalogError, NotHeldError
from archive.records import Reading, TextHead, is_imported
from archive.storage import Storage

_ANEW: Final = "astana rebuild --from warc reads them again and says which is current"
logger = logging.getLogger(__name__)


class TextShelf:
    """The half of an archive that knows WARCs and texts by their keys."""

    storage: Storage

    def warcs(self, outlet: str | None = None) -> list[str]:
        """Keys below `warc/` of an outlet's WARCs (or all), imports apart."""
        prefix = f"warc/{outlet}/" if outlet else "warc/"
        keys = (key.removeprefix("warc/") for key in self.storage.list(prefix))
        return [key for key in keys if not is_imported(key)]

    def imports(self) -> list[str]:
        """Keys below `warc/` of imported files that can be read by address."""
        return [key.removeprefix("cdxj/").removesuffix(".cdxj") for key in self.storage.list("cdxj/_import/")]

    def reader(self, outlet: str) -> str | None:
        """The digest of the reader that is current for an outlet; None before anything was read.

        Raises:
            CatalogError: the pointer is there and names none.
        """
        key = f"text/{outlet}/current.json"
        try:
            return str(json.loads(self.storage.get(key))["reader"])
        except NotHeldError:
            return None
        except (ValueError, KeyError, TypeError):
            raise CatalogError(f"{key} names no reader; {_ANEW}") from None

    def set_reader(self, outlet: str, reader: str) -> None:
        """Say which reader is current; the texts of older ones stay for citations that name them."""
        try:
            current = self.reader(outlet)
        except CatalogError:
            current = None
        if current != reader:
            pointer = f'{{"reader": "{reader}"}}\n'.encode()
            self.storage.put(f"text/{outlet}/current.json", pointer, replace=True)

    def texts_of(self, outlet: str, reader: str) -> frozenset[str]:
        """Keys of the texts by this reader that are done: on the shelf and on record; a kill may part the two."""
        return fixity.recorded(self.storage, self.storage.list(f"text/{outlet}/{reader}/"))

    def put_text(self, head: TextHead, readings: Iterable[Reading]) -> str:
        """Shelve what was read in one WARC, and put its fixity on record; returns its key.

        Raises:
            AlreadyThereError: another reading by the same reader stands there: the reader is not what its digest says.
            StorageError: it could not be written.
        """
        return self.put_lines(head, [texts.reading_to_json(each).encode() for each in readings])

    def put_lines(self, head: TextHead, lines: Sequence[bytes]) -> str:
        """The same of readings that are JSON lines already. Raises as `put_text`."""
        key = texts.key(head.warc, head.outlet, head.reader)
        data = texts.dump_lines(head, lines)
        try:
            self.storage.put(key, data)
        except AlreadyThereError:
            # Another zlib packs the same lines into other bytes; bytes that are no text object at all are damage.
            there = self.storage.get(key)
            if not texts.is_whole(there):
                self.storage.put(key, data, replace=True)
            elif texts.same(there, data):
                data = there
            else:
                raise
        fixity.record(self.storage, key, sha256_of(data), len(data))
        return key

    def text_keys(self) -> list[str]:
        """Keys of all text objects of the current readers.

        Raises:
            CatalogError: it cannot be told which texts of an outlet are current; to leave it out would lose it.
        """
        held: dict[str, dict[str, list[str]]] = {}
        for key in self.storage.list("text/"):
            _, outlet, *inside = key.split("/")
            if len(inside) > 1 and key.endswith(".jsonl.gz"):
                held.setdefault(outlet, {}).setdefault(inside[0], []).append(key)
        return [key for outlet, texts_ in held.items() for key in texts_[self._current(outlet, texts_)]]

    def _current(self, outlet: str, readers: Mapping[str, Sequence[str]]) -> str:
        """The current reader, of those that an outlet has texts of; the only one where the pointer is not there."""
        pointer, named = f"text/{outlet}/current.json", self.reader(outlet)
        if named is None and len(readers) == 1:
            (named,) = readers
            logger.warning("%s is not there; the texts of %s are taken, of which alone there are any", pointer, named)
        if named is None:
            raise CatalogError(f"{pointer} is not there, and texts of {len(readers)} readers are; {_ANEW}")
        if named not in readers:
            raise CatalogError(f"{pointer} names {named}, a reader of which there are no texts; {_ANEW}")
        return named
