"""The last resort for a page that states no date: htmldate's guess, kept only where it can be believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from archive import arabic
from crawler.dating.moments import Moment, machine
from crawler.dating.stated import Stated

FIRST = datetime(1995, 1, 1)
# htmldate reads none of the Levantine months and answers 1 January, or takes another story's date. What a page in
# Arabic says is read by our own table, and what that cannot read is not guessed at.
ARABIC_SHARE = 0.05  # of a page's code points
ARABIC = re.compile("[\u0621-\u064a]")


def _on_page(html: str, guess: datetime) -> bool:
    """Whether the guessed day stands on the page in figures."""
    year, month, day, gap = guess.year, f"0?{guess.month}", f"0?{guess.day}", "[-/._ ]?"
    forms = (f"{year}{gap}{month}{gap}{day}", f"{day}{gap}{month}{gap}{year}", f"{month}{gap}{day}{gap}{year}")
    return any(re.search(rf"(?<![0-9]){form}(?![0-9])", arabic.digits(html)) for form in forms)


def guessed(html: str, url: str, captured: datetime) -> Iterator[Stated]:
    """At most one date, of source "fallback", not after the capture; none for a page in Arabic."""
    if len(ARABIC.findall(html)) > ARABIC_SHARE * len(html):
        return
    from htmldate import find_date  # loads several large libraries

    said = find_date(html, url=url, original_date=True, extensive_search=True, min_date=FIRST, max_date=captured)
    moment = machine(said or "")
    if isinstance(moment, Moment) and (
        (moment.local.month, moment.local.day) != (1, 1) or _on_page(html, moment.local)
    ):
        yield Stated(source="fallback", about="published", moment=moment)
