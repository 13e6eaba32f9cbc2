"""What is kept, and how it is found again; knows no outlet, no crawler, no orchestration.

>>> import archive
>>> with archive.open("./data") as astana:
...     for story in astana.pull(archive.Query(text="خفض التصعيد", agency="رويترز")):
...         print(story.id, archive.current(story).article.title)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.catalog import Query as Query
    from archive.export import current as current
    from archive.export import permalink as permalink
    from archive.export import story_json as story_json
    from archive.holdings import Archive as Archive

__all__ = ["Archive", "Query", "current", "open", "permalink", "story_json"]

# Heavy rooms open when they are asked for: `import archive` must cost nothing.
_ROOMS = {
    "Archive": "archive.holdings",
    "Query": "archive.catalog",
    "current": "archive.export",
    "permalink": "archive.export",
    "story_json": "archive.export",
}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module 'archive' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_ROOMS[name]), name)


def open(store: str | None = None, *, catalog: str | None = None) -> Archive:  # noqa: A001  # archive.open(…) reads as meant
    """Open an archive for reading: a folder or `s3://bucket/prefix`; by default as the settings say.

    Raises:
        StorageError: there is no archive there, or it cannot be reached.
        FormatError: a newer program wrote it.
    """
    from archive.holdings import open_archive
    from archive.settings import load_settings

    given = {name: value for name, value in (("store", store), ("catalog", catalog)) if value is not None}
    return open_archive(load_settings(**given))
