"""Lists of addresses against what the shelves know: archive/expect.py, the catalog's traces, and `astana expect`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.catalog import Catalog, Query
from archive.errors import UsageError
from archive.expect import Found, Trace, expected
from archive.listings import State
from archive.records import Hints, Via
from flows.commands_expect import Line, read
from tests.commands import Say, held
from tests.made import article, gone, reading, shelf
from tests.polled import asked, item, listing, poll
from tests.practice import Practice, astana

__all__ = ["held"]


def known(catalog: Catalog) -> None:
    """A story of every sort."""
    listed = (item("off"), item("lost"), item("unseen"), item("blocked"), item("kept", archived="2017-03-01T00:00:00Z"))
    catalog.take_listings([listing("1", poll(1, *listed), asked("blocked", 5))])
    copy = replace(reading("a-copy", article("كلام من أرشيف")), via=Via.WAYBACK)
    readings = [
        reading("a-held", article("كلام")),
        reading("a-off", article("غير ذلك", on=False)),
        copy,
        gone("a-lost"),
    ]
    catalog.take([shelf("1", readings)])


def test_every_expected_story_has_one_verdict(catalog: Catalog) -> None:
    known(catalog)
    names = ["held", "off", "copy", "kept", "lost", "blocked", "unseen", "nobody"]
    traces = catalog.traces(f"a-{name}" for name in names)
    verdicts = {name: expected(f"a-{name}", traces.get(f"a-{name}")) for name in names}
    assert {name: (one.found.value, one.detail) for name, one in verdicts.items()} == {
        "held": ("held", ""),
        "off": ("held", "off topic"),
        "copy": ("held from an archive", ""),
        "kept": ("archived", "no copy of it was fetched"),
        "lost": ("lost", ""),
        "blocked": ("not looked at", "asked for, and no answer told whether it is there"),
        "unseen": ("not looked at", "listed, and never asked for"),
        "nobody": ("not looked at", "never listed"),
    }
    assert verdicts["kept"].archived == "2017-03-01T00:00:00Z"


@pytest.mark.parametrize("state", [state for state in State if state not in (State.NOTHING, State.NO_LISTING)])
def test_whatever_became_of_a_story_the_list_says_what(state: State) -> None:
    found = expected("a-x", Trace(story="a-x", state=state)).found
    is_here = state in (State.HELD, State.FROM_ARCHIVE, State.OFF_TOPIC)
    assert (found in (Found.HELD, Found.FROM_ARCHIVE)) is is_here
    assert found is not Found.ARCHIVED


def test_a_sample_of_the_refused_is_known_by_what_it_was_read_as(catalog: Catalog) -> None:
    drawn = Hints(sampled=True)
    readings = [
        replace(reading("a-on", article("كلام")), hints=drawn),
        replace(reading("a-off", article("غير", on=False)), hints=drawn),
        replace(gone("a-gone"), hints=drawn),
        reading("a-other", article("آخر")),
    ]
    catalog.take([shelf("1", readings)])
    assert catalog.sampled("a") == {"a-off": False, "a-on": True}
    assert catalog.sampled("b") == {}


@pytest.mark.parametrize(
    "text",
    [
        "url,note\nhttps://a.example/1,first\n\nhttps://a.example/2,\n",
        "\ufeffNote;URL\nfirst; https://a.example/1\n;https://a.example/2\n",
        "n\tUrl\r\nfirst\thttps://a.example/1\r\n\thttps://a.example/2\r\n",
    ],
)
def test_a_table_keeps_its_other_columns(tmp_path: Path, text: str) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text, "utf-8", newline="")
    lines = list(read(file))
    assert [line.url for line in lines] == ["https://a.example/1", "https://a.example/2"]
    assert [list(line.others.values()) for line in lines] == [["first"], [""]]


def test_a_list_of_addresses_alone_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("https://a.example/1\n\nhttps://a.example/2\n", "utf-8")
    assert list(read(file)) == [Line(url="https://a.example/1"), Line(url="https://a.example/2")]


def test_a_table_without_addresses_is_refused_with_its_heading(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("title,link\nx,y\n", "utf-8")
    with pytest.raises(UsageError, match="no column `url`; its heading is: title,link"):
        list(read(file))
    with pytest.raises(UsageError, match="cannot be read"):
        list(read(tmp_path / "none.csv"))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('"https://a.example/1,unclosed', "behind line 1: unexpected end of data"),
        (f"https://a.example/1,{'x' * 131_073}", "behind line 1: field larger than field limit"),
    ],
    ids=["a quote left open", "an endless field"],
)
def test_a_table_that_cannot_be_told_apart_is_refused_with_its_line(tmp_path: Path, row: str, said: str) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"url,note\n{row}\nhttps://a.example/2,x\nhttps://a.example/3,y\n", "utf-8")
    with pytest.raises(UsageError, match=said):
        list(read(file))


def test_a_field_may_hold_a_line_break_and_marks_that_break_lines_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text('url,note\nhttps://a.example/1,"one\ntwo"\nhttps://a.example/2,a\u2028b\n', "utf-8")
    lines = list(read(file))
    assert [(line.url, line.others["note"]) for line in lines] == [
        ("https://a.example/1", "one\ntwo"),
        ("https://a.example/2", "a\u2028b"),
    ]


@pytest.mark.slow  # on the crawled practice press
def test_the_command_says_what_became_of_each_line(held: Practice, capfd: Say, tmp_path: Path) -> None:
    with held.open() as archive:
        story = next(iter(archive.pull(Query())))
    file = tmp_path / "list.csv"
    host = story.url.rpartition("/")[0]
    file.write_text(f"url,who\n{story.url}?utm_source=x,A\n{host}/nowhere-999,B\nno address,C\n", "utf-8")
    said = astana(capfd, "expect", str(file), "--json")
    assert said.code == 0
    first, second, third = said.lines
    assert (first["found"], first["story"], first["given"]) == ("held", story.id, {"who": "A"})
    assert (second["found"], second["detail"]) == ("not looked at", "never listed")
    assert (third["found"], third["story"]) == ("no address", None)
    assert "1 held" in said.err
