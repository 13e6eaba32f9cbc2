"""The verdict over every claim of when a story was published; pure and order-free, it reads no page and no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from archive.claims import MODIFIED, PUBLISHED, SEEN
from archive.credible import NO_ZONE, VOICES, Sifted, local_zone, offset_written, same_civil_day, sift
from archive.records import Claim, Ground, Losing, Loss, Precision, Published

# Most trusted first. A rule that a person wrote for this very layout stands above loose <time> elements; what a seed
# says of a page stands below what the page says of itself; a dateline's date is the event's as often as the paper's.
TRUST: Final = (
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
    "fallback",  # a guess; older readers made some
)
RANK: Final = {source: rank for rank, source in enumerate(TRUST)}
EXACTNESS: Final = {precision: rank for rank, precision in enumerate(Precision)}
MACHINES: Final = frozenset({"template", "seed"})  # a broken template is wrong on every page, and in its feed
# What a server says of its file, and so of a page that is one: nothing in it was written later.
OF_SERVER: Final = "last-modified"
ELSEWHERE: Final = "archive-index"  # an archive's captures, which its index names
# An earlier day, so long before the most trusted one, is no slip of a clock or a correction: one of the two is another
# story's, or that of a page made again.
FIGHT: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
# The first and the last clock of the world: a civil day is some place's from so long before it starts in UTC to so long
# after it ends there.
_EASTMOST, _WESTMOST = timedelta(hours=14), timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What a verdict is found in: claims that can be true, the most trusted first, and who lost already."""

    standing: tuple[Claim, ...]
    losing: tuple[Losing, ...]
    zone: str

    def without(self, gone: Iterable[Claim], why: Loss) -> _Case:
        """The case after some claims lost."""
        out = set(gone)
        left = tuple(claim for claim in self.standing if claim not in out)
        return replace(
            self, standing=left, losing=(*self.losing, *(Losing(claim=c, why=why) for c in self.standing if c in out))
        )

    def agree(self, one: Claim, other: Claim) -> bool:
        """Whether two claims may name one civil day."""
        return same_civil_day(one, other, self.zone)


def _order(claim: Claim) -> tuple[int, datetime, datetime, str, str]:
    """Trust first; of equals the earlier, for what stands beside the date of publication is the date of a change."""
    return RANK.get(claim.source, len(TRUST)), claim.earliest, claim.latest, claim.value, claim.said


def _overruled(claim: Claim, case: _Case) -> bool:
    """Whether a machine's claim stands alone against two others that agree on another day.

    They are the page and its address, or the page and another part of the template.
    """
    if VOICES.get(claim.source) not in MACHINES:
        return False
    exact = [c for c in case.standing if c.precision is not Precision.MONTH]
    against = [c for c in exact if not case.agree(c, claim)]
    if any(c not in against and VOICES.get(c.source) in ("page", "address") for c in exact):
        return False
    pages = [c for c in against if VOICES.get(c.source) == "page"]
    others = [c for c in against if VOICES.get(c.source) not in ("page", None) and c.source != claim.source]
    return any(case.agree(page, other) for page in pages for other in others)


def _fighting(case: _Case) -> list[Claim]:
    """Claims that refuse the most trusted one: another voice names a day long before its, and nobody bears it out.

    A later day fights nothing: it is that of a change.
    """
    winner = case.standing[0]
    voice = VOICES.get(winner.source)
    others = [c for c in case.standing if VOICES.get(c.source) is not None and c.source != winner.source]
    if voice is None or any(case.agree(winner, other) for other in others):
        return []
    return [c for c in others if VOICES[c.source] != voice and c.latest + FIGHT <= winner.earliest]


def _settled(case: _Case, claims: Iterable[Claim], seen: datetime) -> _Case:
    """The case after the server's word in a fight: what is later than the last change of its file is not the story's.

    A server that calls its pages changed at the capture says nothing.
    """
    changes = [c for c in claims if c.about == MODIFIED and c.source == OF_SERVER and c.latest + DAY < seen]
    if not changes:
        return case
    last = max(change.latest for change in changes)
    return case.without((c for c in case.standing if c.earliest > last + DAY), Loss.AFTER_LAST_CHANGE)


def _refined(winner: Claim, standing: Iterable[Claim]) -> Claim:
    """The most trusted claim inside the winner's span that is more exact: its day, the other's hour.

    Of two days the narrower is: a Hijri day may be off by one, the day in our calendar beside it is not.
    """
    inside = [c for c in standing if winner.earliest <= c.earliest and c.latest <= winner.latest]
    return min(inside, key=lambda claim: (EXACTNESS[claim.precision], round((claim.latest - claim.earliest) / DAY)))


def _civil_day(chosen: Claim, case: _Case) -> Claim | None:
    """Where the outlet's zone is not known and an instant is written in UTC: the local day that the page names.

    It must be a day that some place on earth had at that instant, and nothing on the page may name the day in UTC.
    """
    if case.zone != NO_ZONE or chosen.precision is Precision.DAY or offset_written(chosen):
        return None
    shown = [c for c in case.standing if VOICES.get(c.source) in ("page", "address")]
    if any(case.agree(c, chosen) for c in shown):
        return None
    days = (c for c in case.standing if c.precision is Precision.DAY and c.latest - c.earliest == DAY)
    near = (c for c in days if c.earliest - _EASTMOST <= chosen.earliest < c.latest + _WESTMOST)
    return next(near, None)


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _sorted(losing: Iterable[Losing]) -> tuple[Losing, ...]:
    return tuple(sorted(losing, key=lambda lost: (_order(lost.claim), lost.why)))


def _first_captured(claims: Iterable[Claim], first_capture: datetime) -> tuple[datetime, str]:
    """When a story was captured first, and by whom: by us, or by an archive, as its index says."""
    elsewhere = ((c.earliest, c.source) for c in claims if c.about == SEEN and c.source == ELSEWHERE)
    return min([(first_capture, "capture"), *elsewhere])


def _undated(reason: Ground, losing: Iterable[Losing], captured: tuple[datetime, str]) -> Published:
    """A story without a date stands at its first capture."""
    moment = captured[0].astimezone(UTC)
    return Published(
        value=None,
        local=None,
        earliest=moment,
        latest=moment,
        precision=None,
        source=captured[1],
        reason=reason,
        losing=_sorted(losing),
    )


def judge(claims: Iterable[Claim], first_capture: datetime, zone: str) -> Published:
    """When a story was published, by all claims of all its captures and of the listings that showed it.

    The most trusted credible claim decides the day, unless it is a machine's and the page and its address agree on
    another; an agreeing claim that knows the hour makes it exact. Where another voice names a day more than a week
    before, and nobody bears the most trusted one out, the date is refused. Nothing is published after its first
    capture, nor after a listing showed it. With day precision the value is the outlet's civil date; an undated story
    stands at its first capture, and its source says whose that was. `first_capture` is our own, aware; `zone` the
    outlet's IANA zone then.
    """
    said = set(claims)
    captured = _first_captured(said, first_capture)
    seen = min([captured[0], *(claim.earliest for claim in said if claim.about == SEEN)])
    of_publication = [claim for claim in said if claim.about == PUBLISHED]
    sifted = sift(of_publication, seen, zone)
    if not sifted.standing:
        return _undated(Ground.NONE_CREDIBLE if of_publication else Ground.NO_CLAIM, sifted.losing, captured)
    whole = _case(sifted, zone)
    gone = [claim for claim in whole.standing if _overruled(claim, whole)]
    case = whole.without(gone, Loss.OVERRULED) if len(gone) < len(whole.standing) else whole
    if _fighting(case):
        case = _settled(case, said, seen)
    if fighting := _fighting(case):
        lost = case.without((case.standing[0], *fighting), Loss.FIGHT)
        return _undated(Ground.FIGHT, (*lost.losing, *_outranked(lost.standing)), captured)
    return _verdict(case, seen, overruled=whole.standing[0] in gone)


def _case(sifted: Sifted, zone: str) -> _Case:
    return _Case(standing=tuple(sorted(sifted.standing, key=_order)), losing=sifted.losing, zone=zone)


def _outranked(claims: Iterable[Claim]) -> list[Losing]:
    return [Losing(claim=claim, why=Loss.LESS_TRUSTED) for claim in claims]


def _verdict(case: _Case, seen: datetime, *, overruled: bool) -> Published:
    """What the most trusted claim left says, as exactly as those that agree with it can."""
    chosen = _refined(case.standing[0], case.standing)
    civil = _civil_day(chosen, case)
    named = civil or chosen
    exact = civil is None and chosen.precision in (Precision.SECOND, Precision.MINUTE)
    agreeing = [c for c in case.standing if case.agree(c, chosen) or case.agree(c, named)]
    return Published(
        value=_utc(chosen.earliest) if exact else named.value,
        local=chosen.earliest.astimezone(local_zone(chosen, case.zone)).isoformat() if exact else None,
        earliest=chosen.earliest,
        latest=min(chosen.latest, seen + timedelta(seconds=1)),  # half-open: the capture's own second is inside
        precision=chosen.precision if civil is None else Precision.DAY,
        source=named.source,
        reason=_ground(agreeing, civil=civil is not None, overruled=overruled),
        losing=_sorted((*case.losing, *_outranked(c for c in case.standing if c not in agreeing))),
    )


def _ground(agreeing: Sequence[Claim], *, civil: bool, overruled: bool) -> Ground:
    if civil:
        return Ground.LOCAL_DAY
    if overruled:
        return Ground.OVERRULED
    voices = {VOICES[claim.source] for claim in agreeing if claim.source in VOICES}
    return Ground.AGREED if len(voices) > 1 else Ground.MOST_TRUSTED
