"""What the standard asks of one record's head, and where it says so; pure: a head in, faults out.

WARC 1.0 is ISO 28500:2009, WARC 1.1 ISO 28500:2017 (https://iipc.github.io/warc-specifications/). `shall` and `must`
make an error, `should` and `recommended` a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.warc import grammar


class Level(StrEnum):
    """How bad a finding is: an error makes a file invalid, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """One breach: the clause by name, what is wrong, how bad."""

    clause: str
    said: str
    level: Level = Level.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The named fields of one record: values in order by name in lower case, folds joined; `fine` under WARC 1.1."""

    fine: bool
    named: Mapping[str, Sequence[str]]

    def all(self, name: str) -> Sequence[str]:
        """Every value under a name."""
        return self.named.get(name.lower(), ())

    def first(self, name: str) -> str | None:
        """The first value under a name; None when there is none, or an empty one."""
        return next(iter(self.all(name)), None) or None

    @property
    def type(self) -> str:
        """WARC-Type in lower case: literals of the grammar have no case (RFC 2616 §2.1)."""
        return (self.first("WARC-Type") or "").lower()

    @property
    def size(self) -> int | None:
        """Content-Length; None when it is none."""
        said = self.first("Content-Length") or ""
        return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


_ALL = frozenset(("warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation"))
_BARE = frozenset({"warcinfo", "metadata"})  # records without a payload
_APART = frozenset({"warcinfo", "conversion", "continuation"})  # of no single capture event
_REFERRING = frozenset({"metadata", "revisit", "conversion"})

# Section of each clause in WARC 1.0 and WARC 1.1. The first fields are the defined ones.
_FIELDS = {
    "WARC-Record-ID": ("5.2", "5.2"),
    "Content-Length": ("5.3", "5.3"),
    "WARC-Date": ("5.4", "5.4"),
    "WARC-Type": ("5.5", "5.5"),
    "Content-Type": ("5.6", "5.6"),
    "WARC-Concurrent-To": ("5.7", "5.7"),
    "WARC-Block-Digest": ("5.8", "5.8"),
    "WARC-Payload-Digest": ("5.9", "5.9"),
    "WARC-IP-Address": ("5.10", "5.10"),
    "WARC-Refers-To": ("5.11", "5.11"),
    "WARC-Refers-To-Target-URI": ("", "5.12"),
    "WARC-Refers-To-Date": ("", "5.13"),
    "WARC-Target-URI": ("5.12", "5.14"),
    "WARC-Truncated": ("5.13", "5.15"),
    "WARC-Warcinfo-ID": ("5.14", "5.16"),
    "WARC-Filename": ("5.15", "5.17"),
    "WARC-Profile": ("5.16", "5.18"),
    "WARC-Identified-Payload-Type": ("5.17", "5.19"),
    "WARC-Segment-Number": ("5.18", "5.20"),
    "WARC-Segment-Origin-ID": ("5.19", "5.21"),
    "WARC-Segment-Total-Length": ("5.20", "5.22"),
}
_CLAUSES = _FIELDS | {
    "model": ("4", "4"),
    "repeats": ("5.1", "5.1"),
    "warcinfo": ("6.2", "6.2"),
    "response": ("6.3.2", "6.3.2"),
    "dns": ("6.4.4", "6.4.4"),
    "request": ("6.5.2", "6.5.2"),
    "profiles": ("6.7.4", "6.7.4"),
    "identical": ("6.7.2", "6.7.2"),
    "segments": ("7", "7"),
    "warc-fields": ("8.3", "8"),
    "members": ("A.2", "D.2"),
    "suffix": ("A.3", "D.3"),
}


def paragraph(clause: str, *, fine: bool = True) -> str:
    """Where the standard says it: `WARC 1.1 §5.9`, of an annex `WARC 1.1 Annex D.2`."""
    section = _CLAUSES[clause][fine] or _CLAUSES[clause][1]
    version = "1.1" if fine or not _CLAUSES[clause][0] else "1.0"
    return f"WARC {version} {'§' if section[0].isdigit() else 'Annex '}{section}"


# Where a field shall not stand: types by field. Types of extensions (§5.5) are free.
_NOT_IN: Mapping[str, frozenset[str]] = {
    "WARC-Concurrent-To": _APART,
    "WARC-Payload-Digest": _BARE,
    "WARC-IP-Address": _APART,
    "WARC-Refers-To": _ALL - _REFERRING,
    "WARC-Refers-To-Target-URI": _ALL - {"revisit"},
    "WARC-Refers-To-Date": _ALL - {"revisit"},
    "WARC-Target-URI": frozenset({"warcinfo"}),
    "WARC-Warcinfo-ID": frozenset({"warcinfo"}),
    "WARC-Filename": _ALL - {"warcinfo"},
    "WARC-Identified-Payload-Type": _BARE,
    "WARC-Segment-Origin-ID": _ALL - {"continuation"},
    "WARC-Segment-Total-Length": _ALL - {"continuation"},
}
_MANDATORY: Mapping[str, frozenset[str]] = {
    "WARC-Target-URI": _ALL - _BARE,
    "WARC-Profile": frozenset({"revisit"}),
    "WARC-Segment-Number": frozenset({"continuation"}),
    "WARC-Segment-Origin-ID": frozenset({"continuation"}),
}
_ALWAYS = ("WARC-Record-ID", "Content-Length", "WARC-Date", "WARC-Type")
_BRACKETED = (
    "WARC-Record-ID",
    "WARC-Concurrent-To",
    "WARC-Refers-To",
    "WARC-Warcinfo-ID",
    "WARC-Segment-Origin-ID",
)
_BARE_URI = ("WARC-Target-URI", "WARC-Refers-To-Target-URI", "WARC-Profile")
_REASONS = frozenset({"length", "time", "disconnect", "unspecified"})
_PROFILES = "http://netpreserve.org/warc/{}/revisit/{}"
IDENTICAL = frozenset(_PROFILES.format(version, "identical-payload-digest") for version in ("1.0", "1.1"))
_KNOWN_PROFILES = IDENTICAL | {_PROFILES.format(version, "server-not-modified") for version in ("1.0", "1.1")}


def head_faults(head: Head) -> Iterator[Fault]:
    """All that is wrong with the named fields of a record."""
    yield from _presence(head)
    yield from _values(head)
    yield from _content_type(head)
    yield from _revisit(head)
    yield from _segment(head)


def _known(head: Head, name: str) -> bool:
    """Whether the version defines a field; an unknown one is an extension's, and ignored (§5.1)."""
    return head.fine or bool(_FIELDS[name][0])


def _presence(head: Head) -> Iterator[Fault]:
    kind = head.type
    for name in _ALWAYS:
        if head.first(name) is None:
            yield Fault(name, f"every record shall have a {name}")
    for name, types in _MANDATORY.items():
        if kind in types and head.first(name) is None:
            yield Fault(name, f"a {kind} record shall have a {name}")
    for name, types in _NOT_IN.items():
        if kind in types and head.all(name) and _known(head, name):
            yield Fault(name, f"a {kind} record shall not have a {name}")
    if kind in _ALL - {"revisit"} and head.all("WARC-Profile"):
        yield Fault("WARC-Profile", f"WARC-Profile is undefined for a {kind} record", Level.WARNING)
    for name in _FIELDS:
        values = head.all(name) if _known(head, name) else ()
        if len(values) > 1 and name != "WARC-Concurrent-To":
            yield Fault("repeats", f"{name} stands {len(values)} times")
        if "" in values and name not in _ALWAYS:
            yield Fault(name, f"{name} is empty")


def _said(head: Head, *names: str) -> Iterator[tuple[str, str]]:
    """Every value that is not empty under some names, with its name; fields the version does not know left out."""
    return ((name, value) for name in names if _known(head, name) for value in head.all(name) if value)


def _values(head: Head) -> Iterator[Fault]:
    if head.type and head.type not in _ALL:
        yield Fault("WARC-Type", f"{head.type[:40]!r} is no type of the standard", Level.WARNING)
    for name, value in _said(head, *_BRACKETED):
        yield from _bracketed(name, value)
    for name, value in _said(head, *_BARE_URI):
        yield from _uri(name, value[1:-1] if _angled(head, value) else value)
    for name, value in _said(head, "WARC-Date", "WARC-Refers-To-Date"):
        if (fault := grammar.date_fault(value, fine=head.fine)) is not None:
            yield Fault(name, fault)
    for name, value in _said(head, "WARC-Block-Digest", "WARC-Payload-Digest"):
        yield from _digest(name, value)
    for name, value in _said(head, *_SIMPLE):
        yield from _simple(name, value)


_SIMPLE = (
    "Content-Length",
    "WARC-IP-Address",
    "WARC-Truncated",
    "WARC-Identified-Payload-Type",
    "WARC-Segment-Number",
    "WARC-Segment-Total-Length",
)


def _simple(name: str, value: str) -> Iterator[Fault]:
    if name == "WARC-IP-Address":
        if not grammar.is_address(value):
            yield Fault(name, f"{value[:60]!r} is no dotted quad and no IPv6 address")
    elif name == "WARC-Truncated":
        if value.lower() not in _REASONS:
            yield Fault(name, f"{value[:40]!r} is no reason of the standard", Level.WARNING)
    elif name == "WARC-Identified-Payload-Type":
        if grammar.media_type(value) is None:
            yield Fault(name, f"{value[:80]!r} is no media type")
    elif not (value.isascii() and value.isdigit()):
        yield Fault(name, f"{value[:40]!r} is no number")


def _angled(head: Head, value: str) -> bool:
    """WARC 1.0 wrote `<` and `>` into its rule for URIs and left them out of its examples: both are right there."""
    return not head.fine and value.startswith("<") and value.endswith(">")


def _bracketed(name: str, value: str) -> Iterator[Fault]:
    if not (value.startswith("<") and value.endswith(">")):
        yield Fault(name, f"{value[:80]!r} does not stand between < and >")
    else:
        yield from _uri(name, value[1:-1])


def _uri(name: str, value: str) -> Iterator[Fault]:
    for bad, said in grammar.uri_faults(value):
        yield Fault(name, said, Level.ERROR if bad else Level.WARNING)


def _digest(name: str, value: str) -> Iterator[Fault]:
    found = grammar.labelled(value)
    if found is None:
        yield Fault(name, f"{value[:80]!r} is no algorithm:value")
        return
    algorithm, said = found
    if not grammar.TOKEN.fullmatch(said):
        yield Fault(name, f"the value of a digest is a token, which {said[:80]!r} is not")
    size = grammar.SIZES.get(algorithm)
    if size is None:
        yield Fault(name, f"{algorithm[:40]} is no algorithm known here: not checked", Level.WARNING)
    elif grammar.decoded(said, size) is None:
        yield Fault(name, f"{said[:80]!r} is no {algorithm} in hex, base32 or base64")


def _content_type(head: Head) -> Iterator[Fault]:
    kind, said = head.type, head.first("Content-Type")
    if said is None:
        if head.size and kind != "continuation":
            yield Fault("Content-Type", "a record with a block should have a Content-Type", Level.WARNING)
        return
    media = grammar.media_type(said)
    if media is None:
        yield Fault("Content-Type", f"{said[:80]!r} is no media type")
        return
    scheme = (head.first("WARC-Target-URI") or "").partition(":")[0].lower().lstrip("<")
    if kind == "warcinfo" and media[0] != "application/warc-fields":
        yield Fault("warcinfo", f"application/warc-fields is recommended, not {said[:60]}", Level.WARNING)
    elif kind in ("response", "request") and scheme in ("http", "https"):
        if media[0] != "application/http" or media[1].get("msgtype", kind) != kind:
            yield Fault(kind, f"it should be application/http;msgtype={kind}, not {said[:60]}", Level.WARNING)
    elif kind == "resource" and scheme == "dns" and media[0] != "text/dns":
        yield Fault("dns", f"a resource of a dns: address shall be text/dns, not {said[:60]}")


def _revisit(head: Head) -> Iterator[Fault]:
    profile = head.first("WARC-Profile")
    if head.type != "revisit" or profile is None:
        return
    profile = profile.strip("<>") if _angled(head, profile) else profile
    if profile not in _KNOWN_PROFILES:
        yield Fault("profiles", f"{profile[:100]!r} is no profile of the standard", Level.WARNING)
    elif head.fine and "/1.0/" in profile:
        yield Fault("profiles", f"{profile} is the name that WARC 1.0 gave the profile", Level.WARNING)
    if profile in IDENTICAL and head.first("WARC-Payload-Digest") is None:
        yield Fault("identical", "a revisit with an identical payload shall have its digest")


def _segment(head: Head) -> Iterator[Fault]:
    number = head.first("WARC-Segment-Number")
    if number is None or not (number.isascii() and number.isdigit()):
        return
    first = int(number[:20]) == 1
    if head.type == "continuation" and (first or not int(number[:20])):
        yield Fault("WARC-Segment-Number", f"a continuation is a later segment than {number[:20]}")
    if head.type in _ALL - {"continuation"} and not first:
        yield Fault("WARC-Segment-Number", f"the first segment is number 1, not {number[:20]}")
