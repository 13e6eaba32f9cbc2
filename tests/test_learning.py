"""From shelved pages to a table, and from the table to texts: an explicit act that makes a new reader."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from archive import audit, learned, texts
from archive.errors import AlreadyThereError, ArchiveError, TableError
from archive.holdings import Archive, open_archive
from archive.records import Article, Hints, Rejection, Role
from archive.settings import Settings, load_settings
from archive.takedowns import Takedown, write_order
from crawler import learning
from crawler.extract import read
from crawler.outlet import load_outlets
from crawler.page.lessons import Sort
from crawler.page.taught import taught
from crawler.shelf import extract
from flows.moves import reader_maker
from tests.captures import answer, capture
from tests.extraction import a_capture, a_page, a_reader
from tests.extraction import texts as texts_of
from tests.practice import Answer, astana
from tests.pressrun import PressRun, opened
from tests.recurrent import MOST_READ, READ_ALSO, Item, items, page
from tests.shelving import shelved

pytestmark = pytest.mark.slow  # make test must end within five minutes

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SITE = """name: صحيفة الواحة
english: Waha
country: SY
timezone: Asia/Damascus
language: ar
hosts: [waha.test]
seeds: [{kind: section, url: "https://waha.test/"}]
story: {url: "^/news/\\\\d+", id: "^/news/(?P<id>\\\\d+)"}
pace: {delay: 1, concurrency: 1}
"""
WRITTEN = items(20, after=["(رويترز)"])


def settings_of(folder: Path) -> Settings:
    return load_settings(store=str(folder / "store"), outlets=str(folder / "outlets"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose furniture no table knows, captured and read."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "outlets").mkdir()
    (folder / "outlets" / "waha.yml").write_text(SITE, "utf-8")
    with open_archive(settings_of(folder), create=True) as archive:
        made = [
            capture(
                answer(page(one, WRITTEN).encode()),
                outlet="waha",
                url=f"https://waha.test/news/{one.number}",
                date=f"2026-11-22T10:20:{one.number:02}Z",
                hints=Hints(role=Role.PAGE, published=one.day),
            )
            for one in WRITTEN
        ]
        shelved(archive, "waha-20261122102000000-00000-w", *made, outlet="waha")
        reread(archive)
    return folder


@pytest.fixture
def store(site: Path, tmp_path: Path) -> Iterator[Archive]:
    """A copy of it, which may be changed."""
    shutil.copytree(site, tmp_path / "site")
    with open_archive(settings_of(tmp_path / "site")) as archive:
        yield archive


OUTLETS = cache(load_outlets)


def reread(archive: Archive) -> None:
    outlets = OUTLETS(archive.settings.outlets)
    only = frozenset({"waha"})
    extract(archive, outlets, reader_maker(outlets, archive.settings, learning.tables(archive.storage)), only)


def digest(archive: Archive) -> str:
    """Of the reader that the store's tables make."""
    outlets = OUTLETS(archive.settings.outlets)
    return reader_maker(outlets, archive.settings, learning.tables(archive.storage))(outlets["waha"]).digest


def lesson(archive: Archive, most: int = 400) -> learning.Learned:
    outlets = OUTLETS(archive.settings.outlets)
    return learning.learn(archive, reader_maker(outlets, archive.settings, {})(outlets["waha"]), most)


def held(archive: Archive) -> dict[str, Article]:
    readings = [each for key in archive.text_keys() for each in texts.load(archive.storage.get(key), key)[1]]
    return {each.url: each.outcome for each in readings if isinstance(each.outcome, Article)}


def of(archive: Archive, one: Item) -> Article:
    return held(archive)[f"https://waha.test/news/{one.number}"]


def test_a_reader_that_learned_reads_what_was_written_and_learning_again_teaches_the_same(store: Archive) -> None:
    before, reader, first = of(store, WRITTEN[0]), store.reader("waha"), lesson(store)
    assert len(before.paragraphs) > len(WRITTEN[0].paragraphs)
    assert before.agency is None
    assert max(each.kept for each in first.lesson.evidence) == 20
    assert learning.keep(store.storage, first, NOW)
    reread(store)
    assert store.reader("waha") != reader
    for one in WRITTEN:
        found = of(store, one)
        assert [each.text for each in found.paragraphs] == list(one.paragraphs)
        assert (found.title, found.byline) == (one.title, before.byline)
        assert found.agency == "رويترز", "the credit stands at the end, once the plea behind it is gone"
    again = lesson(store)
    assert (again.lesson.table, again.is_new, again.before) == (first.lesson.table, False, first.digest)
    assert not learning.keep(store.storage, again, NOW + timedelta(days=1))
    assert len(learned.choices(store.storage)) == 1


def test_what_was_learned_can_be_shown_and_forgotten_and_stays_shelved(store: Archive) -> None:
    assert learning.known(store.storage, "waha") is None
    found, reader = lesson(store), digest(store)
    assert reader == store.reader("waha")
    learning.keep(store.storage, found, NOW)
    assert digest(store) != reader
    known = learning.known(store.storage, "waha")
    assert known is not None
    assert (known.lesson, known.digest) == (found.lesson, found.digest)
    assert learning.forget(store.storage, "waha", NOW)
    assert not learning.forget(store.storage, "waha", NOW)
    assert learning.known(store.storage, "waha") is None
    assert digest(store) == reader
    assert list(learned.held(store.storage, learning.KIND)) == [found.digest]
    assert [each for each in audit.audit_shelves(store.storage) if isinstance(each, audit.Finding) and each.fault] == []


def test_pages_are_not_read_without_the_table_that_the_ledger_names(
    store: Archive, capfd: pytest.CaptureFixture[str]
) -> None:
    found = lesson(store)
    learning.keep(store.storage, found, NOW)
    assert found.digest is not None
    path = Path(store.settings.store) / learned.key(learning.KIND, found.digest)
    whole = path.read_bytes()
    path.unlink()
    with pytest.raises(ArchiveError, match=r"is not there.*bring it back from a copy"):
        dict(learning.tables(store.storage))
    settings = {"ASTANA_STORE": store.settings.store, "ASTANA_OUTLETS": str(store.settings.outlets)}
    refused = astana(capfd, "rebuild", "--from", "warc", settings=dict(settings))
    assert (refused.code, "waha" in refused.err, "bring it back from a copy" in refused.err) == (1, True, True)
    alone = astana(capfd, "rebuild", "--from", "warc", "--outlet", "waha", settings=dict(settings))
    assert (alone.code, "bring it back from a copy" in alone.err) == (3, True)
    path.write_bytes(whole)
    assert learning.tables(store.storage) == {"waha": found.lesson.table}


def test_one_outlets_damaged_table_stops_no_other_outlets_reading(store: Archive) -> None:
    found = lesson(store)
    learning.keep(store.storage, found, NOW)
    (Path(store.settings.store) / learned.key(learning.KIND, str(found.digest))).unlink()
    url = "https://other.test/news/1"
    hints = Hints(role=Role.PAGE)
    seen = capture(answer(page(WRITTEN[0], WRITTEN).encode()), outlet="other", url=url, hints=hints)
    shelved(store, "other-20261122102000000-00000-w", seen, outlet="other")
    outlets = OUTLETS(store.settings.outlets)
    make = reader_maker(outlets, store.settings, learning.tables(store.storage))
    before = store.reader("waha")
    done = extract(store, outlets, make)
    assert (done.outlets, list(done.unread)) == (("other",), ["waha"])
    assert url in held(store)
    assert store.reader("waha") == before, "its texts stay those that were read before"
    with pytest.raises(TableError, match="bring it back"):
        extract(store, outlets, make, frozenset({"waha"}))


def test_what_was_taken_down_teaches_nothing_and_is_no_example(store: Archive) -> None:
    examples = {story for each in lesson(store).lesson.evidence for story in each.examples}
    story = min(examples)
    write_order(store.storage, Takedown(event="", at="", story=story, urls=(), reason="a court"), NOW)
    after = lesson(store)
    assert after.lesson.pages == 19
    assert story not in {each for one in after.lesson.evidence for each in one.examples}


def test_no_headline_of_another_story_is_kept_that_may_be_taken_down_one_day(store: Archive) -> None:
    found = lesson(store)
    kept = learning.evidence_lines(found)
    assert [one.title for one in WRITTEN if one.title in kept] == []
    assert f"{READ_ALSO}: …" in {each.shown for each in found.lesson.evidence}
    assert MOST_READ in {each.shown for each in found.lesson.evidence}


def test_a_current_table_that_is_gone_lies_there_again_once_the_same_is_learned(store: Archive) -> None:
    found = lesson(store)
    assert learning.keep(store.storage, found, NOW)
    path = Path(store.settings.store) / learned.key(learning.KIND, str(found.digest))
    path.unlink()
    assert not learning.keep(store.storage, lesson(store), NOW)
    assert learning.tables(store.storage) == {"waha": found.lesson.table}
    path.chmod(0o644)
    path.write_bytes(b"{}")
    with pytest.raises(AlreadyThereError):
        learning.keep(store.storage, lesson(store), NOW)


def test_at_most_so_many_pages_are_looked_at_spread_over_their_days(store: Archive) -> None:
    found = lesson(store, most=6)
    days = {day for each in found.lesson.evidence for day in (each.first, each.last)}
    assert found.lesson.pages == 6
    assert len(days) > 1
    assert {each.sort for each in found.lesson.evidence} == {Sort.BOX, Sort.LABEL, Sort.OPENING}, "few pages: no lines"


def test_a_capture_that_cannot_be_read_is_left_out_and_named(store: Archive, caplog: pytest.LogCaptureFixture) -> None:
    last = max((each.address for each in learning.articles(store, "waha")), key=lambda address: address.offset)
    path = Path(store.settings.store) / "warc" / last.warc
    path.write_bytes(path.read_bytes()[: last.offset + 20])
    assert lesson(store).lesson.pages == 19
    assert "the audit says why" in caplog.text


def test_a_page_of_which_learning_leaves_nothing_is_read_by_the_built_in_table() -> None:
    text = "وصلت القافلة إلى المخيم صباح اليوم وأفرغت حمولتها قبل الظهر، وعادت إلى المدينة مساء عبر الطريق نفسه."
    plain = a_capture(a_page(text))
    everything = a_reader(learned=taught(lines=(text,)))
    found = read(plain, everything)
    assert isinstance(found, Article)
    assert texts_of(found) == [text]
    assert isinstance(read(a_capture("<html><body></body></html>"), everything), Rejection)


# --- the command ----------------------------------------------------------------------------------------------------
def said(archive: Archive, capfd: pytest.CaptureFixture[str], *words: str) -> Answer:
    settings = {"ASTANA_STORE": archive.settings.store, "ASTANA_OUTLETS": str(archive.settings.outlets)}
    return astana(capfd, "learn", *words, settings=dict(settings))


@pytest.mark.slow
def test_the_command_shows_what_it_would_learn_and_then_keeps_it(
    store: Archive, capfd: pytest.CaptureFixture[str]
) -> None:
    dry = said(store, capfd, "waha", "--dry-run", "--pages", "8", "--json")
    assert (dry.code, learned.choices(store.storage)) == (0, [])
    assert "nothing kept" in dry.err
    kept = said(store, capfd, "--pages", "8", "--json")
    assert (kept.code, kept.out) == (0, dry.out)
    assert "8 pages: a new table, and so a new reader" in kept.err
    names = {"outlet", "table", "pages", "sort", "words", "because", "stories", "of", "kept", "examples"}
    assert names <= set(kept.lines[0])
    assert "the current table" in said(store, capfd, "--pages", "8").err
    shown = said(store, capfd, "waha", "--show", "--json")
    assert shown.out == dry.out
    assert said(store, capfd, "waha", "--forget").code == 0
    assert "nothing was learned yet" in said(store, capfd, "waha", "--show").err


def test_a_table_is_shown_and_forgotten_without_the_outlet_s_file(
    store: Archive, capfd: pytest.CaptureFixture[str]
) -> None:
    assert learning.keep(store.storage, lesson(store), NOW)
    (Path(str(store.settings.outlets)) / "waha.yml").unlink()
    shown = said(store, capfd, "waha", "--show", "--json")
    assert (shown.code, shown.lines[0]["outlet"]) == (0, "waha")
    assert (said(store, capfd, "waha").code, said(store, capfd, "waha", "--forget").code) == (2, 0)
    left_out = said(store, capfd)
    assert (left_out.code, "waha: no outlet file, and so left out" in left_out.err) == (0, True)


@pytest.mark.parametrize("words", [["nobody"], ["--dry-run", "--show"], ["--forget"]])
def test_the_command_refuses_what_makes_no_sense(
    words: list[str], store: Archive, capfd: pytest.CaptureFixture[str]
) -> None:
    assert said(store, capfd, *words).code == 2


# --- the practice press ---------------------------------------------------------------------------------------------
KINDS = {
    "nakhla": {
        "donation": "div.support-us",
        "read also, in a box": "div.read-also",
        "read also, in a paragraph": "اقرا ايضا",
        "share labels": "div.share-buttons",
        "comment counter": "section.comments",
        "font sizes": "div.font-resizer",
        "most read": "aside.sidebar",
        "related": "div.related-posts",
    },
    "midan": {"clock": "td.clock", "ticker": "td.ticker", "counter of readers": "td.addcomment", "tools": "div.tools"},
    "wasla": {"share labels": "ul.share", "wire number": "div.wire-info"},
    "ufuq": {"share labels": "div.share-links", "related": "related-posts", "reading time": "0اقل من دقيقه"},
}


@pytest.mark.slow
@pytest.mark.xdist_group("desk")
@pytest.mark.parametrize("name", list(KINDS))
def test_the_press_teaches_its_furniture_and_is_read_by_it_as_it_was_written(press: PressRun, name: str) -> None:
    with opened(press.place) as archive:
        outlets = load_outlets(archive.settings.outlets)
        plain = reader_maker(outlets, archive.settings, {})(outlets[name])
        found = learning.learn(archive, plain)
        words = "\n".join(f"{each.words} {each.shown}" for each in found.lesson.evidence)
        assert {kind for kind, known in KINDS[name].items() if known not in words} == set()
        taught_reader = replace(plain, learned=found.lesson.table)
        assert taught_reader.digest != plain.digest
        assert not plain.learned
        for reading in learning.articles(archive, name):
            seen = learning.capture_of(archive.storage, reading)
            assert read(seen, taught_reader) == read(seen, plain)
