"""A record read out of the bytes of its gzip member, when it is as plain as those this archive writes; else not at all.

The same is read as by `archive.warc.members` through warcio, in a tenth of the time; a test holds the two against each
other. Whatever is odd in a head is left to that room.
"""

from __future__ import annotations

import re
from typing import Final

_LONGEST_HEAD: Final = 1 << 15
# One line a field, in printable ASCII, a value without spaces around it: nothing that readers could take differently.
_HEAD: Final = re.compile(rb"WARC/1\.[01]\r\n(?:[A-Za-z0-9_-]+: [!-~][ -~]*\r\n)+\r\n")
_SIZE: Final = re.compile(r"\d{1,15}")

Headers = tuple[tuple[str, str], ...]


def read(data: bytes) -> tuple[Headers, dict[str, str], bytes, bytes] | None:
    """Headers, the first of each by lower-case name, raw head and block of a member's only record; None when odd."""
    end = data.find(b"\r\n\r\n", 0, _LONGEST_HEAD) + 4
    if end < 4:
        return None
    head = data[:end]
    if _HEAD.fullmatch(head) is None or b" \r\n" in head:
        return None
    lines = [line.partition(": ") for line in head.decode("ascii").split("\r\n")[1:-2]]
    headers = tuple([(name, value) for name, _, value in lines])
    names = {name.lower(): value for name, value in reversed(headers)}
    size = names.get("content-length", "")
    target = names.get("warc-target-uri", "")
    # warcio mends an address with spaces or in brackets.
    if not _SIZE.fullmatch(size) or " " in target or target.startswith("<"):
        return None
    rest = end + int(size)
    if len(data) != rest + 4 or not data.endswith(b"\r\n\r\n"):
        return None
    return headers, names, head, data[end:rest]
