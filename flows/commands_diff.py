"""The command that compares two editions of a story: diff; it changes nothing on the shelves."""

from __future__ import annotations

from typing import Annotated

from typer import Argument

from archive.texts import to_line
from flows.options import Form, Name, Where
from flows.show import facts, styled
from flows.wordings import edit_line, head, lines


def diff(
    name: Name,
    form: Form,
    where: Where,
    before: Annotated[int | None, Argument(min=1, metavar="A", help="The number of an edition.")] = None,
    after: Annotated[int | None, Argument(min=1, metavar="B", help="Another one's; else the last two.")] = None,
) -> None:
    """What was changed between two editions of a story, word by word, and what sort of edit each change is."""
    from archive.export import revision_json

    with where.open() as archive:
        found = archive.diff(name, before, after)
        public_url = archive.settings.public_url
    if form.as_json:
        print(to_line(revision_json(found, public_url=public_url)))
        return
    facts({"story": found.after.story, **head(found)})
    one = found.before.article
    for place, was, edits in (
        ("title", one.title, found.title),
        ("subtitle", one.subtitle or "", found.subtitle),
        ("text", one.text, found.text),
    ):
        for line in lines(was, edits, place):
            styled(line)
    for place, edits in (("title", found.title), ("subtitle", found.subtitle), ("text", found.text)):
        for edit in edits:
            print(edit_line(edit, place))
