"""Commands that read: search, pull, get, story and clusters."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from tests.commands import Say, held, one
from tests.practice import Practice, astana, of

pytestmark = pytest.mark.xdist_group("desk")  # the press is crawled once for all

__all__ = ["held", "one"]


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


def test_a_storys_facts_say_where_it_credits_its_source(held: Practice, capfd: Say) -> None:
    pulled = astana(capfd, "pull", "--format", "jsonl", "--out", "-").lines
    for credited in (True, False):
        story = next(each for each in pulled if (each["dateline"]["agency"] is not None) is credited)
        said = next(
            line for line in astana(capfd, "story", story["id"]).out.splitlines() if line.startswith("sourcing")
        )
        assert ("credited in the dateline" in said) is credited


def test_every_member_names_its_cluster(held: Practice, capfd: Say) -> None:
    for cluster in astana(capfd, "clusters", "--json").lines:
        assert cluster["copies"]
        for member in [cluster["canonical"], *of(cluster["copies"], "story")]:
            [said] = astana(capfd, "cluster", member, "--json").lines
            assert {name: said[name] for name in cluster} == cluster


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
