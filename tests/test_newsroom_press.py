"""Manuscripts of the practice press resolve as press/README.md says; dates read as newspapers print them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from crawler.errors import FactsError
from crawler.newsroom import almanac, press

WIRE = """
- id: 1
  section: سياسة
  published: 2017-05-04T16:20
  title: لقاء في أستانا مع لافرنتييف
  paragraphs:
    - "أستانا (وصلة) - بدأ اللقاء صباحاً."
    - "وقال لافرنتييف إن اللقاء مفيد - بحسب رأيه."
    - "وانتهى اللقاء."
- id: 2
  section: سياسة
  published: 2017-05-05T10:00
  title: خبر ثان
  paragraphs: ["موسكو (وصلة) - خبر قصير."]
  edited: {paragraphs: ["موسكو (وصلة) - خبر قصير مصحح."]}
"""


def resolve(folder: Path, copies: str) -> list[press.Manuscript]:
    (folder / "wasla.yml").write_text(WIRE, encoding="utf-8")
    (folder / "ufuq.yml").write_text(copies, encoding="utf-8")
    return press.load(folder)["ufuq"]


def test_a_copy_is_kept_then_respelled_then_given_its_dateline_then_added_to(tmp_path: Path) -> None:
    [copy] = resolve(
        tmp_path,
        """
- id: 9
  published: 2017-05-04T17:00
  from: wasla/1
  keep: [0, 1]
  respell: {أستانا: أستانة, لافرنتييف: لافرينتييف}
  dateline: "بيروت (أفق) - "
  add: {after: 0, paragraphs: ["وهذه فقرة من عندنا عن أستانا."]}
""",
    )
    assert copy.paragraphs == (
        "بيروت (أفق) - بدأ اللقاء صباحاً.",
        "وهذه فقرة من عندنا عن أستانا.",
        "وقال لافرينتييف إن اللقاء مفيد - بحسب رأيه.",
    )
    assert copy.title == "لقاء في أستانة مع لافرينتييف"
    assert copy.section == "سياسة"
    assert copy.slug == "لقاء-في-أستانة-مع-لافرينتييف"
    assert copy.published == datetime(2017, 5, 4, 17, 0)


@pytest.mark.parametrize(
    ("line", "opening"),
    [
        ("dateline: null", "بدأ اللقاء صباحاً."),
        ("byline: رنا", "أستانا (وصلة) - بدأ اللقاء صباحاً."),
        ("keep: [2]", "وانتهى اللقاء."),
        ("{keep: [1], dateline: null}", "وقال لافرنتييف إن اللقاء مفيد - بحسب رأيه."),
        ('{keep: [2], dateline: "أستانا - "}', "أستانا - وانتهى اللقاء."),
    ],
)
def test_only_the_opening_paragraph_loses_a_dateline(tmp_path: Path, line: str, opening: str) -> None:
    more = line.strip("{}") if line.startswith("{") else line
    [copy] = resolve(tmp_path, f"- {{id: 9, published: 2017-05-04T17:00, from: wasla/1, {more}}}\n")
    assert copy.paragraphs[0] == opening


def test_a_round_up_prints_its_own_paragraphs_and_then_each_item_whole(tmp_path: Path) -> None:
    [copy] = resolve(
        tmp_path,
        """
- id: 9
  section: منوعات
  published: 2017-05-06T09:00
  title: حصاد
  paragraphs: ["في ما يلي حصاد الأسبوع."]
  respell: {أستانا: استانا}
  embed: [wasla/2, wasla/1]
""",
    )
    assert copy.paragraphs == (
        "في ما يلي حصاد الأسبوع.",
        "موسكو (وصلة) - خبر قصير.",
        "استانا (وصلة) - بدأ اللقاء صباحاً.",
        "وقال لافرنتييف إن اللقاء مفيد - بحسب رأيه.",
        "وانتهى اللقاء.",
    )


def test_respelling_never_respells_its_own_answer() -> None:
    assert press.respelled("أستانا وأستانة", {"أستانا": "أستانة", "أستانة": "أستانا"}) == "أستانة وأستانا"
    assert press.respelled("سورية", {}) == "سورية"


def test_an_edit_keeps_what_it_does_not_name(tmp_path: Path) -> None:
    resolve(tmp_path, "- {id: 9, published: 2017-05-04T17:00, from: wasla/2}\n")
    second = press.load(tmp_path)["wasla"][1]
    assert second.edits == (press.Edit(title="خبر ثان", paragraphs=("موسكو (وصلة) - خبر قصير مصحح.",)),)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("from: wasla/77", "ufuq/9: there is no manuscript wasla/77"),
        ("from: wasla/1, keep: [0, 5]", "wasla/1 has not"),
        ("from: wasla/1, paragraphs: [كلام]", "both `from` and `paragraphs`"),
        ("from: wasla/1, related: [12]", "there is no manuscript ufuq/12"),
        ("from: wasla/1, inline: {after: 3, to: 9}", "after its end"),
        ("from: wasla/1, add: {after: 3, paragraphs: [كلام]}", "adds after paragraph 3"),
        ("from: ufuq/9, title: أ, section: ب", "copied from itself"),
        ("section: أ, paragraphs: [كلام]", "a title is missing"),
        ("title: أ, paragraphs: [كلام]", "a section is missing"),
        ("title: أ, section: ب", "has no paragraphs"),
        ("from: wasla/1, colour: أحمر", "unknown key"),
        ("from: wasla/1}\n- {id: 9, published: 2017-05-04T17:00, from: wasla/1", "stands twice"),
    ],
)
def test_a_broken_manuscript_is_refused_by_name(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(FactsError, match=said):
        resolve(tmp_path, f"- {{id: 9, published: 2017-05-04T17:00, {more}}}\n")


def test_months_days_and_digits_are_printed_as_newspapers_do() -> None:
    day = date(2017, 9, 14)
    assert almanac.levantine(day) == "14 أيلول 2017"
    assert almanac.indic(almanac.levantine(day)) == "١٤ أيلول ٢٠١٧"
    assert almanac.doubled(date(2018, 7, 31)) == "31 تموز/يوليو 2018"
    assert almanac.weekday(day) == "الخميس"
    assert almanac.levantine(date(2017, 1, 1)) == "1 كانون الثاني 2017"
    assert almanac.levantine(date(2017, 12, 1)) == "1 كانون الأول 2017"
    assert almanac.clock(datetime(2017, 9, 14, 9, 5)) == "09:05"
