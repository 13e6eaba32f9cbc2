"""The last resort for a page that states no date: htmldate's guess, kept only where it can be believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from archive import arabic
from crawler.moments import Moment, machine
from crawler.stated_dates import Stated

FIRST = datetime(1995, 1, 1)
# htmldate reads none of the Levantine months and answers 1 January, or takes another date of the page.
ARABIC_SHARE = 0.05  # of a page's code points; above it a guess needs its figures on the page


def _witnessed(html: str, guess: datetime) -> bool:
    """Whether the guessed day stands on the page in figures."""
    year, month, day = guess.year, guess.month, guess.day
    gap = "[-/._ ]?"
    forms = (
        rf"{year}{gap}0?{month}{gap}0?{day}",
        rf"0?{day}{gap}0?{month}{gap}{year}",
        rf"0?{month}{gap}0?{day}{gap}{year}",
    )
    return any(re.search(rf"(?<![0-9]){form}(?![0-9])", arabic.digits(html)) for form in forms)


def _needs_witness(html: str, guess: datetime) -> bool:
    letters = len(re.findall("[\u0621-\u064a]", html))
    return (guess.month, guess.day) == (1, 1) or letters > ARABIC_SHARE * len(html)


def guessed(html: str, url: str, captured: datetime) -> Iterator[Stated]:
    """At most one date, of source "fallback", not after the capture."""
    from htmldate import find_date  # loads several large libraries

    said = find_date(html, url=url, original_date=True, extensive_search=True, min_date=FIRST, max_date=captured)
    moment = machine(said or "")
    if isinstance(moment, Moment) and (not _needs_witness(html, moment.local) or _witnessed(html, moment.local)):
        yield Stated(source="fallback", about="published", moment=moment)
