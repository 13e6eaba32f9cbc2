"""What a process left half sealed is shelved by the next one; what the disk spoilt meanwhile is mended first."""

from __future__ import annotations

import logging
from pathlib import Path

from archive import mending
from archive.errors import StorageError
from archive.sealing import SEALING, Sealed, keys_of, put, waiting_files
from archive.storage import Storage

logger = logging.getLogger(__name__)


def finish(folder: Path, outlet: str, storage: Storage) -> tuple[Sealed, ...]:
    """Seal what was begun to be sealed; call it before a crawl and before anything is listed.

    Raises:
        StorageError: the store or the spool cannot be written; nothing is lost.
    """
    waiting = waiting_files(folder, outlet, SEALING)
    return tuple(put(path, outlet, storage) for path in waiting if _is_fit(path, outlet, storage))


def _is_fit(path: Path, outlet: str, storage: Storage) -> bool:
    """Mend a file of which nothing is on the shelf yet; False when no capture is left in it, and it is gone."""
    if storage.exists(keys_of(outlet, path.name.removesuffix(SEALING))[0]):
        return True
    try:
        with path.open("rb") as stream:
            parts = mending.read(stream)
            size = path.stat().st_size
            if parts.captures and parts.is_named and not parts.bad and parts.end == size:
                return True
            said = mending.mend(path, stream)[0] if size else (f"{path.name} is empty",)
        for line in said:
            logger.warning("%s", line)
        if not parts.captures:
            logger.warning("%s: no capture is left in it; it is not shelved", path.name)
            path.unlink()
    except OSError as error:
        raise StorageError(f"{path} cannot be mended: {error.strerror or error}") from None
    return bool(parts.captures)
