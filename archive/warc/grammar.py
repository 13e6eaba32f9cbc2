"""What values of WARC fields may look like: pure functions over one value; they know no record.

Grammar: WARC 1.1 §4 and §5, https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

# RFC 2616 §2.2: US-ASCII without controls and separators.
TOKEN = re.compile(r"[!#$%&'*+\-.0-9A-Z^_`a-z|~]+")
_QUOTED = r'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[\x00-\x7f])*"'
_MEDIA = re.compile(
    rf"({TOKEN.pattern})/({TOKEN.pattern})((?:[ \t]*;[ \t]*{TOKEN.pattern}=(?:{TOKEN.pattern}|{_QUOTED}))*)[ \t]*"
)
_PARAMETER = re.compile(rf"({TOKEN.pattern})=({TOKEN.pattern}|{_QUOTED})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_URI = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
# Against RFC 3986, yet sent by browsers (https://url.spec.whatwg.org/#url-code-points); archives are full of them.
_LOOSE = re.compile(r"[\[\]|^{}`\\]|%(?![0-9A-Fa-f]{2})")
_HOST_LITERAL = re.compile(r"(?<=//)(?:[^/?#@]*@)?\[[0-9A-Fa-f:.v]+\]")
_SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_W3C = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>\.\d+)?)?(?P<zone>Z|[+-]\d\d:\d\d))?)?)?"
)
_UTC = frozenset({"Z", "+00:00", "-00:00"})
_QUAD = re.compile(r"(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}")
SIZES = {"md5": 16, "sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}


_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def control(value: str) -> str | None:
    """The first control character of a value, spelled out; TEXT has none but the white space of folds."""
    found = _CONTROL.search(value)
    return None if found is None else f"U+{ord(found[0]):04X}"


def uri_faults(value: str) -> Iterator[tuple[bool, str]]:
    """What keeps a value from being a URI (RFC 3986); True with what every browser refuses too."""
    if not _SCHEME.match(value):
        yield True, f"{value[:80]!r} is no URI: it names no scheme"
    bad = next((letter for letter in value if not 0x20 < ord(letter) < 0x7F or letter in '<>"'), None)
    if bad is not None:
        yield True, f"a URI holds no {bad!r}: {value[:80]!r}"
        return
    bare = _HOST_LITERAL.sub("", value)
    if (loose := _LOOSE.search(bare)) is not None:
        yield False, f"a URI holds {loose[0]!r} only as a percent escape: {value[:80]!r}"
    elif not _URI.fullmatch(value) or bare.count("#") > 1:
        yield False, f"{value[:80]!r} is not written as RFC 3986 says"


def date_fault(value: str, *, fine: bool) -> str | None:
    """Why a value is no date of WARC 1.0, or with `fine` of WARC 1.1: UTC in the W3C profile of ISO 8601."""
    found = _W3C.fullmatch(value)
    if found is None or not value.isascii():
        return f"{value[:60]!r} is no date of the W3C profile of ISO 8601"
    if not fine and not _SECOND.fullmatch(value):
        return f"{value!r} is not of the form YYYY-MM-DDThh:mm:ssZ"
    if found["fraction"] is not None and len(found["fraction"]) > 10:
        return f"{value!r} has more than 9 decimals"
    if found["zone"] is not None and found["zone"] not in _UTC:
        return f"{value!r} is not in UTC"
    parts = [int(found[name] or least) for name, least in _PARTS.items()]
    with suppress(ValueError):
        # A leap second is a second of UTC, though not of Python's.
        datetime(parts[0], parts[1], parts[2], parts[3], parts[4], min(parts[5], 59))
        if parts[5] <= 60:
            return None
    return f"{value!r} is no day and time that ever was"


_PARTS = {"year": "1", "month": "1", "day": "1", "hour": "0", "minute": "0", "second": "0"}


def media_type(value: str) -> tuple[str, dict[str, str]] | None:
    """Type and parameters in lower case; None when the value is no media type."""
    found = _MEDIA.fullmatch(value)
    if found is None:
        return None
    parameters = {name.lower(): said.strip('"').lower() for name, said in _PARAMETER.findall(found[3])}
    return f"{found[1]}/{found[2]}".lower(), parameters


def is_address(value: str) -> bool:
    """Whether a value is a dotted quad, or IPv6 as RFC 4291 §2.2 writes it."""
    with suppress(ValueError):
        address = ipaddress.ip_address(value)
        return "%" not in value and (address.version == 6 or _QUAD.fullmatch(value) is not None)
    return False


def labelled(value: str) -> tuple[str, str] | None:
    """Algorithm, lower case and without hyphen, and value of a digest; None when it is no `algorithm:value`."""
    algorithm, colon, said = value.partition(":")
    if not colon or not TOKEN.fullmatch(algorithm) or not said.strip():
        return None
    return algorithm.lower().replace("-", ""), said


def decoded(said: str, size: int) -> bytes | None:
    """The bytes of a digest written in hex, base32 or base64; None when it is none of so many bytes."""
    bare = said.rstrip("=")
    for length, decode in ((2 * size, bytes.fromhex), (-(-size * 8 // 5), _base32), (-(-size * 4 // 3), _base64)):
        with suppress(binascii.Error, ValueError):
            if len(bare) == length and len(found := decode(bare)) == size:
                return found
    return None


def _base32(bare: str) -> bytes:
    return base64.b32decode(bare.upper() + "=" * (-len(bare) % 8))


def _base64(bare: str) -> bytes:
    return base64.b64decode(bare.replace("-", "+").replace("_", "/") + "=" * (-len(bare) % 4), validate=True)
