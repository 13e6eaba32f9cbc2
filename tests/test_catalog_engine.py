"""Opening a catalog: an empty one, a broken one, another program's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, create_engine, text

from archive.catalog import Catalog, schema
from archive.catalog.engine import make_engine, settle
from archive.errors import CatalogError, FormatError, SettingsError
from tests.catalogs import EVERYTHING, WIRE, ids
from tests.made import article, reading, shelf


def test_an_empty_catalog_opens_and_holds_nothing(catalog: Catalog) -> None:
    assert catalog.taken() == {}
    assert ids(catalog) == []
    assert catalog.counts().captures == 0
    assert list(catalog.clusters(EVERYTHING)) == []


def test_what_was_taken_is_there_when_it_is_opened_again(address: str) -> None:
    with Catalog.open(address) as catalog:
        catalog.take([shelf("1", [reading("a-x", article(WIRE[7001]))])])
        before = list(catalog.dump())
    with Catalog.open(address) as catalog:
        assert list(catalog.dump()) == before
        assert ids(catalog) == ["a-x"]


def test_of_two_who_open_an_empty_catalog_at_once_the_second_waits_for_the_first(
    address: str,
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


def test_a_catalog_is_made_whole_or_not_at_all(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
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


def _say(address: str, sql: str) -> None:
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        if not address.startswith("sqlite"):
            connection.execute(text("SET search_path TO astana"))
        connection.execute(text(sql))
    engine.dispose()


def test_a_newer_catalog_is_refused_in_one_line(address: str) -> None:
    Catalog.open(address).close()
    _say(address, "UPDATE meta SET value = '999' WHERE name = 'schema'")
    with pytest.raises(FormatError, match=r"schema 999.*upgrade it$"):
        Catalog.open(address)


@pytest.mark.parametrize("name", ["schema", "fingerprint", "rules"])
def test_an_older_catalog_says_that_it_must_be_rebuilt_and_can_be(address: str, name: str) -> None:
    with Catalog.open(address) as catalog:
        catalog.take([shelf("1", [reading("a-x", article(WIRE[7001]))])])
    _say(address, f"UPDATE meta SET value = '0' WHERE name = '{name}'")
    with Catalog.open(address) as catalog, pytest.raises(CatalogError, match="astana rebuild"):
        catalog.taken()
    Catalog.rebuild(address, ())
    with Catalog.open(address) as catalog:
        assert catalog.taken() == {}
        assert catalog.take([shelf("1", [reading("a-x", article(WIRE[7001]))])]).stories == 1


def test_another_programs_tables_are_left_alone(address: str) -> None:
    Catalog.rebuild(address, ())
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


def test_what_a_database_cannot_answer_while_texts_are_linked_is_said_in_one_line(address: str) -> None:
    with Catalog.open(address) as catalog:
        other = make_engine(address)
        with other.begin() as connection:
            connection.execute(text("DROP TABLE sketches"))
        other.dispose()
        with pytest.raises(CatalogError, match=r"^the catalog \S+ cannot be used: [^\n]*sketches[^\n]*$"):
            catalog.take([shelf("1", [reading("a-x", article(WIRE[7001]))])])
        assert catalog.taken() == {}
