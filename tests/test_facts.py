"""crawler/facts.py: what a YAML of facts may say, and how plainly a mistake in it is told."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Literal

import pytest

from archive.errors import SettingsError
from crawler import facts
from crawler.errors import FactsError
from crawler.facts import Facts


class Seed(Facts):
    kind: Literal["feed", "sitemap"]
    url: str
    since: date | None = None


class Paper(Facts):
    name: str
    open: bool = True
    seeds: tuple[Seed, ...] = ()
    when: datetime | None = None
    words: dict[str, str] = {}  # noqa: RUF012 - pydantic copies defaults


def told(text: str) -> str:
    with pytest.raises(FactsError) as caught:
        facts.parse(text, Paper, "paper.yml")
    return str(caught.value)


def test_good_facts_become_the_model() -> None:
    paper = facts.parse(
        "name: النخلة\nopen: false\nseeds:\n  - {kind: feed, url: http://a/feed, since: 2017-01-01}\n",
        Paper,
        "paper.yml",
    )
    assert paper == Paper(
        name="النخلة", open=False, seeds=(Seed(kind="feed", url="http://a/feed", since=date(2017, 1, 1)),)
    )


def test_an_empty_file_holds_no_facts_and_a_model_of_defaults_takes_it() -> None:
    class Optional(Facts):
        terms: tuple[str, ...] = ()

    assert facts.parse("# nothing yet\n", Optional, "x.yml") == Optional()


def test_an_unknown_key_is_told_with_its_line() -> None:
    assert told("name: a\nsedes: []\n") == "paper.yml:2: sedes: unknown key"


def test_an_unknown_key_deep_inside_is_told_with_its_line() -> None:
    assert told("name: a\nseeds:\n  - kind: feed\n    url: u\n    colour: red\n") == (
        "paper.yml:5: seeds[0].colour: unknown key"
    )


def test_a_missing_key_is_told_at_what_should_hold_it() -> None:
    assert told("name: a\nseeds:\n  - kind: feed\n") == "paper.yml:3: seeds[0].url: this key is missing"


def test_a_bad_value_is_told_with_its_line_and_itself() -> None:
    said = told("name: a\nseeds:\n  - kind: feed\n    url: u\n    since: tomorrow\n")
    assert said.startswith("paper.yml:5: seeds[0].since: ") and "'tomorrow'" in said


def test_the_first_of_several_mistakes_is_told_and_the_others_counted() -> None:
    assert told("name: a\nx: 1\ny: 2\n") == "paper.yml:2: x: unknown key (and 1 more)"


def test_a_key_that_stands_twice_is_refused() -> None:
    assert told("name: a\nopen: true\nname: b\n") == "paper.yml:3: key 'name' stands twice (first on line 1)"


def test_broken_syntax_is_told_with_its_line() -> None:
    assert told("name: a\nseeds: [\n").startswith("paper.yml:3: ")


def test_a_tab_that_indents_is_told_with_its_line() -> None:
    assert told("name: a\nseeds:\n\t- x\n").startswith("paper.yml:3: ")


@pytest.mark.parametrize("text", ["name: !!python/object/apply:os.getcwd []\n", "name: !secret a\n", "name: !!int a\n"])
def test_no_tag_can_run_code_or_bend_a_type(text: str) -> None:
    assert told(text).startswith("paper.yml:1: ")


def test_aliases_are_refused() -> None:
    assert told("name: &n a\nwords: {b: *n}\n") == "paper.yml:2: aliases are not allowed in facts"


def test_two_documents_in_one_file_are_refused() -> None:
    assert told("name: a\n---\nname: b\n").startswith("paper.yml:2: ")


def test_a_file_of_a_list_is_refused() -> None:
    assert told("- a\n").startswith("paper.yml:1: ")


def test_words_that_old_yaml_bends_stay_words() -> None:
    paper = facts.parse("name: no\nwords: {a: 12:30, b: off, c: 2017-01-23, d: 1_000}\n", Paper, "paper.yml")
    assert paper.name == "no"
    assert paper.words == {"a": "12:30", "b": "off", "c": "2017-01-23", "d": "1_000"}


def test_a_number_with_a_leading_zero_is_decimal() -> None:
    class Count(Facts):
        n: int

    assert facts.parse("n: 010\n", Count, "x.yml").n == 10


def test_a_control_character_is_told_with_its_line() -> None:
    assert told("name: a\nwords: {b: 'x\x01'}\n") == "paper.yml:2: character U+0001 is not allowed in YAML"


def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "paper.yml"
    path.write_bytes("# a\nname: النخلة\n".encode("windows-1256"))
    with pytest.raises(FactsError, match=r"paper\.yml:2: not UTF-8"):
        facts.load(path, Paper)


def test_lists_too_deep_in_each_other_are_told() -> None:
    assert told("words: " + "[" * 50_000) == "paper.yml:1: lists or maps lie too deep in each other"


def test_a_file_too_large_to_be_written_by_hand_is_told(tmp_path: Path) -> None:
    path = tmp_path / "paper.yml"
    path.write_bytes(b"# a\n" * (facts.LARGEST // 4 + 1))
    with pytest.raises(FactsError, match=r"paper\.yml:1: larger than 262144 bytes"):
        facts.load(path, Paper)


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    path = tmp_path / "paper.yml"
    path.write_bytes(b"\xef\xbb\xbfname: a\n")
    assert facts.load(path, Paper).name == "a"


def test_a_missing_file_is_a_settings_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.yml:1: cannot be read"):
        facts.load(tmp_path / "gone.yml", Paper)


def test_a_folder_is_read_in_order_of_names(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.yml").write_text(f"name: {name}\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("not facts", encoding="utf-8")
    assert list(facts.load_all(tmp_path, Paper)) == ["a", "b"]


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="no such folder"):
        facts.load_all(tmp_path / "gone", Paper)
