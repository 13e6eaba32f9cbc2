"""Which slices of a backfill are done, so that one that was stopped goes on from there; disposable, under `state/`.

A mark says that a slice was asked to its end. The marks of a run that came to its end are taken away: to ask again is
then what is wanted. One that was stopped, or met trouble, leaves them for the next run of the same questions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from archive.errors import NotHeldError
from archive.storage import Storage

FOLDER: Final = "state/backfill"
VALID: Final = timedelta(days=30)  # an older mark says nothing: seeds and archives have changed since


def done_by(storage: Storage, name: str) -> str | None:
    """The run that asked this slice to its end; None when it is to be asked. Raises StorageError."""
    try:
        seen = storage.look(_key(name))
    except NotHeldError:
        return None
    try:
        said = json.loads(seen.data)
        return str(said["run"]) if seen.age < VALID.total_seconds() else None
    except (ValueError, KeyError, TypeError):
        return None  # disposable: what cannot be read was never said


def note(storage: Storage, name: str, run: str) -> None:
    """The slice was asked to its end. Raises StorageError."""
    storage.put(_key(name), f"{json.dumps({'run': run})}\n".encode(), replace=True)


def clear(storage: Storage, names: Iterable[str]) -> None:
    """Forget these slices. Raises StorageError."""
    for name in names:
        storage.delete(_key(name))


def _key(name: str) -> str:
    return f"{FOLDER}/{name}.json"
