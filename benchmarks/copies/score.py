"""Which pairs of real articles are put together, ours beside others' ways, over the labelled pairs of this folder.

    python -m benchmarks.copies.score FOLDER [--half tune|report|fresh|third|fourth|fifth|sixth …]
        [--peer-python PEERS/bin/python] [--errors FILE]

FOLDER holds saudinewsnet_july.jsonl.xz and exact_pairs_w5.tsv.gz. Every way groups all articles; figures are over one
half of the first pairs, or a later draw, weighted by how many pairs of its stratum each stands for, and over all that
were asked for together. «pairs» asks
whether the two were found to be copies of each other, «clusters» whether they end in one cluster. `--errors` names
wrong pairs, without text. Peers are given our folded words, which finds them more than their own. The practice press
is grouped in the same run.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import lzma
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from archive.arabic import tokens
from archive.cluster import Edge, components
from archive.likeness import fingerprint
from archive.likeness.copies import Piece, Verdict, compare
from archive.likeness.formulas import NONE, Formulas, learned
from archive.records import EdgeKind, Kind
from benchmarks.copies.labelled import Labelled, Pair, halves, read
from benchmarks.copies.measures import Together, Worth, bounds, cubed, worth
from crawler.newsroom import press
from tests import newsroom_truth

PEERS = Path(__file__).with_name("peers.py")
DRAWS = ("fresh", "third", "fourth", "fifth", "sixth")
PLAIN_JACCARD, PLAIN_CONTAINMENT = 0.3, 0.8
Pieces = Mapping[str, Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way of finding copies: the pairs it names, and the clusters they and its groups make."""

    name: str
    pairs: frozenset[Pair]
    cluster: Mapping[str, int]
    seconds: float  # CPU, from folded words to pairs

    @classmethod
    def of(cls, name: str, texts: Iterable[str], pairs: Iterable[Pair], seconds: float) -> Way:
        """Pairs may be given in any order; whatever hangs together is one cluster."""
        return cls.tied(name, texts, [_tie(*pair, ALIKE, EdgeKind.COPY) for pair in set(pairs)], seconds)

    @classmethod
    def tied(cls, name: str, texts: Iterable[str], ties: Iterable[Edge], seconds: float) -> Way:
        """Copies, and other ties, which join nothing."""
        ties = sorted(ties, key=lambda tie: (tie.inner, tie.outer))
        copies = (tie for tie in ties if tie.kind is EdgeKind.COPY)
        named = frozenset((min(tie.inner, tie.outer), max(tie.inner, tie.outer)) for tie in copies)
        made = {each: at for at, group in enumerate(components(sorted(texts), ties)) for each in group}
        return cls(name=name, pairs=named, cluster=made, seconds=seconds)

    def in_pair(self, pair: Pair) -> bool:
        return pair in self.pairs

    def in_cluster(self, pair: Pair) -> bool:
        return self.cluster[pair[0]] == self.cluster[pair[1]]


ALIKE = fingerprint.Likeness(jaccard=1.0, containment=1.0)


def _tie(one: str, other: str, alike: fingerprint.Likeness, kind: EdgeKind) -> Edge:
    return Edge(kind=kind, inner=one, outer=other, inner_text="", outer_text="", likeness=alike)


def articles(folder: Path) -> dict[str, Piece]:
    """Every article that has a text."""
    with lzma.open(folder / "saudinewsnet_july.jsonl.xz", "rt") as lines:
        rows = {row["id"]: row for row in map(json.loads, lines)}
    return {name: _piece(row["text"], row["date"]) for name, row in sorted(rows.items()) if row["text"].strip()}


def _piece(text: str, at: str, kind: Kind = Kind.NEWS) -> Piece:
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return Piece.of(tokens(text), kind, instant, instant + timedelta(minutes=1))


def newsroom() -> dict[str, Piece]:
    """The manuscripts of the practice press."""
    return {
        f"{outlet}/{each.id}": _piece("\n\n".join(each.paragraphs), each.published.replace(tzinfo=None).isoformat())
        for outlet, manuscripts in press.load().items()
        for each in manuscripts
    }


def candidates(pieces: Pieces) -> set[Pair]:
    """Pairs that the catalog would compare."""
    holders: dict[int, list[str]] = defaultdict(list)
    sketches = {}
    signed = fingerprint.signatures([piece.tokens for piece in pieces.values()])
    for name, signature in zip(pieces, signed, strict=True):
        sketches[name] = fingerprint.sketch(signature)
        for key in fingerprint.bands(signature):
            holders[key].append(name)
    met = {pair for names in holders.values() for pair in combinations(sorted(names), 2)}
    least = fingerprint.AGREEING
    return {pair for pair in met if fingerprint.agreement(sketches[pair[0]], sketches[pair[1]]) >= least}


def ours(pieces: Pieces, known: Formulas, name: str) -> tuple[Way, dict[Pair, Verdict]]:
    """Our rule over our candidates."""
    before = time.process_time()
    verdicts = {(a, b): compare(pieces[a], pieces[b], known) for a, b in sorted(candidates(pieces))}
    spent = time.process_time() - before
    ties = [_tie(*pair, said.likeness, said.edge) for pair, said in verdicts.items() if said.edge]
    return Way.tied(name, pieces, ties, spent), verdicts


def plain(pieces: Pieces, verdicts: Mapping[Pair, Verdict]) -> Way:
    """The best plain setting: the same candidates, exact likeness and nothing else."""
    alike = {pair: verdict.likeness for pair, verdict in verdicts.items()}
    pairs = [
        pair for pair, each in alike.items() if each.jaccard >= PLAIN_JACCARD or each.containment >= PLAIN_CONTAINMENT
    ]
    return Way.of(f"64x2 LSH, J >= {PLAIN_JACCARD} or C >= {PLAIN_CONTAINMENT}", pieces, pairs, float("nan"))


def peers(python: Path, corpora: Sequence[Pieces]) -> Iterator[tuple[int, Way]]:
    """Others' ways over each corpus, and which corpus that was."""
    with tempfile.TemporaryDirectory() as temp:
        files = [Path(temp, f"{number}.jsonl") for number in range(len(corpora))]
        for file, pieces in zip(files, corpora, strict=True):
            rows = ({"id": name, "text": " ".join(piece.tokens)} for name, piece in pieces.items())
            file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        done = subprocess.run([python, PEERS, *files], stdout=subprocess.PIPE, text=True, check=True, env=os.environ)
    for said in map(json.loads, done.stdout.splitlines()):
        number = int(Path(said["file"]).stem)
        ties = [tuple(pair) for pair in said["pairs"]]
        ties += [(group[0], other) for group in said["groups"] for other in group[1:]]
        yield number, Way.of(said["name"], corpora[number], ties, said["seconds"])


def candidate_recall(folder: Path, pieces: Pieces, met: set[Pair]) -> dict[str, tuple[int, float]]:
    """Of the exact pairs of a likeness: how many there are, and the share that the catalog would compare."""
    found: dict[str, list[bool]] = defaultdict(list)
    with gzip.open(folder / "exact_pairs_w5.tsv.gz", "rt") as lines:
        rows = {
            (min(r["id_a"], r["id_b"]), max(r["id_a"], r["id_b"])): r for r in csv.DictReader(lines, delimiter="\t")
        }
    for pair, row in rows.items():
        if pair[0] in pieces and pair[1] in pieces:
            jaccard = float(row["jaccard"])
            for least in (0.5, 0.3, 0.2):
                if jaccard >= least:
                    found[f"J >= {least}"].append(pair in met)
    return {name: (len(said), sum(said) / len(said)) for name, said in found.items()}


def line(name: str, how: str, said: Worth, seconds: float) -> str:
    precision, recall = said.cubed
    cubed_said = f"{precision:.3f} {recall:.3f}"
    figures = (f"{said.precision:.3f}", f"{said.recall:.3f}", str(said.merged), cubed_said, f"{seconds:.1f}")
    return "\t".join((name, how, *figures))


def show(ways: Iterable[Way], half: Sequence[Labelled]) -> None:
    print("way\tby\tprecision\trecall\tlook-alikes merged\tB-cubed P R\tCPU s")
    for way in ways:
        asked: tuple[tuple[str, Together], ...] = (("pairs", way.in_pair), ("clusters", way.in_cluster))
        for how, together in asked:
            print(line(way.name, how, worth(half, together), way.seconds))


def show_newsroom(ways: Iterable[Way]) -> None:
    true = {
        f"{outlet}/{each.id}": each.cluster or f"{outlet}/{each.id}"
        for outlet, entries in newsroom_truth.load().items()
        for each in entries
    }
    print("\npractice press\tB-cubed P R")
    for way in ways:
        precision, recall = cubed({name: way.cluster[name] for name in true}, true)
        print(f"{way.name}\t{precision:.3f} {recall:.3f}")


def errors(half: Sequence[Labelled], verdicts: Mapping[Pair, Verdict], way: Way) -> Iterator[str]:
    """Labelled pairs that our rule or its clusters get wrong, the heaviest first."""
    for each in sorted(half, key=lambda one: (-one.weight, one.pair)):
        verdict = verdicts.get(each.pair)
        said = str(verdict.edge or verdict.refusal) if verdict else "not met"
        if (said == "copy") != (each.copy == 1) or way.in_cluster(each.pair) != (each.copy == 1):
            together = "together" if way.in_cluster(each.pair) else "apart"
            yield "\t".join((*each.pair, *each.labels, each.stratum, f"{each.weight:.1f}", said, together))


def kinds(half: Sequence[Labelled], verdicts: Mapping[Pair, Verdict]) -> str:
    """What our rule says of pairs that both judges gave one label."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for each in half:
        if len(set(each.labels)) == 1:
            verdict = verdicts.get(each.pair)
            found[each.labels[0]][str(verdict.edge or verdict.refusal) if verdict else "not met"] += 1
    return "\n".join(f"{label}\t{dict(said.most_common())}" for label, said in sorted(found.items()))


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("folder", type=Path)
    given.add_argument("--half", nargs="+", choices=("tune", "report", *DRAWS), default=["tune"])
    given.add_argument("--peer-python", type=Path)
    given.add_argument("--errors", type=Path)
    asked = given.parse_args()
    every = {
        **dict(zip(("tune", "report"), halves(read()), strict=True)),
        **{draw: read(f"{draw}-") for draw in DRAWS if draw in asked.half},
    }
    pieces, small = articles(asked.folder), newsroom()
    known = learned(sorted((piece.earliest.date(), piece.tokens) for piece in pieces.values()))
    way, verdicts = ours(pieces, known, f"ours, {len(known.days)} formulas learned")
    blind, _ = ours(pieces, NONE, "ours, nothing learned")
    ways, pressed = (
        [way, blind, plain(pieces, verdicts)],
        [ours(small, known, way.name)[0], ours(small, NONE, blind.name)[0]],
    )
    for number, peer in peers(asked.peer_python, (pieces, small)) if asked.peer_python else ():
        (ways, pressed)[number].append(peer)
    print(f"{len(pieces)} articles; {len(verdicts)} pairs compared")
    for name, (many, share) in candidate_recall(asked.folder, pieces, set(verdicts)).items():
        print(f"of {many} pairs with {name} compared: {share:.4f}")
    show_newsroom(pressed)
    wrong = ["half\tid_a\tid_b\tlabel_a\tlabel_b\tstratum\tweight\tverdict\tcluster"]
    together = {"together": [each for name in asked.half for each in every[name]]} if len(asked.half) > 1 else {}
    for name, half in ({name: every[name] for name in asked.half} | together).items():
        print(f"\n{len(half)} labelled pairs, {name}")
        show(ways, half)
        precision, recall = bounds(half, way.in_pair)
        print(f"ours by pairs: precision {precision[0]:.3f}–{precision[1]:.3f}, recall {recall[0]:.3f}–{recall[1]:.3f}")
        print("\nlabel\tour verdicts\n" + kinds(half, verdicts))
        wrong += [f"{name}\t{line}" for line in errors(half, verdicts, way) if name not in together]
    if asked.errors:
        asked.errors.write_text("\n".join(wrong) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
