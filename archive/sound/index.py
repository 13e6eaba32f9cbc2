"""The lines of an index as they stand, by the offset they lead to, and a line made anew without a capture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring_ascii as quoted
from typing import Final

from archive import urls
from archive.http import Message

_LINE: Final = re.compile(
    rb'(?P<urlkey>[^ \n]+) (?P<time>[0-9]{14}) \{"url": "[^\n]*", "length": "[0-9]{1,12}",'
    rb' "offset": "(?P<offset>[0-9]{1,15})", "filename": "(?P<file>[^"\n]*)"[^\n]*\}\n'
)
_MIME_ENDS = re.compile("[;,]")


def lines_of(cdxj: bytes) -> Mapping[int, bytes] | None:
    """Whole lines by offset; None when they are not all as this archive writes them, in its order, each place once."""
    if not cdxj.isascii():
        return None
    lines: dict[int, bytes] = {}
    at, before = 0, (b"", b"", b"", -1)
    for found in _LINE.finditer(cdxj):
        offset = int(found["offset"])
        order = (found["urlkey"], found["time"], found["file"], offset)
        if found.start() != at or order <= before or offset in lines:
            return None
        lines[offset] = found[0]
        at, before = found.end(), order
    return lines if at == len(cdxj) else None


def line(  # noqa: PLR0913  # a line has so many fields, and this is asked once a page
    *,
    url: str,
    date: str,
    message: Message,
    is_revisit: bool,
    digest: str,
    place: tuple[int, int, str, str],
    record: str,
    role: str,
    truncated: str,
    via: str,
    then: tuple[str, str, str] = ("", "", ""),
) -> bytes | None:
    """The line that `archive.cdx` writes of such a capture; None where the key is not plain.

    Args:
        date: as WARC-Date says it, known to be an instant.
        place: offset, length, hex SHA-256 of the member, and the file's key below `warc/`.
        then: address, date and status of a memento; empty words of anything else.
    """
    urlkey = urls.surt(url)
    if urlkey.split() != [urlkey]:
        return None
    stamp = f"{date[:4]}{date[5:7]}{date[8:10]}{date[11:13]}{date[14:16]}{date[17:19]}"
    status = message.status
    offset, length, sha256, file = place
    text = (
        f'{urlkey} {stamp} {{"url": {quoted(url)}, "mime": {quoted("warc/revisit" if is_revisit else _mime(message))},'
        f' "status": "{status if status is not None else "-"}", "digest": "{digest}", "length": "{length}",'
        f' "offset": "{offset}", "filename": {quoted(file)}, "sha256": "sha256:{sha256}", "record": "{record}",'
        f' "date": "{date}", "role": "{role}"'
    )
    for name, value in (
        ("te", _sent(message, b"transfer-encoding")),
        ("ce", _sent(message, b"content-encoding")),
        ("etag", _sent(message, b"etag")),
        ("modified", _sent(message, b"last-modified")),
        ("truncated", truncated),
        ("via", via if via in ("wayback", "commoncrawl") else ""),
        ("original", then[0]),
        ("originaldate", then[1]),
        ("originalstatus", then[2]),
    ):
        if value:
            text += f', "{name}": {quoted(value)}'
    return f"{text}}}\n".encode()


def _sent(message: Message, name: bytes) -> str:
    values = message.headers_all(name)
    return b", ".join(values).decode("latin-1") if values else ""


def _mime(message: Message) -> str:
    said = _sent(message, b"content-type")
    return _MIME_ENDS.split(said, maxsplit=1)[0].strip().lower().replace(" ", "") or "unk"


def cuts(offsets: Sequence[int], size: int, step: int) -> list[tuple[int, int]]:
    """A file in parts of about a step, each but the first beginning where a line leads: with an answer."""
    begins = [0]
    for offset in offsets:
        if offset - begins[-1] >= step and size - offset >= step // 2:
            begins.append(offset)
    return list(zip(begins, [*begins[1:], size], strict=True))
