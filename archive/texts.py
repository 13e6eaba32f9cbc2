"""The text shelf's objects: what was read in one WARC, as gzipped JSON lines; it reads no page itself.

First line: TextHead. Then one line per capture of an article candidate, with exactly one of
`article`, `rejection` or `unchanged`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from archive import gzip
from archive.digest import sha256
from archive.errors import ArchiveError, FormatError
from archive.gzip import GzipError
from archive.records import Article, Reading, Reason, Rejection, TextHead, Unchanged

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")
SCHEMA: Final = 1
_NAMES: Final[dict[type[Any], str]] = {Article: "article", Rejection: "rejection", Unchanged: "unchanged"}
_shapes: dict[type[Any], TypeAdapter[Any]] = {}


def _shape(of: type[T]) -> TypeAdapter[T]:
    """Made when it is first asked for: pydantic takes a fifth of a second to load, and few commands read texts."""
    if of not in _shapes:
        from pydantic import TypeAdapter

        _shapes[of] = TypeAdapter(of)
    return _shapes[of]


def ready() -> None:
    """Have the shapes of lines made now, for processes that are forked from this one."""
    for of in (Reading, TextHead):
        _shape(of)


def text_digest(text: str) -> str:
    """`sha256:` hex of a clean text's UTF-8: equal texts are one edition."""
    return sha256(text.encode())


_LINE: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def to_line(fields: object) -> str:
    """One JSON line, equal for equal content: sorted keys, no spaces, letters as letters."""
    return _LINE.encode(fields)


def reading_to_json(reading: Reading) -> str:
    """A reading as one JSON line."""
    fields = _shape(Reading).dump_python(reading, mode="json")
    fields[_NAMES[type(reading.outcome)]] = fields.pop("outcome")
    return to_line(fields)


def reading_from_json(line: str) -> Reading:
    """The reading that `reading_to_json` wrote.

    Raises:
        ValueError: the line holds no reading.
    """
    fields = json.loads(line)
    for outcome, name in _NAMES.items():
        if name in fields:
            fields["outcome"] = _shape(outcome).validate_python(fields.pop(name))
            return _shape(Reading).validate_python(fields)
    raise ValueError("neither article, rejection nor unchanged")


def dump(head: TextHead, readings: Sequence[Reading]) -> bytes:
    """A text object's bytes; equal content gives equal bytes."""
    return dump_lines(head, [reading_to_json(each).encode() for each in readings])


def dump_lines(head: TextHead, lines: Sequence[bytes]) -> bytes:
    """The same of readings that are lines already."""
    first = to_line(_shape(TextHead).dump_python(head, mode="json")).encode()
    return gzip.compress(b"".join(b"%b\n" % line for line in (first, *lines)))


def load(data: bytes, key: str = "text object") -> tuple[TextHead, list[Reading]]:
    """What `dump` wrote.

    Raises:
        FormatError: written by a newer program.
        ArchiveError: not a text object; the message names `key`.
    """
    try:
        # Only a line feed ends a line: titles may hold the other line ends of Unicode.
        lines = gzip.decompress(data).decode().removesuffix("\n").split("\n")
        first = json.loads(lines[0])
        if first.get("schema", 0) > SCHEMA:
            raise FormatError(f"{key} has schema {first['schema']}; this program knows {SCHEMA}: upgrade it")
        return _shape(TextHead).validate_python(first), [reading_from_json(line) for line in lines[1:]]
    except (GzipError, IndexError, ValueError) as error:  # pydantic's is a ValueError
        raise ArchiveError(
            f"{key} is no text object ({error}); read its WARC again: astana rebuild --from warc"
        ) from None


def rejected(data: bytes, reason: Reason) -> list[Reading]:
    """The readings of a text object that were refused so; the others are not looked into.

    Raises:
        ArchiveError: not a text object.
    """
    try:
        lines = gzip.decompress(data).split(b"\n")[1:]
    except GzipError as error:
        raise ArchiveError(f"no text object ({error})") from None
    said = f'"reason":"{reason.value}"'.encode()
    readings = [reading_from_json(line.decode()) for line in lines if said in line]
    return [each for each in readings if isinstance(each.outcome, Rejection) and each.outcome.reason is reason]


def is_whole(data: bytes) -> bool:
    """Whether the bytes are a text object that can be read, of this program or a newer one."""
    try:
        load(data)
    except FormatError:
        return True
    except ArchiveError:
        return False
    return True


def same(one: bytes, other: bytes) -> bool:
    """Whether two text objects hold the same lines."""
    return one == other or gzip.decompress(one) == gzip.decompress(other)


def key(warc: str, outlet: str, reader: str) -> str:
    """Where the text of a WARC lies: `warc` is the key below `warc/`, its year, month and stem are kept.

    An import holds records of several outlets: each outlet's text lies under its own folder.
    """
    stem = warc.removesuffix(".gz").removesuffix(".warc").removesuffix(".arc")
    _, _, rest = stem.partition("/")
    inside = f"_import/{rest}" if warc.startswith("_import/") else rest
    return f"text/{outlet}/{reader}/{inside}.jsonl.gz"
