"""What a tombstone says is done to the shelves, from wherever it was broken off; it decides nothing.

A file of ours is replaced under its key: the new one is kept aside and confirmed before, so that whatever a store does
with a write that is cut off, one of the two is there whole. An import lies under another key then, and the old one goes
last. Each step looks first whether it is still to be done.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from archive import fixity, ledger, listed, scratch
from archive.audit.warcs import cdxj_key
from archive.digest import CHUNK, sha256_of
from archive.errors import ArchiveError, NotHeldError
from archive.purge import texts
from archive.purge.listings import Withheld
from archive.purge.splicing import index, splice
from archive.storage import Storage
from archive.takedowns import Takedown
from archive.tombstones import STAGE, Object, Rewritten, below

_REPLAY: Final = "replay/"
logger = logging.getLogger(__name__)


def finish(storage: Storage, orders: Iterable[Takedown]) -> int:
    """Do what these orders say and is not done yet, the oldest first; returns for how many files and listings.

    Raises:
        ArchiveError: a file would not become what the tombstone says; it is as it was.
        StorageError: the store cannot be read or written; the same again goes on.
    """
    done, ordered = 0, sorted(orders, key=lambda order: (order.at, order.event))
    for _ in ordered:  # one may wait for another of the same file, whatever their clocks said
        more = _pass(storage, ordered)
        done += more
        if not more:
            break
    if done:
        _clear(storage, STAGE)
    return done


def _pass(storage: Storage, orders: Sequence[Takedown]) -> int:
    done = 0
    for order in orders:
        due = [file for file in order.files if _is_due(storage, file)]
        told = [each for each in order.listings if _stands(storage, each)]
        if due or told:
            _clear(storage, _REPLAY)  # it may hold the bytes, and leads to places that are no more
        for file in due:
            _carry(storage, file, order)
        for each in told:
            _put_listing(storage, each, Withheld.of(orders))  # of all: a later one may have found this very object
        done += len(due) + len(told)
    return done


def _clear(storage: Storage, shelf: str) -> None:
    for key in list(storage.list(shelf)):
        storage.delete(key)


def _is_due(storage: Storage, file: Rewritten) -> bool:
    return any(_stands(storage, each) for each in file.old) or _is_staged(storage, file)


def _stands(storage: Storage, each: Object) -> bool:
    """Whether an object is there as it was; most often its size alone tells."""
    try:
        if storage.size(each.key) != each.size:
            return False
        with storage.open(each.key) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == each.sha256  # type: ignore[arg-type]  # it reads
    except NotHeldError:
        return False


def _is_staged(storage: Storage, file: Rewritten) -> bool:
    """Whether the file was lost in the middle of being replaced, and its successor is kept aside."""
    return _is_own(file) and not storage.exists(file.was.key) and storage.exists(_stage(file))


def _is_own(file: Rewritten) -> bool:
    return file.becomes is not None and file.becomes.key == file.was.key


def _stage(file: Rewritten) -> str:
    assert file.becomes is not None
    return f"{STAGE}{file.becomes.sha256}"


def _carry(storage: Storage, file: Rewritten, order: Takedown) -> None:
    if file.becomes is not None:
        _put_file(storage, file, file.becomes)
        _put_others(storage, file)
        _put_index(storage, file, file.becomes)
        _put_texts(storage, file)
    if not _is_own(file) and (_stands(storage, file.was) or not storage.exists(file.was.key)):
        _follow(storage, file, order)
        for each in reversed(file.old):  # what hangs on the file goes before it
            storage.delete(each.key)


def _put_file(storage: Storage, file: Rewritten, becomes: Object) -> None:
    is_there = _stands(storage, file.was)
    if not is_there and not _is_staged(storage, file):
        return
    with scratch.folder("astana-purge-") as folder:
        new = folder / "new"
        if is_there:
            with storage.open(file.was.key) as stream, new.open("wb") as out:
                made = splice(stream, file, out)
            if made.becomes != (becomes.sha256, becomes.size):
                raise ArchiveError(f"{file.was.key} does not become what its tombstone says; it was left as it is")
        else:
            _fetch(storage, _stage(file), new)
        fixity.record(storage, becomes.key, becomes.sha256, becomes.size)
        if _is_own(file):
            storage.put(_stage(file), new)
            storage.put(becomes.key, new, replace=True)
        else:
            storage.put(becomes.key, new)


def _fetch(storage: Storage, key: str, to: Path) -> None:
    with storage.open(key) as stream, to.open("wb") as out:
        while piece := stream.read(CHUNK):
            out.write(piece)


def _put_index(storage: Storage, file: Rewritten, becomes: Object) -> None:
    key = cdxj_key(becomes.key)
    is_wanted = file.index is not None and (
        _stands(storage, file.index) or _stands(storage, becomes)  # another store may have indexed it otherwise
        if _is_own(file)
        else not storage.exists(key) and storage.exists(becomes.key)
    )
    if not is_wanted:
        return
    with storage.open(becomes.key) as stream:
        data = index(stream, below(becomes.key))
    if storage.exists(key) and storage.get(key) == data:
        return
    storage.put(key, data, replace=True)
    fixity.record(storage, key, sha256_of(data), len(data))


def _put_texts(storage: Storage, file: Rewritten) -> None:
    for text in file.texts:
        if _stands(storage, text.object):
            _put_text(storage, file, text.key, text.fewer)


def _put_others(storage: Storage, file: Rewritten) -> None:
    """Texts that the order knows nothing of, for it was given in another store: of other readers, or read anew."""
    fewer = {text.key.split("/")[1]: text.fewer for text in file.texts}
    known = {text.key for text in file.texts if _stands(storage, text.object)}
    for key in [key for key in texts.of_file(storage, file.was.key) if key not in known]:
        try:
            is_old = texts.tells(storage.get(key), key, file)
        except NotHeldError:
            continue
        except ArchiveError:
            is_old = True
        if is_old:
            _put_text(storage, file, key, fewer.get(key.split("/")[1], {}))
            if not _is_own(file):
                storage.delete(key)


def _put_text(storage: Storage, file: Rewritten, old: str, fewer: Mapping[str, int]) -> None:
    try:
        key, data = texts.without(storage.get(old), old, file, fewer)
    except ArchiveError as error:
        # Damaged before: it is no text that could be read, and may hold what is to go.
        logger.warning("%s; it was taken away, for its words cannot be told apart", error)
        storage.delete(old)
        return
    storage.put(key, data, replace=True)
    fixity.record(storage, key, sha256_of(data), len(data))


def _put_listing(storage: Storage, was: Object, withheld: Withheld) -> None:
    with scratch.folder("astana-purge-") as folder, storage.open(was.key) as stream:
        head, lines = listed.unpacked(stream, was.key)
        new = folder / "new"
        with new.open("wb") as out:
            out.writelines(listed.packed(head, withheld.lines(lines)))
        storage.put(was.key, new, replace=True)
        fixity.record(storage, was.key, sha256_of(new), new.stat().st_size)


def _follow(storage: Storage, file: Rewritten, order: Takedown) -> None:
    """Say in the ledger what an import is called now, so that whose pages it holds goes on to be known."""
    if not storage.exists(file.was.key):
        return
    old, new = below(file.was.key), below(file.becomes.key) if file.becomes else None
    answers = sum(each.kind in ("response", "revisit") for each in file.gone)
    for event in list(ledger.read(storage, "import")):
        readable = event.said.get("readable")
        if not isinstance(readable, list) or (old not in readable and event.said.get("shelved") != old):
            continue
        said = {
            **event.said,
            "shelved": new if new and event.said.get("shelved") == old else event.said.get("shelved"),
            "readable": [new if key == old else key for key in readable if key != old or new],
            "captures": int(str(event.said.get("captures", 0))) - (answers if old in readable else 0),
            "was": old,
            "purged": order.event,
        }
        ledger.write(storage, "import", said, datetime.fromisoformat(order.at))
