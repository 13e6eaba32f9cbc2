"""From addresses to the patterns that they have in common; pure, and no more than a proposal for a person to read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LEAST = 3  # addresses that make a shape
SHARE = 0.2  # of all, that a shape must hold
YEAR = re.compile(r"(?:19|20)\d\d")
MONTH = re.compile(r"0?[1-9]|1[0-2]")
DAY = re.compile(r"0?[1-9]|[12]\d|3[01]")
FORMS = (
    (re.compile(r"\d{3,}"), r"\d+", r"(?P<id>\d+)"),
    (re.compile(r"\d{4,}-.+"), r"\d+-[^/?]+", r"(?P<id>\d+)-"),
    (re.compile(r".+-\d{5,}\.html?"), r"[^/?]+-\d+\.html?", r"-(?P<id>\d+)\.html?$"),
    (re.compile(r".+[-_]a?\d{5,}"), r"[^/?]+[-_]a?\d+", r"[-_]a?(?P<id>\d+)$"),
    (re.compile(r"\d{4,}\.html?"), r"\d+\.html?", r"(?P<id>\d+)\.html?$"),
)
NUMBERED = re.compile(r"^/\?(?:.*&)?(?P<name>p|id|nid|ID|storyid)=\d+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A form that addresses have in common: `url` matches them all, `id` catches their number if they bear one."""

    url: str
    id: str | None
    examples: tuple[str, ...]
    share: float  # of all the addresses looked at


def shapes(keys: Iterable[str]) -> tuple[Shape, ...]:
    """The shapes of story keys (canonical path and query), that of most addresses first."""
    all_keys = sorted(set(keys))
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key in all_keys:
        groups[_form(key)].append(key)
    found = (_shape(form, members, len(all_keys)) for form, members in groups.items() if form)
    kept = [one for one in found if len(one.examples) >= LEAST and one.share >= SHARE]
    return tuple(sorted(kept, key=lambda one: (-one.share, one.url)))


def _form(key: str) -> tuple[str, ...]:
    """The form of each part of the path; of an address that is all query, its parameter; empty of the front page."""
    if found := NUMBERED.match(key):
        return ("?", found["name"])
    path, mark, _ = key.partition("?")
    segments = path.strip("/").split("/") if path.strip("/") else []
    return () if mark else tuple(_part(segments, at) for at in range(len(segments)))


def _part(segments: Sequence[str], at: int) -> str:
    if _is_date(segments, at):
        return r"(?P<yyyy>(?:19|20)\d\d)"
    if at > 0 and _is_date(segments, at - 1):
        return r"(?P<mm>\d\d?)"
    if at > 1 and _is_date(segments, at - 2) and DAY.fullmatch(segments[at]):
        return r"(?P<dd>\d\d?)"
    return next((form for known, form, _ in FORMS if known.fullmatch(segments[at])), "")


def _is_date(segments: Sequence[str], at: int) -> bool:
    return bool(YEAR.fullmatch(segments[at])) and at + 1 < len(segments) and bool(MONTH.fullmatch(segments[at + 1]))


def _shape(form: tuple[str, ...], members: list[str], of: int) -> Shape:
    share = len(members) / of
    if form[0] == "?":
        name = form[1]
        return Shape(
            url=rf"^/\?(?:.*&)?{name}=\d+(?:&|$)",
            id=rf"^/\?(?:.*&)?{name}=(?P<id>\d+)(?:&|$)",
            examples=tuple(members),
            share=share,
        )
    parts = tuple(_words(form, members))
    return Shape(url=f"^/{'/'.join(parts)}$", id=_id(form, parts), examples=tuple(members), share=share)


def _words(form: tuple[str, ...], members: list[str]) -> Iterator[str]:
    """Each part's pattern: its form, else the one word that all have there, else any word."""
    for at, part in enumerate(form):
        words = {member.strip("/").split("/")[at] for member in members}
        yield part or (re.escape(words.pop()) if len(words) == 1 and at + 1 < len(form) else r"[^/?]+")


def _id(form: tuple[str, ...], parts: Sequence[str]) -> str | None:
    """Catches the last number that stands in the address."""
    for at in range(len(form) - 1, -1, -1):
        caught = next((catch for _, known, catch in FORMS if known == form[at]), None)
        if caught is not None:
            inner = caught.removesuffix("$")
            before = "/".join(parts[:at])
            start = f"^/{before}/" if before else "^/"
            ahead = "" if inner.startswith("(?P") else "[^/?]+"
            return f"{start}{ahead}{inner}" + ("" if inner.endswith("-") else "(?:/|$)")
    return None
