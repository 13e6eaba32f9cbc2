"""The commands sample and agree: sheets for people to code, and what the coded sheets say; they change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from archive.errors import StorageError, UsageError
from archive.texts import to_line
from flows.calendars import isolated
from flows.options import Days, Form, Where
from flows.show import Listing, facts, note

if TYPE_CHECKING:
    from archive.catalog.query import Query
    from archive.coding.report import Coding, Differs
    from archive.coding.scores import Share


class Coded(StrEnum):
    """What the people judge."""

    TOPIC = "topic"
    AGENCY = "agency"
    COPIES = "copies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is drawn."""

    out: Annotated[Path, Option(metavar="FILE.csv", help="The sheet to write; a file that is there stays as it is.")]
    of: Annotated[
        Coded, Option(help="What is judged: topic and agency of stories, or what pairs of stories are to each other.")
    ] = Coded.TOPIC
    n: Annotated[int, Option("--n", min=1, help="So many lines at most.", metavar="N")] = 200
    stratify: Annotated[
        str | None,
        Option(help="Evenly over these: outlet, year, agency, kind, via, topic.", metavar="TRAIT,…"),
    ] = None
    seed: Annotated[int, Option(help="The same seed draws the same lines of the same archive.", metavar="N")] = 0
    outlet: Annotated[list[str] | None, Option(help="Of this outlet; may be repeated.", metavar="ID")] = None


def sample(drawing: Drawing, days: Days, form: Form, where: Where) -> None:
    """Draw stories, or pairs of them, for two people to code apart; the sheet does not say what the archive thinks."""
    from archive.coding.asking import Sample, sheet
    from archive.coding.sheets import Question, write

    if drawing.out.exists():
        raise UsageError(f"{drawing.out} is there already; it may hold somebody's labels")
    question = Question(drawing.of.value)
    default = "" if question is Question.COPIES else "outlet,year"
    by = drawing.stratify if drawing.stratify is not None else default
    names = tuple(filter(None, (name.strip() for name in by.split(","))))
    asked = Sample(number=drawing.n, by=names, seed=drawing.seed, query=_query(drawing, days))
    with where.open() as archive:
        lines = sheet(archive, question, asked)
    try:
        drawing.out.write_text(write(lines), encoding="utf-8", newline="")
    except OSError as error:
        raise StorageError(f"{drawing.out} cannot be written: {error.strerror or error}") from None
    strata = len({(line.stratum, line.weight) for line in lines})
    if form.as_json:
        print(to_line({"file": str(drawing.out), "question": question.value, "lines": len(lines), "seed": asked.seed}))
        return
    facts({"lines": len(lines), "strata": strata, "seed": asked.seed, "sheet": str(drawing.out)})
    note("give each coder a copy; labels go into the column `label`: " + _labels(question.value))
    note("then: astana agree FIRST.csv SECOND.csv")


def _query(drawing: Drawing, days: Days) -> Query:
    from flows.options import Filters, query_of

    given = query_of(None, Filters(outlet=drawing.outlet or []), days)
    return replace(given, include_off_topic=True)


def _labels(question: str) -> str:
    from archive.coding.sheets import LABELS, Question

    return ", ".join(LABELS[Question(question)]) or "the agency's name, or none"


def agree(
    sheets: Annotated[list[Path], Argument(metavar="FIRST.csv [SECOND.csv]", help="The sheets, coded.")],
    where: Where,
    form: Form,
) -> None:
    """Whether two coders agree, and how far the archive is right by what they say together."""
    from archive.coding.report import coding
    from archive.coding.sheets import read

    if len(sheets) > 2:
        raise UsageError("at most two sheets are compared at once")
    given = [read(_bytes(path), str(path)) for path in sheets]
    with where.open() as archive:
        found = coding(archive, given)
    if form.as_json:
        print(to_line(_json(found)))
    else:
        _show(found)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from None


def _json(found: Coding) -> dict[str, object]:
    between = found.between
    return {
        "question": found.question.value,
        "lines": found.lines,
        "unlabelled": found.unlabelled,
        "gone": found.gone,
        "mangled": list(found.mangled),
        "agreement": {
            "coded": between.coded,
            "same": between.same,
            "alpha": between.alpha,
            "labels": [[*labels, number] for labels, number in sorted(between.pairs.items())],
        }
        if between
        else None,
        "precision": asdict(found.scores.precision),
        "recall": asdict(found.scores.recall),
        "coders_differ": [asdict(each) for each in found.coders_differ],
        "archive_differs": [asdict(each) for each in found.archive_differs],
    }


def _show(found: Coding) -> None:
    said: dict[str, object] = {"question": found.question.value, "lines": found.lines, "unlabelled": found.unlabelled}
    if found.gone:
        said["text no longer held"] = found.gone
    if found.mangled:
        said["codes mangled"] = f"{len(found.mangled)}, counted nowhere"
    if found.between is not None:
        alpha = found.between.alpha
        said["coders agree"] = f"{found.between.same} of {found.between.coded}"
        said["Krippendorff's alpha"] = "-, for all labels are one" if alpha is None else f"{alpha:.3f}"
    said["precision"] = _share(found.scores.precision)
    said["recall"] = _share(found.scores.recall)
    facts(said)
    listing: Listing[tuple[str, Differs]] = Listing(
        columns={
            "who": lambda one: one[0],
            "labels": lambda one: " / ".join(one[1].labels),
            "archive": lambda one: one[1].archive,
            "of": lambda one: one[1].code,
        },
        dump=lambda one: asdict(one[1]),
        none="nobody differs",
    )
    listing.show(_differing(found), as_json=False)
    for code in found.mangled:
        note(f"no line of a sample has the code {isolated(code)}")


def _differing(found: Coding) -> Iterator[tuple[str, Differs]]:
    yield from (("coders", each) for each in found.coders_differ)
    yield from (("archive", each) for each in found.archive_differs)


def _share(share: Share) -> str:
    if share.value is None:
        return "-, for there is nothing to judge"
    return f"{share.value:.3f} ({share.low:.3f} to {share.high:.3f}, n {share.things})"
