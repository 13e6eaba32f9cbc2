"""The program itself: what it refuses, and how it begins, is interrupted and ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.cli import VERBS
from flows.plans import Plan
from tests.commands import Say, held, one, program
from tests.practice import SINCE, UNTIL, Practice, astana, practice

pytestmark = pytest.mark.xdist_group("desk")  # the press is crawled once for all

__all__ = ["held", "one"]


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
        (["backfill", "orient", "--since", "2017-01-01", "--via", "sitemap"], 2, "ask web archives: --via wayback"),
        (["backfill", "--since", "2017-01-01", "--via", "sitemap,pigeon"], 2, "is no source"),
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


@pytest.mark.slow
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


def test_sigterm_stops_a_run_whose_shell_has_ctrl_c_ignored() -> None:
    code = """
import asyncio, os, signal, sys
from flows.commands_run import carry_out
async def endless():
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.Event().wait()
signal.signal(signal.SIGINT, signal.SIG_IGN)
try:
    carry_out(endless())
except KeyboardInterrupt:
    sys.exit(130)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (130, "")


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
