"""astana lineage, astana wire, astana cluster --svg: the same in Python, as JSON and on a terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archive.arabic import tokens
from archive.catalog import Query
from archive.holdings import Archive, open_archive
from archive.likeness.fingerprint import skeletons
from archive.settings import hand_down, load_settings
from crawler.loaded import load_pairs
from flows.show import Listing, apart
from tests.commands import Say
from tests.practice import astana
from tests.traced import HOUSES, objects

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The practice press on its shelves, without a crawl."""
    place = str(tmp_path_factory.mktemp("lineage") / "store")
    with open_archive(load_settings(store=place), create=True) as archive:
        for each in objects():
            archive.put_text(each.head, each.readings)
            archive.set_reader(each.head.outlet, each.head.reader)
        archive.index()
    hand_down({"ASTANA_STORE": place})
    yield place
    hand_down({"ASTANA_STORE": None})


@pytest.fixture(scope="module")
def held(store: str) -> Iterator[Archive]:
    with open_archive(load_settings(store=store)) as archive:
        yield archive


def test_python_and_the_command_tell_one_lineage(held: Archive, capfd: Say) -> None:
    (line,) = astana(capfd, "lineage", "nakhla-4003", "--json").lines
    found = held.lineage("nakhla-4003", HOUSES)
    assert line["earliest_held"] == list(found.tree.earliest)
    by_id = {each["story"]: each for each in line["texts"]}
    assert {story: each["source"] for story, each in by_id.items()} == {
        link.copy.story: link.source for link in found.tree.links
    }
    mine = by_id["nakhla-4003"]
    assert (mine["source"], mine["unseen"]) == ("wasla-7003", None)
    assert mine["evidence"] == ["dates", "stated credit", "an agency's own item"]
    assert mine["sentences"] == {"kept": 6, "moved": 0, "reworded": 0, "dropped": 0, "added": 1}
    assert mine["credit"]["stated"] == "credited"
    source, copy = (held.story(story).editions[0].article.text for story in ("wasla-7003", "nakhla-4003"))
    for each in line["sentences"]:
        for side, text in (("source", source), ("copy", copy)):
            if each[side]:
                assert text[each[side]["start"] : each[side]["end"]] == each[side]["words"]
    assert all(each["copy"]["end"] <= len(copy) for each in line["passages"])


def test_a_terminal_reads_who_had_it_from_whom_with_words_isolated(store: str, capfd: Say) -> None:
    said = astana(capfd, "lineage", "nakhla-4003")
    assert said.code == 0
    lines = said.out.splitlines()
    assert any(line.startswith("came") and "likely from wasla-7003" in line for line in lines)
    assert any(line.startswith("  nakhla-4003 *") for line in lines)  # below its source
    assert any(line.startswith("earliest held, one of") for line in lines)
    assert "added  {+\u2068وتعد هذه الجولة" in said.out
    assert "\x1b" not in said.out
    for line in lines:
        assert line.count("\u2068") == line.count("\u2069")


@pytest.mark.parametrize("words", [["lineage", "midan-5116"], ["lineage", "wasla-7018"], ["lineage", "nakhla-4012"]])
def test_round_ups_and_their_items_and_lone_texts_are_told(store: str, capfd: Say, words: list[str]) -> None:
    said = astana(capfd, *words)
    assert said.code == 0
    wanted = {"midan-5116": "inside it wasla-7018", "wasla-7018": "stands inside midan-5116", "nakhla-4012": "not held"}
    assert wanted[words[1]] in said.out
    (line,) = astana(capfd, *words, "--json").lines
    assert [each["source"] for each in line["inside"]] == {
        "midan-5116": ["wasla-7018", "wasla-7019"],
        "wasla-7018": ["wasla-7018"],
        "nakhla-4012": [],
    }[words[1]]


def test_passages_of_items_lie_in_both_texts(held: Archive, capfd: Say) -> None:
    def words_at(story: str, place: dict[str, int]) -> tuple[str, ...]:
        return skeletons(tokens(held.story(story).editions[0].article.text[place["start"] : place["end"]]))

    (line,) = astana(capfd, "lineage", "midan-5116", "--json").lines
    for each in line["inside"]:
        assert each["passages"]
        for one in each["passages"]:
            assert words_at(each["item"], one["source"]) == words_at(each["piece"], one["copy"])


def test_no_surface_calls_a_text_the_first(store: str, capfd: Say) -> None:
    for words in (["lineage", "wasla-7003"], ["wire", "wasla-7003", "--json"]):
        said = astana(capfd, *words).out.lower()
        assert "first" not in said
        assert "original" not in said


def test_a_copy_is_held_against_its_wire(held: Archive, capfd: Say) -> None:
    (line,) = astana(capfd, "wire", "midan-5107", "--json").lines
    (one,) = held.wire("midan-5107", HOUSES, load_pairs())
    assert line["credit"]["stated"] == "no credit found in this capture" == one.check.stated
    assert [(each["before"]["words"], each["after"]["words"]) for each in line["narration"]] == [
        (swap.before.words, swap.after.words) for swap in one.against.narration
    ]
    assert {"pair": "the zones", "wire": "de-escalation", "outlet": "tension"} in line["narration"][0]["loaded"]
    said = astana(capfd, "wire", "midan-5107").out
    assert "[-\u2068التصعيد\u2069-]{+\u2068التوتر\u2069+}" in said
    assert "the zones: de-escalation → tension" in said
    assert "the nearest of 1 version held" in " ".join(said.split())


def test_of_a_wires_own_story_every_copy_is_told(store: str, capfd: Say) -> None:
    lines = astana(capfd, "wire", "wasla-7006", "--json").lines
    assert [line["copy"]["story"] for line in lines] == ["nakhla-4005", "ufuq-9003"]
    assert astana(capfd, "wire", "wasla-7006").out.count("wire ") == 2


def test_totals_are_told_by_outlet_and_month_with_n_and_interval(held: Archive, capfd: Say) -> None:
    lines = astana(capfd, "wire", "--json", "--outlet", "nakhla", "--include", "off-topic").lines
    assert [(line["month"], line["copies"]) for line in lines] == [
        ("2017-01", 1), ("2017-02", 1), ("2017-05", 1), ("2017-09", 1), ("2019-04", 1), (None, 5),
    ]  # fmt: skip
    credits_in_all = lines[-1]["credits"]
    assert {name: each["found"] for name, each in credits_in_all.items()} == {
        "credited": 4,
        "partial": 0,
        "no credit found in this capture": 1,
        "credit names another": 0,
    }
    assert {each["n"] for each in credits_in_all.values()} == {5}
    assert (credits_in_all["credited"]["low"], credits_in_all["credited"]["high"]) == (0.2836, 0.9949)
    said = astana(capfd, "wire", "--outlet", "midan").out
    assert "1 of 1 (.02–1)" in said
    assert len(held.wire_totals(Query(outlets=("midan",)), HOUSES, load_pairs())) == len(said.splitlines())


def test_a_researchers_own_pairs_are_taken(store: str, capfd: Say, tmp_path: Path) -> None:
    table = tmp_path / "pairs.yml"
    table.write_text("pairs:\n  state:\n    long: [الكازاخستانية]\n    short: [الكازاخية]\n", encoding="utf-8")
    (line,) = astana(capfd, "wire", "midan-5107", "--json", "--pairs", str(table)).lines
    assert [each["loaded"] for each in line["narration"]] == [
        [], [{"pair": "state", "wire": "long", "outlet": "short"}],
    ]  # fmt: skip
    table.write_text("pairs: 3\n", encoding="utf-8")
    said = astana(capfd, "wire", "midan-5107", "--pairs", str(table))
    assert (said.code, said.out) == (2, "")
    assert "pairs.yml:1" in said.err


def test_what_has_no_wire_or_is_not_held_is_said_in_one_line(store: str, capfd: Say) -> None:
    for words in (["wire", "nakhla-4001"], ["wire", "wasla-7007"], ["lineage", "nakhla-1"]):
        said = astana(capfd, *words)
        assert (said.code, said.out) == (2, "")
        assert len(said.err.splitlines()) == 1


def test_a_clusters_spread_is_drawn_beside_its_list(store: str, capfd: Say, tmp_path: Path) -> None:
    said = astana(capfd, "cluster", "nakhla-4003", "--svg", str(tmp_path / "spread.svg"))
    assert said.code == 0
    assert "wasla-7003" in said.out
    assert ElementTree.parse(tmp_path / "spread.svg").getroot().tag.endswith("svg")


def test_what_the_texts_of_a_cluster_share_is_told_by_places_and_shown(held: Archive, capfd: Say) -> None:
    (line,) = astana(capfd, "cluster", "nakhla-4003", "--json").lines
    texts = {story: held.story(story).editions[0].article.text for story in ("wasla-7003", "midan-5102", "nakhla-4003")}
    assert [(each["inner"], each["outer"], each["kind"]) for each in line["edges"]] == [
        ("midan-5102", "nakhla-4003", "copy"),
        ("midan-5102", "wasla-7003", "copy"),
        ("nakhla-4003", "wasla-7003", "copy"),
    ]
    for edge in line["edges"]:
        for each in edge["passages"]:
            inner, outer = (texts[edge[side]][each[side]["start"] : each[side]["end"]] for side in ("inner", "outer"))
            assert skeletons(tokens(inner)) == skeletons(tokens(outer))
    said = astana(capfd, "cluster", "nakhla-4003", "--passages").out
    assert "copy  nakhla-4003 and wasla-7003  likeness 0.73, containment 0.97; 145 words in 2 passages" in said
    assert "  966-1099 = 732-865  \u2068ومن المقرر أن تُستأنف" in said
    assert all(line.count("\u2068") == line.count("\u2069") for line in said.splitlines())
    alone = astana(capfd, "cluster", "nakhla-4001", "--passages")
    assert (len(alone.out.splitlines()), alone.err) == (1, "no other text of it is held\n")


def test_every_line_of_a_table_on_a_narrow_terminal_is_isolated_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", "40")
    title = "أستانا 2 تنتهي بلا بيان ختامي ومن دون موعد للجولة التالية"
    columns = {"story": lambda _: "nakhla-4003", "figure": lambda _: "8" * 30, "title": lambda _: title}
    Listing(columns=columns, dump=lambda _: {}).show([1], as_json=False)
    rows = screen.getvalue().splitlines()[1:]
    assert len(rows) > 1
    assert all(
        row.count("\u2068") == row.count("\u2069") == 1 for row in rows if any(word in row for word in title.split())
    )
    assert screen.getvalue().count("8") == 30


def test_a_story_and_a_table_on_a_terminal_read_arabic_apart_from_what_stands_beside_it(store: str, capfd: Say) -> None:
    said = astana(capfd, "story", "nakhla-4003").out
    assert "\u2068أستانا 2 تنتهي بلا بيان ختامي\u2069" in said
    assert "\u2068وصلة\u2069" in said
    assert "copied with likeness 0.73\n" in said
    assert apart("أستانا 2") == "\u2068أستانا 2\u2069"
    assert apart("nakhla-4003") == "nakhla-4003"
    assert "\u2068" not in astana(capfd, "cluster", "nakhla-4003").out  # piped on, a table is plain
