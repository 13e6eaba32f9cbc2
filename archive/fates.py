"""What became of a listed story, told from every answer that was given for it; pure, whatever order they come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive.listings import State
from archive.records import Article, Reading, Reason, Rejection, Via

ARCHIVES: Final = frozenset({Via.WAYBACK.value, Via.COMMONCRAWL.value})
MAX_HOPS: Final = 5
# Answers that say of a page that it is not there, whatever stands in its place.
_GONE: Final = frozenset({Reason.SOFT_404, Reason.LISTING, Reason.PARKED_PAGE})
_GONE_STATUS: Final = ("404", "410", "451")


class Said(StrEnum):
    """What one answer says of its story."""

    ARTICLE = "article"
    GONE = "gone"
    MOVED = "moved"
    NOTHING = "nothing"  # no answer, a block page, a text that could not be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer: when and by which way it came, what it says; of a redirect within the outlet, to which story."""

    at: str  # fixed width, so that it sorts
    via: str
    said: Said
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that is known of one story. `on_topic` is None where no article of it is held, or it was taken down."""

    answers: tuple[Answer, ...] = ()
    on_topic: bool | None = None
    archived: bool = False  # an archive's index names a copy
    hidden: bool = False


def said_by(reading: Reading) -> Said | None:
    """What a reading says of its story; None of one that stands for another."""
    outcome = reading.outcome
    if isinstance(outcome, Article):
        return Said.ARTICLE
    if isinstance(outcome, Rejection):
        return Said.GONE if is_gone(outcome) else Said.NOTHING
    return None


def is_gone(rejection: Rejection) -> bool:
    """Whether a refusal means: the page is no longer there."""
    if rejection.reason is Reason.HTTP_STATUS:
        return rejection.detail.split(",")[0].strip() in _GONE_STATUS
    return rejection.reason in _GONE


def fate(story: str, accounts: Mapping[str, Account]) -> State:
    """What became of a story; a redirect is followed to the story it leads to, as far as that is known."""
    seen: set[str] = set()
    while True:
        seen.add(story)
        account = accounts.get(story, Account())
        found = _alone(account)
        following = _moved_to(account) if found in (State.LOST, State.BLOCKED) else None
        if following is None or following in seen or len(seen) > MAX_HOPS:
            return found
        story = following


def _alone(account: Account) -> State:
    if account.hidden:
        return State.TAKEN_DOWN
    if account.on_topic is not None:
        if not account.on_topic:
            return State.OFF_TOPIC
        own = any(each.said is Said.ARTICLE and each.via not in ARCHIVES for each in account.answers)
        return State.HELD if own else State.FROM_ARCHIVE
    latest = _latest(account.answers)
    if not latest:
        return State.UNSEEN
    if any(each.said not in (Said.GONE, Said.MOVED) for each in latest.values()):
        return State.BLOCKED
    # Gone at the outlet; of what an archive is known to hold, nothing has been asked for yet.
    return State.UNSEEN if account.archived and not ARCHIVES & latest.keys() else State.LOST


def _latest(answers: Iterable[Answer]) -> dict[str, Answer]:
    """The last answer by each way."""
    latest: dict[str, Answer] = {}
    for each in sorted(answers, key=_age):
        latest[each.via] = each
    return latest


def _age(answer: Answer) -> tuple[str, str, str]:
    return answer.at, answer.said.value, answer.to or ""


def _moved_to(account: Account) -> str | None:
    """The story that the outlet's last answer leads to."""
    moved = [each for each in _latest(account.answers).values() if each.said is Said.MOVED and each.to]
    return max(moved, key=_age).to if moved else None
