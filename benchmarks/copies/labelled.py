"""The labelled pairs of this folder, their weights, and the half each belongs to, by seed alone."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
SEED = 1144
LOOK_ALIKES = frozenset({"template", "shared"})
ALONE = LOOK_ALIKES | {"different"}
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A pair of articles, what two judges called it, and for how many pairs of the corpus it stands."""

    pair: Pair
    stratum: str
    weight: float
    labels: tuple[str, str]

    @property
    def copy(self) -> float:
        """The share of the judges who call it a copy."""
        return self.labels.count("copy") / len(self.labels)

    def called(self, names: frozenset[str]) -> bool:
        """Whether both judges chose one of these labels."""
        return names.issuperset(self.labels)


def read(draw: str = "") -> list[Labelled]:
    """Every labelled pair of the first draw, or of a later one («fresh-», «third-» …), in the file's order."""
    labels = {(row["id_a"], row["id_b"]): (row["label_a"], row["label_b"]) for row in _rows(f"{draw}labels.tsv")}
    return [
        Labelled(
            pair=(row["id_a"], row["id_b"]),
            stratum=row["stratum"],
            weight=int(row["held"]) / int(row["drawn"]),
            labels=labels[row["id_a"], row["id_b"]],
        )
        for row in _rows(f"{draw}pairs.tsv")
    ]


def halves(labelled: Iterable[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """One half to tune on, one to report; pairs that share an article stay together, each stratum is halved."""
    groups = sorted(_groups(labelled), key=lambda group: (group[0].stratum, group[0].pair))
    random.Random(SEED).shuffle(groups)
    groups.sort(key=lambda group: group[0].stratum)
    tuned, reported = groups[::2], groups[1::2]
    return [one for group in tuned for one in group], [one for group in reported for one in group]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines, delimiter="\t")


def _groups(labelled: Iterable[Labelled]) -> list[list[Labelled]]:
    """Pairs that share an article, directly or through others."""
    groups: list[list[Labelled]] = []
    for one in labelled:
        touching = [group for group in groups if any(set(one.pair) & set(other.pair) for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([*(each for group in touching for each in group), one])
    return groups
