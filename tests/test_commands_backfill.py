"""The command that fills the past: its plan asks nobody, and its report says what came and what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.commands_run import lacking, tell
from flows.options import Form
from flows.reports import Grown, Indexed, Missing, OutletReport, RunReport, SourceReport
from tests.practice import astana, of

Say = pytest.CaptureFixture[str]
ROUND = ("--round", "6", "--seen-until", "2019-01-01", "--plan")


def test_a_plan_is_made_where_no_archive_is_yet_and_begins_none(capfd: Say, tmp_path: Path) -> None:
    store = tmp_path / "store"
    said = astana(capfd, "backfill", "orient", "enabbaladi", *ROUND, "--via", "all", "--store", str(store), "--json")
    assert said.code == 0, said.err
    assert not store.exists()
    assert of(said.lines, "outlet") == sorted(of(said.lines, "outlet"))[::-1]
    by_source = {(line["outlet"], line["source"]): line for line in said.lines}
    assert {source for outlet, source in by_source if outlet == "orient"} == {"wayback", "commoncrawl"}
    assert by_source["orient", "wayback"]["slices"] == 2
    assert all(line["listings"] > 0 and line["seconds"] > 0 and line["basis"] for line in said.lines)
    assert {line["adds"] for line in said.lines} == {None}


def test_a_plan_says_to_people_that_nothing_was_asked_and_how_long_it_takes(capfd: Say, tmp_path: Path) -> None:
    said = astana(capfd, "backfill", "orient", *ROUND, "--store", str(tmp_path / "store"))
    assert said.out.splitlines()[0].split("\t")[:5] == ["orient", "wayback", "2", "2 or more", "unknown"]
    assert "nothing was asked; it takes " in said.err
    assert "listings, at least: " in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("orient", "--since", "2017-01-01", "--via", "rest", "--plan"), "orient closed on 2023-12-31"),
        (("nobody", "--round", "6", "--plan"), "there is no outlet 'nobody'"),
        (("sana", "--round", "6", "--seen-until", "2016-01-01", "--plan"), "no copy was made before 2016-01-01"),
        (("sana", "--round", "6", "--copies", "every"), "every"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(capfd: Say, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    said = astana(capfd, "backfill", *words, "--store", str(tmp_path / "store"))
    assert (said.code, told in said.err, said.out) == (2, True, "")


SOURCE = SourceReport(
    name="wayback",
    slices=2,
    asked=4,
    listed=90,
    fetched=9,
    on_topic=6,
    off_topic=2,
    rejected={"soft-404": 1},
    new=Grown(stories=8, on_topic=6),
)
MISSING = Missing(since="2017-01-01", until="2018-01-01", stories={"listed but lost": 2}, unlisted=30)


def report(missing: Missing | None = MISSING) -> RunReport:
    outlet = OutletReport(outlet="sawari", sources=(SOURCE,), missing=missing)
    indexed = Indexed(objects=1, readings=9, new_stories=8, new_editions=8)
    return RunReport(run="backfill-1", kind="backfill", outlets=(outlet,), indexed=indexed)


def test_a_report_says_what_each_source_brought_and_what_is_still_missing(capsys: pytest.CaptureFixture[str]) -> None:
    tell(report(), Form())
    said = capsys.readouterr()
    expected = ["sawari", "wayback", "4", "90", "9", "6", "2", "1 soft-404", "1.50", "8, 6 on topic", "done"]
    assert said.out.splitlines() == ["\t".join(expected)]
    assert (
        "sawari: not held: 2 listed but lost, 30 days without a listing that tells; "
        "see astana gaps sawari --since 2017-01-01 --until 2018-01-01"
    ) in said.err


def test_a_report_of_nothing_missing_says_so() -> None:
    assert lacking(Missing(since="a", until="b")) == "all that its listings name is held"


def test_a_report_is_one_json_object_with_all_of_it() -> None:
    said = report().dump()["outlets"][0]
    assert said["sources"][0]["per_on_topic"] == 1.5
    assert said["sources"][0]["new"] == {"stories": 8, "on_topic": 6}
    assert said["missing"]["unlisted"] == 30
