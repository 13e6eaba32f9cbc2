"""From an archive to a sheet of things to code; what the archive itself says of them is not on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from archive.catalog.pairs import Pair
from archive.catalog.query import Query
from archive.coding.drawing import Drawn, Stratum, draw
from archive.coding.sheets import NONE, Line, Question
from archive.errors import NotHeldError, TakenDownError, UsageError
from archive.export import permalink
from archive.holdings import Archive
from archive.records import Edition, Story

PARTED: Final = "parted"
SAME, OTHER = "same outlet", "other outlet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How many things are drawn, from which stories, evenly over which of their traits, and by which seed."""

    number: int
    by: tuple[str, ...] = ("outlet", "year")
    seed: int = 0
    query: Query = field(default_factory=lambda: Query(include_off_topic=True))


def _current(story: Story) -> Edition:
    return next(edition for edition in story.editions if edition.ordinal == story.current)


TRAITS: Final[Mapping[str, Callable[[Story], str]]] = {
    "outlet": lambda story: story.outlet,
    "year": lambda story: f"{story.published.earliest:%Y}",
    "agency": lambda story: _current(story).article.agency or NONE,
    "kind": lambda story: _current(story).article.kind.value,
    "via": lambda story: _current(story).via.value,
    "topic": lambda story: "on topic" if _current(story).article.topic.on else "off topic",
}


def sheet(archive: Archive, question: Question, sample: Sample) -> list[Line]:
    """The lines to code: stories, or for copies pairs of them, of which at least one fits the query.

    Raises:
        UsageError: an unknown trait, or nothing to draw from.
    """
    if unknown := set(sample.by) - TRAITS.keys():
        raise UsageError(f"cannot stratify by {', '.join(sorted(unknown))}; there are {', '.join(TRAITS)}")
    if sample.number < 1:
        raise UsageError(f"a sample of {sample.number} is none")
    ask = _pairs if question is Question.COPIES else _stories
    drawn = draw(ask(archive, sample), sample.number, sample.seed)
    if not drawn:
        raise UsageError("nothing to draw from: no story fits")
    return [_line(archive, question, each) for each in drawn]


def _stories(archive: Archive, sample: Sample) -> Iterator[tuple[str, Stratum]]:
    for story in archive.pull(sample.query):
        yield permalink(_current(story)), tuple(TRAITS[name](story) for name in sample.by)


def _pairs(archive: Archive, sample: Sample) -> Iterator[tuple[str, Stratum]]:
    """Pairs of stories that were compared, by what came of it; of two that nothing brought together nothing is said."""
    everything = Query(include_off_topic=True)
    traits = {story.id: _traits(story, sample.by) for story in archive.pull(everything)}
    fitting = set(traits)
    if sample.query != everything:
        fitting = {story.id for story in archive.pull(sample.query)}
    for pair in archive.catalog.pairs():
        if pair.one in fitting or pair.other in fitting:
            yield _code(pair), _stratum(pair, traits)


def _traits(story: Story, names: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    return story.outlet, tuple(TRAITS[name](story) for name in names)


def _stratum(pair: Pair, traits: Mapping[str, tuple[str, tuple[str, ...]]]) -> Stratum:
    (one, here), (other, there) = traits[pair.one], traits[pair.other]
    kind = pair.kind.value if pair.kind else PARTED
    both = (" and ".join(sorted({a, b})) for a, b in zip(here, there, strict=True))
    return kind, SAME if one == other else OTHER, *both


def _code(pair: Pair) -> str:
    """Both permalinks, the lower id first: their order tells nothing."""
    texts = sorted(((pair.one, pair.one_text), (pair.other, pair.other_text)))
    return " ".join(f"/s/{story}/{digest.removeprefix('sha256:')[:16]}" for story, digest in texts)


def _line(archive: Archive, question: Question, drawn: Drawn) -> Line:
    links = drawn.key.split(" ")
    shown: dict[str, str] = {}
    for letter, link in zip("ab", links, strict=False):
        tail = f" {letter}" if len(links) > 1 else ""
        shown |= {f"{name}{tail}": said for name, said in _shown(archive, link).items()}
    # The strata of pairs would give the answer away.
    stratum = "" if question is Question.COPIES else ", ".join(drawn.stratum)
    return Line(question=question, code=drawn.key, stratum=stratum, weight=drawn.weight, shown=shown)


def _shown(archive: Archive, link: str) -> dict[str, str]:
    story, edition = archive.get(link)
    day = story.published.value or edition.captured
    article = edition.article
    return {"outlet": story.outlet, "day": day[:10], "title": article.title, "text": article.text, "address": story.url}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the archive says of a coded thing; `held` is false when it no longer holds the text that was coded."""

    held: bool
    label: str = ""


def answer(archive: Archive, question: Question, code: str) -> Answer:
    """What the archive says of one line of a sheet."""
    links = code.split(" ")
    try:
        found = [archive.get(link) for link in links]
    except (NotHeldError, TakenDownError):
        return Answer(held=False)
    story, edition = found[0]
    if question is Question.TOPIC:
        return Answer(held=True, label="yes" if edition.article.topic.on else "no")
    if question is Question.AGENCY:
        return Answer(held=True, label=edition.article.agency or NONE)
    kind = archive.catalog.kind_of(story.id, found[-1][0].id)
    return Answer(held=True, label=kind.value if kind else PARTED)
