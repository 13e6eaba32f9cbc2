"""What an outlet's own pages teach: they are taken from the shelves, looked at side by side, and the table is kept.

Nothing learns by itself: a reading takes the table that was chosen last, and learning anew is an act of somebody's.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from archive import http, learned, mementos, takedowns, texts, warc
from archive.errors import ArchiveError, NotHeldError, WarcError
from archive.holdings import Archive
from archive.learned import Choice
from archive.records import Article, Capture, Reading
from archive.storage import Storage
from archive.texts import to_line
from crawler import dateline, topic
from crawler.page import decode, dom, taught, titles
from crawler.page.furniture import furniture
from crawler.page.lessons import Because, Evidence, Lesson, Sort
from crawler.page.recurring import Own, recurring
from crawler.page.seen import Page, Read, Seen, observe
from crawler.page.taught import Taught
from crawler.reader import Reader

KIND: Final = "furniture"
EVIDENCE: Final = learned.evidence(KIND)
PAGES: Final = 400  # of an outlet that are looked at, unless more are asked for
SCHEMA: Final = 1
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What one outlet's pages taught, and the table that was current before; None: there was none."""

    outlet: str
    lesson: Lesson
    before: str | None

    @property
    def digest(self) -> str | None:
        """The table's name on the shelf; None where nothing is furniture."""
        return self.lesson.table.digest if self.lesson.table else None

    @property
    def is_new(self) -> bool:
        """Whether the table is another than the current one: then it makes a new reader."""
        return self.digest != self.before


def learn(archive: Archive, reader: Reader, most: int = PAGES) -> Learned:
    """What recurs on an outlet's pages, one page of each story that was read, at most so many, spread over its days.

    Nothing is written. What was learned before changes nothing: the same shelves teach the same.

    Args:
        archive: its current texts say which captures are articles.
        reader: of the outlet; what is its articles' own is told by its tables.
        most: pages.

    Raises:
        ArchiveError: an entry of the ledger or a text object cannot be read.
    """
    outlet = reader.outlet.id
    held = _last(archive, outlet)
    named = {titles.key(each.outcome.title) for each in held if isinstance(each.outcome, Article)} - {""}
    pages = list(_pages(archive, _spread(list(_open(archive, held)), most)))
    chosen = learned.current(archive.storage, KIND).get(outlet)
    lesson = recurring(pages, own_words(reader), named)
    return Learned(outlet=outlet, lesson=lesson, before=None if chosen is None else chosen.digest)


def keep(storage: Storage, found: Learned, now: datetime) -> bool:
    """Shelve what was learned and make it current; False when the same table is so already.

    A current table that is gone from the shelf lies there again.

    Raises:
        AlreadyThereError: the table that lies there was damaged. StorageError: it was not written.
    """
    if not found.is_new:
        if found.digest is not None:
            learned.put(storage, KIND, taught.dump(found.lesson.table))
        return False
    evidence = learned.put(storage, EVIDENCE, evidence_lines(found).encode())
    if found.digest is not None:
        learned.put(storage, KIND, taught.dump(found.lesson.table))
    said = {"evidence": evidence, "pages": found.lesson.pages, "before": found.before}
    learned.choose(storage, Choice(kind=KIND, scope=found.outlet, digest=found.digest, said=said), now)
    return True


def forget(storage: Storage, outlet: str, now: datetime) -> bool:
    """Let an outlet be read by the built-in table alone; False when it is so already. The old table stays shelved.

    Raises:
        StorageError: it was not written.
    """
    chosen = learned.current(storage, KIND).get(outlet)
    if chosen is None or chosen.digest is None:
        return False
    learned.choose(storage, Choice(kind=KIND, scope=outlet, digest=None, said={"before": chosen.digest}), now)
    return True


class Tables(Mapping[str, Taught]):
    """The current tables by outlet, each taken from the shelf when asked for, so that a damaged one stops its own.

    Asking for one raises TableError where it is not there or damaged: pages are not read without it.
    """

    def __init__(self, storage: Storage, chosen: Mapping[str, str]) -> None:
        self._storage = storage
        self._chosen = chosen
        self._read: dict[str, Taught] = {}

    def __getitem__(self, outlet: str) -> Taught:
        if outlet not in self._read:
            digest = self._chosen[outlet]
            data = learned.get(self._storage, KIND, digest)
            self._read[outlet] = taught.load(data, learned.key(KIND, digest))
        return self._read[outlet]

    def __iter__(self) -> Iterator[str]:
        return iter(self._chosen)

    def __len__(self) -> int:
        return len(self._chosen)


def tables(storage: Storage) -> Tables:
    """The current table of each outlet that has one: what readings take.

    Raises:
        ArchiveError: an entry of the ledger is damaged: which tables count is not guessed.
    """
    chosen = learned.current(storage, KIND)
    return Tables(storage, {outlet: choice.digest for outlet, choice in chosen.items() if choice.digest is not None})


def known(storage: Storage, outlet: str) -> Learned | None:
    """An outlet's current table with its evidence; None where there is none.

    Raises:
        ArchiveError: table or evidence is not there, damaged, or none.
    """
    chosen = learned.current(storage, KIND).get(outlet)
    if chosen is None or chosen.digest is None:
        return None
    table = taught.load(learned.get(storage, KIND, chosen.digest), learned.key(KIND, chosen.digest))
    name = str(chosen.said.get("evidence", ""))
    head, *lines = learned.get(storage, EVIDENCE, name).decode().splitlines()
    try:
        evidence = tuple(_evidence(json.loads(line)) for line in lines)
        pages = int(json.loads(head)["pages"])
    except (ValueError, KeyError, TypeError):
        raise ArchiveError(f"{learned.key(EVIDENCE, name)} is no evidence of furniture") from None
    return Learned(outlet=outlet, lesson=Lesson(table=table, evidence=evidence, pages=pages), before=chosen.digest)


def _evidence(said: Mapping[str, Any]) -> Evidence:
    fields = {**said, "sort": Sort(said["sort"]), "because": Because(said["because"])}
    return Evidence(**{**fields, "examples": tuple(said["examples"])})


def evidence_lines(found: Learned) -> str:
    """The evidence as it is shelved beside its table: JSON lines, the first of them of all."""
    head = {"schema": SCHEMA, "outlet": found.outlet, "pages": found.lesson.pages, "table": found.digest}
    return "".join(f"{to_line(each)}\n" for each in (head, *map(asdict, found.lesson.evidence)))


# --- pages ------------------------------------------------------------------------------------------------------------
def articles(archive: Archive, outlet: str) -> Iterator[Reading]:
    """The last reading of each story of an outlet that is an article of HTML and is not taken down."""
    return _open(archive, _last(archive, outlet))


def _last(archive: Archive, outlet: str) -> list[Reading]:
    """The last reading of each story that is an article, in their order, also of those that were taken down."""
    last: dict[str, Reading] = {}
    for key in archive.text_keys():
        if key.split("/")[1] != outlet:
            continue
        for reading in texts.load(archive.storage.get(key), key)[1]:
            known = last.get(reading.story)
            if isinstance(reading.outcome, Article) and (known is None or _when(known) < _when(reading)):
                last[reading.story] = reading
    return [reading for _, reading in sorted(last.items())]


def _open(archive: Archive, readings: Sequence[Reading]) -> Iterator[Reading]:
    hidden = takedowns.load(archive.storage)
    for reading in readings:
        if not hidden.hides_story(reading.story) and not hidden.hides(reading.url):
            yield reading


def _when(reading: Reading) -> tuple[str, str]:
    return reading.date, reading.record


def _spread(readings: Sequence[Reading], most: int) -> list[Reading]:
    """At most so many, spread evenly over the days they were published on."""
    ordered = sorted(readings, key=lambda reading: (_day(reading), reading.story))
    if len(ordered) <= most:
        return ordered
    return [ordered[at * len(ordered) // most] for at in range(most)]


def _day(reading: Reading) -> str:
    claims = reading.outcome.claims if isinstance(reading.outcome, Article) else ()
    return next((str(claim.value)[:10] for claim in claims if claim.value), reading.date[:10])


def _pages(archive: Archive, readings: Collection[Reading]) -> Iterator[Page]:
    for number, reading in enumerate(readings, 1):
        page = _page(archive.storage, reading)
        if page is None:
            logger.warning("%s: its capture cannot be read; the audit says why", reading.story)
        else:
            yield page
        if number % 50 == 0:
            logger.info("%d of %d pages looked at", number, len(readings))


def capture_of(storage: Storage, reading: Reading) -> Capture:
    """The capture that was read. Raises NotHeldError, WarcError: its record is not there or damaged."""
    at = reading.address
    member = storage.read(f"warc/{at.warc}", at.offset, at.length)
    return mementos.as_read(warc.read_at(member, at, reading.outlet), reading.url)


def _page(storage: Storage, reading: Reading) -> Page | None:
    """The page that an article was read in; None when its record is not there or damaged."""
    article = reading.outcome
    assert isinstance(article, Article)
    try:
        capture = capture_of(storage, reading)
    except (NotHeldError, WarcError):
        return None
    message = http.parse(capture.response)
    header = message.header(b"Content-Type")
    decoded = decode.decode(http.content(message).data, header.decode("latin-1") if header else None)
    root = None if decoded.problem else dom.parse(decoded.text)
    if root is None:
        return None
    return observe(
        root,
        Read(
            story=reading.story,
            day=_day(reading),
            title=article.title,
            others=tuple(filter(None, (article.subtitle, article.byline))),
            paragraphs=tuple(paragraph.text for paragraph in article.paragraphs),
        ),
    )


def own_words(reader: Reader) -> Own:
    """Tells what is an article's own wherever it stands: credit, dateline, byline, «عاجل», a sentence on the topic."""
    table = furniture()

    def is_own(block: Seen) -> bool:
        text = block.text
        if table.is_own(text) or table.is_credit(text) or table.byline(text) is not None:
            return True
        if dateline.is_signature(text, reader.agencies, reader.outlet):
            return True
        if block.headline:
            return False
        if dateline.read((text,), None, reader.agencies, reader.outlet).dateline.said:
            return True
        about = topic.judge("", text, reader.topic)
        return block.sentence and bool(about.terms) and about.score > 0

    return is_own
