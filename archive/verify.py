"""Whether a citation holds, offline: same bytes, cited text held, and what the page reads as today.

Of what was purged nothing can be held; the tombstone tells when, why, and which digests the bytes had.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from archive import takedowns, texts
from archive.digest import sha256
from archive.errors import ArchiveError, NotHeldError, TakenDownError, WarcError
from archive.records import Article, Capture, Edition, Reading, Rejection, Story, Unchanged
from archive.storage import Storage
from archive.takedowns import Takedowns
from archive.urls import id_of, is_address

Reread = Callable[[Capture], Article | Rejection | Unchanged]


class Shelves(Protocol):
    """What a proof needs: the stored objects, and which edition a name means."""

    storage: Storage

    def get(self, name: str, edition: int | None = None) -> tuple[Story, Edition]:
        """See archive.holdings."""

    def story(self, name: str) -> Story:
        """See archive.holdings."""

    def takedowns(self) -> Takedowns:
        """See archive.holdings."""


class Today(StrEnum):
    """What the page reads as with today's reader."""

    SAME = "same"
    DIFFERENT = "different"
    NOTHING = "nothing"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The three answers for one edition, and what is wrong if anything is."""

    story: str
    edition: int | None  # None when only an older reader's text has it
    text_digest: str
    bytes_same: bool
    text_held: bool
    today: Today
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the citation can be trusted: bytes and text are as they were."""
        return self.bytes_same and self.text_held


def verify(archive: Shelves, name: str, reread: Reread | None = None) -> Verdict:
    """Judge a story id (its edition last seen) or a permalink.

    Raises:
        NotHeldError: no reader's text on the shelf is meant by it. TakenDownError: it is hidden or sealed.
    """
    try:
        story, edition = archive.get(name)
    except NotHeldError:
        return _verify_older(archive, name, reread)
    except TakenDownError:
        purged = _purged(archive, name)
        if purged is None:
            raise
        return purged
    return _judge(archive, edition, edition.ordinal, reread, story.outlet)


def verify_all(archive: Shelves, story: str, reread: Reread | None = None) -> Iterator[Verdict]:
    """Judge every edition of a story."""
    held = archive.story(story)
    for edition in held.editions:
        yield _judge(archive, edition, edition.ordinal, reread, held.outlet)


def _judge(archive: Shelves, edition: Edition, ordinal: int | None, reread: Reread | None, outlet: str) -> Verdict:
    faults, member = _check_bytes(archive, edition)
    held = _text_held(archive, edition, outlet)
    if not held:
        faults.append(f"the text shelf has no such text of reader {edition.reader}")
    return Verdict(
        story=edition.story,
        edition=ordinal,
        text_digest=edition.text_digest,
        bytes_same=member is not None,
        text_held=held,
        today=_today(edition, member, reread, outlet),
        faults=tuple(faults),
    )


def _purged(archive: Shelves, name: str) -> Verdict | None:
    """What the tombstones say of a story, or of the very text that a permalink names; None when it was not purged."""
    story, key = id_of(name), takedowns.key_of(name)
    orders = [
        order
        for order in takedowns.load(archive.storage).purges
        if (key in order.keys if is_address(name) else order.story == story)
    ]
    if not orders:
        return None
    digits = name.rpartition("/s/")[2].partition("/")[2].partition("#")[0].strip("/")
    answers = [(file, each) for order in orders for file in order.files for each in file.gone if each.payload]
    cited = {
        text for _, each in answers for text in each.texts if digits and text.removeprefix("sha256:").startswith(digits)
    }
    faults = [str(order.refusal(name)) for order in orders]
    faults += [
        f"{each.record} of {each.url}, captured {each.date}: payload {each.payload}, block {each.block}, "
        f"member {each.member}, at byte {each.offset} of {file.was.key} when its SHA-256 was {file.was.sha256}"
        for file, each in answers
        if not cited or not cited.isdisjoint(each.texts)
    ]
    return Verdict(
        story=orders[0].story or name,
        edition=None,
        text_digest=min(cited, default=digits),
        bytes_same=False,
        text_held=False,
        today=Today.NOT_ASKED,
        faults=tuple(faults),
    )


def _check_bytes(archive: Shelves, edition: Edition) -> tuple[list[str], bytes | None]:
    """Faults of the record's bytes, and the bytes if they are those that were captured."""
    from archive import warc  # opened only to prove something: searching must not wait for it

    at = edition.address
    try:
        member = archive.storage.read(f"warc/{at.warc}", at.offset, at.length)
        faults = list(warc.check(member))
        found = warc.read_at(member, at, "")
    except (NotHeldError, WarcError) as error:
        return [str(error)], None
    if at.sha256 and sha256(member) != at.sha256:
        faults.append(f"{at.warc} at {at.offset}: the record's bytes changed since they were indexed")
    if found.record != edition.record:
        faults.append(f"{at.warc} at {at.offset}: another record stands there ({found.record})")
    return faults, None if faults else member


def _text_held(archive: Shelves, edition: Edition, outlet: str) -> bool:
    key = texts.key(edition.address.warc, outlet, edition.reader)
    try:
        _, readings = texts.load(archive.storage.get(key), key)
    except ArchiveError:
        return False
    return any(
        isinstance(reading.outcome, Article)
        and reading.record == edition.record
        and texts.text_digest(reading.outcome.text) == edition.text_digest
        for reading in readings
    )


def _today(edition: Edition, member: bytes | None, reread: Reread | None, outlet: str) -> Today:
    if reread is None or member is None:
        return Today.NOT_ASKED
    from archive import mementos, warc

    outcome = reread(mementos.as_read(warc.read_at(member, edition.address, outlet), edition.url))
    if not isinstance(outcome, Article):
        return Today.NOTHING
    return Today.SAME if texts.text_digest(outcome.text) == edition.text_digest else Today.DIFFERENT


def _verify_older(archive: Shelves, name: str, reread: Reread | None) -> Verdict:
    """A permalink outlives the reader that made its text: look through the texts of all readers."""
    _, marked, rest = name.rpartition("/s/")
    story, _, digits = rest.partition("#")[0].strip("/").partition("/")
    outlet = story.rpartition("-")[0]
    if not (marked and digits and outlet):
        raise NotHeldError(f"the archive holds no {name}")
    for key in archive.storage.list(f"text/{outlet}/"):
        if not key.endswith(".jsonl.gz"):
            continue
        head, readings = texts.load(archive.storage.get(key), key)
        for reading in readings:
            edition = _cited(reading, head.reader, story, digits)
            if edition is not None:
                archive.takedowns().refuse(story=story, url=edition.url)
                return _judge(archive, edition, None, reread, outlet)
    raise NotHeldError(f"no reader's text of {story} begins with {digits}")


def _cited(reading: Reading, reader: str, story: str, digits: str) -> Edition | None:
    if reading.story != story or not isinstance(reading.outcome, Article):
        return None
    digest = texts.text_digest(reading.outcome.text)
    if not digest.removeprefix("sha256:").startswith(digits):
        return None
    return Edition(
        story=story,
        ordinal=0,
        text_digest=digest,
        payload_digest=reading.payload_digest,
        record=reading.record,
        captured=reading.date,
        url=reading.url,
        via=reading.via,
        address=reading.address,
        reader=reader,
        article=reading.outcome,
    )


def verdict_json(verdict: Verdict) -> str:
    """One JSON line of a verdict."""
    fields = {
        "story": verdict.story,
        "edition": verdict.edition,
        "digest": verdict.text_digest,
        "holds": verdict.holds,
        "bytes_same": verdict.bytes_same,
        "text_held": verdict.text_held,
        "today": verdict.today.value,
        "faults": list(verdict.faults),
    }
    return json.dumps(fields, ensure_ascii=False)
