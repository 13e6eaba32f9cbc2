"""What one or two coded sheets say: of the coders, and of the archive by what the coders say together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.arabic import fold
from archive.coding.agreement import Agreement, agreement
from archive.coding.asking import Answer, answer
from archive.coding.scores import Judged, Scores, scores
from archive.coding.sheets import NONE, Line, Question, is_code
from archive.errors import UsageError
from archive.holdings import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Differs:
    """A thing that the coders, or they and the archive, see differently."""

    code: str
    labels: tuple[str, ...]  # of the coders
    archive: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """`between` is None where one sheet is given; `scores` are by the lines on which all coders agree."""

    question: Question
    lines: int
    unlabelled: int  # lines that a coder left empty
    gone: int  # whose text the archive no longer holds
    mangled: tuple[str, ...]  # codes that name nothing a sheet asks of; their lines are counted nowhere
    between: Agreement | None
    coders_differ: tuple[Differs, ...]
    scores: Scores
    archive_differs: tuple[Differs, ...]


def coding(archive: Archive, sheets: Sequence[Sequence[Line]]) -> Coding:
    """Compare the sheets of one or two coders with each other, and with what the archive says now.

    Raises:
        UsageError: the sheets are not of one sample, or nothing is labelled.
    """
    sheets, mangled = _readable(sheets)
    question, labels = _labels(sheets)
    weights = {line.code: line.weight for line in sheets[0]}
    both = {code: said for code, said in labels.items() if all(said)}
    if not both:
        raise UsageError("no line is labelled by all coders")
    answers = {code: answer(archive, question, code) for code in both}
    agreed = {code: said[0] for code, said in both.items() if len({_key(question, one) for one in said}) == 1}
    held = {code: said for code, said in agreed.items() if answers[code].held}
    judged = {
        code: Judged(people=_found(question, said), archive=_found(question, answers[code].label), weight=weights[code])
        for code, said in held.items()
    }
    return Coding(
        question=question,
        lines=len(labels),
        unlabelled=len(labels) - len(both),
        gone=sum(not one.held for one in answers.values()),
        mangled=mangled,
        between=agreement([_pair(question, said) for said in both.values()]) if len(sheets) > 1 else None,
        coders_differ=tuple(_differ(both, agreed, answers)),
        scores=scores(judged.values()),
        archive_differs=tuple(
            Differs(code=code, labels=both[code], archive=answers[code].label)
            for code, one in judged.items()
            if one.people != one.archive
        ),
    )


def _readable(sheets: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], tuple[str, ...]]:
    """The lines whose codes every sheet has, and codes that somebody's hand or spreadsheet mangled.

    Where a code is mangled in one sheet its line is left out of the other one, too.
    """
    mangled = [{line.code for line in sheet if not is_code(line.question, line.code)} for sheet in sheets]
    codes = [{line.code for line in sheet} - bad for sheet, bad in zip(sheets, mangled, strict=True)]
    for here, bad in zip(codes, mangled, strict=True):
        if len(set().union(*codes) - here) > len(bad):
            raise UsageError("the sheets are of different samples: they do not code the same things")
    both = codes[0].intersection(*codes)
    if any(mangled) and not both:
        raise UsageError("no code can be read: take the column from the sheet as it was drawn")
    kept = [[line for line in sheet if line.code in both] for sheet in sheets]
    return kept, tuple(sorted(set().union(*mangled)))


def _labels(sheets: Sequence[Sequence[Line]]) -> tuple[Question, dict[str, tuple[str, ...]]]:
    questions = {line.question for sheet in sheets for line in sheet}
    if len(questions) != 1:
        raise UsageError("the sheets hold no line" if not questions else "the sheets are of different questions")
    coded = [{line.code: line.label for line in sheet} for sheet in sheets]
    if len({frozenset((line.code, line.weight) for line in sheet) for sheet in sheets}) > 1:
        raise UsageError(
            "the sheets give the same lines different weights: take the column from the sheet as it was drawn"
        )
    return questions.pop(), {code: tuple(each[code] for each in coded) for code in coded[0]}


def _key(question: Question, label: str) -> str:
    """Two spellings of an agency are one label."""
    return fold(label) if question is Question.AGENCY else label


def _pair(question: Question, said: Sequence[str]) -> tuple[str, str]:
    return _key(question, said[0]), _key(question, said[1])


def _found(question: Question, label: str) -> str | None:
    """What counts as found: a story on the talks, a named agency, a copy."""
    if question is Question.TOPIC:
        return label if label == "yes" else None
    if question is Question.COPIES:
        return label if label == "copy" else None
    return fold(label) if fold(label) != fold(NONE) else None


def _differ(
    both: Mapping[str, tuple[str, ...]], agreed: Mapping[str, str], answers: Mapping[str, Answer]
) -> Iterator[Differs]:
    for code, said in both.items():
        if code not in agreed:
            yield Differs(code=code, labels=said, archive=answers[code].label)
