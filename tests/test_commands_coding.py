"""The commands sample and agree, over the crawled practice press."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.commands import Say, held
from tests.practice import Practice, astana

pytestmark = pytest.mark.xdist_group("desk")  # the press is crawled once for all

__all__ = ["held"]


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def label(path: Path, to: Path, labels: dict[str, str]) -> None:
    given = rows(path)
    with to.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, list(given[0]))
        sheet.writeheader()
        sheet.writerows({**row, "label": labels.get(row["code"], "")} for row in given)


def test_a_sheet_of_topics_shows_texts_and_not_what_the_archive_thinks(
    held: Practice, capfd: Say, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.csv"
    said = astana(capfd, "sample", "--n", "12", "--stratify", "outlet,topic", "--out", str(sheet))
    assert said.code == 0
    given = rows(sheet)
    assert len(given) == 12
    assert {row["question"] for row in given} == {"topic"}
    assert all(row["text"] and row["title"] and row["label"] == "" for row in given)
    again = tmp_path / "again.csv"
    astana(capfd, "sample", "--n", "12", "--stratify", "outlet,topic", "--out", str(again))
    assert again.read_bytes() == sheet.read_bytes()


def test_labels_that_say_what_the_archive_says_score_one_and_others_are_named(
    held: Practice, capfd: Say, tmp_path: Path
) -> None:
    sheet, first, second = (tmp_path / f"{name}.csv" for name in ("sheet", "first", "second"))
    astana(capfd, "sample", "--n", "30", "--stratify", "topic", "--out", str(sheet))
    right = {}
    for row in rows(sheet):
        story = astana(capfd, "get", row["code"], "--as", "json").out
        right[row["code"]] = "yes" if json.loads(story)["topic"]["on"] else "no"
    assert set(right.values()) == {"yes", "no"}
    label(sheet, first, right)
    found = json.loads(astana(capfd, "agree", str(first), str(first), "--json").out)
    assert found["agreement"]["alpha"] == found["precision"]["value"] == found["recall"]["value"] == 1
    wrong, *_ = (code for code, said in right.items() if said == "yes")
    label(sheet, second, {**right, wrong: "no"})
    found = json.loads(astana(capfd, "agree", str(first), str(second), "--json").out)
    assert [one["code"] for one in found["coders_differ"]] == [wrong]
    assert found["archive_differs"] == []
    found = json.loads(astana(capfd, "agree", str(second), "--json").out)
    assert found["agreement"] is None
    assert found["precision"]["value"] < 1 == found["recall"]["value"]
    assert found["archive_differs"] == [{"code": wrong, "labels": ["no"], "archive": "yes"}]


def test_pairs_are_drawn_of_those_that_belong_together_and_those_that_do_not(
    held: Practice, capfd: Say, tmp_path: Path
) -> None:
    sheet, coded = tmp_path / "sheet.csv", tmp_path / "coded.csv"
    assert astana(capfd, "sample", "--of", "copies", "--n", "20", "--out", str(sheet)).code == 0
    given = rows(sheet)
    assert {row["stratum"] for row in given} == {""}
    assert all(row["text a"] and row["text b"] for row in given)
    label(sheet, coded, {row["code"]: "copy" for row in given})
    said = astana(capfd, "agree", str(coded), "--json")
    found = json.loads(said.out)
    assert said.code == 0
    assert found["precision"]["value"] == 1
    assert 0 < found["recall"]["value"] < 1
    assert {one["archive"] for one in found["archive_differs"]} >= {"parted"}


@pytest.mark.slow
def test_a_mangled_code_is_named_and_its_line_counted_nowhere(held: Practice, capfd: Say, tmp_path: Path) -> None:
    sheet, first, second = (tmp_path / f"{name}.csv" for name in ("sheet", "first", "second"))
    astana(capfd, "sample", "--of", "copies", "--n", "12", "--out", str(sheet))
    codes = [row["code"] for row in rows(sheet)]
    label(sheet, first, dict.fromkeys(codes, "copy"))
    left, (one, other) = len(codes) - 1, codes[0].split(" ")
    for mangled in (one, f"{one} {other[:-4]}", "17-Jan"):
        second.write_text(first.read_text("utf-8").replace(codes[0], mangled), "utf-8")
        for sheets in ((second, second), (first, second), (second,)):
            found = json.loads(astana(capfd, "agree", *map(str, sheets), "--json").out)
            assert (found["mangled"], found["lines"], found["unlabelled"], found["gone"]) == ([mangled], left, 0, 0)
            assert found["agreement"] is None or found["agreement"]["coded"] == left
            assert found["precision"]["things"] <= found["recall"]["things"] == left
    said = astana(capfd, "agree", str(first), str(second))
    assert "codes mangled         1, counted nowhere" in said.out
    assert "17-Jan" in said.err
    with second.open("w", encoding="utf-8", newline="") as file:
        fewer = csv.DictWriter(file, list(rows(first)[0]))
        fewer.writeheader()
        fewer.writerows(rows(first)[1:])
    assert "different samples" in astana(capfd, "agree", str(first), str(second)).err


def test_wrong_use_is_said_in_a_line(held: Practice, capfd: Say, tmp_path: Path) -> None:
    sheet, other = tmp_path / "sheet.csv", tmp_path / "other.csv"
    astana(capfd, "sample", "--n", "5", "--out", str(sheet))
    for words, said in (
        (("sample", "--out", str(sheet)), "is there already"),
        (("sample", "--stratify", "taste", "--out", str(other)), "cannot stratify by taste"),
        (("sample", "--outlet", "nobody", "--out", str(other)), "nothing to draw from"),
        (("agree", str(sheet)), "no line is labelled"),
        (("agree", str(other)), "cannot be read"),
    ):
        refused = astana(capfd, *words)
        assert refused.code == 2
        assert said in refused.err
