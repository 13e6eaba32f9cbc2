"""archive/spreadchart.py: every text of a cluster where it stands in time, in words too."""

from __future__ import annotations

from xml.etree import ElementTree

from archive.spreadchart import chart
from tests.traced import traced
from tests.witnessed import ITEM, WIRE, tree, undated, witness

SVG = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> tuple[list[str], ElementTree.Element]:
    root = ElementTree.fromstring(svg)
    return [str(each.text) for each in root.iter(f"{SVG}title")], root


def test_every_text_of_a_cluster_says_when_and_from_where() -> None:
    titles, root = drawn(chart(traced("nakhla-4003").tree))
    assert [title.partition(":")[0] for title in titles] == ["midan-5102", "wasla-7003", "nakhla-4003"]
    assert "likely from wasla-7003" in titles[2]
    assert "an agency's own text" in titles[1]
    rows = [str(each.text) for each in root.iter(f"{SVG}text")]
    assert {"midan", "wasla", "nakhla", "2017-02-16"} <= set(rows)
    assert root.get("direction") == "ltr"
    arrows = [each for each in root.iter(f"{SVG}path") if each.get("marker-end")]
    assert len(arrows) == 2


def test_time_runs_to_the_right_and_no_arrow_back() -> None:
    _, root = drawn(chart(traced("nakhla-4003").tree))
    for arrow in root.iter(f"{SVG}path"):
        if arrow.get("marker-end"):
            way = str(arrow.get("d")).replace("M", "").split()
            assert float(way[0]) <= float(way[-2])


def test_titles_of_any_direction_are_isolated_and_escaped() -> None:
    title = 'عنوان <b> & "قول" \u202e'
    said, _ = drawn(chart(tree(witness("nakhla-1", title=title), witness("ufuq-1", minute=30))))
    assert '\u2068عنوان <b> & "قول"' in said[0]
    assert "\u202e" not in said[0]


def test_undated_texts_and_lone_ones_are_drawn_too() -> None:
    for grown in (
        tree(undated(witness("nakhla-1"))),
        tree(witness("nakhla-1")),
        tree(undated(witness("nakhla-1")), witness("ufuq-1", *ITEM, agency=WIRE)),
        tree(witness("nakhla-1"), witness("ufuq-1", minute=60 * 24 * 400)),
    ):
        titles, _ = drawn(chart(grown))
        assert len(titles) == len(grown.branches)
