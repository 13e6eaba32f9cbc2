"""The ledger of gaps as people and programs see it: letters that no terminal turns round, SVG, JSON, the command."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archive.coverage import Lapse
from archive.gapchart import COLOURS, LETTERS, chart
from archive.gaplines import gaps_json
from archive.gaps import DayGap, OutletGaps
from archive.listings import Listed, Sighting, State
from flows import calendars
from flows.cli import run
from tests.polled import moment
from tests.pressrun import PressRun

FIRST = date(2017, 1, 30)
RTL = ("R", "AL", "AN", "RLE", "RLO", "RLI")


def a_ledger(days: int = 12) -> OutletGaps:
    states = list(State)
    made = [
        DayGap(
            outlet="a",
            day=FIRST + timedelta(days=number),
            state=states[number % len(states)],
            counts={State.HELD: 2, State.LOST: 1} if number == 0 else {},
            failed=1 if number == 3 else 0,
        )
        for number in range(days)
    ]
    lost = Listed(
        story="a-x",
        outlet="a",
        url="https://a.example/خبر",
        title="جولة \u202eثالثة\x1b[31m في أستانا",
        summary=None,
        days=(FIRST, FIRST),
        first_seen="2017-01-30",
        last_seen="2017-02-01",
        archived=None,
        seeds=(Sighting(seed="https://a.example/feed", kind="feed", first="2017-01-30", last="2017-02-01"),),
        state=State.LOST,
    )
    lapse = Lapse(seed="https://a.example/feed", kind="feed", after=moment(1), before=moment(30))
    return OutletGaps(
        outlet="a", zone="UTC", days=tuple(made), undated={State.UNSEEN: 3}, named=(lost,), lapses=(lapse,)
    )


def test_a_day_is_a_letter_in_the_row_of_its_month() -> None:
    lines = list(calendars.lines(a_ledger()))
    rows = [line for line in lines if re.match(r"\d{4}-\d\d  ", line)]
    assert rows == [
        "2017-01" + " " * (2 + 29 * 2) + "H!A",
        "2017-02  L B u o x . ? H A L",
    ]
    assert lines[0] == "a  2017-01-30 to 2017-02-10"
    assert "days: 2 held, 2 held from an archive, 2 listed but lost, 1 blocked" in "\n".join(lines)
    assert "of no known day: 3 refused unseen" in lines


def test_nothing_in_the_calendar_is_written_from_right_to_left_and_words_of_outlets_are_isolated() -> None:
    for line in (*calendars.lines(a_ledger()), calendars.key()):
        outside = re.sub("\u2068[^\u2068\u2069]*\u2069", "", line)
        assert not any(unicodedata.bidirectional(letter) in RTL for letter in outside), line
        assert outside.isprintable()
        assert line.count("\u2068") == line.count("\u2069")
        assert not set(line) & set("\u202e\u202d\u2066\u2067\x1b")


def test_every_state_has_a_letter_and_a_colour_of_its_own() -> None:
    assert len(set(LETTERS.values())) == len(set(COLOURS.values())) == len(State)
    assert all(each.value in calendars.key() for each in State)


def test_months_alike_share_a_line() -> None:
    days = [DayGap(outlet="a", day=FIRST + timedelta(days=n), state=State.NO_LISTING) for n in range(400)]
    rows = list(calendars.lines(OutletGaps(outlet="a", zone="UTC", days=tuple(days))))
    assert "2017-01  ? on every day until 2018-03" in rows
    assert len(rows) < 8


def test_an_outlet_of_which_nothing_is_known_says_so() -> None:
    lines = list(calendars.lines(OutletGaps(outlet="a", zone="UTC")))
    assert lines[0] == "a  nothing is known" and "stories: none" in lines
    assert "nothing is known" in chart([OutletGaps(outlet="a", zone="UTC")])


def test_the_picture_is_whole_xml_with_a_square_and_words_for_each_day() -> None:
    drawn = ElementTree.fromstring(chart([a_ledger(), a_ledger()]))
    titles = [each.text or "" for each in drawn.iter("{http://www.w3.org/2000/svg}title")]
    assert len(titles) == 24
    assert titles[0] == "a 2017-01-30: held (2 held, 1 listed but lost)"
    assert titles[3] == "a 2017-02-02: blocked (1 failed polls)"
    assert drawn.get("direction") == "ltr"
    assert {each.value for each in State} <= {each.text.partition(" ")[2] for each in drawn.iter() if each.text}


def test_json_has_an_object_for_each_day_each_story_named_and_each_lapse() -> None:
    said = list(gaps_json(a_ledger()))
    assert [each["kind"] for each in said] == ["day"] * 12 + ["undated", "story", "lapse"]
    assert said[0] == {
        "kind": "day",
        "outlet": "a",
        "day": "2017-01-30",
        "state": "held",
        "counts": {"held": 2, "listed but lost": 1},
        "perhaps": {},
        "covered": False,
        "failed": 0,
    }
    assert json.loads(json.dumps(said[13]))["days"] == ["2017-01-30", "2017-01-30"]


# ---- the command, on what the demonstration crawled -----------------------------------------------------------------


def gaps(press: PressRun, *words: str) -> int:
    return run(["gaps", "--store", str(press.folder / "store"), *words])


@pytest.fixture
def outlets(press: PressRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASTANA_OUTLETS", str(press.folder / "outlets"))


@pytest.mark.usefixtures("outlets")
@pytest.mark.xdist_group("desk")
def test_the_command_shows_a_round_as_a_calendar_and_names_what_is_lost(
    press: PressRun, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert gaps(press, "wasla", "--round", "1", "--svg", str(tmp_path / "gaps.svg")) == 0
    shown = capsys.readouterr().out
    assert "wasla  2017-01-20 to 2017-01-27" in shown
    assert re.search(r"^2017-01  .*H", shown, re.MULTILINE)
    assert ElementTree.fromstring((tmp_path / "gaps.svg").read_text("utf-8")).tag.endswith("svg")


@pytest.mark.usefixtures("outlets")
@pytest.mark.xdist_group("desk")
def test_the_command_gives_every_day_to_programs(press: PressRun, capsys: pytest.CaptureFixture[str]) -> None:
    assert gaps(press, "--since", "2017-01-01", "--until", "2017-02-01", "--json") == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    days = [each for each in said if each["kind"] == "day"]
    assert len(days) == 31 * 4
    assert {each["state"] for each in days} >= {"held", "nothing listed"}


@pytest.mark.usefixtures("outlets")
@pytest.mark.xdist_group("desk")
def test_an_outlet_nobody_knows_is_wrong_use_and_one_never_crawled_has_no_listing(
    press: PressRun, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gaps(press, "nobody") == 2
    assert gaps(press, "sana", "--since", "2017-01-01", "--until", "2017-01-03", "--json") == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["state"] for each in said] == ["no listing", "no listing"]
