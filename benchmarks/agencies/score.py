"""How credits of real Arabic news texts are read, beside their labels: precision, recall, confusion, every error's id.

    python benchmarks/agencies/score.py ARTICLES.jsonl.xz [tune|report|all]

A label of the sorts `how` = dateline, signature or lead is what crawler/dateline.py shall say; a source named deeper
(`body`) is a mention by rule and counted apart, and so are credits of mere photographs. Credits of papers and
broadcasters are no wire. A seed parts the labels in two halves. No text is printed.
"""

from __future__ import annotations

import argparse
import csv
import json
import lzma
import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from archive.arabic import clean
from crawler.agencies import Agencies, load_agencies
from crawler.dateline import Credit, read
from crawler.outlet import Outlet

SEED = 2017
# How the outlets of the collection sign themselves; an outlet's file says it of its own.
NAMES = {
    "3alyoum": "عين اليوم", "aawsat": "الشرق الأوسط", "aleqtisadiya": "الاقتصادية", "aljazirah": "الجزيرة",
    "almadina": "المدينة", "alriyadh": "الرياض", "alwatan": "الوطن", "alweeam": "الوئام", "alyaum": "اليوم",
    "arreyadi": "الرياضي", "okaz": "عكاظ", "sabq": "سبق",
}  # fmt: skip
# Credited, and no news agency: papers, magazines, broadcasters.
PAPERS = frozenset(
    {"البوابة العربية للأخبار التقنية", "دياريو بوبولار", "صنداي تايمز", "فوربس", "فوكس نيوز", "مكة", "ديلي ميل"}
    | {"إن إتش كي", "ميرور", "نيويورك تايمز"}
)
# What stands in the collection's texts and in no article: a gallery's buttons, a link to the story, its tags.
LEFT_OVER = re.compile(r"^Next Previous\s*|\s*رابط الخبر بصحيفة الوئام:.*$|\s*سمات [^.!؟]*$")
STATED = frozenset({"dateline", "signature", "lead", "-"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A labelled text and what was read: `truth` and `said` are an agency's name, "partial" or "none"."""

    id: str
    how: str
    sure: int
    truth: str
    said: str
    place: str  # the label's, "-" for none
    place_said: str


def outlet(source: str) -> Outlet:
    """A stand-in for the outlet's file."""
    return Outlet(id=source, name=NAMES[source], english=source, country="SA", timezone="Asia/Riyadh", language="ar")


def paragraphs(text: str) -> list[str]:
    """The lines of a text as an article would hold them."""
    lines = clean(LEFT_OVER.sub("", text.strip())).text.split("\n")
    return [line.strip() for line in lines if line.strip()]


def said(credit: Credit) -> str:
    """The verdict in one word."""
    return credit.agency or ("partial" if credit.partial else "none")


def truth(label: dict[str, str]) -> str:
    """The label in the same words."""
    none = label["credit"] in ("own", "none") or label["credit"] in PAPERS
    return "none" if none else label["credit"]


def judged(articles: Path, labels: Iterable[dict[str, str]], agencies: Agencies) -> list[Judged]:
    """Every labelled text, read."""
    wanted, found = {label["id"]: label for label in labels}, []
    with lzma.open(articles, "rt") as lines:
        for row in map(json.loads, lines):
            if label := wanted.get(row["id"]):
                credit = read(paragraphs(row["text"]), None, agencies, outlet(row["source"]))
                found.append(
                    Judged(
                        place=label["place"],
                        place_said=credit.dateline.place or "-",
                        id=row["id"],
                        how=label["how"],
                        sure=int(label["sure"]),
                        truth=truth(label),
                        said=said(credit),
                    )
                )
    return sorted(found, key=lambda one: one.id)


def half(texts: list[Judged], name: str) -> list[Judged]:
    """One of two halves that hold as many credits of each sort."""
    chance, tune = random.Random(SEED), set()
    for sort in ("wire", "partial", "none"):
        ids = [one.id for one in texts if (one.truth if one.truth in ("partial", "none") else "wire") == sort]
        chance.shuffle(ids)
        tune.update(ids[: len(ids) // 2])
    return texts if name == "all" else [one for one in texts if (one.id in tune) is (name == "tune")]


def scores(name: str, texts: list[Judged]) -> str:
    """Precision and recall of named agencies, and of unnamed wires."""
    wires = [one for one in texts if one.truth not in ("partial", "none")]
    named = [one for one in texts if one.said not in ("partial", "none")]
    right = sum(one.said == one.truth for one in named)
    unnamed, told = [one for one in texts if one.truth == "partial"], [one for one in texts if one.said == "partial"]
    both = sum(one.truth == "partial" for one in told)
    return (
        f"{name}: {len(texts)} texts\tnamed {len(wires)}: precision {right}/{len(named)} = {right / len(named):.3f}, "
        f"recall {right}/{len(wires)} = {right / len(wires):.3f}\t"
        f"unnamed {len(unnamed)}: precision {both}/{len(told)}, recall {both}/{len(unnamed)}"
    )


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("articles", type=Path)
    given.add_argument("half", choices=("tune", "report", "all"), nargs="?", default="report")
    args = given.parse_args()
    with Path(__file__).with_name("labels.tsv").open(encoding="utf-8", newline="") as lines:
        texts = half(judged(args.articles, csv.DictReader(lines, delimiter="\t"), load_agencies()), args.half)
    stated = [one for one in texts if one.how in STATED]
    print(scores("stated, sure", [one for one in stated if one.sure == 2]))
    print(scores("stated", stated))
    print(scores("and deeper ones and photographs'", texts))
    placed, told = [one for one in texts if one.place != "-"], [one for one in texts if one.place_said != "-"]
    right = sum(one.place == one.place_said for one in placed)
    print(f"datelines' places: precision {right}/{len(told)}, recall {right}/{len(placed)}")
    print("\nlabel -> read, of all")
    for (label, found), times in Counter((one.truth, one.said) for one in texts).most_common():
        print(f"{times}\t{label} -> {found}")
    print("\nerrors: id, how, sure, label -> read")
    for one in texts:
        if one.truth != one.said:
            print(f"{one.id}\t{one.how}\t{one.sure}\t{one.truth} -> {one.said}")


if __name__ == "__main__":
    main()
