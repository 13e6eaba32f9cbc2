"""The commands on clusters: which there are, who printed one; and, by hand, that two stories are one item, or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option
from typer.core import TyperGroup

from archive.export import current, story_json
from archive.records import EdgeKind
from archive.texts import to_line
from flows import descents, out
from flows.commands_lineage import houses
from flows.options import Days, Filters, Form, Name, Where, query_of
from flows.show import Listing, note
from flows.wordings import day_of

if TYPE_CHECKING:
    from archive.holdings import Archive
    from archive.overrides import Override
    from archive.records import Cluster, Story

Pair = Annotated[list[str], Argument(metavar="ID ID", help="Two stories, each by id, permalink or address.")]
Why = Annotated[str, Option(metavar="TEXT", help="Why; it stands in the ledger for ever.")]


class Falling(TyperGroup):
    """A group whose first word may be a story: then that story's cluster is shown."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words as click does."""
        known = {*self.commands, "--help"}
        return super().parse_args(ctx, args if args and args[0] in known else ["show", *args])


def clusters(filters: Filters, days: Days, form: Form, where: Where) -> None:
    """Stories printed more than once, by their canonical story."""
    with where.open() as archive:
        listing: Listing[Cluster] = Listing(
            columns={
                "cluster": lambda cluster: cluster.id,
                "copies": lambda cluster: len(cluster.copies),
                "title": lambda cluster: current(archive.story(cluster.canonical)).article.title,
            },
            dump=_cluster_json,
            none="no cluster fits",
        )
        listing.show(archive.clusters(query_of(None, filters, days)), as_json=form.as_json)


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What is shown of a cluster beside its stories."""

    svg: Annotated[
        str | None, Option(help="Draw its spread over outlets and hours into this file, too.", metavar="FILE")
    ] = None
    passages: Annotated[bool, Option("--passages", help="Show what its texts have in common, two by two.")] = False


def _cluster_json(cluster: Cluster) -> Mapping[str, object]:
    copies = [
        {"story": copy.story, "of": copy.of, "likeness": copy.likeness, "containment": copy.containment}
        for copy in cluster.copies
    ]
    return {"cluster": cluster.id, "canonical": cluster.canonical, "copies": copies}


def cluster(
    name: Name,
    form: Form,
    where: Where,
    showing: Showing,
) -> None:
    """The cluster that a story belongs to: who printed it, and how alike."""
    from archive.ties import tie_json, ties

    with where.open() as archive:
        found = archive.cluster(name)
        if showing.svg is not None:
            out.content(_spread(archive, name).encode(), showing.svg)
        if form.as_json:
            edges = [dict(tie_json(tie)) for tie in ties(archive.catalog, found.id)]
            print(to_line({**_cluster_json(found), "edges": edges}))
            return
        likeness = {copy.story: f"{copy.likeness:.2f}" for copy in found.copies}
        listing: Listing[Story] = Listing(
            columns={
                "story": lambda story: story.id,
                "likeness": lambda story: likeness.get(story.id, "canonical"),
                "published": day_of,
                "title": lambda story: current(story).article.title,
            },
            dump=story_json,
        )
        listing.show(_members(archive, found), as_json=False)
        if not found.copies:
            note(_alone(archive, found.canonical))
        for line in descents.tied(ties(archive.catalog, found.id)) if showing.passages else ():
            print(line)


def _alone(archive: Archive, story: str) -> str:
    held = len(archive.catalog.parts(story, EdgeKind.COPY))
    if not held:
        return "no other text of it is held"
    texts = "one other text of it is" if held == 1 else f"{held} other texts of it are"
    return f"{texts} held, set apart by decision: astana cluster decisions"


def _spread(archive: Archive, name: str) -> str:
    from archive.spreadchart import chart

    return chart(archive.lineage(name, houses(archive.settings)).tree)


def _members(archive: Archive, found: Cluster) -> Iterator[Story]:
    for name in (found.canonical, *(copy.story for copy in found.copies)):
        yield archive.story(name)


def merge(pair: Pair, reason: Why, form: Form, where: Where) -> None:
    """Say that two stories print one item, whatever the rule says: they are in one cluster from now on."""
    _decide("merge", pair, reason, form, where)


def split(pair: Pair, reason: Why, form: Form, where: Where) -> None:
    """Say that two stories do not print one item: they are never in one cluster from now on."""
    _decide("split", pair, reason, form, where)


def _decide(decision: str, pair: list[str], reason: str, form: Form, where: Where) -> None:
    from archive.deciding import decide
    from archive.overrides import Decision

    now = datetime.now(UTC)
    with where.open() as archive:
        made = decide(archive, Decision(decision), pair, reason, now)
        clusters = {text.story: archive.cluster(text.story).id for text in made.texts}
    if made.at != now.isoformat():
        note(f"that was decided on {made.at[:10]} already")
    if decision == "merge" and len(set(clusters.values())) > 1:
        note("they stay apart, for another decision sets members of their clusters apart: astana cluster decisions")
    _listing().show([made], as_json=form.as_json)


def undo(pair: Pair, reason: Why, form: Form, where: Where) -> None:
    """End what was decided of two stories: the rule decides again."""
    from archive.deciding import undo as end

    with where.open() as archive:
        ended = end(archive, pair, reason, datetime.now(UTC))
    listing: Listing[str] = Listing(columns={"ended": lambda one: one}, dump=lambda one: {"ended": one})
    listing.show(ended.overrides, as_json=form.as_json)


def decisions(form: Form, where: Where) -> None:
    """What people decided, and what stands."""
    with where.open() as archive:
        found: Iterable[Override] = archive.catalog.overrides().standing.values()
    _listing().show(sorted(found, key=lambda one: (one.at, one.event)), as_json=form.as_json)


def _listing() -> Listing[Override]:
    return Listing(
        columns={
            "decision": lambda one: one.decision.value,
            "decided": lambda one: one.at[:10],
            "stories": lambda one: [text.story for text in one.texts],
            "reason": lambda one: one.reason,
        },
        dump=_json,
        none="nothing is decided by hand",
    )


def _json(one: Override) -> Mapping[str, object]:
    texts = [{"story": text.story, "digest": text.digest} for text in one.texts]
    return {"decision": one.decision.value, "at": one.at, "texts": texts, "reason": one.reason, "event": one.event}
