from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.settings import hand_down
from flows.cli import VERBS
from flows.plans import Plan
from tests.practice import OUTLETS, SINCE, UNTIL, Practice, astana, of, practice

Say = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """The practice press, crawled once."""
    with practice(tmp_path_factory.mktemp("held")) as press:
        press.crawl()
        hand_down({"ASTANA_STORE": str(press.store), "ASTANA_OUTLETS": str(press.outlets)})
        yield press
        hand_down({"ASTANA_STORE": None, "ASTANA_OUTLETS": None})


@pytest.fixture(scope="module")
def one(held: Practice) -> str:
    """A story that a wire agency printed first and others copied."""
    with held.open() as archive:
        return next(iter(archive.clusters())).canonical


# ---- reading -------------------------------------------------------------------------------------------------------


def test_search_lists_stories_as_lines_and_as_json(held: Practice, capfd: Say) -> None:
    plain, as_json = astana(capfd, "search", "أستانا"), astana(capfd, "search", "أستانا", "--json")
    assert plain.code == as_json.code == 0
    ids = of(as_json.lines, "id")
    assert ids
    assert [line.split("\t")[0] for line in plain.out.splitlines()] == ids


def test_spellings_of_the_city_meet(held: Practice, capfd: Say) -> None:
    assert astana(capfd, "search", "آستانا").out == astana(capfd, "search", "أستانة").out


def test_words_in_quotes_stand_together(held: Practice, capfd: Say) -> None:
    found = astana(capfd, "pull", "--format", "jsonl").lines
    first, second = found[0]["text"].split()[4:6]
    together = astana(capfd, "search", f'"{first} {second}"', "--json").lines
    apart = astana(capfd, "search", f'"{second} {first}"', "--json").lines
    assert found[0]["id"] in of(together, "id")
    assert found[0]["id"] not in of(apart, "id")


def test_a_search_that_finds_nothing_says_so_beside_its_output(held: Practice, capfd: Say) -> None:
    said = astana(capfd, "search", "قسطنطينيوس")
    assert (said.code, said.out, said.err) == (0, "", "no story fits\n")


def test_filters_narrow_a_pull(held: Practice, capfd: Say) -> None:
    everything = astana(capfd, "pull", "--format", "jsonl", "--include", "off-topic").lines
    on_topic = astana(capfd, "pull", "--format", "jsonl").lines
    of_two = astana(capfd, "pull", "--format", "jsonl", "--outlet", "wasla", "--outlet", "ufuq").lines
    canonical = astana(capfd, "pull", "--format", "jsonl", "--canonical").lines
    limited = astana(capfd, "pull", "--format", "jsonl", "--limit", "2").lines
    assert all(story["topic"]["on"] for story in on_topic)
    assert len(everything) > len(on_topic) > len(of_two) > 0
    assert {story["outlet"] for story in of_two} == {"wasla", "ufuq"}
    assert canonical == [story for story in on_topic if story["canonical"]]
    assert limited == on_topic[:2]


def test_a_round_and_its_window_pull_the_same(held: Practice, capfd: Say) -> None:
    by_round = astana(capfd, "pull", "--format", "jsonl", "--round", "1")
    by_days = astana(capfd, "pull", "--format", "jsonl", "--since", "2017-01-20", "--until", "2017-01-28")
    assert by_round.lines
    assert by_round.out == by_days.out


def test_texts_are_pulled_into_folders_of_outlet_year_and_month(held: Practice, capfd: Say, tmp_path: Path) -> None:
    stories = astana(capfd, "pull", "--format", "jsonl").lines
    said = astana(capfd, "pull", "--out", str(tmp_path / "texts"))
    assert said.err == f"{len(stories)} stories pulled to {tmp_path / 'texts'}\n"
    for story in stories:
        year, month = (story["published"]["local"] or story["published"]["value"]).split("-")[:2]
        path = tmp_path / "texts" / story["outlet"] / year / month / f"{story['id']}.txt"
        assert path.read_text("utf-8") == f"{story['title']}\n\n{story['text']}\n"
    assert len([path for path in (tmp_path / "texts").rglob("*") if path.is_file()]) == len(stories)


def test_json_lines_go_into_a_file_that_is_whole(held: Practice, capfd: Say, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "stories.jsonl"
    astana(capfd, "pull", "--format", "jsonl", "--out", str(target))
    assert target.read_text("utf-8") == astana(capfd, "pull", "--format", "jsonl").out
    assert [path.name for path in target.parent.iterdir()] == ["stories.jsonl"]


def test_a_pull_into_the_wrong_sort_of_place_is_refused(held: Practice, capfd: Say, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert astana(capfd, "pull", "--out", str(file)).code == 2
    assert astana(capfd, "pull", "--format", "jsonl", "--out", str(tmp_path)).code == 2
    assert astana(capfd, "pull", "--out", str(file / "below")).code == 3


def test_one_story_comes_out_as_text_json_page_and_record(held: Practice, one: str, capfd: Say) -> None:
    text = astana(capfd, "get", one)
    story = astana(capfd, "get", one, "--as", "json").lines[0]
    page = astana(capfd, "get", one, "--as", "html")
    assert text.out == f"{story['title']}\n\n{story['text']}\n"
    assert "\n\n".join(paragraph["text"] for paragraph in story["paragraphs"]) == story["text"]
    assert "<html" in page.out


def test_a_record_that_is_taken_out_is_a_warc_member(held: Practice, one: str, capfd: Say, tmp_path: Path) -> None:
    said = astana(capfd, "get", one, "--as", "warc", "--out", str(tmp_path / "one.warc.gz"))
    assert said.code == 0
    record = gzip.decompress((tmp_path / "one.warc.gz").read_bytes())
    assert record.startswith(b"WARC/1.1\r\n")
    story = astana(capfd, "get", one, "--as", "json").lines[0]
    assert story["capture"]["record"].encode() in record


def test_a_story_is_found_by_id_permalink_and_address(held: Practice, one: str, capfd: Say) -> None:
    story = astana(capfd, "story", one, "--json").lines[0]
    assert astana(capfd, "story", story["url"], "--json").lines[0] == story
    assert astana(capfd, "get", story["permalink"], "--as", "json").lines[0]["id"] == one
    assert [text["edition"] for text in story["texts"]] == [1]


def test_a_storys_facts_name_the_claims_on_its_date(held: Practice, one: str, capfd: Say) -> None:
    said = astana(capfd, "story", one).out
    assert one in said
    assert "claim by" in said
    assert "edition 1" in said


def test_every_member_names_its_cluster(held: Practice, capfd: Say) -> None:
    for cluster in astana(capfd, "clusters", "--json").lines:
        assert cluster["copies"]
        for member in [cluster["canonical"], *of(cluster["copies"], "story")]:
            assert astana(capfd, "cluster", member, "--json").lines == [cluster]


def test_a_cluster_lists_its_members(held: Practice, one: str, capfd: Say) -> None:
    cluster = astana(capfd, "cluster", one, "--json").lines[0]
    rows = [line.split("\t") for line in astana(capfd, "cluster", one).out.splitlines()]
    assert [row[:2] for row in rows[:1]] == [[one, "canonical"]]
    assert [row[0] for row in rows[1:]] == of(cluster["copies"], "story")


@pytest.mark.parametrize("as_", ["html", "warc"])
def test_a_story_whose_warc_is_gone_is_the_world_broken(
    held: Practice, one: str, capfd: Say, tmp_path: Path, as_: str
) -> None:
    shutil.copytree(held.store, tmp_path / "store")
    shutil.rmtree(tmp_path / "store" / "warc")
    said = astana(capfd, "get", one, "--as", as_, "--store", str(tmp_path / "store"))
    assert said.code == 3
    assert "is not on the shelf" in said.err


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
    assert runs[-1]["plan"] == {"outlets": list(OUTLETS), "since": SINCE, "until": UNTIL, "slice": "month"}
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


# ---- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["crawl", "--since", "someday"], 2, "'someday' is no day"),
        (["crawl", "--since", "2017-02-01", "--until", "2017-01-01"], 2, "no day lies in"),
        (["crawl", "--round", "99"], 2, "there is no round 99"),
        (["crawl", "--round", "1", "--since", "7d"], 2, "not both"),
        (["crawl", "nobody"], 2, "there is no outlet 'nobody'"),
        (["crawl", "orient"], 2, "orient closed on 2023-12-31"),
        (["backfill"], 2, "needs its first day"),
        (["backfill", "--since", "2017-01-01", "--via", "wayback"], 2, "not there yet"),
        (["backfill", "--since", "2017-01-01", "--via", "sitemap,pigeon"], 2, "no kind of seed"),
        (["outlets", "show", "nobody"], 2, "there is no outlet 'nobody'"),
        (["rebuild", "--outlet", "nobody"], 2, "there is no outlet 'nobody'"),
        (["story", "wasla-aaaaaaaaaaaa"], 2, "no story wasla-aaaaaaaaaaaa is held"),
        (["get", "https://nobody.example/1"], 2, "no story held from"),
        (["get", "wasla-aaaaaaaaaaaa", "--as", "html"], 2, "no story wasla-aaaaaaaaaaaa is held"),
        (["cluster", "wasla-aaaaaaaaaaaa"], 2, "no story wasla-aaaaaaaaaaaa is held"),
        (["verify", "wasla-aaaaaaaaaaaa"], 2, "wasla-aaaaaaaaaaaa"),
        (["pull", "--since", "2017-99-99"], 2, "'2017-99-99' is no day"),
        (["search", '"not closed'], 2, "not closed"),
        (["search", "،"], 2, "no word to look for"),
        (["import", "/nowhere/at/all.warc"], 1, "all.warc cannot be read"),
        (["schedule"], 2, "PREFECT_API_URL"),
        (["cancel", "crawl-20170101000000-abcdef"], 2, "there is no run"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    held: Practice, capfd: Say, words: list[str], code: int, said: str
) -> None:
    answer = astana(capfd, *words)
    assert answer.code == code
    assert said in answer.err
    assert answer.out == ""
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("words", [["sing"], ["crawl", "--loudly"], ["pull", "--format", "papyrus"], ["get"]])
def test_wrong_words_are_wrong_usage(capfd: Say, words: list[str]) -> None:
    assert astana(capfd, *words).code == 2


def test_an_archive_that_is_not_there_is_not_made_by_reading(capfd: Say, tmp_path: Path) -> None:
    said = astana(capfd, "search", "أستانا", "--store", str(tmp_path / "none"))
    assert said.code == 3
    assert "there is no archive at" in said.err
    assert not (tmp_path / "none").exists()


def test_a_store_that_cannot_be_written_asks_nobody_anything(held: Practice, capfd: Say, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    asked = len(held.newsroom.log)
    said = astana(capfd, "crawl", "midan", "--since", SINCE, "--store", str(tmp_path / "file" / "store"))
    assert said.code == 3
    assert len(said.err.splitlines()) == 1
    assert len(held.newsroom.log) == asked


def test_a_newer_store_is_refused_and_left_alone(capfd: Say, tmp_path: Path) -> None:
    (tmp_path / "format.json").write_text('{"format": 99}')
    said = astana(capfd, "pull", "--store", str(tmp_path))
    assert (said.code, len(said.err.splitlines())) == (3, 1)
    assert "upgrade" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["format.json"]


def test_a_broken_outlet_file_names_its_line(held: Practice, capfd: Say, tmp_path: Path) -> None:
    held.newsroom.write_outlets(tmp_path)
    with (tmp_path / "midan.yml").open("a", encoding="utf-8") as file:
        file.write("headquarters: Damascus\n")
    line = len((tmp_path / "midan.yml").read_text("utf-8").splitlines())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASTANA_OUTLETS", str(tmp_path))
        said = astana(capfd, "crawl", "--since", SINCE)
    assert said.code == 2
    assert f"midan.yml:{line}: headquarters: unknown key" in said.err


def test_a_catalog_that_is_no_catalog_is_the_world_broken(held: Practice, capfd: Say) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASTANA_CATALOG", "postgresql://nobody@127.0.0.1:9/none")
        said = astana(capfd, "search", "أستانا")
    assert (said.code, len(said.err.splitlines())) == (3, 1)


@pytest.mark.parametrize("verb", ["crawl", "backfill"])
@pytest.mark.parametrize(
    ("api", "code"), [("http://127.0.0.1:1/api", 3), ("nonsense", 2), ("http://[::1/api", 2), ("ftp://a.example", 2)]
)
def test_a_prefect_server_that_cannot_be_asked_is_one_line_and_nothing_is_begun(
    tmp_path: Path, verb: str, api: str, code: int
) -> None:
    store = tmp_path / "store"
    process = program(verb, "nobody", settings={"PREFECT_API_URL": api, "ASTANA_STORE": str(store)})
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, len(err.splitlines())) == (code, "", 1), err
    assert api in err
    assert not store.exists()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (("ASTANA_TOPIC", "none.yml"), 2),
        (("ASTANA_TOPIC", "."), 2),
        (("ASTANA_CATALOG", "sqlite:////dev/null/catalog.db"), 3),
        (("ASTANA_CATALOG", "postgresql://nobody@127.0.0.1:9/none"), 3),
        (("ASTANA_CATALOG", "gopher://a.example"), 2),
    ],
)
def test_what_reads_and_indexes_is_found_wrong_before_anybody_is_asked(
    held: Practice, capfd: Say, tmp_path: Path, wrong: tuple[str, str], code: int
) -> None:
    asked = len(held.newsroom.log)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASTANA_STORE", str(tmp_path / "store"))
        patch.setenv(*wrong)
        said = astana(capfd, "crawl", "midan", "--since", SINCE, "--until", UNTIL)
    assert (said.code, len(said.err.splitlines())) == (code, 1), said.err
    assert len(held.newsroom.log) == asked


def test_a_wrong_setting_is_named(capfd: Say) -> None:
    said = astana(capfd, "search", "أستانا", settings={"ASTANA_RESOLVE": "nonsense"})
    assert said.code == 2
    assert "ASTANA_RESOLVE" in said.err


# ---- the program itself --------------------------------------------------------------------------------------------


def program(*words: str, settings: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *words],
        env={**os.environ, **(settings or {})},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize("verb", [*VERBS, "outlets"])
def test_every_verb_explains_itself(capfd: Say, verb: str) -> None:
    said = astana(capfd, verb, "--help")
    assert said.code == 0
    assert f"astana {verb}" in said.out


def test_no_heavy_library_is_loaded_to_explain_or_search() -> None:
    code = """
import sys
from flows import cli
cli.run(sys.argv[1:])
heavy = {"prefect", "scrapy", "twisted", "trafilatura", "boto3", "lxml", "warcio"} & set(sys.modules)
sys.exit(f"loaded {heavy}" if heavy else 0)
"""
    for words in (["--help"], ["search", "أستانا", "--store", "/nowhere"]):
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.count("loaded")) == (0, 0), done.stderr


def test_ctrl_c_while_the_program_still_loads_is_an_interruption_in_one_line() -> None:
    code = """
import os, signal, sys
class Impatient:
    def find_spec(self, name, path=None, target=None):
        if name == "flows.commands_run":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Impatient())
signal.signal(signal.SIGINT, signal.default_int_handler)
from flows.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code, "crawl"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (130, "", 1), done.stderr


def test_who_reads_only_the_head_of_a_pull_hears_no_complaint(held: Practice) -> None:
    with program("pull", "--format", "jsonl", "--include", "off-topic") as pulling:
        assert pulling.stdout is not None
        assert pulling.stderr is not None
        json.loads(pulling.stdout.readline())
        pulling.stdout.close()
        assert pulling.stderr.read() == ""
    assert pulling.returncode == 0


@pytest.mark.parametrize("words", [["pull", "--format", "jsonl"], ["search", "أستانا"], ["get", "--as", "html"]])
def test_an_output_that_takes_nothing_is_the_world_broken(held: Practice, one: str, words: list[str]) -> None:
    asked = [*words, one] if words[0] == "get" else words
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "flows.cli", *asked],
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1), done.stderr
    assert "the output cannot be written" in done.stderr


def test_what_is_said_is_utf8_whatever_the_machine_speaks(held: Practice) -> None:
    with program("search", "أستانا", settings={"PYTHONIOENCODING": "ascii"}) as searching:
        out, err = searching.communicate()
    assert (searching.returncode, err) == (0, "")
    assert "أستانا" in out


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_crawl_keeps_what_it_captured_and_the_next_goes_on(
    tmp_path: Path, capfd: Say, sent: signal.Signals
) -> None:
    with practice(tmp_path) as press:
        wasla = press.outlets / "wasla.yml"
        text = wasla.read_text("utf-8")
        wasla.write_text(text.replace("delay: 0.01", "delay: 0.8"), "utf-8")
        assert wasla.read_text("utf-8") != text
        settings = {"ASTANA_STORE": str(press.store), "ASTANA_OUTLETS": str(press.outlets)}
        with program("crawl", "wasla", "--round", "1", settings=settings) as crawling:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and not any("/2017/" in ask.path for ask in press.newsroom.log):
                time.sleep(0.05)
            crawling.send_signal(sent)
            _, said = crawling.communicate(timeout=60)
        assert crawling.returncode == 130, said
        assert "kept" in said
        assert "Traceback" not in said
        waiting = [path for path in (press.store / "spool").rglob("*") if path.is_file()]
        with press.open() as archive:
            sealed = archive.warcs("wasla")
        assert sealed or waiting
        wasla.write_text(text, "utf-8")
        last = astana(capfd, "runs", "--json", "--store", str(press.store)).lines[0]
        assert last["outcome"] == "interrupted"
        press.crawl(Plan(outlets=("wasla",), round=1))
        with press.open() as archive:
            stories = list(archive.catalog.held())
        assert {line.outlet: line.first_day for line in stories}["wasla"] >= "2017-01-20"
