"""Lineages, comparisons with wires and their totals as JSON, as docs/formats.md promises; it decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archive.likeness.edits import Edit
from archive.likeness.sentences import Aligned, Sentence, counted
from archive.likeness.wording import Span
from archive.lineage.chains import Step
from archive.lineage.credits import Check
from archive.lineage.matching import Passage
from archive.lineage.story import Inside, Lineage, Passing
from archive.lineage.swaps import Swap
from archive.lineage.totals import Judged, Total
from archive.lineage.tree import Link, Siblings, Tree
from archive.lineage.witness import Witness
from archive.proportions import Share

Json = Mapping[str, object]


def lineage_json(found: Lineage) -> Json:
    """What is told of a story's descent."""
    pair = found.link.pair
    return {
        "story": found.story,
        "cluster": found.cluster,
        "earliest_held": list(found.tree.earliest),
        **tree_json(found.tree, found.checks),
        "inside": [_inside(each) for each in found.inside],
        "shared": [_passing(each) for each in found.passing],
        "chain": [_step(each) for each in found.chain],
        "passages": _passages(pair.match.passages) if pair else [],
        "sentences": [_aligned(each) for each in pair.sentences()] if pair else [],
    }


def tree_json(tree: Tree, checks: Iterable[Check] = ()) -> Json:
    """The texts of a cluster and where each likely came from."""
    by_id = {check.story: check for check in checks}
    return {
        "texts": [_text(link, by_id.get(link.copy.story)) for link in tree.links],
        "siblings": [_siblings(each) for each in tree.siblings],
    }


def _siblings(each: Siblings) -> Json:
    places = [{"one": _place(one.source), "other": _place(one.copy)} for one in each.match.passages]
    who = {"one": each.one, "one_edition": each.edition, "other": each.other}
    return {**who, "words": each.words, "why": each.why, "passages": places}


def _text(link: Link, check: Check | None) -> Json:
    text = link.copy.current
    found = {
        **witness_json(text),
        "source": link.source,
        "unseen": link.unseen,
        "evidence": [each.value for each in link.evidence],
        "alike": list(link.alike),
        "credit": _check(check) if check else None,
    }
    if link.pair is None:
        return found
    fates = {fate.value: number for fate, number in counted(link.pair.sentences()).items()}
    return {**found, "source_edition": link.pair.by.edition, "words": link.pair.match.words, "sentences": fates}


def witness_json(text: Witness) -> Json:
    """A text of a story, named and dated."""
    return {
        "story": text.story,
        "edition": text.edition,
        "outlet": text.outlet,
        "title": text.title,
        "digest": text.text_digest,
        "earliest": text.earliest.isoformat() if text.dated else None,
        "latest": text.latest.isoformat(),
        "agency": text.agency,
        "own": text.own,
    }


def _check(check: Check) -> Json:
    return {
        "stated": check.stated.value,
        "wire": check.wire,
        "source": check.source,
        "said": check.said,
        "words": check.words,
    }


def _inside(each: Inside) -> Json:
    pair = each.pair
    return {
        "item": each.item,
        "piece": each.piece,
        "cluster": each.cluster,
        "source": pair.source.story if pair else None,
        "unseen": each.unseen,
        "evidence": [one.value for one in pair.evidence] if pair else [],
        "words": each.words,
        "passages": _passages((pair or each).match.passages),
        "credit": _check(each.check) if each.check else None,
    }


def _step(step: Step) -> Json:
    return {**witness_json(step.text), "stage": step.stage.value, "words": step.words}


def _passages(given: Iterable[Passage]) -> list[Json]:
    return [{"source": _place(each.source), "copy": _place(each.copy)} for each in given]


def _passing(each: Passing) -> Json:
    found = {"other": each.other, "words": each.words, "earlier": each.earlier}
    return {**found, "passages": _passages(each.passages)}


def _place(span: Span) -> Json:
    return {"start": span.start, "end": span.end}


def _aligned(each: Aligned) -> Json:
    return {
        "fate": each.fate.value,
        "likeness": each.likeness,
        "source": _sentence(each.source),
        "copy": _sentence(each.copy),
    }


def _sentence(given: Sentence | None) -> Json | None:
    return {"start": given.start, "end": given.end, "words": given.said} if given else None


def wire_json(one: Judged) -> Json:
    """A copy against all held versions of its wire."""
    found = one.against
    return {
        "copy": witness_json(found.copy),
        "wire": witness_json(found.nearest),
        "versions": [witness_json(each) for each in found.versions],
        "credit": _check(one.check),
        "sentences": {fate.value: number for fate, number in counted(found.sentences).items()},
        "narration": [_swap(each) for each in found.narration],
        "quotes": [_swap(each) for each in found.quotes],
        "title": [_edit(each) for each in found.title],
        "text": [_edit(each) for each in found.text],
    }


def _swap(swap: Swap) -> Json:
    return {
        "sort": swap.sort.value,
        "before": _words(swap.before),
        "after": _words(swap.after),
        "loaded": [{"pair": each.pair, "wire": each.wire, "outlet": each.outlet} for each in swap.loaded],
    }


def _words(span: Span) -> Json:
    return {"start": span.start, "end": span.end, "words": span.words}


def _edit(edit: Edit) -> Json:
    said = {"sort": edit.sort.value, "op": edit.change.op.value, "quoted": edit.quoted}
    return {**said, "before": _words(edit.change.before), "after": _words(edit.change.after)}


def total_json(total: Total) -> Json:
    """An outlet in a month; `month` null: in all."""
    return {
        "outlet": total.outlet,
        "month": total.month,
        "copies": total.copies,
        "credits": {stated.value: _share(share) for stated, share in total.stated},
        "reworded": _share(total.swapped),
        "requoted": _share(total.requoted),
        "loaded": [
            {"pair": each.pair, "wire": each.wire, "outlet": each.outlet, **_share(each.share)} for each in total.turns
        ],
    }


def _share(share: Share) -> Json:
    return {"found": share.found, "n": share.n, "low": round(share.low, 4), "high": round(share.high, 4)}
