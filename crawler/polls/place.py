"""Where in a seed an address stands: its page, its series, the days of publication it asks for; told by the address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from crawler.outlet import SeedKind, named_days
from crawler.scope import days_told

WORDS = re.compile(r"\\?\{(term|page|yyyy|mm|dd|m|d|cursor)\\?\}")
NUMBERS = {"page": r"\d{1,9}", "yyyy": r"\d{4}", "mm": r"\d{1,2}", "dd": r"\d{1,2}"}
SHORT = {"m": "mm", "d": "dd"}  # without a leading nought
PAGED = "page"  # WordPress's parameter
WHOLE_DAY = "T23:59:59"  # `after` is exclusive: this second is the last of the day before
MIDNIGHT = "T00:00:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address within its seed. `since` and `until` are days [since, until) that it asks for; None is open."""

    series: str
    page: int = 1
    is_paged: bool = False
    since: date | None = None
    until: date | None = None


def place(seed: str, kind: SeedKind, url: str) -> Place:
    """Where an address stands in the seed of this template."""
    found = _pattern(unquote(seed)).fullmatch(unquote(url))
    said = found.groupdict() if found else {}
    if kind is SeedKind.REST:
        return _of_rest(url, said)
    days = named_days(said) if said.get("yyyy") else days_told(url) if kind is SeedKind.SITEMAP else None
    since, until = (days[0], days[1] + timedelta(days=1)) if days else (None, None)
    if found is None or said.get(PAGED) is None:
        return Place(series=url, since=since, until=until)
    series = f"{found.string[: found.start(PAGED)]}{{page}}{found.string[found.end(PAGED) :]}"
    return Place(series=series, page=int(said[PAGED]), is_paged=True, since=since, until=until)


@lru_cache(maxsize=256)
def _pattern(template: str) -> re.Pattern[str]:
    """An address made from a template: a word that stands in it twice is caught where it stands first."""
    seen: set[str] = set()

    def group(found: re.Match[str]) -> str:
        name = SHORT.get(found[1], found[1])
        form = NUMBERS.get(name, r"[^/?&#]*")
        if name in seen:
            return form
        seen.add(name)
        return f"(?P<{name}>{form})"

    return re.compile(WORDS.sub(group, re.escape(template)))


def of_index(url: str) -> Place:
    """A question to an archive's index: the days of capture that it names, both bounds included."""
    asked = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    first, last = (_stamped(asked.get(name, "")) for name in ("from", "to"))
    return Place(series=url, since=first, until=last + timedelta(days=1) if last else None)


def _stamped(said: str) -> date | None:
    try:
        return date(int(said[:4]), int(said[4:6]), int(said[6:8])) if len(said) >= 8 and said.isdecimal() else None
    except ValueError:
        return None


def _of_rest(url: str, said: dict[str, str | None]) -> Place:
    """WordPress: `after` and `before` are exclusive and local; what they are is no part of the series' name."""
    asked = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    number = said.get(PAGED) or asked.get(PAGED, "")
    return Place(
        series=_without(url, (PAGED, "after")),
        page=int(number) if number.isascii() and number.isdecimal() else 1,
        is_paged=True,
        since=_day(asked.get("after"), WHOLE_DAY, timedelta(days=1)),
        until=_day(asked.get("before"), MIDNIGHT, timedelta(0)),
    )


def _day(said: str | None, clock: str, on: timedelta) -> date | None:
    """The day that a bound at this time of the clock means; any other time means no whole day."""
    if said is None or not said.endswith(clock):
        return None
    try:
        return date.fromisoformat(said.removesuffix(clock)) + on
    except (ValueError, OverflowError):
        return None


def _without(url: str, names: tuple[str, ...]) -> str:
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in names]
    return urlunsplit(parts._replace(query=urlencode(kept, safe=",:")))
