"""From a server to a pulled text, on the practice press: what was printed is pulled, and every capture is counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pytest

from archive.arabic import clean
from archive.catalog import Query
from archive.export import current
from archive.records import Kind, Precision, Story
from archive.verify import Today
from crawler.newsroom import press as manuscripts
from crawler.newsroom.press import Manuscript
from tests import newsroom_truth
from tests.newsroom_truth import COPIES, Truth
from tests.pressrun import PressRun, opened

pytestmark = pytest.mark.xdist_group("desk")
Key = tuple[str, int]


def printed() -> dict[Key, Manuscript]:
    return {(outlet, one.id): one for outlet, many in manuscripts.load().items() for one in many}


def truths() -> dict[Key, Truth]:
    return {(outlet, one.id): one for outlet, many in newsroom_truth.load().items() for one in many}


@pytest.fixture(scope="module")
def pulled(press: PressRun) -> Mapping[Key, Story]:
    """Every story held, by the manuscript whose title it carries."""
    titles: dict[tuple[str, str], int] = {
        (outlet, clean(one.title).text): one.id for (outlet, _), one in printed().items()
    }
    with opened(press.place) as archive:
        stories = list(archive.pull(Query(include_off_topic=True)))
    unknown = [
        (s.outlet, current(s).article.title) for s in stories if (s.outlet, current(s).article.title) not in titles
    ]
    assert unknown == []
    return {(story.outlet, titles[story.outlet, current(story).article.title]): story for story in stories}


def test_every_manuscript_is_held_once(pulled: Mapping[Key, Story]) -> None:
    assert sorted(pulled) == sorted(printed())


def test_titles_and_texts_are_what_was_printed_and_nothing_else(pulled: Mapping[Key, Story]) -> None:
    wrong = []
    for key, manuscript in printed().items():
        text = "\n\n".join(clean(paragraph).text for paragraph in manuscript.paragraphs)
        if current(pulled[key]).article.text != text:
            wrong.append((key, text, current(pulled[key]).article.text))
    assert wrong == []


def test_dates_are_as_printed_and_no_more_exact(pulled: Mapping[Key, Story]) -> None:
    wrong = []
    for key, truth in truths().items():
        found = pulled[key].published
        precision = "day" if found.precision is Precision.DAY else "minute"
        value = (found.value or "").replace("+00:00", "Z")
        if (value, precision) != (truth.published.value, truth.published.precision):
            wrong.append((key, found, truth.published))
    assert wrong == []


def test_agencies_and_datelines_are_as_printed(pulled: Mapping[Key, Story]) -> None:
    wrong = []
    for key, truth in truths().items():
        article = current(pulled[key]).article
        if article.agency != truth.agency:
            wrong.append((key, "agency", article.agency, truth.agency))
        said = (truth.dateline.place, truth.dateline.agency) if truth.dateline else (None, None)
        if (article.dateline.place, article.dateline.agency) != said:
            wrong.append((key, "dateline", article.dateline, said))
    assert wrong == []


def test_the_talks_are_told_from_their_look_alikes(press: PressRun, pulled: Mapping[Key, Story]) -> None:
    wrong = [
        (key, current(pulled[key]).article.topic)
        for key, t in truths().items()
        if current(pulled[key]).article.topic.on != t.topic
    ]
    assert wrong == []
    with opened(press.place) as archive:
        on_topic = {story.id for story in archive.pull(Query())}
    assert on_topic == {pulled[key].id for key, truth in truths().items() if truth.topic}


def test_one_line_flashes_are_kept_and_marked(pulled: Mapping[Key, Story]) -> None:
    flashes = {key for key, story in pulled.items() if current(story).article.kind is Kind.FLASH}
    assert flashes == {key for key, truth in truths().items() if truth.kind == "flash"}
    assert len(flashes) >= 2


def test_clusters_are_as_written_down(pulled: Mapping[Key, Story]) -> None:
    expected: dict[str, set[Key]] = defaultdict(set)
    for key, truth in truths().items():
        expected[truth.cluster or f"{key} alone"].add(key)
    found: dict[str, set[Key]] = defaultdict(set)
    for key, story in pulled.items():
        found[story.cluster].add(key)
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, expected.values()))
    assert sum(truth.relation in COPIES for truth in truths().values()) >= 15


def test_the_agency_is_canonical_of_its_wires(pulled: Mapping[Key, Story]) -> None:
    canonical = {story.cluster: key for key, story in pulled.items() if story.canonical}
    shared = {story.cluster for key, story in pulled.items() if not story.canonical and truths()[key].cluster}
    for cluster in shared:
        members = {key for key, story in pulled.items() if story.cluster == cluster}
        if any(outlet == "wasla" for outlet, _ in members):
            assert canonical[cluster][0] == "wasla"


def test_every_capture_is_counted_once(press: PressRun) -> None:
    with opened(press.place) as archive:
        counts = archive.counts()
    parts = (
        counts.articles_on_topic
        + counts.articles_off_topic
        + sum(counts.rejections.values())
        + counts.unchanged
        + sum(counts.non_articles.values())
    )
    assert counts.captures == parts
    assert counts.captures == sum(n for one in press.report.outlets for n in one.captures.values())
    assert counts.articles_on_topic + counts.articles_off_topic == len(printed())
    assert counts.rejections == {"http-status": 2, "soft-404": 1}
    assert press.report.failures == ()


def test_what_robots_forbid_was_never_asked_for(press: PressRun) -> None:
    forbidden = [(outlet, target) for outlet, target in press.asked if "/private/" in target or "/admin/" in target]
    assert forbidden == []
    refused = {one.outlet: one.refused for one in press.report.outlets}
    assert refused["nakhla"]["robots-disallow"] == 1
    assert refused["midan"]["robots-disallow"] == 1


def test_every_paragraph_stands_in_the_payload_where_it_says(pulled: Mapping[Key, Story]) -> None:
    lost = [
        (key, paragraph.text[:40])
        for key, story in pulled.items()
        for paragraph in current(story).article.paragraphs
        if paragraph.offset < 0 or paragraph.length <= 0 or not paragraph.where
    ]
    assert lost == []


def test_every_citation_holds(press: PressRun, pulled: Mapping[Key, Story]) -> None:
    with opened(press.place) as archive:
        verdicts = [archive.verify(story.id) for story in pulled.values()]
    assert [verdict for verdict in verdicts if not verdict.holds] == []
    assert {verdict.today for verdict in verdicts} == {Today.NOT_ASKED}
