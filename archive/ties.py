"""What the texts of a cluster have in common, two by two, as places of the texts themselves; it compares nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from archive.catalog import Catalog, Query
from archive.cluster import Edge
from archive.likeness.common import Located, located

Json = Mapping[str, object]
_ENDS: Final = ("start", "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """An edge of two stories, the texts that were compared, and where each passage stands in both.

    Of a passage `here` is its place in the inner text, `there` in the outer one: code points, half-open.
    """

    edge: Edge
    inner: str
    outer: str
    passages: tuple[Located, ...]

    @property
    def words(self) -> int:
        """How many words of the inner text stand in passages."""
        return sum(each.length for each in self.edge.passages)

    def said(self) -> Iterator[str]:
        """The words of each passage, as the inner text has them."""
        for each in self.passages:
            yield self.inner[slice(*each.here)]


def ties(catalog: Catalog, cluster: str) -> Iterator[Tie]:
    """The ties between the stories of a cluster, by its id: by inner story, then outer."""
    texts = {
        (story.id, edition.text_digest): edition.article.text
        for story in catalog.stories(Query(cluster=cluster, include_off_topic=True))
        for edition in story.editions
    }
    for edge in catalog.ties(cluster):
        inner, outer = texts[edge.inner, edge.inner_text], texts[edge.outer, edge.outer_text]
        yield Tie(edge=edge, inner=inner, outer=outer, passages=located(edge.passages, inner, outer))


def tie_json(tie: Tie) -> Json:
    """A tie as docs/formats.md promises it."""
    edge = tie.edge
    return {
        "kind": edge.kind.value,
        "inner": edge.inner,
        "outer": edge.outer,
        "inner_digest": edge.inner_text,
        "outer_digest": edge.outer_text,
        "likeness": edge.likeness.jaccard,
        "containment": edge.likeness.containment,
        "passages": [
            {"inner": dict(zip(_ENDS, each.here, strict=True)), "outer": dict(zip(_ENDS, each.there, strict=True))}
            for each in tie.passages
        ],
    }
