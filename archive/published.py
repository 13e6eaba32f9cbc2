"""The verdict over every claim of when a story was published; pure and order-free, it reads no page and no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from archive.records import Claim, Precision, Published

# Most trusted first. A rule that a person wrote for this very layout stands above loose <time> elements; what a seed
# says of a page stands below what the page says of itself; a dateline's date is the event's as often as the paper's.
TRUST = (
    "json-ld",
    "meta",
    "outlet-rule",
    "time",
    "url",
    "visible",
    "relative",  # to the capture: «قبل ساعتين»
    "rest",
    "feed",
    "news-sitemap",
    "listing",
    "dateline",
    "fallback",
)
RANK = {source: rank for rank, source in enumerate(TRUST)}
# A date printed somewhere on the page without belonging to the article: today's, for all we know. It never wins.
CLOCK = "clock"
# What can be a clock though it stands where the article's date stands.
CLOCK_LIKE = frozenset({"visible", "relative", "time", "fallback"})
# Who speaks in each source: what a template writes for machines, what the page shows, what its address says. Two that
# agree on a day overrule a third that stands alone, for a broken template is wrong on every page.
VOICES = {
    **dict.fromkeys(("json-ld", "meta", "rest", "feed", "news-sitemap"), "template"),
    **dict.fromkeys(("outlet-rule", "time", "visible", "relative", "listing"), "page"),
    "url": "address",
}
# The zone of outlets whose own is not known: there, the offset that a time is written with says the local day.
NO_ZONE = "UTC"
_OFFSET = re.compile(r"([+-])([01][0-9]):?([0-5][0-9])\s*$")
# The first and the last clock of the world: a civil day is some place's from so long before it starts in UTC to so long
# after it ends there.
_EASTMOST, _WESTMOST = timedelta(hours=14), timedelta(hours=12)
# Nothing on the web is older; 1970 is a counter that started at nought.
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
EXACTNESS = {precision: rank for rank, precision in enumerate(Precision)}


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """A civil day of a zone as UTC instants, half-open; 23 or 25 hours long where clocks change."""
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def month_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The civil month that holds the day, as UTC instants, half-open."""
    first = day.replace(day=1)
    return _midnight(first, zone), _midnight((first + timedelta(days=32)).replace(day=1), zone)


def time_bounds(local: datetime, precision: Precision, zone: str) -> tuple[datetime, datetime]:
    """A minute or second as UTC instants, half-open.

    A naive time is the zone's civil time. Of an hour that clocks passed twice both passes are inside the bounds.
    """
    width = timedelta(seconds=1) if precision is Precision.SECOND else timedelta(minutes=1)
    floor = local.replace(microsecond=0) if precision is Precision.SECOND else local.replace(second=0, microsecond=0)
    if floor.tzinfo is not None:
        start = floor.astimezone(UTC)
        return start, start + width
    passes = [floor.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
    return min(passes), max(passes) + width


def _midnight(day: date, zone: str) -> datetime:
    """When the day starts there. Midnight skipped: the instant of the change; passed twice: the first pass."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _order(claim: Claim) -> tuple[int, datetime, datetime, str, str]:
    """Trust first; of equals the earlier, for what stands beside the date of publication is the date of a change."""
    return RANK.get(claim.source, len(TRUST)), claim.earliest, claim.latest, claim.value, claim.said


def _same_day(one: Claim, other: Claim) -> bool:
    """Whether both may speak of one day: their spans meet."""
    return one.earliest < other.latest and other.earliest < one.latest


def _is_clock(claim: Claim, today: tuple[datetime, datetime], others: Iterable[Claim]) -> bool:
    """A visible date of the capture's own day that another claim contradicts is the page's clock."""
    if claim.source not in CLOCK_LIKE or not (claim.earliest < today[1] and today[0] < claim.latest):
        return False
    return any(
        other.latest <= today[0] if other.source in CLOCK_LIKE else not _same_day(claim, other)
        for other in others
        if other.source != "dateline"  # may well be a day older than its story
    )


def _is_new_year_by_default(claim: Claim, others: Iterable[Claim]) -> bool:
    """A fallback reader that could not read the month says 1 January; it needs a witness."""
    if claim.source != "fallback" or claim.value[4:10] != "-01-01":
        return False
    return not any(other.source != "fallback" and _same_day(claim, other) for other in others)


def _credible(claims: Iterable[Claim], first_capture: datetime, zone: str) -> list[Claim]:
    """Claims of publication that can be true, most trusted first."""
    day = first_capture.astimezone(ZoneInfo(zone)).date()
    today = day_bounds(day, zone)
    possible = [
        claim
        for claim in set(claims)
        if claim.about == "published" and claim.source != CLOCK and OLDEST <= claim.earliest <= first_capture
    ]
    return sorted(
        (c for c in possible if not _is_clock(c, today, possible) and not _is_new_year_by_default(c, possible)),
        key=_order,
    )


def _same_civil_day(one: Claim, other: Claim, zone: str) -> bool:
    """Whether both may name one day on the outlet's wall; where its zone is not known, each by the offset it writes."""
    spans = [
        [moment.astimezone(_local_zone(claim, zone)).date() for moment in (claim.earliest, claim.latest - _INSTANT)]
        for claim in (one, other)
    ]
    return spans[0][0] <= spans[1][1] and spans[1][0] <= spans[0][1]


def _overruled(claim: Claim, credible: Iterable[Claim], zone: str) -> bool:
    """Whether a claim of a template stands alone against two others that agree on another day.

    They are the page and its address, or the page and another part of the template.
    """
    exact = [c for c in credible if c.precision is not Precision.MONTH]
    own = VOICES.get(claim.source)
    against = [c for c in exact if not _same_civil_day(c, claim, zone)]
    if own != "template" or any(c not in against and VOICES.get(c.source) not in (own, None) for c in exact):
        return False
    pages = [c for c in against if VOICES.get(c.source) == "page"]
    others = [c for c in against if VOICES.get(c.source) in ("address", "template") and c.source != claim.source]
    return any(_same_civil_day(page, other, zone) for page in pages for other in others)


def _refined(winner: Claim, credible: Iterable[Claim]) -> Claim:
    """The most trusted claim inside the winner's span that is more exact: its day, the other's hour.

    Of two days the narrower is: a Hijri day may be off by one, the day in our calendar beside it is not.
    """
    inside = [c for c in credible if winner.earliest <= c.earliest and c.latest <= winner.latest]
    return min(inside, key=lambda claim: (EXACTNESS[claim.precision], round((claim.latest - claim.earliest) / DAY)))


def _civil_day(chosen: Claim, credible: Iterable[Claim], zone: str) -> Claim | None:
    """Where the outlet's zone is not known and an instant is written in UTC: the local day that the page names.

    It must be a day that some place on earth had at that instant, and nothing on the page may name the day in UTC.
    """
    written = _OFFSET.search(chosen.said)
    if zone != NO_ZONE or chosen.precision is Precision.DAY or (written and (written[2], written[3]) != ("00", "00")):
        return None
    if any(VOICES.get(c.source) in ("page", "address") and _same_civil_day(c, chosen, zone) for c in credible):
        return None
    days = (c for c in credible if c.precision is Precision.DAY and c.latest - c.earliest == DAY)
    near = (c for c in days if c.earliest - _EASTMOST <= chosen.earliest < c.latest + _WESTMOST)
    return next(near, None)


def _local_zone(claim: Claim, zone: str) -> tzinfo:
    """The outlet's zone; where it is not known, the one that the claim itself is written in."""
    written = _OFFSET.search(claim.said) if zone == NO_ZONE else None
    if written is None:
        return ZoneInfo(zone)
    ahead = timedelta(hours=int(written[2]), minutes=int(written[3]))
    return timezone(-ahead if written[1] == "-" else ahead)


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def judge(claims: Iterable[Claim], first_capture: datetime, zone: str) -> Published:
    """When a story was published, by all claims of all its captures.

    The most trusted credible claim decides the day, unless it is a template's and the page and its address agree on
    another; an agreeing claim that knows the hour makes it exact. Nothing is
    published after its first capture. With day precision the value is the outlet's civil date; an undated story stands
    at its first capture, its source says "capture". `first_capture` is aware, `zone` the outlet's IANA zone then.
    """
    moment = first_capture.astimezone(UTC)
    credible = _credible(claims, moment, zone)
    if not credible:
        return Published(value=None, local=None, earliest=moment, latest=moment, precision=None, source="capture")
    believed = [claim for claim in credible if not _overruled(claim, credible, zone)] or credible
    chosen = _refined(believed[0], believed)
    if civil := _civil_day(chosen, believed, zone):
        return Published(
            value=civil.value,
            local=None,
            earliest=chosen.earliest,
            latest=min(chosen.latest, moment + timedelta(seconds=1)),
            precision=Precision.DAY,
            source=civil.source,
        )
    exact = chosen.precision in (Precision.SECOND, Precision.MINUTE)
    return Published(
        value=_utc(chosen.earliest) if exact else chosen.value,
        local=chosen.earliest.astimezone(_local_zone(chosen, zone)).isoformat() if exact else None,
        earliest=chosen.earliest,
        latest=min(chosen.latest, moment + timedelta(seconds=1)),  # half-open: the capture's own second is inside
        precision=chosen.precision,
        source=chosen.source,
    )
