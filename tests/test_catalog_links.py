"""Clusters of copies around a canonical story, and round-ups bound to their items."""

from __future__ import annotations

import pytest

from archive.catalog import Catalog, Query
from archive.errors import NotHeldError
from archive.records import EdgeKind
from tests.catalogs import EVERYTHING, WIRE, dated, press_objects
from tests.made import article, reading, shelf


def test_copies_cluster_around_the_agencys_own_and_any_member_names_the_cluster(catalog: Catalog) -> None:
    catalog.take(press_objects())
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
    catalog.take(press_objects())
    assert {(e.inner, e.outer, e.kind) for e in catalog.parts("nakhla-4013")} == {
        ("wasla-7012", "nakhla-4013", EdgeKind.PART),
        ("wasla-7014", "nakhla-4013", EdgeKind.PART),
    }
    assert [edge.outer for edge in catalog.parts("wasla-7012")] == ["nakhla-4013"]
    assert catalog.cluster_of("nakhla-4013").copies == ()
    assert catalog.counts().parts == 5


def test_clusters_are_listed_by_their_canonical_stories_and_filtered(catalog: Catalog) -> None:
    catalog.take(press_objects())
    listed = list(catalog.clusters(EVERYTHING))
    assert len(listed) == catalog.counts().clusters
    assert sum(len(cluster.copies) for cluster in listed) == catalog.counts().copies
    assert all(cluster.copies for cluster in listed)
    assert [c.id for c in catalog.clusters(Query(limit=3))] == [c.id for c in listed][:3]
    assert {c.id for c in catalog.clusters(Query(outlets=("ufuq",)))} < {c.id for c in listed}


def test_a_cluster_splits_when_the_text_that_held_it_together_goes(catalog: Catalog) -> None:
    parts = WIRE[7001].split("\n\n")
    objects = [
        shelf("1", [dated("a-x", "\n\n".join(parts[:3]))]),
        shelf("2", [dated("b-x", WIRE[7001], 1)], outlet="b"),
        shelf("3", [dated("c-x", "\n\n".join(parts[2:]), 2)], outlet="c"),
    ]
    catalog.take(objects)
    assert [copy.story for copy in catalog.cluster_of("c-x").copies] == ["b-x", "c-x"]
    catalog.drop([objects[1].key])
    assert catalog.cluster_of("c-x").copies == ()
    assert catalog.story("c-x").cluster == "c-x"


def test_any_edition_binds_a_story_to_its_copies(catalog: Catalog) -> None:
    first, second = reading("a-x", article(WIRE[7001]), day=1), reading("a-x", article(WIRE[7002]), day=2)
    catalog.take([shelf("1", [first, second]), shelf("2", [dated("b-x", WIRE[7001], 3)], outlet="b")])
    assert [copy.story for copy in catalog.cluster_of("a-x").copies] == ["b-x"]
    assert catalog.cluster_of("a-x").copies[0].likeness < 0.1  # to the canonical story's current text
