"""What is read and told of the second set, held against its truth: how many are right of each field, every fault."""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from archive.catalog import Catalog
from archive.errors import NotHeldError
from archive.lineage.story import Lineage
from archive.records import Article, EdgeKind
from archive.tracing import lineage, wires
from crawler.loaded import load_pairs
from tests.second_set.serve import HERE, HOUSES, Truth, catalog, groups, judged, load, pairs, read_page, texts

PAGE_FIELDS = ("title", "text", "day", "agency", "partial", "chain", "credit", "place", "kind", "topic")
NO_EDGE = ("different", "template")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One field of one page, text or pair that is not as it should be."""

    what: str
    where: str
    said: str


@dataclass(slots=True)
class Score:
    """How many of each field were asked and right, and what was not."""

    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def ask(self, what: str, where: str, said: str | None) -> None:
        """Counts one answer; `said` tells what is wrong with it."""
        self.asked[what] += 1
        self.right[what] += said is None
        if said is not None:
            self.faults.append(Fault(what=what, where=where, said=said))


def unlike(wanted: object, found: object) -> str | None:
    return None if wanted == found else f"expected {wanted!r}, found {found!r}"


# ---- pages ---------------------------------------------------------------------------------------------------------


def pages(folder: Path = HERE) -> Score:
    """Every page of a folder's set by the general reader."""
    score = Score()
    for truth in load("pages.json", folder):
        found = read_page(truth, folder)
        for name in PAGE_FIELDS:
            said = FIELDS[name](truth, found) if isinstance(found, Article) else f"no article: {found}"
            score.ask(name, truth["page"], said)
    return score


def _text(truth: Truth, found: Article) -> str | None:
    got = [_plain(each.text) for each in found.paragraphs]
    if "lead" in truth and found.subtitle and _plain(found.subtitle) == _plain(truth["lead"]):
        got.insert(0, _plain(found.subtitle))
    wanted = [_plain(each) for each in truth["paragraphs"]]
    said = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, wanted, got, autojunk=False).get_opcodes():
        if tag != "equal":
            said += [f"missing: {line}" for line in wanted[a:b]] + [f"too much: {line}" for line in got[c:d]]
    return "; ".join(said) or None


def _day(truth: Truth, found: Article) -> str | None:
    verdict = judged(truth, found)
    day = (verdict.local or verdict.value or "")[:10] or None
    wrong = unlike(truth["day"], day)
    return f"{wrong} ({verdict.source}, {verdict.reason})" if wrong else None


def _credit(truth: Truth, found: Article) -> str | None:
    """The words of a credit hold the name; where there is none, none is told."""
    wanted = truth["credit"]
    if wanted is None or found.credit is None:
        return unlike(wanted, found.credit)
    return None if wanted in _plain(found.credit) else unlike(wanted, found.credit)


def _chain(truth: Truth, found: Article) -> str | None:
    return unlike(truth["chain"], list(found.sourcing.chain)) if "chain" in truth else None


FIELDS: dict[str, Callable[[Truth, Article], str | None]] = {
    "title": lambda truth, found: unlike(_plain(truth["title"]), _plain(found.title)),
    "text": _text,
    "day": _day,
    "agency": lambda truth, found: unlike(truth["agency"], found.agency),
    "partial": lambda truth, found: unlike(truth.get("partial", False), found.sourcing.partial),
    "chain": _chain,
    "credit": _credit,
    "place": lambda truth, found: unlike(truth["place"], found.dateline.place),
    "kind": lambda truth, found: unlike(truth["kind"], found.kind.value),
    "topic": lambda truth, found: unlike(truth["topic"], found.topic.on),
}


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


# ---- stories -------------------------------------------------------------------------------------------------------


def stories(folder: Path = HERE) -> Score:
    """Every pair of a folder's set, and the lineage of every text."""
    score = Score()
    given = groups(folder)
    with catalog(given) as held:
        _pairs(score, held, given)
        for text in texts(given):
            _traced(score, held, text)
    return score


def _pairs(score: Score, held: Catalog, given: list[Truth]) -> None:
    wanted = pairs(given)
    for one, other in combinations([text["id"] for text in texts(given)], 2):
        meant = wanted.get(frozenset((one, other)), "of other groups")
        kind = held.kind_of(one, other)
        edge = EdgeKind(meant) if meant in {"copy", "part", "shared"} else None
        score.ask(f"pair: {meant}", f"{one} / {other}", unlike(edge, kind))
        if meant == "copy" or kind is not EdgeKind.COPY:
            together = held.story(one).cluster == held.story(other).cluster
            score.ask("one cluster or two", f"{one} / {other}", unlike(meant == "copy", together))


def _traced(score: Score, held: Catalog, text: Truth) -> None:
    name = text["id"]
    told = lineage(held, held.story(name), HOUSES)
    score.ask("source" if "source" in text else "no source", name, unlike(text.get("source"), told.link.source))
    score.ask("unseen source", name, unlike(text.get("unseen"), told.link.unseen))
    score.ask("chain of a story", name, unlike(text.get("chain", []), [step.text.story for step in told.chain]))
    if "inside" in text:
        score.ask("items inside", name, unlike(text["inside"], _inside(told)))
    stated = [str(check.stated) for check in told.checks if check.story == name]
    score.ask("credit class", name, unlike([text["credit"]] if "credit" in text else [], stated))
    if "source" in text:
        wanted = text.get("swaps", []), text.get("quotes", False)
        score.ask("loaded words", name, unlike(wanted, _swaps(held, name)))


def _swaps(held: Catalog, name: str) -> tuple[list[str], bool] | None:
    """Loaded pairs told in narration, and whether a loaded word was changed in quotes."""
    try:
        (one,) = wires(held, held.story(name), HOUSES, load_pairs(None))
    except NotHeldError:
        return None
    narration = sorted({each.pair for swap in one.against.narration for each in swap.loaded})
    return narration, any(swap.loaded for swap in one.against.quotes)


def _inside(told: Lineage) -> list[str]:
    return sorted(each.pair.source.story for each in told.inside if each.pair)
