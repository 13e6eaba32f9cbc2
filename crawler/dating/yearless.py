"""A day printed without its year, and the witnesses that settle which year was meant; unsettled, it is no date.

The weekday leaves a few years; the page's own address, the folders of its own pictures and the day of a live capture
may name one of them. Two witnesses that disagree settle nothing, and no year is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from archive import arabic, civil
from archive.records import Capture, Via
from crawler.dating import months, written
from crawler.dating.layout import Layout
from crawler.dating.moments import Moment, NoDate, Why
from crawler.dating.stated import Stated
from crawler.dating.visible import AFTER, BEFORE, Manner, in_text, lines, states

Month = tuple[int, int]  # year, month

FRESH = timedelta(days=45)  # how long after its day a live capture still speaks for the year
AHEAD = timedelta(days=1)  # the outlet's day may be a day ahead of UTC
NEAR_YEARS = 5  # of these, some contradict any weekday: 29 February falls on another one four years on
WORDS = 0  # a line with other words is a sentence, «مؤتمر في 30 كانون الثاني», unless named or labelled as a date
LINE_SAID = 100  # code points of the line that are kept beside the settled year

SHORT_YEAR = re.compile(rf"{months.GAP}'?[0-9]{{2}}(?![0-9]| ?:)")  # «كانون الثاني 17», and no hour
# /2017/09/, /2017-09-, /201709/, /20170914., /2017/9/ of an address.
FOLDER = re.compile(r"(?<=/)((?:19|20)[0-9]{2})(?:([-_/]?)(0[1-9]|1[0-2])(?:\2[0-3][0-9])?|[-_/]([1-9]))(?=[-_/.])")
OWN_PICTURE = frozenset({"og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"})
SOURCES = ("src", "data-src", "data-lazy-src", "data-original", "srcset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What can tell the year of a page: months in its address, in its pictures' addresses, the day of its capture."""

    captured: date
    live: bool
    address: frozenset[Month] = frozenset()
    pictures: frozenset[Month] = frozenset()


def months_in(address: str) -> frozenset[Month]:
    """The years and months that folders of an address name."""
    found = FOLDER.finditer(arabic.digits(address))
    return frozenset((int(match[1]), int(match[3] or match[4])) for match in found)


def settle(days: Mapping[int, date], *, month: int, weekday: bool, witness: Witness) -> tuple[int, str] | None:
    """The year that the witnesses agree on, and who they are; None when none speaks or two disagree.

    `days` are the days that the words can mean, by year; `weekday`, whether they name one: without it only the page's
    own address is believed, for a picture may be old and any day lies near a capture once a year. An address that
    names another month speaks of another date.
    """
    if witness.address and month not in {named for _, named in witness.address}:
        return None
    votes = [(year, "address") for year, named in witness.address if named == month]
    if weekday:
        votes += [(year, "picture") for year, named in witness.pictures if named == month]
        newest = max((day for day in days.values() if day <= witness.captured + AHEAD), default=None)
        if witness.live and newest is not None and witness.captured - newest <= FRESH:
            votes.append((newest.year, "live capture"))
    years = {year for year, _ in votes}
    year = years.pop() if len(years) == 1 else None
    if year is None or year not in days or days[year] > witness.captured + AHEAD:
        return None
    return year, ", ".join(sorted({who for _, who in votes}))


def _with_year(folded: str, days: list[re.Match[str]], year: int) -> str:
    for match in reversed(days):
        folded = f"{folded[: match.end()]} {year} {folded[match.end() :]}"
    return folded


def _settled(moments: Mapping[int, Moment | NoDate], line: str, witness: Witness) -> Moment | NoDate:
    """One day of a line, as read with each year, in the year that is settled."""
    days = {year: moment.local.date() for year, moment in moments.items() if isinstance(moment, Moment)}
    if not days:
        return next(iter(moments.values()), NoDate(why=Why.NOTHING))
    # A weekday narrows the years; so does 29 February, which most of them lack.
    narrow = (Why.WEEKDAY, Why.NO_SUCH_DAY)
    weekday = any(isinstance(moment, NoDate) and moment.why in narrow for moment in moments.values())
    found = settle(days, month=next(iter(days.values())).month, weekday=weekday, witness=witness)
    moment = moments[found[0]] if found else None
    if found is None or not isinstance(moment, Moment):
        return NoDate(why=Why.NOTHING)
    return replace(moment, said=f"{line[:LINE_SAID]} [{found[0]}: {found[1]}]")


def find(text: str, witness: Witness) -> tuple[written.Found, ...]:
    """Every day of a string that lacks its year, in order, dated where the year is settled.

    A string that names any year speaks of its dates itself.
    """
    folded = arabic.fold(text)
    matches = [] if written.ANY_YEAR.search(folded) else list(months.patterns().yearless.finditer(folded))
    if not matches or any(SHORT_YEAR.match(folded, match.end()) for match in matches):
        return ()
    years = {year for year, _ in witness.address | witness.pictures if year <= witness.captured.year}
    years.update(range(witness.captured.year - NEAR_YEARS + 1, witness.captured.year + 1))
    readings = {year: written.find(_with_year(folded, matches, year)) for year in sorted(years, reverse=True)}
    if any(len(reading) != len(matches) for reading in readings.values()):
        return ()
    line = arabic.clean(text).text
    return tuple(
        replace(
            readings[witness.captured.year][number],
            moment=_settled({year: reading[number].moment for year, reading in readings.items()}, line, witness),
            start=match.start(),
            end=match.end(),
        )
        for number, match in enumerate(matches)
    )


# --- on a page ------------------------------------------------------------------------------------------------------
def _pictures(layout: Layout) -> Iterator[str]:
    """Addresses of the article's own pictures: those the head names, and those about the title."""
    for meta in layout.metas:
        if (meta.get("property") or meta.get("name") or "").lower().strip() in OWN_PICTURE:
            yield meta.get("content") or ""
    for piece in layout.pictures(BEFORE, AFTER):
        yield from filter(None, map(piece.element.get, SOURCES))


def _names_a_month(text: str) -> bool:
    return months.patterns().month.search(arabic.fold(text)) is not None


def seen(layout: Layout, url: str, capture: Capture) -> Iterator[Stated]:
    """Dates without a year that stand below the title, in the year that is settled; source "visible"."""
    named = [piece for piece in layout.near(0, AFTER) if _names_a_month(piece.text)]
    # A date whose year stands in the next element is whole, and was judged already.
    pieces = [piece for piece in named if not any(written.find(line) for line, _ in lines(piece))]
    if not pieces:
        return
    witness = Witness(
        captured=capture.instant.date(),
        live=capture.via is Via.LIVE,
        address=months_in(url),
        pictures=frozenset(month for picture in _pictures(layout) for month in months_in(picture)),
    )
    manner = Manner(may=_names_a_month, find=lambda line: find(line, witness), words=WORDS, wide=True)
    found = states([date for piece in pieces for date in in_text(piece, manner)], layout.titles)
    yield from (said for said in found if said.source != civil.CLOCK)
