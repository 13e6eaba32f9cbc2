"""The digest of the sources that do a work: rooms, libraries and Unicode tables as they are installed."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from importlib.resources import files


def digest(rooms: Mapping[str, Iterable[str]], libraries: Iterable[str]) -> bytes:
    """SHA-256 over the rooms' sources, by package and in the order given, and the libraries' versions.

    Raises:
        FileNotFoundError: a package has no such room.
        PackageNotFoundError: a library is not installed.
    """
    summed = hashlib.sha256(unicodedata.unidata_version.encode())
    for package, names in rooms.items():
        for name in names:
            source = files(package).joinpath(name).read_bytes().replace(b"\r\n", b"\n")
            summed.update(name.encode() + hashlib.sha256(source).digest())
    for library in libraries:
        summed.update(f"{library} {version(library)}".encode())
    return summed.digest()
