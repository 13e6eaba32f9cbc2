"""Scores the second set, written by an author who had not seen the code, and prints every fault.

    python -m benchmarks.second_set

Pages in layouts of their own, read without rules of any outlet, and short texts in groups whose pairs, sources and
credits are known (`tests/second_set/`).
"""

from __future__ import annotations

from tests.second_set import score


def told(title: str, found: score.Score) -> None:
    print(f"{title}\n{'':24} right/asked")
    for what, asked in found.asked.items():
        print(f"{what:24} {found.right[what]}/{asked}")
    for fault in sorted(found.faults, key=lambda each: (list(found.asked).index(each.what), each.where)):
        print(f"- {fault.what}, {fault.where}: {fault.said}")
    print()


def main() -> None:
    told("Pages", score.pages())
    told("Stories", score.stories())


if __name__ == "__main__":
    main()
