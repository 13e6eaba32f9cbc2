import random
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, text

from archive.catalog import Catalog, Counts, Query, Taken, TextObject, cursor, schema
from archive.catalog.engine import make_engine, settle
from archive.errors import AlreadyThereError, CatalogError, FormatError, NotHeldError, SettingsError, UsageError
from archive.records import EdgeKind, Kind, Reading, Window
from archive.urls import surt
from crawler.newsroom import press
from tests.made import NOON, article, gone, reading, shelf, unchanged
from tests.postgres import address, database, postgresql  # noqa: F401  # pytest finds fixtures by these names

WIRE = {each.id: "\n\n".join(each.paragraphs) for each in press.load()["wasla"]}
PRESS = {outlet: {each.id: "\n\n".join(each.paragraphs) for each in all_} for outlet, all_ in press.load().items()}
EVERYTHING = Query(include_off_topic=True)


@pytest.fixture
def catalog(address: str) -> Iterable[Catalog]:  # noqa: F811  # the fixture, not the import
    with Catalog.open(address) as made:
        yield made


def ids(catalog: Catalog, query: Query = EVERYTHING) -> list[str]:
    return [story.id for story in catalog.stories(query)]


def dump_of(url: str, batches: Sequence[Sequence[TextObject]]) -> list[str]:
    with Catalog.open(url) as catalog:
        catalog.reset()
        for batch in batches:
            catalog.take(batch)
        return list(catalog.dump())


# ---- opening ------------------------------------------------------------------------------------------------------


def test_an_empty_catalog_opens_and_holds_nothing(catalog: Catalog) -> None:
    assert catalog.taken() == {}
    assert ids(catalog) == []
    assert catalog.counts().captures == 0
    assert list(catalog.clusters(EVERYTHING)) == []


def test_what_was_taken_is_there_when_it_is_opened_again(address: str) -> None:  # noqa: F811
    with Catalog.open(address) as catalog:
        catalog.take([shelf("1", [reading("a-x", article(WIRE[7001]))])])
        before = list(catalog.dump())
    with Catalog.open(address) as catalog:
        assert list(catalog.dump()) == before
        assert ids(catalog) == ["a-x"]


def test_of_two_who_open_an_empty_catalog_at_once_the_second_waits_for_the_first(
    address: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, found = make_engine(address), schema.found
    has_looked, has_looked_again = Event(), Event()

    def look(connection: Connection) -> dict[str, str] | None:
        seen = found(connection)
        (has_looked_again if has_looked.is_set() else has_looked).set()
        return seen

    with ThreadPoolExecutor() as threads:
        with first.begin() as connection:
            settle(connection, "first")  # made, and nobody else sees it yet
            monkeypatch.setattr(schema, "found", look)
            second = threads.submit(Catalog.open, address)
            assert has_looked.wait(10)
            assert not has_looked_again.wait(0.2)
        with second.result() as catalog:
            assert ids(catalog) == []
    first.dispose()


def test_a_catalog_is_made_whole_or_not_at_all(address: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    with monkeypatch.context() as patch:
        patch.setattr(schema, "mark", lambda: {"schema": None})  # the last row fails
        with pytest.raises(CatalogError):
            Catalog.open(address)
    with Catalog.open(address) as catalog:
        assert ids(catalog) == []


def test_a_catalog_that_may_only_be_read_is_named_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "catalog.db"
    path.write_bytes(b"no database at all" * 99)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(CatalogError, match=f"the catalog sqlite:///{path} cannot be used"):
        Catalog.open(f"sqlite:///{path}")


def _say(address: str, sql: str) -> None:  # noqa: F811
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        if not address.startswith("sqlite"):
            connection.execute(text("SET search_path TO astana"))
        connection.execute(text(sql))
    engine.dispose()


def test_a_newer_catalog_is_refused_in_one_line(address: str) -> None:  # noqa: F811
    Catalog.open(address).close()
    _say(address, "UPDATE meta SET value = '999' WHERE name = 'schema'")
    with pytest.raises(FormatError, match=r"schema 999.*upgrade it$"):
        Catalog.open(address)


@pytest.mark.parametrize("name", ["schema", "fingerprint", "rules"])
def test_an_older_catalog_says_that_it_must_be_rebuilt_and_can_be(address: str, name: str) -> None:  # noqa: F811
    with Catalog.open(address) as catalog:
        catalog.take([shelf("1", [reading("a-x", article(WIRE[7001]))])])
    _say(address, f"UPDATE meta SET value = '0' WHERE name = '{name}'")
    with Catalog.open(address) as catalog:
        with pytest.raises(CatalogError, match="astana rebuild"):
            catalog.taken()
        catalog.reset()
        assert catalog.taken() == {}
        assert catalog.take([shelf("1", [reading("a-x", article(WIRE[7001]))])]).stories == 1


def test_another_programs_tables_are_left_alone(address: str) -> None:  # noqa: F811
    with Catalog.open(address) as catalog:
        catalog.reset()
    _say(address, "DROP TABLE meta")
    with pytest.raises(CatalogError, match="another program"):
        Catalog.open(address)


def test_what_cannot_be_reached_is_said_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "no.db"
    broken.write_bytes(b"not a database" * 100)
    (tmp_path / "folder.db").mkdir()
    for url in (
        f"sqlite:///{broken}",
        f"sqlite:///{tmp_path / 'folder.db'}",
        f"sqlite:///{broken}/below.db",
        "postgresql://astana:secret@127.0.0.1:1/none",
    ):
        with pytest.raises(CatalogError) as caught:
            Catalog.open(url)
        assert "\n" not in str(caught.value)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/db"])
def test_an_address_of_no_known_database_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingsError, match="ASTANA_CATALOG"):
        Catalog.open(url)


# ---- taking and dropping ------------------------------------------------------------------------------------------


def test_an_object_is_taken_once_and_never_with_other_content(catalog: Catalog) -> None:
    given = shelf("1", [reading("a-x", article(WIRE[7001]))])
    assert catalog.take([given]) == Taken(objects=1, readings=1, stories=1)
    assert catalog.take([given]) == Taken(already=1)
    assert catalog.taken() == {given.key: given.sha256}
    other = TextObject(key=given.key, sha256="f" * 64, head=given.head, readings=given.readings)
    with pytest.raises(AlreadyThereError):
        catalog.take([other])
    assert catalog.taken() == {given.key: given.sha256}


def test_captures_are_articles_rejections_unchanged_and_non_articles(catalog: Catalog) -> None:
    first = shelf("1", [reading("a-x", article(WIRE[7001])), gone("a-y"), reading("a-z", article("نص", on=False))])
    second = shelf("2", [unchanged("a-x", "urn:uuid:a-x-1", day=2), unchanged("a-x", None, day=3)])
    catalog.take([first, second])
    assert catalog.counts() == Counts(
        captures=5 + 6,
        articles_on_topic=1,
        articles_off_topic=1,
        rejections={"http-status": 1},
        unchanged=2,
        non_articles={"robots": 2, "seed": 4},
        stories=2,
        stories_on_topic=1,
        editions=2,
        clusters=0,
        copies=0,
        parts=0,
    )


def test_a_capture_that_held_no_article_makes_no_story(catalog: Catalog) -> None:
    catalog.take([shelf("1", [gone("a-y")])])
    with pytest.raises(NotHeldError, match="a-y"):
        catalog.story("a-y")


def test_dropping_an_object_leaves_what_taking_the_rest_afresh_leaves(address: str) -> None:  # noqa: F811
    objects = _press_objects()
    with Catalog.open(address) as catalog:
        catalog.take(objects)
        catalog.drop([objects[0].key, objects[2].key])
        dropped = list(catalog.dump())
        catalog.drop([one.key for one in objects])
        assert [line for line in catalog.dump() if not line.startswith("meta\t")] == []
        assert ids(catalog, Query(text="محادثات")) == []
    assert dropped == dump_of(address, [[one for n, one in enumerate(objects) if n not in (0, 2)]])


def test_a_failed_batch_leaves_nothing_behind(catalog: Catalog) -> None:
    good, held = shelf("1", [reading("a-x", article("نص"))]), shelf("2", [reading("a-y", article("نص"))])
    catalog.take([held])
    before = list(catalog.dump())
    wrong = TextObject(key=held.key, sha256="0", head=held.head, readings=())
    with pytest.raises(AlreadyThereError):
        catalog.take([good, wrong])
    assert list(catalog.dump()) == before


# ---- editions and dates -------------------------------------------------------------------------------------------


def test_another_text_is_another_edition_in_the_order_of_capture(catalog: Catalog) -> None:
    later = shelf("2", [reading("a-x", article("النص الثاني", title="عنوان"), day=5)])
    catalog.take([later])
    catalog.take([shelf("1", [reading("a-x", article("النص الأول"), day=2)])])
    story = catalog.story("a-x")
    assert [(e.ordinal, e.article.text) for e in story.editions] == [(1, "النص الأول"), (2, "النص الثاني")]
    assert (story.current, story.editions[1].article.title) == (2, "عنوان")


def test_a_text_that_comes_back_is_no_third_edition_but_the_current_one(catalog: Catalog) -> None:
    texts = ["أول", "ثان", "أول"]
    catalog.take([shelf(str(n), [reading("a-x", article(t), day=n)]) for n, t in enumerate(texts, start=1)])
    story = catalog.story("a-x")
    assert ([e.article.text for e in story.editions], story.current) == (["أول", "ثان"], 1)


@pytest.mark.parametrize(
    ("of", "current"), [("urn:uuid:a-x-1", 1), ("urn:uuid:a-x-2", 2), (None, 2), ("urn:uuid:z", 2)]
)
def test_a_revisit_shows_its_original_again_and_a_304_what_was_there(
    catalog: Catalog, of: str | None, current: int
) -> None:
    first, second = reading("a-x", article("أول"), day=1), reading("a-x", article("ثان"), day=2)
    catalog.take([shelf("2", [unchanged("a-x", of, day=9)]), shelf("1", [first, second])])
    assert catalog.story("a-x").current == current


def test_a_304_speaks_for_its_own_address(catalog: Catalog) -> None:
    first = reading("a-x", article("أول"), day=1, url="https://a.example/amp/x")
    second = reading("a-x", article("ثان"), day=2)
    catalog.take([shelf("1", [first, second, unchanged("a-x", None, day=3, url="https://a.example/amp/x")])])
    assert catalog.story("a-x").current == 1


def test_an_older_capture_that_comes_late_moves_the_date_and_the_ordinals(catalog: Catalog) -> None:
    catalog.take([shelf("2", [reading("a-x", article("ثان", at=None), day=9)])])
    assert catalog.story("a-x").published.earliest.day == 10
    catalog.take([shelf("1", [reading("a-x", article("أول", at=None), day=2)])])
    story = catalog.story("a-x")
    assert (story.published.source, story.published.earliest.day) == ("capture", 3)
    assert [e.article.text for e in story.editions] == ["أول", "ثان"]


def test_windows_are_civil_days_of_the_outlet_and_half_open(catalog: Catalog) -> None:
    late = datetime(2017, 1, 24, 22, 30, tzinfo=UTC)  # half past midnight of the 25th in Damascus
    catalog.take([shelf("1", [reading("a-x", article("أول", at=late)), reading("a-y", article("ثان", at=None))])])

    def held(since: str | None, until: str | None) -> list[str]:
        window = Window(
            since=date.fromisoformat(since) if since else None, until=date.fromisoformat(until) if until else None
        )
        return ids(catalog, Query(window=window))

    assert held("2017-01-25", "2017-01-26") == ["a-x"]
    assert held("2017-01-24", "2017-01-25") == []
    assert held("2017-02-02", "2017-02-03") == ["a-y"]  # undated: its first capture
    assert held(None, None) == ["a-x", "a-y"]
    with pytest.raises(UsageError):
        held("2017-02-03", "2017-02-03")


# ---- asking -------------------------------------------------------------------------------------------------------


def _dated(story: str, words: str, minutes: int = 0, **more: object) -> Reading:
    return reading(story, article(words, at=NOON + timedelta(minutes=minutes), **more))  # type: ignore[arg-type]


def test_stories_come_by_earliest_bound_then_id_page_after_page(catalog: Catalog) -> None:
    catalog.take([shelf("1", [_dated(f"a-{n:03}", f"نص رقم {n}", minutes=-(n // 2)) for n in range(450)])])
    expected = sorted((f"a-{n:03}" for n in range(450)), key=lambda name: (-(int(name[2:]) // 2), name))
    assert ids(catalog) == expected
    assert ids(catalog, Query(limit=7)) == expected[:7]
    seventh = list(catalog.stories(Query(limit=7)))[-1]
    assert ids(catalog, Query(after=cursor(seventh), limit=250)) == expected[7:257]


@pytest.mark.parametrize(
    "query",
    [
        Query(after="x"),
        Query(after="2017-01-01"),
        Query(limit=0),
        Query(text="«أستانا"),
        Query(text="، «» -"),
        Query(text=" ".join(f"كلمة{n}" for n in range(101))),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(catalog: Catalog, query: Query) -> None:
    with pytest.raises(UsageError):
        list(catalog.stories(query))
    with pytest.raises(UsageError):
        list(catalog.clusters(query))


def test_stories_are_found_by_outlet_agency_topic_and_cluster(catalog: Catalog) -> None:
    wire = WIRE[7001]
    catalog.take(
        [
            shelf("1", [_dated("a-x", wire, agency="وصلة"), _dated("a-y", WIRE[7002], on=False)]),
            shelf("2", [_dated("b-x", wire, 5)], outlet="b"),
        ]
    )
    assert ids(catalog, Query(outlets=("b", "c"))) == ["b-x"]
    assert ids(catalog, Query(agency="وصله")) == ["a-x"]  # folded
    assert ids(catalog, Query()) == ["a-x", "b-x"]
    assert ids(catalog, EVERYTHING) == ["a-x", "a-y", "b-x"]
    assert ids(catalog, Query(cluster="b-x")) == ["a-x", "b-x"]
    assert ids(catalog, Query(canonical=True)) == ["a-x"]
    with pytest.raises(NotHeldError):
        ids(catalog, Query(cluster="nobody"))


TEXTS = {
    "a-1": "انطلقت محادثات أستانا حول خفض التصعيد في إدلب",
    "a-2": "خفض الإنتاج أهم من التصعيد، قال وزير النفط",
    "a-3": "وفد المعارضة السورية يصل إلى آستانة على متن الطائرة رقم ١٢",
    "a-4": 'MiG-29 over Hmeimim, 12.5 km; o\'clock & "x" (a OR b) NEAR *',
    "a-5": "مُحادثــاتُ الأستانة",
}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("أستانا", ["a-1", "a-3", "a-5"]),
        ("بأستانة", ["a-1", "a-3", "a-5"]),
        ("خفض التصعيد", ["a-1", "a-2"]),
        ("«خفض التصعيد»", ["a-1"]),
        ('"التصعيد خفض"', []),
        ('محادثات "خفض التصعيد" إدلب', ["a-1"]),
        ("محادثات", ["a-1", "a-5"]),
        ("12", ["a-3", "a-4"]),
        ("١٢", ["a-3", "a-4"]),
        ("mig-29", ["a-4"]),
        ("NEAR OR", ["a-4"]),
        ("a* OR", ["a-4"]),
        ("أستان*", []),
        ("o'clock", ["a-4"]),
        ("عنوان-1", ["a-1"]),
        ("لا شيء", []),
    ],
)
def test_words_are_found_folded_and_the_same_on_both_databases(catalog: Catalog, asked: str, found: list[str]) -> None:
    catalog.take([shelf("1", [_dated(name, words, title=f"عنوان {name[2:]}") for name, words in TEXTS.items()])])
    assert ids(catalog, Query(text=asked)) == found


def test_only_the_current_text_is_searched(catalog: Catalog) -> None:
    catalog.take([shelf("1", [reading("a-x", article("جنيف"), day=1), reading("a-x", article("سوتشي"), day=2)])])
    assert ids(catalog, Query(text="جنيف")) == []
    assert ids(catalog, Query(text="سوتشي")) == ["a-x"]


def test_a_story_is_found_by_any_address_it_was_captured_at(catalog: Catalog) -> None:
    moved = reading("a-x", article("ثان"), day=2, url="https://a.example/other/x")
    catalog.take([shelf("1", [reading("a-x", article("أول")), moved, gone("a-y")])])
    assert [story.id for story in catalog.stories_of_url(surt("https://a.example/x"))] == ["a-x"]
    assert [story.id for story in catalog.stories_of_url(surt("http://www.a.example/other/x"))] == ["a-x"]
    assert catalog.stories_of_url(surt("https://a.example/y")) == []


def test_what_is_held_of_each_outlet_is_counted(catalog: Catalog) -> None:
    catalog.take([shelf("1", [_dated("a-x", "أول"), _dated("a-y", "ثان", 1440, on=False)])])
    (held,) = catalog.held()
    assert (held.outlet, held.stories, held.stories_on_topic) == ("a", 2, 1)
    assert (held.first_day, held.last_day) == ("2017-01-24", "2017-01-25")


# ---- clusters -----------------------------------------------------------------------------------------------------


def _press_objects() -> list[TextObject]:
    """The practice press as text objects, five stories in each, one edition later changed."""
    agency = {"wasla": "وصلة"}
    made = []
    for outlet, manuscripts in sorted(press.load().items()):
        for start in range(0, len(manuscripts), 5):
            readings = [
                reading(
                    f"{outlet}-{each.id}",
                    article("\n\n".join(each.paragraphs), title=each.title, at=each.published.replace(tzinfo=UTC)),
                    day=1000 + start,
                )
                for each in manuscripts[start : start + 5]
            ]
            made.append(shelf(f"{outlet}{start}", readings, outlet=outlet, agency=agency.get(outlet)))
    return made


def test_copies_cluster_around_the_agencys_own_and_any_member_names_the_cluster(catalog: Catalog) -> None:
    catalog.take(_press_objects())
    cluster = catalog.cluster_of("nakhla-4005")
    assert cluster.id == cluster.canonical == "wasla-7006"
    assert [copy.story for copy in cluster.copies] == ["nakhla-4005", "ufuq-9003"]
    assert catalog.cluster_of("ufuq-9003") == catalog.cluster_of("wasla-7006") == cluster
    story = catalog.story("ufuq-9003")
    assert (story.cluster, story.canonical, story.copy_of) == ("wasla-7006", False, "wasla-7006")
    assert story.likeness is not None and 0.7 < story.likeness < 0.9
    own = catalog.story("wasla-7006")
    assert (own.canonical, own.copy_of, own.likeness) == (True, None, None)
    with pytest.raises(NotHeldError):
        catalog.cluster_of("nobody")


def test_a_round_up_is_bound_to_its_items_without_joining_them(catalog: Catalog) -> None:
    catalog.take(_press_objects())
    assert {(e.inner, e.outer, e.kind) for e in catalog.parts("nakhla-4013")} == {
        ("wasla-7012", "nakhla-4013", EdgeKind.PART),
        ("wasla-7014", "nakhla-4013", EdgeKind.PART),
    }
    assert [edge.outer for edge in catalog.parts("wasla-7012")] == ["nakhla-4013"]
    assert catalog.cluster_of("nakhla-4013").copies == ()
    assert catalog.counts().parts == 5


def test_clusters_are_listed_by_their_canonical_stories_and_filtered(catalog: Catalog) -> None:
    catalog.take(_press_objects())
    listed = list(catalog.clusters(EVERYTHING))
    assert len(listed) == catalog.counts().clusters
    assert sum(len(cluster.copies) for cluster in listed) == catalog.counts().copies
    assert all(cluster.copies for cluster in listed)
    assert [c.id for c in catalog.clusters(Query(limit=3))] == [c.id for c in listed][:3]
    assert {c.id for c in catalog.clusters(Query(outlets=("ufuq",)))} < {c.id for c in listed}


def test_a_cluster_splits_when_the_text_that_held_it_together_goes(catalog: Catalog) -> None:
    parts = WIRE[7001].split("\n\n")
    objects = [
        shelf("1", [_dated("a-x", "\n\n".join(parts[:3]))]),
        shelf("2", [_dated("b-x", WIRE[7001], 1)], outlet="b"),
        shelf("3", [_dated("c-x", "\n\n".join(parts[2:]), 2)], outlet="c"),
    ]
    catalog.take(objects)
    assert [copy.story for copy in catalog.cluster_of("c-x").copies] == ["b-x", "c-x"]
    catalog.drop([objects[1].key])
    assert catalog.cluster_of("c-x").copies == ()
    assert catalog.story("c-x").cluster == "c-x"


def test_any_edition_binds_a_story_to_its_copies(catalog: Catalog) -> None:
    first, second = reading("a-x", article(WIRE[7001]), day=1), reading("a-x", article(WIRE[7002]), day=2)
    catalog.take([shelf("1", [first, second]), shelf("2", [_dated("b-x", WIRE[7001], 3)], outlet="b")])
    assert [copy.story for copy in catalog.cluster_of("a-x").copies] == ["b-x"]
    assert catalog.cluster_of("a-x").copies[0].likeness < 0.1  # to the canonical story's current text


def test_the_practice_press_is_indexed_the_same_in_any_order_and_batching(address: str) -> None:  # noqa: F811
    objects = _press_objects()
    expected = dump_of(address, [objects])
    assert sum(line.startswith("stories\t") for line in expected) == 80
    for seed in (1, 2):
        chance = random.Random(seed)
        chance.shuffle(objects)
        cut = sorted(chance.sample(range(1, len(objects)), 4))
        batches = [objects[a:b] for a, b in zip([0, *cut], [*cut, len(objects)], strict=True)]
        assert dump_of(address, batches) == expected


def test_both_databases_hold_the_same_rows(database: str, tmp_path: Path) -> None:  # noqa: F811
    objects = _press_objects()
    assert dump_of(f"sqlite:///{tmp_path / 'c.db'}", [objects]) == dump_of(database, [objects])


# ---- the law of order ---------------------------------------------------------------------------------------------

SENTENCES = [part for words in (WIRE[7001], WIRE[7002]) for part in words.split("\n\n")]
_texts = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4, unique=True).map("\n\n".join)
_outcomes = st.tuples(_texts, st.sampled_from([None, 0, 3, 40]), st.sampled_from(Kind), st.booleans()).map(
    lambda t: article(t[0], at=None if t[1] is None else NOON - timedelta(days=t[1]), kind=t[2], on=t[3])
)


@st.composite
def _objects(draw: st.DrawFn) -> list[TextObject]:
    made = []
    for n in range(draw(st.integers(1, 5))):
        outlet = draw(st.sampled_from("ab"))
        readings = []
        for _ in range(draw(st.integers(1, 4))):
            story = f"{outlet}-{draw(st.sampled_from('xyz'))}"
            day = draw(st.integers(1, 6))
            kind = draw(st.sampled_from(["article", "article", "article", "gone", "same", "304"]))
            if kind == "article":
                readings.append(reading(story, draw(_outcomes), day=day))
            elif kind == "gone":
                readings.append(gone(story, day=day))
            else:
                of = f"urn:uuid:{story}-{draw(st.integers(1, 6))}" if kind == "same" else None
                readings.append(unchanged(story, of, day=day))
        made.append(shelf(str(n), readings, outlet=outlet, agency="وصلة" if outlet == "b" else None))
    return made


def _law(url: str, objects: list[TextObject], chance: random.Random) -> None:
    """Any order, any batching, with things taken out and put back: the tables of taking everything at once."""
    expected = dump_of(url, [objects])
    shuffled = chance.sample(objects, len(objects))
    with Catalog.open(url) as catalog:
        catalog.reset()
        for each in shuffled:
            catalog.take([each])
        back = chance.sample(objects, chance.randint(1, len(objects)))
        catalog.drop([each.key for each in back])
        catalog.take(back)
        assert list(catalog.dump()) == expected


@given(_objects(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_and_batching_never_show_in_sqlite(
    tmp_path: Path, objects: list[TextObject], chance: random.Random
) -> None:
    _law(f"sqlite:///{tmp_path / 'law.db'}", objects, chance)


@pytest.mark.slow
@given(_objects(), st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_and_batching_never_show_in_postgresql(
    database: str, objects: list[TextObject], chance: random.Random  # noqa: F811
) -> None:  # fmt: skip
    _law(database, objects, chance)
