"""The acts of deciding on clusters by hand, and of undoing that: one entry in the ledger, obeyed at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from archive import overrides
from archive.errors import NotHeldError, UsageError
from archive.holdings import Archive
from archive.overrides import Decision, Override, Text, Undone
from archive.urls import id_of, is_address


def decide(archive: Archive, decision: Decision, names: Sequence[str], reason: str, now: datetime) -> Override:
    """Say of two texts that they are one item, or that they are not; each by its story's id, permalink or address.

    What was decided of these stories before, and so, stays as it was decided then.

    Raises:
        UsageError: no reason, not two stories, or it would go against another decision that stands.
        NotHeldError: a text is not held. TakenDownError: its story is hidden.
        LeaseError: the decision stands, but another process keeps the catalog; the next command obeys it.
    """
    why = _given(reason)
    texts = [_text(archive, name) for name in names]
    pair = frozenset(text.story for text in texts)
    if len(names) != 2 or len(pair) != 2:
        raise UsageError("two different stories are needed: a decision is about whether they are one item")
    standing = archive.catalog.overrides()
    before = standing.standing.get(pair)
    if before is not None and before.decision is decision:
        return before
    if decision is Decision.SPLIT:
        _refuse_chain(archive, pair)
    made = overrides.write(archive.storage, decision, texts, why, now)
    archive.obey()
    return made


def undo(archive: Archive, names: Sequence[str], reason: str, now: datetime) -> Undone:
    """End the decision that stands on two stories; the rule decides again.

    Raises:
        UsageError: no reason, or not two stories. NotHeldError: nothing is decided of them; by id or permalink, a story
            need not be held any more. TakenDownError: an address is named, and hidden.
        LeaseError: the undoing stands, but another process keeps the catalog; the next command obeys it.
    """
    why = _given(reason)
    pair = frozenset(archive.story(name).id if is_address(name) else id_of(name) for name in names)
    if len(pair) != 2:
        raise UsageError("two different stories are needed")
    found = archive.catalog.overrides().standing.get(pair)
    if found is None:
        raise NotHeldError(
            f"nothing is decided of {' and '.join(sorted(pair))}; astana cluster decisions lists what is"
        )
    ended = [one for one in overrides.new(archive.storage) if isinstance(one, Override) and one.pair == pair]
    made = overrides.write_undoing(archive.storage, ended, why, now)
    archive.obey()
    return made


def _given(reason: str) -> str:
    if not reason.strip():
        raise UsageError("say why: the reason stands in the ledger for ever")
    return " ".join(reason.split())


def _text(archive: Archive, name: str) -> Text:
    story, edition = archive.get(name)
    return Text(story=story.id, digest=edition.text_digest)


def _refuse_chain(archive: Archive, pair: frozenset[str]) -> None:
    """Refuse to set apart what other decisions put together. Raises UsageError."""
    merged = archive.catalog.overrides().pairs(Decision.MERGE) - {pair}
    one, other = sorted(pair)
    reached, new = {one}, {one}
    while new:
        new = {story for tie in merged if tie & new for story in tie} - reached
        reached |= new
    if other in reached:
        raise UsageError(
            f"{one} and {other} are put together by other decisions; undo those first: astana cluster decisions"
        )
