"""How often lineage is right: wires of the practice press passed on by made-up houses, some texts then withheld.

    python -m benchmarks.lineage [--trees 400] [--seed 1] [--wrong]

Every copy is made from the wire or from another copy: cut, respelled, with slips, words put otherwise, a paragraph of
the house's own, a credit or none; pages tell the minute or the day. The wire is withheld in a third of the trees, now
and then a copy. Told of each held copy: whether the source named is its nearest held ancestor, another ancestor, or no
ancestor of its, and how often a direction was refused. Even seeds are for tuning, odd ones for figures.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import process_time

from archive.digest import sha256_of
from archive.lineage.credits import Stated, checks
from archive.lineage.tree import Link, grow
from archive.lineage.witness import Branch, Witness
from archive.proportions import share
from archive.records import Kind
from crawler.agencies import load_agencies
from crawler.dateline import read
from crawler.houses import houses_of
from crawler.newsroom import press
from crawler.outlet import Outlet

WIRE = "وصلة"
NAMES = {
    "nakhla": "النخلة",
    "midan": "الميدان",
    "ufuq": "أفق",
    "sahil": "الساحل",
    "marsad": "مرصد اليوم",
    "wasla": "وصلة",
}
AGENCIES = load_agencies([WIRE])
OUTLETS = {
    name: Outlet(id=name, name=said, english=name, country="SY", timezone="UTC", language="ar",
                 agency=WIRE if name == "wasla" else None)
    for name, said in NAMES.items()
}  # fmt: skip
HOUSES = houses_of(OUTLETS, AGENCIES)
SPELLING = {
    "nakhla": {"أستانا": "أستانة", "سوريا": "سورية", "لافرنتييف": "لافرينتييف"},
    "midan": {"أستانا": "استانا", "أعلن": "اعلن", "لافرنتييف": "لافرينتيف"},
    "ufuq": {"سوريا": "سورية", "الكازاخستاني": "الكازاخي"},
    "sahil": {"أستانا": "آستانا", "سوريا": "سورية"},
    "marsad": {},
}
OTHERWISE = (
    ("خلال", "أثناء"), ("قال", "صرح"), ("أوضح", "بيّن"), ("مشيراً إلى", "لافتاً إلى"), ("الحكومة", "النظام"),
    ("أكد", "شدد"), ("من دون", "دون"), ("غير أن", "إلا أن"), ("ورحب", "وأشاد"), ("وذكر", "وأفاد"), ("تخفيف", "خفض"),
    ("المقبل", "القادم"),
)  # fmt: skip
# What each house puts in of its own.
OWN = {
    "nakhla": "وسُمعت في أحياء عدة من المدينة أصوات المحتفلين حتى ساعة متأخرة، وبقيت محال السوق القديم مفتوحة للزوار.",
    "midan": "ويرى متابعون تحدثنا إليهم أن ما أُعلن لن يغير كثيراً في حياة الناس قبل حلول الشتاء وانتظام توريد الوقود.",
    "ufuq": "وفي سياق متصل، تستعد بلدية المدينة لأعمال صيانة في الطريق الساحلي تحوّل حركة السير أسبوعين إلى طرق فرعية.",
    "sahil": "وكان مراقبون قد توقعوا نتائج أوسع بعد لقاءات تمهيدية استمرت أياماً في عاصمتين أوروبيتين من غير إعلان.",
    "marsad": "وتجمع طلاب أمام المبنى رافعين لافتات تدعو إلى إعادة فتح الجامعة وتعويض ما فاتهم من دروس في الفصل الأول.",
}
BEGINNING = re.compile(r"^.{1,60}? - ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A text as its house printed it, and from which other one."""

    witness: Witness
    paragraphs: tuple[str, ...]
    at: datetime
    parent: str | None
    above: frozenset[str] = field(default_factory=frozenset)


def items() -> list[tuple[str, ...]]:
    return [each.paragraphs for each in press.load()["wasla"] if len(each.paragraphs) >= 4]


def witness(story: str, paragraphs: tuple[str, ...], at: datetime, *, to_the_day: bool) -> Witness:
    outlet = story.partition("-")[0]
    credit = read(paragraphs, None, AGENCIES, OUTLETS[outlet])
    said = "\n\n".join(paragraphs)
    since = at.replace(hour=0, minute=0) if to_the_day else at
    return Witness(
        story=story,
        outlet=outlet,
        edition=1,
        text_digest=sha256_of(said.encode()),
        title="",
        text=said,
        kind=Kind.NEWS,
        earliest=since,
        latest=since + (timedelta(days=1) if to_the_day else timedelta(minutes=1)),
        captured="",
        month=f"{at:%Y-%m}",
        wire=OUTLETS[outlet].agency,
        agency=credit.agency,
        credit=credit.credit,
        chain=credit.sourcing.chain,
        leftover=credit.sourcing.leftover,
        opening=credit.dateline.said or "",
    )


def printed(house: str, source: Printed, dice: random.Random) -> Printed:
    """What a house makes of a text."""
    paragraphs = list(source.paragraphs)
    closing = [paragraphs.pop()] if paragraphs[-1].startswith("المصدر:") else []
    carried = bool(closing) or f"({WIRE})" in paragraphs[0]
    paragraphs[0] = BEGINNING.sub("", paragraphs[0])
    if dice.random() < 0.5 and len(paragraphs) > 2:
        paragraphs = paragraphs[: dice.randrange(2, len(paragraphs) + 1)]
    if dice.random() < 0.25 and len(paragraphs) > 3:
        del paragraphs[dice.randrange(1, len(paragraphs) - 1)]
    text = "\n\n".join(paragraphs)
    for old, new in SPELLING[house].items():
        text = text.replace(old, new)
    for old, new in dice.sample(OTHERWISE, dice.choice((0, 0, 1, 1, 2, 3))):
        text = text.replace(old, new, 1)
    for _ in range(dice.choice((0, 0, 0, 1, 1, 2))):
        text = slipped(text, dice)
    paragraphs = text.split("\n\n")
    if dice.random() < 0.25:
        own = OWN[house] if dice.random() < 0.5 else f"{OWN[house]} وعلم «{NAMES[house]}» أن لقاء آخر سيُعقد قريباً."
        paragraphs.insert(dice.randrange(1, len(paragraphs) + 1), own)
    is_wires = source.witness.outlet == "wasla"
    if dice.random() < (0.6 if is_wires else 0.7) and (is_wires or carried):
        if dice.random() < 0.5:
            paragraphs[0] = f"أستانا ({WIRE}) - {paragraphs[0]}"
        else:
            paragraphs.append(f"المصدر: {WIRE}")
    elif not is_wires and dice.random() < 0.15:
        paragraphs.append(f"المصدر: {NAMES[source.witness.outlet]}")
    at = source.at + timedelta(minutes=round(5 * 10 ** dice.uniform(0, 2.1)))
    found = tuple(paragraphs)
    made = witness(f"{house}-1", found, at, to_the_day=house in ("midan", "marsad"))
    return Printed(witness=made, paragraphs=found, at=at, parent=source.witness.story,
                   above=source.above | {source.witness.story})  # fmt: skip


def slipped(text: str, dice: random.Random) -> str:
    """One long word with two letters swapped."""
    words = list(re.finditer(r"[ء-ي]{6,}", text))
    word = dice.choice(words)
    at = word.start() + dice.randrange(2, len(word[0]) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def made(seed: int, trees: int) -> Iterator[tuple[list[Printed], set[str]]]:
    """Trees, and which of their texts are held."""
    dice = random.Random(seed)
    several = items()
    for _ in range(trees):
        paragraphs = dice.choice(several)
        at = datetime(2017, 9, 14, dice.randrange(6, 18), dice.randrange(60), tzinfo=UTC)
        texts = [
            Printed(
                witness=witness("wasla-1", paragraphs, at, to_the_day=False), paragraphs=paragraphs, at=at, parent=None
            )
        ]
        for house in dice.sample(sorted(SPELLING), dice.randrange(1, 5)):
            copies = texts[1:]
            source = dice.choice(copies) if copies and dice.random() < 0.35 else texts[0]
            texts.append(printed(house, source, dice))
        held = {each.witness.story for each in texts}
        if dice.random() < 0.33 and len(texts) > 2:
            held.discard("wasla-1")
        if dice.random() < 0.1 and len(held) > 2:
            held.discard(dice.choice(texts[1:]).witness.story)
        yield texts, held


def verdict(text: Printed, link: Link, held: set[str], by_id: dict[str, Printed]) -> str:
    nearest = text.parent
    while nearest is not None and nearest not in held:
        nearest = by_id[nearest].parent
    if link.source is None:
        if nearest is None:
            return "no source held, none named"
        return "refused"
    if link.source == nearest:
        return "right"
    return "an ancestor, not the nearest" if link.source in text.above else "wrong"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trees", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wrong", action="store_true", help="name the texts whose source is wrong")
    given = parser.parse_args()
    found: Counter[str] = Counter()
    unseen: Counter[str] = Counter()
    stated: Counter[str] = Counter()
    spent = 0.0
    for number, (texts, held) in enumerate(made(given.seed, given.trees)):
        by_id = {each.witness.story: each for each in texts}
        branches = [Branch(current=by_id[story].witness, versions=(by_id[story].witness,)) for story in sorted(held)]
        began = process_time()
        grown = grow(branches, HOUSES)
        told = checks(grown, HOUSES)
        spent += process_time() - began
        for link in grown.links:
            text = by_id[link.copy.story]
            if text.parent is None:
                continue
            answer = verdict(text, link, held, by_id)
            found[answer] += 1
            if "wasla-1" not in held and text.witness.agency == WIRE:
                unseen["named" if link.unseen == WIRE else f"not named: {answer}"] += 1
            if given.wrong and answer == "wrong":
                print(
                    number,
                    text.witness.story,
                    "from",
                    text.parent,
                    "said",
                    link.source,
                    [str(e) for e in link.evidence],
                )
        stated.update(judged(told, by_id))
    report(found, unseen, stated, spent)


def judged(told: tuple, by_id: dict[str, Printed]) -> Iterator[str]:  # type: ignore[type-arg]
    """Whether a copy's credit is called what it is: its text names the wire, or it does not."""
    for check in told:
        names = WIRE in by_id[check.story].witness.text
        yield f"{check.stated}: {'right' if (check.stated is Stated.CREDITED) == names else 'wrong'}"


def report(found: Counter[str], unseen: Counter[str], stated: Counter[str], spent: float) -> None:
    texts = found.total()
    named = texts - found["refused"] - found["no source held, none named"]
    wrong = share(found["wrong"], named)
    print(f"{texts} copies held, {1000 * spent / texts:.1f} ms of a processor each")
    for answer, number in found.most_common():
        print(f"  {answer}: {number}")
    print(f"  wrong of those named: {found['wrong']} of {named} ({wrong.low:.3f}-{wrong.high:.3f})")
    for title, counted in (("wire withheld, copy credits it", unseen), ("credits", stated)):
        print(f"{title}: " + "; ".join(f"{name} {number}" for name, number in counted.most_common()))


if __name__ == "__main__":
    main()
