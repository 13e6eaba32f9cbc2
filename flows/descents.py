"""How lineages and comparisons with wires look on a terminal: words isolated, one finding a line; it finds nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Final

from archive.spreadchart import origin
from flows.calendars import isolated
from flows.wordings import ISOLATE, MARKS, POP, Part

if TYPE_CHECKING:
    from archive.likeness.sentences import Aligned, Sentence
    from archive.lineage.evidence import Pair
    from archive.lineage.story import Inside, Lineage, Passing
    from archive.lineage.swaps import Swap
    from archive.lineage.totals import Judged, Total, Turn
    from archive.lineage.tree import Siblings
    from archive.lineage.witness import Witness
    from archive.proportions import Share
    from archive.ties import Tie

NAMED: Final = 3  # texts of one line; --json tells all
SEEN: Final = 160  # code points of a passage; where it stands is told beside it
# A sentence's fate, and how its words are marked and coloured (flows/wordings.py).
FATES: Final = {"dropped": "removed", "added": "added", "moved": "came", "reworded": "kept", "kept": "kept"}


def head(found: Lineage) -> dict[str, object]:
    """What is told of the story itself."""
    link, tree = found.link, found.tree
    said: dict[str, object] = {"story": found.story, "title": isolated(link.copy.current.title), "came": origin(link)}
    if link.alike:
        said["or as well from"] = ", ".join(link.alike)
    if link.pair:
        said["words"] = f"{link.pair.match.words} of it stand in passages of {link.source}"
        said["sentences"] = _fates(link.pair.sentences())
    if len(tree.branches) > 1:
        earliest = "earliest held" if len(tree.earliest) == 1 else "earliest held, one of"
        said[earliest] = ", ".join(tree.earliest)
    for check in found.checks:
        if check.story == found.story:
            said["credit"] = f"{check.stated}: {isolated(check.wire)} held as {check.source}{_words(check.said)}"
    for each in found.inside:
        name = "inside it" if each.piece == found.story else "stands inside"
        said[f"{name} {each.item if each.piece == found.story else each.piece}"] = _inside(each)
    for passing in found.passing:
        order = "their dates overlap" if passing.earlier is None else f"{passing.earlier} was published earlier"
        said[f"shares with {passing.other}"] = f"{passing.words} words; {order}{_longest(passing)}"
    for number, step in enumerate(found.chain, 1):
        said[f"step {number}"] = f"{step.text.story}: {step.stage}, {step.words} words, {when(step.text)}"
    return said


def tied(found: Iterable[Tie]) -> Iterator[str]:
    """The texts of a cluster, two by two: what they are to each other, then each passage with its place in either.

    Texts that have the very same in common are told once, however many there are.
    """
    alike: dict[object, list[Tie]] = {}
    for tie in found:
        alone = (tie.edge.inner, tie.edge.outer) if tie.edge.likeness.jaccard < 1 else None
        alike.setdefault((alone, tie.edge.kind, tie.passages, tuple(tie.said())), []).append(tie)
    for some in alike.values():
        yield from _tied(some)


def _tied(some: Sequence[Tie]) -> Iterator[str]:
    tie, number = some[0], len(some[0].passages)
    edge = tie.edge
    alike = f"likeness {edge.likeness.jaccard:.2f}, containment {edge.likeness.containment:.2f}"
    common = f"{tie.words} words in {number} {'passage' if number == 1 else 'passages'}"
    yield f"{edge.kind}  {_named(some)}  {alike}; {common}"
    for place, said in zip(tie.passages, tie.said(), strict=True):
        spans = " = ".join(f"{start}-{end}" for start, end in (place.here, place.there))
        yield f"  {spans}  {isolated(_short(said))}"


def _named(some: Sequence[Tie]) -> str:
    """The two texts of a tie; of several ties the first few, and how many more there are."""
    if len(some) == 1:
        return f"{some[0].edge.inner} and {some[0].edge.outer}"
    return _few(sorted({story for tie in some for story in (tie.edge.inner, tie.edge.outer)}))


def _short(said: str) -> str:
    """The words at both ends of a long passage."""
    if len(said) <= SEEN:
        return said
    return f"{said[: SEEN // 2].rpartition(' ')[0]} … {said[-SEEN // 2 :].partition(' ')[2]}"


def _inside(each: Inside) -> str:
    if each.unseen:
        came = f"both from a source that is not held, {isolated(each.unseen)}"
    elif each.pair is None:
        came = "nothing tells which came from which"
    else:
        came = f"likely from {each.pair.source.story} ({', '.join(each.pair.evidence)})"
    credit = f"; {each.check.stated}" if each.check else ""
    return f"{each.words} words; {came}{credit}"


def _longest(passing: Passing) -> str:
    """The words of the longest passage, so that it is seen for what it is: a quotation, a background paragraph."""
    if not passing.passages:
        return ""
    return f"; {isolated(_short(max((each.copy.words for each in passing.passages), key=len)))}"


def _words(said: str | None) -> str:
    return f", in the words {isolated(said)}" if said else ""


def when(text: Witness) -> str:
    """Between which instants it was published, UTC."""
    since = f"{text.earliest:%Y-%m-%d %H:%M}" if text.dated else "any time"
    return f"{since} to {text.latest:%Y-%m-%d %H:%M}"


def tree(found: Lineage) -> Iterator[str]:
    """Every text of the cluster, each below where it likely came from; then siblings."""
    links = {link.copy.story: link for link in found.tree.links}
    if len(links) == 1:
        return
    below: dict[str | None, list[str]] = {}
    for link in found.tree.links:
        below.setdefault(link.source, []).append(link.copy.story)
    waiting = [(story, 0) for story in reversed(below.get(None, []))]
    while waiting:
        story, depth = waiting.pop()
        text = links[story].copy.current
        mark = " *" if story == found.story else ""
        yield f"{'  ' * depth}{story}{mark}  {when(text)}  {origin(links[story])}  {isolated(text.title)}"
        waiting += [(each, depth + 1) for each in reversed(below.get(story, []))]
    yield from _siblings(found.tree.siblings)


def _siblings(found: Sequence[Siblings]) -> Iterator[str]:
    """Two texts a line; many of which each two have the same number of words in common in one."""
    left: dict[tuple[int, str], dict[tuple[str, str], None]] = {}
    for each in found:
        left.setdefault((each.words, each.why), {})[each.one, each.other] = None
    for (words, why), pairs in left.items():
        while pairs:
            together = _each_two(pairs)
            for pair in combinations(together, 2):
                del pairs[pair]
            who = f"each two of {_few(together)}" if len(together) > NAMED else " and ".join(together)
            yield f"{who} share {words} words: {why}"


def _each_two(pairs: Collection[tuple[str, str]]) -> list[str]:
    """The texts of the first pair and those that make a pair with each before them; no more than two of but few."""
    one, other = next(iter(pairs))
    found = [one, other]
    for first, then in pairs:
        if first == one and then != other and all((story, then) in pairs for story in found):
            found.append(then)
    return found if len(found) > NAMED else found[:2]


def _few(texts: Sequence[str]) -> str:
    left = len(texts) - NAMED
    return f"{', '.join(texts[:NAMED])}{f' and {left} more' if left > 0 else ''}"


def _fates(given: tuple[Aligned, ...]) -> str:
    from archive.likeness.sentences import counted

    return ", ".join(f"{number} {fate}" for fate, number in counted(given).items() if number)


def alignment(pair: Pair | None) -> Iterator[list[Part]]:
    """The sentences of copy and source that are not kept as they were, each with its fate."""
    for each in pair.sentences() if pair else ():
        if each.fate == "kept":
            continue
        opens, closes, style = MARKS[FATES[each.fate]]
        if each.fate == "reworded" and each.source and each.copy:
            yield [(f"reworded  {_plain(each.source)} → {_plain(each.copy)}", None)]
            continue
        sentence = each.copy or each.source
        yield [(f"{each.fate}  ", None), (f"{opens}{_plain(sentence)}{closes}", style)]


def _plain(sentence: Sentence | None) -> str:
    return isolated(sentence.said) if sentence else "∅"


# ---- wires -----------------------------------------------------------------------------------------------------------


def against(one: Judged) -> dict[str, object]:
    """A copy and its wire: who, when, how it is credited."""
    found, check = one.against, one.check
    versions = "1 version" if len(found.versions) == 1 else f"{len(found.versions)} versions"
    return {
        "copy": f"{found.copy.story}  {when(found.copy)}  {isolated(found.copy.title)}",
        "wire": f"{found.nearest.story}, edition {found.nearest.edition}, the nearest of {versions} held",
        "credit": f"{check.stated}{_words(check.said)}",
        "sentences": _fates(found.sentences),
        "own wording": f"{len(found.narration)} in narration, {len(found.quotes)} in quotes",
    }


def wording(one: Judged) -> Iterator[list[Part]]:
    """Each wording of the outlet's own: narration, then quotes; then sentences left out, put in or moved."""
    for name, swaps in (("narration", one.against.narration), ("quote", one.against.quotes)):
        for swap in swaps:
            sort = "" if swap.sort.value == name else f"{swap.sort}  "
            yield [(f"{name}  {sort}", None), *_swapped(swap), (_loaded(swap), "bold")]
    for each in one.against.sentences:
        if each.fate in ("dropped", "added", "moved"):
            opens, closes, style = MARKS[FATES[each.fate]]
            yield [(f"{each.fate}  ", None), (f"{opens}{_plain(each.copy or each.source)}{closes}", style)]


def _swapped(swap: Swap) -> Iterator[Part]:
    for mark, span in (("removed", swap.before), ("added", swap.after)):
        opens, closes, style = MARKS[mark]
        yield f"{opens}{ISOLATE}{isolated(span.words)[len(ISOLATE) : -len(POP)]}{POP}{closes}", style


def _loaded(swap: Swap) -> str:
    return "".join(f"  {each.pair}: {each.wire} → {each.outlet}" for each in swap.loaded)


def share(given: Share) -> str:
    """«3 of 12 (.05–.57)»: never a share without how many it is of and where it lies."""
    return f"{given.found} of {given.n} ({_bound(given.low)}–{_bound(given.high)})"


def _bound(given: float) -> str:
    """Two places without the nought before them: a table has many of these side by side."""
    return "1" if given > 0.995 else f"{given:.2f}"[1:]


def turn(given: Turn) -> str:
    """One pair's side taken instead of the wire's."""
    return f"{given.pair}: {given.wire} → {given.outlet} {share(given.share)}"


def _credit(stated: str) -> Callable[[Total], object]:
    return lambda total: next(share(each) for name, each in total.stated if name == stated)


CREDITS: Final[Mapping[str, Callable[[Total], object]]] = {
    "credited": _credit("credited"),
    "partial": _credit("partial"),
    "no credit found": _credit("no credit found in this capture"),
    "names another": _credit("credit names another"),
}
