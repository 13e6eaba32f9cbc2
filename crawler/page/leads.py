"""The lead told twice: a summary set before the text that is its first paragraph again; it changes no word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from archive.arabic import search_key, tokens
from crawler.page import dom
from crawler.page.blocks import Block

LEAST_WORDS = 6  # of a summary: shorter lines are subheads and labels, which a sentence may well begin with
LABEL_WORDS = 15  # of a line that may stand before or after a summary: a byline, a caption, a subhead
HEAD = 120  # code points of a lead in which its dateline ends, as in crawler.dateline
NEAR = 0.8  # share of a summary's words that its lead has in the same order: one word in five may be the editor's
CUT_WORDS = 2  # of a lead that are its own only cut: its first behind a mark, the summary's last
LONGER = 2  # times a summary's length: how much of a lead is held against it; the rest is another sentence
TELLING_STEM, IN_COMMON = 4, 2  # letters of a stem that tells a matter, and how many make it likely the same
RETOLD = 0.4  # share of stems in common from which a paragraph retells the one before; neighbours share up to 0.25
SHORTEST_STEM = 3  # letters: particles are in every sentence
_BOLD = 0.8  # share of letters in bold from which a block is set in bold
_CUT = re.compile(r"(?:\.\.\.|…|\[…\])\s*$")
_MARK = re.compile(r"[-‐-―\u2212\u0640/:.\n)]\s*")  # a dateline ends with one of these; MINUS SIGN, TATWEEL as a dash
_NAMED = re.compile(
    r"(?:^|[^a-z])(?:summary|standfirst|lead|lede|intro|excerpt|abstract|deck|dek|chapo|sapo|teaser)(?:$|[^a-z])"
)


class Copy(StrEnum):
    """How a summary stands to its lead."""

    WHOLE = "whole"  # word for word, but for a dateline
    SHORTENED = "shortened"  # the lead's beginning
    REWORDED = "reworded"  # nearly the lead's words, in their order


@dataclass(frozen=True, slots=True)
class Twice:
    """Which of some lines tells a lead a second time, and how."""

    at: int
    copy: Copy


def compare(summary: str, lead: str) -> Copy | None:
    """How a line copies the paragraph after it, by folded words; None when it does not. Numbers must be the lead's."""
    said = tokens(_CUT.sub("", summary))
    if len(said) < LEAST_WORDS:
        return None
    missing = set(said).difference(tokens(lead))
    if len(said) - (len(missing) - CUT_WORDS) < len(said) * NEAR:  # a look that is enough for most
        return None
    bodies = [tokens(body) for body in _bodies(lead)]
    if said in bodies:
        return Copy.WHOLE
    cut = _CUT.search(summary) is not None
    if any(_begins(body, said, cut) for body in bodies):
        return Copy.SHORTENED
    if not {word for word in said if word.isdigit()} <= set(bodies[0]):
        return None
    return Copy.REWORDED if any(_nearness(said, body) >= NEAR for body in bodies) else None


def retells(summary: str, lead: str) -> bool:
    """Whether a paragraph tells what the one before told, in words of its own."""
    said, told = _stems(summary), _stems(lead)
    return len(said) >= LEAST_WORDS and len(said & told) >= len(said) * RETOLD


def are_of_one(one: str, other: str) -> bool:
    """Whether two paragraphs may tell of one matter: longer words that both have."""
    return sum(len(stem) >= TELLING_STEM for stem in _stems(one) & _stems(other)) >= IN_COMMON


def find(lines: Sequence[str], is_apart: Callable[[int, int], bool]) -> Twice | None:
    """The line among the first few that tells the lead twice; None where the lines only resemble each other.

    Equal words are told twice wherever they stand. What is only like the lead is a summary if it is set apart from it:
    `is_apart` says so of a line and its lead, by their places.
    """
    for at in range(min(2, len(lines) - 1)):
        if at and len(lines[0].split()) > LABEL_WORDS:
            break
        for lead in range(at + 1, min(at + 3, len(lines))):
            if lead > at + 1 and len(lines[at + 1].split()) > LABEL_WORDS:
                break
            copy = compare(lines[at], lines[lead])
            if copy is not Copy.WHOLE and compare(lines[lead], lines[at]) is Copy.WHOLE:
                return Twice(lead, Copy.WHOLE)  # the summary bears the dateline: it stays
            if copy and is_apart(at, lead):
                return Twice(at, copy)
            if copy is Copy.WHOLE:  # of two like paragraphs the first stays, unless the second has the dateline
                return Twice(lead if tokens(lines[at]) == tokens(lines[lead]) else at, copy)
    return None


def is_apart(summary: Block, lead: Block, kept: Sequence[Block]) -> bool:
    """Whether a block is set as a summary: named so, in bold, a heading, cut off, or in a box beside the text's own."""
    if summary.heading or _CUT.search(summary.text) or is_named(summary):
        return True
    if _is_bold(summary) and not _is_bold(lead):
        return True
    box, home = summary.element.getparent(), lead.element.getparent()
    if box is None or summary.element is lead.element or box in (home, *lead.element.iterancestors()):
        return False
    return sum(1 for block in kept if home in (block.element.getparent(), block.element)) > 1


def is_named(block: Block) -> bool:
    """Whether a block's names, or those of the box around it alone, call it a summary."""
    parent = block.element.getparent()
    around = dom.names(parent) if parent is not None and dom.is_alone(block.element) else ""
    return names_lead(f"{dom.names(block.element)} {around}")


def names_lead(names: str) -> bool:
    """Whether names of an element, in lower case, call it a summary."""
    return _NAMED.search(names) is not None


def outside(between: Sequence[Block], kept: Sequence[Block]) -> Block | None:
    """The block between title and text that is its lead shortened or reworded: a subtitle, and no paragraph."""
    lead = kept[0]
    for block in between:
        set_so = block.zone is None and (_is_bold(block) or is_apart(block, lead, kept))
        if set_so and compare(block.text, lead.text) in (Copy.SHORTENED, Copy.REWORDED):
            return block
    return None


def _bodies(lead: str) -> Iterator[str]:
    """A lead, and what is left of it behind each mark that may end a dateline."""
    yield lead
    for mark in _MARK.finditer(lead, 0, HEAD):
        if lead[mark.end() :]:
            yield lead[mark.end() :]


def _begins(body: Sequence[str], said: Sequence[str], cut: bool) -> bool:
    if len(body) < len(said) or list(body[: len(said) - 1]) != list(said[:-1]):
        return False
    last = body[len(said) - 1]
    return last == said[-1] or (cut and last.startswith(said[-1]))


def _nearness(said: list[str], body: list[str]) -> float:
    beginning = body[: len(said) * LONGER]
    if sum(map(set(beginning).__contains__, said)) < len(said) * NEAR:
        return 0.0
    matcher = SequenceMatcher(None, said, beginning, autojunk=False)
    return sum(size for _, _, size in matcher.get_matching_blocks()) / len(said)


def _stems(text: str) -> set[str]:
    return {stem for stem in search_key(text).split() if len(stem) >= SHORTEST_STEM}


def _is_bold(block: Block) -> bool:
    return block.bold >= len(block.text) * _BOLD
