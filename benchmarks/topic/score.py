"""How the topic's table judges invented headlines and leads: precision, recall, every error.

    python benchmarks/topic/score.py

`items.tsv`: written from the notes on outlets by an author that had not seen the table, half of them on topic, half of
them traps; nothing in it is a fact or a printed text.
"""

from __future__ import annotations

import csv
from pathlib import Path

from crawler.topic import judge, load_topic


def main() -> None:
    rules = load_topic()
    with (Path(__file__).parent / "items.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    said = [(row["on"] == "1", judge(row["title"], row["lead"], rules), row) for row in rows]
    right = sum(on and verdict.on for on, verdict, _ in said)
    print(f"precision\t{right / sum(verdict.on for _, verdict, _ in said):.3f}")
    print(f"recall\t{right / sum(on for on, _, _ in said):.3f}")
    for on, verdict, row in said:
        if on != verdict.on:
            missed = "missed" if on else "taken"
            print(f"{missed}\t{row['n']}\t{row['kind']}\t{verdict.score}\t{', '.join(verdict.terms)}")


if __name__ == "__main__":
    main()
