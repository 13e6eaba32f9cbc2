"""What a capture's metadata record says, as application/warc-fields and back; it never touches HTTP bytes.

One field a line, `name: value`, UTF-8 (WARC 1.1 §6.6). What could break a line is written as a backslash escape.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import fields

from archive.records import Capture, Hints, Role, Tls, Via

# Extension fields of our own records' heads (WARC 1.1 §5 allows them).
BLOCK_SHA256 = "Astana-Block-Digest"
CONTENT_SHA256 = "Astana-Content-Digest"  # payload with its content coding removed too

Fields = tuple[tuple[str, str], ...]

# Fields of Hints that are plain text; the others have a form of their own below.
_TEXTS = tuple(field.name for field in fields(Hints) if field.name not in {"role", "hops", "delay", "sampled"})
# Control, line and paragraph separators, bidi and other format characters, lone surrogates, private use.
_UNSAFE = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"})
_ESCAPE = re.compile(r"\\u(0[0-9a-f]{5}|10[0-9a-f]{4})|\\(\\)")


def _write(value: str) -> str:
    if value.isprintable() and "\\" not in value and value == value.strip():
        return value

    def safe(at: int, letter: str) -> str:
        if letter == "\\":
            return "\\\\"
        edge = at in (0, len(value) - 1) and letter.isspace()
        return f"\\u{ord(letter):06x}" if edge or unicodedata.category(letter) in _UNSAFE else letter

    return "".join(safe(at, letter) for at, letter in enumerate(value))


def _read(value: str) -> str:
    return _ESCAPE.sub(lambda found: "\\" if found[2] else chr(int(found[1], 16)), value)


def dump(pairs: Iterable[tuple[str, str]]) -> bytes:
    """The block of a warcinfo or metadata record."""
    return "".join(f"{name}: {_write(value)}\r\n" for name, value in pairs).encode()


def load(block: bytes) -> Fields:
    """The fields of a block, in order; lines that are none are left out, unreadable bytes become U+FFFD."""
    lines = block.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    pairs = (line.partition(":") for line in lines)
    return tuple((name.strip().lower(), _read(value.strip(" \t"))) for name, colon, value in pairs if colon)


def metadata(capture: Capture) -> Fields:
    """All that is known of a capture and stands in no HTTP message."""
    return tuple(_exchange(capture)) + tuple(_hints(capture.hints))


def _exchange(capture: Capture) -> Iterator[tuple[str, str]]:
    yield "capture-outlet", capture.outlet
    yield "capture-via", capture.via.value
    if capture.elapsed is not None:
        yield "fetch-elapsed", repr(capture.elapsed)
    if capture.error is not None:
        yield "fetch-error", capture.error
    if capture.missing is not None:
        yield "fetch-missing", str(capture.missing)
    if capture.tls is not None:
        yield "tls-version", capture.tls.version
        yield "tls-cipher", capture.tls.cipher
        yield "tls-certificate", capture.tls.certificate
        yield "tls-verified", "yes" if capture.tls.verified else "no"
    if capture.interim:
        yield "interim-response", base64.b64encode(capture.interim).decode()


def _hints(hints: Hints) -> Iterator[tuple[str, str]]:
    yield "hint-role", hints.role.value
    for name in _TEXTS:
        value = getattr(hints, name)
        if value is not None:
            yield f"hint-{name.replace('_', '-')}", value
    yield from (("hint-hop", hop) for hop in hints.hops)
    if hints.delay is not None:
        yield "hint-delay", repr(hints.delay)
    if hints.sampled:
        yield "hint-sampled", "yes"


def is_ours(said: Fields) -> bool:
    """Whether a metadata record was written by this archive."""
    return any(name == "capture-via" for name, _ in said)


def via(said: Fields) -> Via:
    """Where the capture came from; a foreign record came by import."""
    value = first(said, "capture-via")
    return Via(value) if value in {member.value for member in Via} else Via.IMPORT


def hints(said: Fields) -> Hints:
    """The hints of a metadata record of ours; of a foreign one, none."""
    role = first(said, "hint-role")
    texts = {name: first(said, f"hint-{name.replace('_', '-')}") for name in _TEXTS}
    return Hints(
        role=Role(role) if role in {member.value for member in Role} else Role.UNKNOWN,
        hops=tuple(value for name, value in said if name == "hint-hop"),
        delay=number(said, "hint-delay"),
        sampled=first(said, "hint-sampled") == "yes",
        **texts,
    )


def tls(said: Fields) -> Tls | None:
    """The connection's TLS, where a metadata record of ours says it."""
    version, cipher = first(said, "tls-version"), first(said, "tls-cipher")
    certificate = first(said, "tls-certificate")
    if version is None or cipher is None or certificate is None:
        return None
    return Tls(version=version, cipher=cipher, certificate=certificate, verified=first(said, "tls-verified") != "no")


def interim(said: Fields) -> bytes:
    """The 1xx responses that came before the final one."""
    with suppress(binascii.Error, ValueError):
        return base64.b64decode(first(said, "interim-response") or "", validate=True)
    return b""


def number(said: Fields, name: str) -> float | None:
    """A field's number; None when it is absent or no number."""
    with suppress(ValueError):
        return float(first(said, name) or "absent")
    return None


def count(said: Fields, name: str) -> int | None:
    """A field's whole number; None when it is absent or no such number."""
    value = first(said, name) or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def first(said: Fields, name: str) -> str | None:
    """The first value under a name."""
    return next((value for key, value in said if key == name), None)
