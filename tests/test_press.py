"""The practice press and what is written to be true of it agree with each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime

import pytest

from archive import arabic
from crawler.newsroom import press
from crawler.newsroom.paper import MASTHEADS
from crawler.newsroom.press import Manuscript
from tests import newsroom_truth
from tests.newsroom_truth import COPIES, Truth

PRESS = press.load()
TRUTH = newsroom_truth.load()
LATIN = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")  # ARABIC-INDIC DIGIT ZERO … NINE

ARTICLES: dict[str, tuple[Manuscript, Truth]] = {
    f"{outlet}/{manuscript.id}": (manuscript, truth)
    for outlet, manuscripts in PRESS.items()
    for manuscript in manuscripts
    for truth in TRUTH[outlet]
    if truth.id == manuscript.id
}


def instant(reference: str) -> datetime:
    manuscript = ARTICLES[reference][0]
    zone = MASTHEADS[reference.partition("/")[0]].zone
    return manuscript.published.replace(tzinfo=zone).astimezone(UTC)


def clean(paragraphs: tuple[str, ...]) -> str:
    return "\n\n".join(arabic.clean(paragraph).text for paragraph in paragraphs)


def related_as(*relations: str) -> list[str]:
    return [reference for reference, (_, truth) in ARTICLES.items() if truth.relation in relations]


def test_the_four_outlets_are_all_written_and_hold_at_least_sixty_articles() -> None:
    assert set(PRESS) == set(TRUTH) == set(MASTHEADS)
    assert sum(map(len, PRESS.values())) >= 60


@pytest.mark.parametrize("outlet", sorted(MASTHEADS))
def test_every_manuscript_has_exactly_one_truth_and_every_truth_a_manuscript(outlet: str) -> None:
    numbers = [manuscript.id for manuscript in PRESS[outlet]]
    assert len(set(numbers)) == len(numbers)
    assert [truth.id for truth in TRUTH[outlet]] == numbers


@pytest.mark.parametrize("outlet", sorted(MASTHEADS))
def test_numbers_follow_the_days_and_slugs_stand_once(outlet: str) -> None:
    days = [manuscript.published for manuscript in PRESS[outlet]]
    assert days == sorted(days)
    assert min(days).date() >= date(2017, 1, 1)
    assert max(days).date() <= date(2019, 12, 31)
    slugs = [manuscript.slug for manuscript in PRESS[outlet]]
    assert len(set(slugs)) == len(slugs)


@pytest.mark.parametrize("outlet", sorted(MASTHEADS))
def test_links_lead_to_other_articles_of_the_same_outlet(outlet: str) -> None:
    numbers = {manuscript.id for manuscript in PRESS[outlet]}
    for manuscript in PRESS[outlet]:
        linked = {*manuscript.related, *(link.to for link in manuscript.inline)}
        assert linked <= numbers - {manuscript.id}, manuscript.id
        for link in manuscript.inline:
            assert link.after < len(manuscript.paragraphs) - 1, f"{manuscript.id}: the link stands inside the text"


@pytest.mark.parametrize("reference", sorted(ARTICLES))
def test_the_written_time_is_the_civil_time_in_the_outlets_zone(reference: str) -> None:
    manuscript, truth = ARTICLES[reference]
    if truth.published.precision == "day":
        assert truth.published.value == f"{manuscript.published:%Y-%m-%d}"
    else:
        assert truth.published.value == f"{instant(reference):%Y-%m-%dT%H:%M:%SZ}"
    assert (truth.published.precision == "day") == reference.startswith("midan/")


@pytest.mark.parametrize("reference", sorted(ARTICLES))
def test_kind_and_length_are_as_written(reference: str) -> None:
    manuscript, truth = ARTICLES[reference]
    assert truth.kind == manuscript.kind
    words = len(clean(manuscript.paragraphs).split())
    if truth.kind == "flash":
        assert len(manuscript.paragraphs) == 1
        assert 8 <= words <= 14
    else:
        assert len(manuscript.paragraphs) >= 2
        assert words >= 45


@pytest.mark.parametrize("reference", sorted(ARTICLES))
def test_what_the_dateline_says_stands_at_the_head_of_the_text(reference: str) -> None:
    manuscript, truth = ARTICLES[reference]
    if truth.dateline is None:
        assert " (وصلة) " not in manuscript.paragraphs[0]
        return
    head = manuscript.paragraphs[0][:50]
    assert head.startswith(truth.dateline.place)
    assert truth.dateline.agency is None or truth.dateline.agency in head
    assert truth.dateline.agency in (None, truth.agency)


@pytest.mark.parametrize("reference", sorted(ARTICLES))
def test_a_credited_agency_is_named_in_opening_closing_line_or_byline(reference: str) -> None:
    manuscript, truth = ARTICLES[reference]
    if truth.agency is not None:
        places = (manuscript.paragraphs[0][:50], manuscript.paragraphs[-1], manuscript.byline)
        assert any(truth.agency in place for place in places)


@pytest.mark.parametrize("manuscript", PRESS["midan"], ids=lambda manuscript: str(manuscript.id))
def test_midan_can_be_printed_in_windows_1256(manuscript: Manuscript) -> None:
    """All but the Arabic-Indic digits, which the code page lacks and the pages carry as character references."""
    printed = (manuscript.title, manuscript.subtitle, manuscript.section, manuscript.byline, manuscript.caption)
    for text in (*printed, *manuscript.paragraphs):
        assert text.translate(LATIN).encode("windows-1256").decode("windows-1256") == text.translate(LATIN)


def test_a_cluster_is_one_original_and_its_copies_over_several_outlets() -> None:
    clusters: dict[str, list[str]] = defaultdict(list)
    for reference, (_, truth) in ARTICLES.items():
        if truth.cluster is not None:
            clusters[truth.cluster].append(reference)
    for label, members in clusters.items():
        assert len(members) >= 2, label
        assert len({member.partition("/")[0] for member in members}) == len(members), label
        originals = [member for member in members if ARTICLES[member][1].relation == "original"]
        assert len(originals) == 1, label
        assert min(members, key=instant) == originals[0], f"{label}: a copy came before its original"
        assert {ARTICLES[member][1].topic for member in members} in ({True}, {False}), label


def test_only_originals_and_copies_stand_in_clusters_and_every_copy_does() -> None:
    for reference, (_, truth) in ARTICLES.items():
        if truth.relation in COPIES:
            assert truth.cluster is not None, reference
        elif truth.relation != "original":
            assert truth.cluster is None, reference


def test_the_press_shows_every_relation_as_often_as_it_was_asked_for() -> None:
    counted = Counter(truth.relation for _, truth in ARTICLES.values())
    least = {"verbatim": 4, "respelled": 4, "trimmed": 3, "added": 2, "round-up": 2, "rewrite": 5, "template": 8}
    assert {relation: counted[relation] for relation, wanted in least.items() if counted[relation] < wanted} == {}
    assert sum(truth.kind == "flash" for _, truth in ARTICLES.values()) == 2
    assert sum(not truth.topic for _, truth in ARTICLES.values()) >= 10


def test_rewrites_and_templates_are_texts_of_their_own() -> None:
    texts = Counter(clean(manuscript.paragraphs) for manuscript, _ in ARTICLES.values())
    for reference in related_as("rewrite", "template", "alone", "round-up"):
        assert texts[clean(ARTICLES[reference][0].paragraphs)] == 1, reference


def test_one_article_of_nakhla_and_no_other_waits_to_be_edited() -> None:
    waiting = [reference for reference, (manuscript, _) in ARTICLES.items() if manuscript.edits]
    assert len(waiting) == 1
    assert waiting[0].startswith("nakhla/")
    manuscript = ARTICLES[waiting[0]][0]
    assert len(manuscript.edits[0].paragraphs) == len(manuscript.paragraphs) + 1
    assert manuscript.edits[0].title != manuscript.title


def test_some_paragraphs_need_cleaning_and_all_keep_their_words() -> None:
    dirty = [p for manuscript, _ in ARTICLES.values() for p in manuscript.paragraphs if arabic.clean(p).text != p]
    assert dirty
    for paragraph in dirty:
        assert arabic.clean(paragraph).text == paragraph.replace("\N{NO-BREAK SPACE}", " ")
