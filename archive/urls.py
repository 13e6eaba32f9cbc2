"""One address for one page: canonical URL, SURT key and story id; pure functions on strings that never fetch.

Terms: https://www.rfc-editor.org/rfc/rfc3986 (normalisation, section 6.2.2) and the SURT of the Wayback Machine.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit, urlunsplit

from archive.errors import UsageError

# Parameters that follow a reader around and never choose the page.
TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|yclid|msclkid|igshid|mc_[ce]id|_ga|_gl|ref_?src|share|spm|cmpid|ocid|amp|outputtype|"
    r"phpsessid|jsessionid|aspsessionid\w*|sid|sessionid|session_id|cfid|cftoken|print|replytocom",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"sid=[0-9]{1,9}", re.IGNORECASE)  # a story's number in PHP-Nuke and its like, no session
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#]*", re.IGNORECASE)
# Twins of one story: AMP, embed and print views that hang on its own address.
_TWIN_TAIL = re.compile(r"(?<=[^/])/(?:amp|embed|print)/?$", re.IGNORECASE)
_TWIN_HEAD = re.compile(r"^/amp(?=/.)", re.IGNORECASE)
# Nothing in it that a SURT key writes otherwise: no capitals, port, query, empty or dotted part; of escapes only those
# of bytes that no address holds bare, which a key writes in small letters.
_HIGH = r"%[89A-Fa-f][0-9A-Fa-f]"
PLAIN = re.compile(
    r"https?://(?:www\.)?(?!www\d*\.)(?P<host>(?:[a-z0-9-]+\.)+[a-z]+)"
    rf"(?P<path>/|(?:/(?:[a-z0-9_-]|{_HIGH})(?:[a-z0-9_.-]|{_HIGH})*)+)?"
)
_HEX = b"0123456789abcdefABCDEF"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PATH_SAFE = "/:@!$&'()*+,;=-._~"
_ENCODED = 4  # times: more than this only a trap is encoded
_PERCENT = ord("%")
_ESCAPES = {bytes((a, b)): bytes.fromhex(f"{a:c}{b:c}") for a in _HEX for b in _HEX}
STORY_LETTERS = 12
LATELY = 256  # addresses that are remembered: an address is asked of several times in a row


@lru_cache(maxsize=LATELY)
def split_host(url: str) -> tuple[str, int | None]:
    """Lower-case host without trailing dot, and the port when it is not the scheme's own.

    Raises:
        UsageError: the address has no host or an impossible port, or cannot be written in UTF-8.
    """
    try:
        url.encode()
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"not a web address: {url!r} ({error})") from None
    host = _ascii_host(host or "")
    if not host or parts.scheme.lower() not in _DEFAULT_PORTS:
        raise UsageError(f"not a web address: {url!r}")
    return host, None if port == _DEFAULT_PORTS[parts.scheme.lower()] else port


def _ascii_host(host: str) -> str:
    host = host.lower().rstrip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _decoded(raw: bytes) -> bytes:
    """Bytes without any escape, those that come out of others included."""
    for _ in range(_ENCODED):
        before, raw = raw, unquote_to_bytes(raw)
        if raw == before:
            return raw
    # Escapes never overlap, so that whatever is decoded first the same is left: one pass, as if by a stack, does it.
    out = bytearray()
    for byte in raw:
        out.append(byte)
        while len(out) > 2 and out[-3] == _PERCENT and (found := _ESCAPES.get(bytes(out[-2:]))) is not None:
            out[-3:] = found
    return bytes(out)


def _path(path: str) -> str:
    """Percent-encoding in one form: decoded as often as it was encoded, then encoded anew as UTF-8."""
    path = quote(_decoded(path.encode("utf-8", "surrogatepass")), safe=_PATH_SAFE)
    path = _TWIN_HEAD.sub("", _TWIN_TAIL.sub("/", _SESSION_PATH.sub("", path)))
    return re.sub(r"/{2,}", "/", path) or "/"


def _query(query: str) -> str:
    if not query:
        return ""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([pair for pair in pairs if not TRACKING.fullmatch(pair[0]) or NUMBERED.fullmatch("=".join(pair))])


@lru_cache(maxsize=LATELY)
def _parts(url: str) -> SplitResult:
    host, port = split_host(url)
    parts = urlsplit(url)
    where = f"[{host}]" if ":" in host else host
    netloc = where if port is None else f"{where}:{port}"
    return SplitResult(parts.scheme.lower(), netloc, _path(parts.path), _query(parts.query), "")


def canonical(url: str) -> str:
    """The address under which a page is known: no fragment, tracking, session, AMP, embed or print part.

    Raises:
        UsageError: not an http or https address.
    """
    return urlunsplit(_parts(url))


def twin_of(url: str) -> str | None:
    """Which view of a page an address names beside the page's own: amp, embed or print; None: the page itself.

    Raises:
        UsageError: not an http or https address.
    """
    split_host(url)
    parts = urlsplit(url)
    tail = _TWIN_TAIL.search(parts.path)
    if tail:
        return tail[0].strip("/").lower()
    named = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if _TWIN_HEAD.search(parts.path) or named & {"amp", "outputtype"}:
        return "amp"
    return "print" if "print" in named else None


def story_key(url: str) -> str:
    """The part of a canonical address that no mirror host, port, scheme or closing slash changes: path and query.

    Raises:
        UsageError: not an http or https address.
    """
    parts = _parts(url)
    path = parts.path.rstrip("/") or "/"
    return f"{path}?{parts.query}" if parts.query else path


def story_id(outlet: str, key: str) -> str:
    """`<outlet>-<12 letters>`, base32 of SHA-256 over outlet and key: the same story has the same id for ever."""
    digest = hashlib.sha256(f"{outlet}\n{key}".encode()).digest()
    return f"{outlet}-{base64.b32encode(digest).decode().lower()[:STORY_LETTERS]}"


def is_address(name: str) -> bool:
    """Whether a name is an address on the web, not an id or permalink."""
    return "://" in name and "/s/" not in name


def id_of(name: str) -> str:
    """The story's id in an id or permalink."""
    return name.rpartition("/s/")[2].split("/")[0].partition("#")[0]


def surt(url: str) -> str:
    """The SURT key of an address, as web archives sort by it; the address itself when it has none (urn:, dns:)."""
    plain = PLAIN.fullmatch(url)
    if plain is not None:
        return f"{','.join(reversed(plain['host'].split('.')))}){(plain['path'] or '/').lower()}"
    from surt import surt as surt_  # a fifth of a second to load, for addresses that are not plain

    try:
        return str(surt_(url))
    except (ValueError, UnicodeError):
        return url
