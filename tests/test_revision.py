"""archive/revision.py and its surfaces: which editions are compared, what the page says, what came back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.catalog import Catalog
from archive.errors import NotHeldError, UsageError
from archive.holdings import Archive, open_archive
from archive.likeness.edits import Sort
from archive.likeness.wording import applied
from archive.records import Article, Reading, Story, Via
from archive.revision import Declared, Revision, chosen, like, retitled, revision
from archive.settings import load_settings
from archive.urls import twin_of
from tests.commands import Say
from tests.made import NOON, article, claim, reading, shelf, unchanged
from tests.practice import astana

FIRST = "وصل 5 مراقبين إلى الفندق صباح أمس.\n\nوقال مصدر عسكري إن الهدنة صامدة."
SECOND = "وصل 7 مراقبين إلى الفندق صباح أمس.\n\nوقال مصدر ميداني إن الهدنة صامدة.\n\nوغاب وفد واحد."
AMP = "https://a.example/x/amp/"


def changed(text: str, at: datetime, source: str = "meta", title: str = "خبر") -> Article:
    """An article that a page, or the seed named, says was changed then."""
    said = replace(claim(at), about="modified", source=source)
    return replace(article(text, title=title), claims=(claim(), said))


def story(*readings: Reading) -> Story:
    with Catalog.open("sqlite://") as catalog:
        catalog.take([shelf("1", readings)])
        return catalog.story("a-x")


def compared(*readings: Reading) -> Revision:
    found = story(*readings)
    return revision(found, *chosen(found))


def seen(text: str | Article, day: int, via: Via = Via.LIVE, url: str | None = None) -> Reading:
    outcome = article(text) if isinstance(text, str) else text
    return replace(reading("a-x", outcome, day=day, url=url), via=via)


def test_a_revision_tells_every_edit_of_title_subtitle_and_text() -> None:
    after = replace(article(SECOND, title="خبر مصحح"), subtitle="عنوان فرعي")
    found = compared(seen(FIRST, 1), seen(after, 2))
    assert found.sorts == {Sort.HEADLINE: 2, Sort.NUMBER: 1, Sort.ATTRIBUTION: 1, Sort.ADDITION: 1}
    assert [edit.sort for edit in found.title] == [Sort.HEADLINE] == [edit.sort for edit in found.subtitle]
    assert applied(FIRST, [edit.change for edit in found.text]) == SECOND


LATER = NOON + timedelta(days=3)


@pytest.mark.parametrize(
    ("before", "after", "declared"),
    [
        (changed(FIRST, NOON), changed(SECOND, LATER), Declared.DECLARED),
        (changed(FIRST, NOON), changed(SECOND, NOON), Declared.UNDECLARED),
        (changed(FIRST, NOON), article(SECOND), Declared.UNDECLARED),
        (article(FIRST), changed(SECOND, LATER), Declared.DECLARED),
        (article(FIRST), article(SECOND), Declared.SILENT),
        # What a sitemap says is not what the page says.
        (changed(FIRST, NOON, "sitemap"), changed(SECOND, LATER, "sitemap"), Declared.SILENT),
    ],
)
def test_a_change_is_declared_when_the_pages_own_date_of_change_moved(
    before: Article, after: Article, declared: Declared
) -> None:
    assert compared(seen(before, 1), seen(after, 2)).declared is declared


def test_a_text_that_came_back_is_told_with_the_captures_that_showed_it() -> None:
    first, back = seen(FIRST, 1), unchanged("a-x", "urn:uuid:a-x-1", day=4)
    found = compared(first, seen(SECOND, 2), unchanged("a-x", None, day=3), back, seen(SECOND, 6))
    assert [(each.ordinal, each.captured[:10]) for each in found.returned] == [(1, "2017-02-05"), (2, "2017-02-07")]
    told = story(first, seen(SECOND, 2), back).sightings
    assert [each.ordinal for each in told] == [1, 2, 1]
    assert not compared(first, seen(SECOND, 2), unchanged("a-x", None, day=3)).returned


def test_a_headline_that_changed_over_an_unchanged_text_is_told() -> None:
    found = story(seen(article(FIRST, title="قديم"), 1), seen(article(FIRST, title="جديد"), 2))
    assert [(each.title, before) for each, before in retitled(found)] == [("جديد", "قديم")]
    assert len(found.editions) == 1


def test_an_edition_is_compared_with_the_last_one_of_its_own_sort() -> None:
    found = story(seen(FIRST, 1), seen("نص قصير.", 2, url=AMP), seen(SECOND, 3))
    assert [each.ordinal for each in chosen(found)] == [1, 3]
    assert like(found, found.editions[1]).ordinal == 1
    assert revision(found, found.editions[0], found.editions[1]).unlike == ("page and amp",)
    foreign = story(seen(FIRST, 1, Via.WAYBACK), seen(SECOND, 2))
    found_of_two = revision(foreign, *chosen(foreign))
    assert found_of_two.unlike == ("wayback and live",)
    assert found_of_two.before.unconfirmed
    assert found_of_two.after.unconfirmed


def test_editions_are_chosen_by_number_and_refused_by_name() -> None:
    found = story(seen(FIRST, 1), seen(SECOND, 2))
    assert [each.ordinal for each in chosen(found, 2, 1)] == [2, 1]
    with pytest.raises(UsageError, match="give both numbers"):
        chosen(found, 1)
    with pytest.raises(NotHeldError, match="no edition 3"):
        chosen(found, 1, 3)
    with pytest.raises(NotHeldError, match="nothing to compare"):
        chosen(story(seen(FIRST, 1)))


@pytest.mark.parametrize(
    ("url", "twin"),
    [
        ("https://a.example/2017/x", None),
        ("https://a.example/2017/x/amp/", "amp"),
        ("https://a.example/amp/2017/x", "amp"),
        ("https://a.example/2017/x?amp=1", "amp"),
        ("https://a.example/2017/x/print", "print"),
        ("https://a.example/news.php?id=3&print=1", "print"),
        ("https://a.example/amplifier", None),
    ],
)
def test_an_address_names_the_view_of_the_page(url: str, twin: str | None) -> None:
    assert twin_of(url) == twin


# ---- on every surface ----------------------------------------------------------------------------------------------


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[str, Archive]]:
    one = shelf("1", [seen(changed(FIRST, NOON), 1), seen(changed(SECOND, NOON), 2), seen(FIRST, 3)])
    place = str(tmp_path / "store")
    with open_archive(load_settings(store=place), create=True) as archive:
        archive.put_text(one.head, one.readings)
        archive.set_reader(one.head.outlet, one.head.reader)
        archive.index()
        yield place, archive


def test_python_and_the_command_tell_the_same(held: tuple[str, Archive], capfd: Say) -> None:
    place, archive = held
    (line,) = astana(capfd, "diff", "a-x", "--json", "--store", place).lines
    found = archive.diff("a-x")
    assert line["sorts"] == {sort.value: number for sort, number in found.sorts.items()}
    assert [(one["sort"], one["before"]["words"]) for one in line["changes"]] == [
        (edit.sort.value, edit.change.before.words) for edit in found.edits
    ]
    assert (line["before"]["edition"], line["after"]["edition"], line["declared"]) == (1, 2, "no declared change")
    assert [each["edition"] for each in line["returned"]] == [1]
    for one in line["changes"]:
        for side, text in (("before", FIRST), ("after", SECOND)):
            assert text[one[side]["start"] : one[side]["end"]] == one[side]["words"]


def test_a_terminal_reads_marked_and_isolated_words(held: tuple[str, Archive], capfd: Say) -> None:
    said = astana(capfd, "diff", "a-x", "--store", held[0])
    assert said.code == 0
    assert "[-\u20685\u2069-]{+\u20687\u2069+} مراقبين" in said.out
    assert "{+\u2068وغاب وفد واحد.\u2069+}" in said.out
    assert "no declared change" in said.out
    assert "edition 1 again" in said.out
    assert "\x1b" not in said.out
    for line in said.out.splitlines():
        assert line.count("\u2068") == line.count("\u2069")


def test_the_other_way_round_what_was_added_is_removed(held: tuple[str, Archive], capfd: Say) -> None:
    assert "[-\u2068وغاب وفد واحد.\u2069-]" in astana(capfd, "diff", "a-x", "2", "1", "--store", held[0]).out


def test_a_story_names_the_sort_of_each_editions_change(held: tuple[str, Archive], capfd: Say) -> None:
    said = astana(capfd, "story", "a-x", "--store", held[0]).out
    assert "changed in 2 number, attribution, addition; no declared change" in " ".join(said.split())
    assert "edition 1 again" in said
    (line,) = astana(capfd, "story", "a-x", "--json", "--store", held[0]).lines
    assert line["texts"][1]["since"]["sorts"] == {"number": 1, "attribution": 1, "addition": 1}
    assert [each["edition"] for each in line["sightings"]] == [1, 2, 1]


def test_what_cannot_be_compared_is_said_in_one_line(held: tuple[str, Archive], capfd: Say) -> None:
    for words in (["a-x", "1"], ["a-x", "1", "9"], ["a-y"]):
        said = astana(capfd, "diff", *words, "--store", held[0])
        assert (said.code, said.out) == (2, "")
        assert len(said.err.splitlines()) == 1
