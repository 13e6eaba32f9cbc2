"""Commands that prove, keep and crawl: verify, import, rebuild, outlets, runs and crawl."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commands import Say, held, one
from tests.practice import OUTLETS, SINCE, UNTIL, Practice, astana, of

pytestmark = pytest.mark.slow  # each test crawls

__all__ = ["held", "one"]


# ---- proving and keeping -------------------------------------------------------------------------------------------


def test_every_edition_is_proved(held: Practice, capfd: Say) -> None:
    said = astana(capfd, "verify", "--all", "--json")
    assert said.code == 0
    assert said.lines
    assert all(verdict["holds"] and verdict["today"] == "same" for verdict in said.lines)


def test_a_permalink_is_proved(held: Practice, one: str, capfd: Say) -> None:
    permalink = astana(capfd, "get", one, "--as", "json").lines[0]["permalink"]
    assert astana(capfd, "verify", permalink, "--json").lines[0]["story"] == one


def test_verify_wants_to_know_what(held: Practice, capfd: Say) -> None:
    assert astana(capfd, "verify").code == 2
    assert astana(capfd, "verify", "wasla-aaaaaaaaaaaa", "--all").code == 2


def test_a_taken_out_record_can_be_imported_elsewhere(held: Practice, one: str, capfd: Say, tmp_path: Path) -> None:
    record, broken = tmp_path / "one.warc.gz", tmp_path / "none.warc.gz"
    astana(capfd, "get", one, "--as", "warc", "--out", str(record))
    broken.write_bytes(b"this is no WARC")
    elsewhere = str(tmp_path / "elsewhere")
    said = astana(capfd, "import", str(broken), str(record), "--store", elsewhere, "--json")
    assert said.code == 1
    assert of(said.lines, "file") == ["one.warc.gz"]
    assert "none.warc.gz" in said.err
    pulled = astana(capfd, "get", one, "--as", "json", "--store", elsewhere).lines[0]
    assert (pulled["id"], pulled["via"]) == (one, "import")


def test_a_rebuild_gives_the_same_pull(held: Practice, capfd: Say) -> None:
    before = astana(capfd, "pull", "--format", "jsonl", "--include", "off-topic").out
    for words in (["rebuild"], ["rebuild", "--from", "warc"], ["rebuild", "--from", "warc", "--outlet", "midan"]):
        assert astana(capfd, *words).code == 0
        assert astana(capfd, "pull", "--format", "jsonl", "--include", "off-topic").out == before


def test_linking_anew_gives_the_same_clusters_and_stands_among_the_runs(held: Practice, capfd: Say) -> None:
    before = astana(capfd, "clusters", "--include", "off-topic", "--json")
    assert before.lines
    said = astana(capfd, "recluster", "--processes", "1", "--json")
    assert (said.code, said.lines[0]["clusters"]) == (0, len(before.lines))
    assert astana(capfd, "clusters", "--include", "off-topic", "--json").out == before.out
    assert of(astana(capfd, "runs", "--json").lines, "kind")[0] == "recluster"


def test_a_rebuild_names_the_outlets_whose_file_is_not_there(held: Practice, capfd: Say, tmp_path: Path) -> None:
    shutil.copytree(held.store, tmp_path / "store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASTANA_STORE", str(tmp_path / "store"))
        patch.delenv("ASTANA_OUTLETS")
        whole = astana(capfd, "rebuild", "--from", "warc")
        of_one = astana(capfd, "rebuild", "--from", "warc", "--outlet", "midan")
        from_text = astana(capfd, "rebuild")
    assert (whole.code, of_one.code, from_text.code) == (1, 2, 0)
    assert "WARCs of midan, nakhla, ufuq, wasla have no outlet file and were not read; set ASTANA_OUTLETS" in whole.err
    assert "of midan ha" in of_one.err
    assert "no outlet file" in of_one.err


def test_a_damaged_warc_is_named_by_a_rebuild(held: Practice, capfd: Say, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(held.store, store)
    damaged = next((store / "warc" / "midan").rglob("*.warc.gz"))
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:-20])
    said = astana(capfd, "rebuild", "--from", "warc", "--store", str(store))
    assert f"{damaged.name} is damaged at 1 place" in said.err


# ---- outlets and runs ----------------------------------------------------------------------------------------------


def test_outlets_are_listed_and_shown(held: Practice, capfd: Say) -> None:
    listed = astana(capfd, "outlets", "--json")
    assert listed.lines == astana(capfd, "outlets", "list", "--json").lines
    assert {*OUTLETS, "sana", "orient"} <= set(of(listed.lines, "id"))
    shown = astana(capfd, "outlets", "show", "sana", "--json").lines
    assert shown == [line for line in listed.lines if line["id"] == "sana"]
    assert "Asia/Damascus" in astana(capfd, "outlets", "show", "sana").out


def test_a_check_asks_every_seed_and_fetches_no_story(held: Practice, capfd: Say) -> None:
    asked = len(held.newsroom.log)
    said = astana(capfd, "outlets", "check", "nakhla", "--json")
    assert {line["kind"] for line in said.lines} == {"feed", "sitemap"}
    assert all(line["pages"] and not line["problem"] for line in said.lines)
    paths = [ask.path for ask in held.newsroom.log[asked:]]
    assert paths
    assert not any(path.startswith("/archives/") for path in paths)


def test_what_ran_is_listed_newest_first(held: Practice, capfd: Say) -> None:
    runs = astana(capfd, "runs", "--json", "--limit", "100").lines
    assert of(runs, "started") == sorted(of(runs, "started"), reverse=True)
    assert runs[-1]["kind"] == "crawl"
    assert runs[-1]["outcome"] == "done"
    asked = {"outlets": list(OUTLETS), "since": SINCE, "until": UNTIL, "slice": "month", "sample": 1}
    assert runs[-1]["plan"] == asked
    assert {report["outlet"] for report in runs[-1]["found"]["outlets"]} == set(OUTLETS)


def test_a_crawl_of_what_is_held_finds_nothing_new(held: Practice, capfd: Say) -> None:
    said = astana(capfd, "crawl", "midan", "ufuq", "--since", SINCE, "--until", UNTIL, "--json")
    assert said.code == 0
    assert said.lines[0]["indexed"]["new_stories"] == 0
    assert said.lines[0]["indexed"]["new_editions"] == 0


def test_an_outlet_that_fails_is_named_and_the_others_go_on(held: Practice, capfd: Say, tmp_path: Path) -> None:
    outlets = tmp_path / "outlets"
    held.newsroom.write_outlets(outlets)
    midan = outlets / "midan.yml"
    midan.write_text(midan.read_text("utf-8").replace(held.newsroom.hosts["midan"], "127.0.0.1:9"), "utf-8")
    settings = {"ASTANA_OUTLETS": str(outlets), "ASTANA_STORE": str(tmp_path / "store")}
    words = ("crawl", "midan", "ufuq", "--since", SINCE, "--until", UNTIL, "--json")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        said = astana(capfd, *words)
        stories = astana(capfd, "pull", "--format", "jsonl").lines
        last = astana(capfd, "runs", "--json").lines[0]
    assert said.code == 1
    assert "midan failed:" in said.err
    assert "Traceback" not in said.err
    assert {story["outlet"] for story in stories} == {"ufuq"}
    assert (last["outcome"], last["reason"][:6]) == ("failed", "midan:")
