"""How the topic's table judges invented headlines and leads, as texts and as hints: precision, recall, every error.

    python benchmarks/topic/score.py [tune|report]

`items.tsv`: written from the notes on outlets by an author that had not seen the table, half of them on topic, half
of them traps; nothing in it is a fact or a printed text. A seed parts them into a half to tune on and a half to report;
the errors of the second are not shown unless it is asked for, so that the table stays blind to it.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable
from pathlib import Path

from archive.records import Hints
from crawler import hinted
from crawler.hinted import Prospect
from crawler.topic import TopicRules, judge, load_topic

SEED = 2017
Row = dict[str, str]


def halves(rows: list[Row]) -> dict[str, list[Row]]:
    """The two halves, each with as many items on topic as off."""
    chance = random.Random(SEED)
    tune: set[str] = set()
    for on in "01":
        numbers = sorted(row["n"] for row in rows if row["on"] == on)
        chance.shuffle(numbers)
        tune.update(numbers[: len(numbers) // 2])
    return {name: [row for row in rows if (row["n"] in tune) is (name == "tune")] for name in ("tune", "report")}


def texts(name: str, rows: Iterable[Row], rules: TopicRules, *, tell: bool) -> None:
    """As the label of an article."""
    said = [(row["on"] == "1", judge(row["title"], row["lead"], rules), row) for row in rows]
    right = sum(on and verdict.on for on, verdict, _ in said)
    precision, recall = right / sum(verdict.on for _, verdict, _ in said), right / sum(on for on, _, _ in said)
    print(f"{name}\ttexts\tprecision {precision:.3f}\trecall {recall:.3f}")
    for on, verdict, row in said if tell else ():
        if on != verdict.on:
            missed = "missed" if on else "taken"
            print(f"{missed}\t{row['n']}\t{row['kind']}\t{verdict.score}\t{', '.join(verdict.terms)}")


def hints(name: str, rows: Iterable[Row], rules: TopicRules, *, summary: bool) -> None:
    """As a listing's words: what is kept (likely or unknown) of each sort."""
    kept = {"0": 0, "1": 0}
    for row in rows:
        told = Hints(title=row["title"], summary=row["lead"] if summary else None)
        kept[row["on"]] += hinted.judge(told, "https://a.example/1", rules).expected is not Prospect.UNLIKELY
    of = len(list(rows)) // 2
    what = "title and summary" if summary else "title alone"
    print(f"{name}\thints, {what}\tkept on topic {kept['1'] / of:.2f}\trefused traps {1 - kept['0'] / of:.2f}")


def main() -> None:
    rules = load_topic()
    with (Path(__file__).parent / "items.tsv").open(encoding="utf-8", newline="") as lines:
        parts = halves(list(csv.DictReader(lines, delimiter="\t")))
    for name, rows in parts.items():
        texts(name, rows, rules, tell=name in sys.argv[1:])
        for summary in (True, False):
            hints(name, rows, rules, summary=summary)


if __name__ == "__main__":
    main()
