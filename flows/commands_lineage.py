"""Commands that tell where texts are from: lineage, wire; they change nothing on the shelves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from archive.texts import to_line
from flows import descents
from flows.options import Days, Filters, Form, Name, Where, Words, query_of
from flows.show import Listing, facts, note, styled
from flows.wordings import edit_line

if TYPE_CHECKING:
    from archive.lineage.totals import Total
    from archive.lineage.witness import Houses
    from archive.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """What is held against its wire, and how."""

    name: Annotated[
        str | None, Argument(metavar="[ID|URL]", help="A copy, or an agency's own story; without it, totals.")
    ] = None
    pairs: Annotated[
        Path | None, Option(metavar="FILE", help="Another table of loaded words than the built-in one.")
    ] = None
    q: Words = None


def houses(settings: Settings) -> Houses:
    """What the outlets of these settings, and agencies, are called in print. Raises FactsError."""
    from crawler.agencies import load_agencies
    from crawler.houses import houses_of
    from crawler.outlet import load_outlets

    return houses_of(load_outlets(settings.outlets), load_agencies())


def lineage(name: Name, form: Form, where: Where) -> None:
    """Where a story likely came from among what is held: source or unseen source, siblings, what was left out."""
    from archive.lineage.told import lineage_json

    with where.open() as archive:
        found = archive.lineage(name, houses(archive.settings))
    if form.as_json:
        print(to_line(dict(lineage_json(found))))
        return
    facts(descents.head(found))
    for line in descents.tree(found):
        print(line)
    for parts in descents.alignment(found.link.pair):
        styled(parts)


def wire(
    filters: Filters,
    days: Days,
    form: Form,
    where: Where,
    comparing: Comparing,
) -> None:
    """A copy held against all held versions of its wire: credit, wording, quotes; without ID, totals by month."""
    from archive.lineage.told import wire_json
    from crawler.loaded import load_pairs

    table = load_pairs(comparing.pairs)
    with where.open() as archive:
        known = houses(archive.settings)
        if comparing.name is None:
            query = query_of(comparing.q, filters, days)
            _totals().show(archive.wire_totals(query, known, table), as_json=form.as_json)
            return
        found = archive.wire(comparing.name, known, table)
    for one in found:
        if form.as_json:
            print(to_line(dict(wire_json(one))))
            continue
        facts(descents.against(one))
        for parts in descents.wording(one):
            styled(parts)
        for edit in one.against.title:
            print(edit_line(edit, "title"))
        if one is not found[-1]:
            print()
    if not form.as_json and not any(one.against.swaps for one in found):
        note("no wording of the outlet's own was found in what it took over")


def _totals() -> Listing[Total]:
    from archive.lineage.told import total_json

    return Listing(
        columns={
            "outlet": lambda total: total.outlet,
            "month": lambda total: total.month or "all",
            "copies": lambda total: total.copies,
            **descents.CREDITS,
            "reworded": lambda total: descents.share(total.swapped),
            "quotes changed": lambda total: descents.share(total.requoted),
            "loaded": lambda total: [descents.turn(each) for each in total.turns if each.share.found],
        },
        dump=total_json,
        none="no copy of a held wire fits",
    )
