"""The command learn: an outlet's own pages teach what is furniture on them; nothing is read anew by it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from archive.errors import UsageError
from flows.options import Act, Form, Where
from flows.show import Listing, note, progress

if TYPE_CHECKING:
    from archive.holdings import Archive
    from crawler.learning import Learned
    from crawler.outlet import Outlet
    from crawler.page.lessons import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing learned, and of whose pages."""

    found: Learned
    evidence: Evidence


def learn(
    where: Where,
    form: Form,
    act: Act,
    ids: Annotated[list[str] | None, Argument(metavar="[ID…]", help="Outlets; else all whose pages were read.")] = None,
    pages: Annotated[
        int, Option(min=1, help="At most so many pages of each, spread over its days.", metavar="N")
    ] = 400,
) -> None:
    """Learn from an outlet's shelved pages what recurs around its articles; makes a new reader of its pages."""
    from crawler.outlet import load_outlets

    act.check()
    with where.open() as archive, progress():
        if act.formulas:
            from flows.formulas import learn_formulas

            learn_formulas(archive, act, ids or (), as_json=form.as_json)
            return
        outlets = load_outlets(archive.settings.outlets)
        tabled = _tabled(archive) if act.show or act.forget else frozenset()
        names = _named(archive, outlets.keys() | tabled, ids or ())
        if act.forget:
            _forget(archive, names, ids)
            return
        shown = _shown(archive, names) if act.show else _learned(archive, outlets, names, pages)
        said: list[str] = []
        _listing(act).show(_rows(archive, shown, act, said), as_json=form.as_json)
    for line in said:
        note(line)


def _tabled(archive: Archive) -> frozenset[str]:
    """The outlets of which a table was ever chosen: it can be shown and forgotten without their files."""
    from archive import learned
    from crawler import learning

    return frozenset(learned.current(archive.storage, learning.KIND))


def _named(archive: Archive, known: Collection[str], ids: Sequence[str]) -> list[str]:
    """The outlets asked for, or all with texts; those without a file are told. Raises UsageError: no such outlet."""
    for name in ids:
        if name not in known:
            raise UsageError(f"there is no outlet {name!r}; see astana outlets")
    if ids:
        return list(dict.fromkeys(ids))
    held = {key.split("/")[1] for key in archive.text_keys()}
    if without := sorted(held.difference(known)):
        note(f"{', '.join(without)}: no outlet file, and so left out; set ASTANA_OUTLETS")
    return sorted(held.intersection(known))


def _learned(archive: Archive, outlets: Mapping[str, Outlet], names: Sequence[str], pages: int) -> Iterator[Learned]:
    from crawler import learning
    from flows.moves import reader_maker

    make = reader_maker(outlets, archive.settings, {})
    for name in names:
        yield learning.learn(archive, make(outlets[name]), pages)


def _shown(archive: Archive, names: Sequence[str]) -> Iterator[Learned]:
    from crawler import learning

    yield from filter(None, (learning.known(archive.storage, name) for name in names))


def _rows(archive: Archive, found: Iterator[Learned], act: Act, said: list[str]) -> Iterator[Row]:
    """What was learned, each outlet's kept before the next one is looked at; what came of it is added to `said`."""
    from crawler import learning

    for one in found:
        yield from (Row(found=one, evidence=each) for each in one.lesson.evidence)
        if act.show:
            said.append(f"{_counted(one)}: table {one.digest}")
        elif act.dry_run:
            said.append(
                f"{_counted(one)}: {'would be a new table' if one.is_new else 'the current table'}; nothing kept"
            )
        elif learning.keep(archive.storage, one, datetime.now(UTC)):
            said.append(f"{_counted(one)}: a new table, and so a new reader; astana rebuild --from warc reads by it")
        else:
            said.append(f"{_counted(one)}: the current table; nothing to keep")


def _counted(one: Learned) -> str:
    number, pages = len(one.lesson.evidence), one.lesson.pages
    things = "1 thing recurs" if number == 1 else f"{number} things recur"
    return f"{one.outlet}: {things} on {pages} {'page' if pages == 1 else 'pages'}"


def _forget(archive: Archive, names: Sequence[str], ids: Sequence[str] | None) -> None:
    from crawler import learning

    if not ids:
        raise UsageError("name the outlets whose tables are to be forgotten")
    for name in names:
        done = learning.forget(archive.storage, name, datetime.now(UTC))
        note(f"{name}: {'read by the built-in table alone from now on' if done else 'there is no table'}")


def _listing(act: Act) -> Listing[Row]:
    return Listing(
        columns={
            "outlet": lambda row: row.found.outlet,
            "what": lambda row: row.evidence.sort.value,
            "stories": lambda row: f"{row.evidence.stories}/{row.evidence.of}",
            "in texts": lambda row: row.evidence.kept,
            "because": lambda row: row.evidence.because.value,
            "as it stands": lambda row: row.evidence.shown,
        },
        dump=lambda row: {
            "outlet": row.found.outlet,
            "table": row.found.digest,
            "pages": row.found.lesson.pages,
            **asdict(row.evidence),
        },
        none="nothing was learned yet" if act.show else "nothing recurs around their articles",
    )
