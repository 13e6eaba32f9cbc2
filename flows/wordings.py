"""How changes of wording look on a terminal: marked, isolated, paragraph by paragraph; it compares nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from flows.calendars import isolated

if TYPE_CHECKING:
    from archive.likeness.edits import Edit
    from archive.likeness.wording import Mark
    from archive.records import Story
    from archive.revision import Revision

Part = tuple[str, str | None]  # words and their style

# By the names of the marks: what stands before and behind the words, and how they are coloured.
MARKS: Final = {
    "kept": ("", "", None),
    "removed": ("[-", "-]", "red"),
    "added": ("{+", "+}", "green"),
    "left": ("[~", "~]", "magenta"),
    "came": ("{~", "~}", "blue"),
}
ISOLATE: Final = "\N{FIRST STRONG ISOLATE}"
POP: Final = "\N{POP DIRECTIONAL ISOLATE}"


def summary(revision: Revision) -> str:
    """A revision in a few words: «headline, 2 number; no declared change»."""
    sorts = [f"{number} {sort}" if number > 1 else str(sort) for sort, number in revision.sorts.items()]
    unlike = f"; not of one sort: {', '.join(revision.unlike)}" if revision.unlike else ""
    return f"{', '.join(sorts) or 'nothing'}; {_declared(revision)}{unlike}"


def _declared(revision: Revision) -> str:
    if revision.declared.value == "declared":
        return f"the page says it was changed {revision.modified[1]}"
    return revision.declared.value


def seen_again(story: Story) -> dict[str, object]:
    """Texts that came back after another one had been seen, and headlines that changed over an unchanged text."""
    from archive.revision import retitled

    found: dict[str, list[str]] = {}
    seen: set[int] = set()
    last: int | None = None
    for each in story.sightings:
        if each.ordinal in seen and each.ordinal != last:
            found.setdefault(f"edition {each.ordinal} again", []).append(each.captured)
        seen.add(each.ordinal)
        last = each.ordinal
    for each, before in retitled(story):
        told = f"{each.captured} {isolated(before)} → {isolated(each.title or '')}"
        found.setdefault(f"headline of {each.ordinal}", []).append(told)
    return dict(found)


def head(revision: Revision) -> dict[str, object]:
    """What is compared, and all that was found but the words."""
    found: dict[str, object] = {}
    for name, edition in (("before", revision.before), ("after", revision.after)):
        doubt = ", unconfirmed: other sources show other texts" if edition.unconfirmed else ""
        found[name] = f"edition {edition.ordinal}, captured {edition.captured} ({edition.via}){doubt}"
    found["changed"] = summary(revision)
    for each in revision.returned:
        found[f"edition {each.ordinal} again"] = f"captured {each.captured} ({each.via})"
    return found


def lines(before: str, edits: Sequence[Edit], name: str) -> Iterator[list[Part]]:
    """Each changed paragraph, marked, with the sorts of its edits before it; how many stayed as they were."""
    from archive.likeness.wording import interleaved

    changes = [edit.change for edit in edits]
    stayed = 0
    for paragraph in _paragraphs(interleaved(before, changes)):
        if all(mark == "kept" for mark, _ in paragraph):
            stayed += 1
            continue
        yield [(f"{name}  {ISOLATE}", None), *_parts(paragraph), (POP, None)]
    if stayed and changes:
        yield [(f"{stayed} {'paragraph' if stayed == 1 else 'paragraphs'} unchanged", "dim")]


def _paragraphs(pieces: Iterable[tuple[Mark, str]]) -> Iterator[list[tuple[str, str]]]:
    """The pieces, parted where paragraphs end in either text; of space alone nothing is shown."""
    paragraph: list[tuple[str, str]] = []
    for mark, words in pieces:
        for at, line in enumerate(words.split("\n")):
            if at and paragraph:
                yield paragraph
                paragraph = []
            if line.strip():
                paragraph.append((mark.value, line))
    if paragraph:
        yield paragraph


def _parts(paragraph: Iterable[tuple[str, str]]) -> Iterator[Part]:
    """The words between their marks; space at their edges stays outside, so that words do not run together."""
    for mark, words in paragraph:
        opens, closes, style = MARKS[mark]
        plain = isolated(words)[len(ISOLATE) : -len(POP)]
        if words[0].isspace():
            yield " ", None
        yield (f"{opens}{ISOLATE}{plain}{POP}{closes}", style) if opens else (plain, None)
        if words[-1].isspace():
            yield " ", None


def edit_line(edit: Edit, name: str) -> str:
    """One edit in one line: where it stands in either text, its sort, what was there and what is."""
    change = edit.change
    spans = " → ".join(f"{span.start}-{span.end}" for span in (change.before, change.after))
    words = " → ".join(isolated(span.words) if span.words.strip() else "∅" for span in (change.before, change.after))
    return f"{name} {spans}  {edit.sort}{', quoted' if edit.quoted else ''}  {words}"


def day_of(story: Story) -> str:
    """The story's time as far as it is known."""
    return story.published.local or story.published.value or "undated"
