"""What rows hold as JSON, read back; a row that cannot be read is damage of the catalog, told in one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from archive.errors import CatalogError

T = TypeVar("T")


def whole(load: Callable[[str], T], body: str) -> T:
    """What a row's text gives. Raises CatalogError: it gives nothing."""
    try:
        return load(body)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        said = str(error).partition("\n")[0]
        raise CatalogError(
            f"a row of the catalog is damaged ({said}); make it again from the shelves: astana rebuild"
        ) from error
