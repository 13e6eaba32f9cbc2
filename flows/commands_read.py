"""Commands that read stories: search, pull, get, story; they change nothing on the shelves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from archive.errors import NotHeldError, StorageError
from archive.export import (
    current,
    edition_json,
    permalink,
    published_json,
    sighting_json,
    story_json,
    story_line,
    summary_json,
    text_file,
)
from archive.records import Via
from archive.texts import to_line
from flows import out
from flows.calendars import isolated
from flows.options import Days, Filters, Form, Name, Where, Words, query_of
from flows.show import Listing, facts, note
from flows.wordings import day_of, seen_again, summary

if TYPE_CHECKING:
    from archive.holdings import Archive
    from archive.records import Article, Edition, Story


class Format(StrEnum):
    """How pulled stories are written."""

    TXT = "txt"
    JSONL = "jsonl"


class As(StrEnum):
    """How one story is written."""

    TXT = "txt"
    JSON = "json"
    HTML = "html"
    WARC = "warc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What is pulled, how and where to."""

    q: Words = None
    format: Annotated[Format, Option(help="Text files, or one JSON object a line.")] = Format.TXT
    out: Annotated[
        str | None,
        Option(help="A folder for texts (./pull), a file for lines, or - for standard output.", metavar="PLACE"),
    ] = None


def _stories(public_url: str) -> Listing[Story]:
    return Listing(
        columns={
            "id": lambda story: story.id,
            "published": day_of,
            "agency": lambda story: current(story).article.agency,
            "title": lambda story: current(story).article.title,
        },
        dump=lambda story: story_json(story, public_url=public_url),
        none="no story fits",
    )


def search(
    query: Annotated[list[str], Argument(metavar="QUERY…", help='Words; "words in quotes" stand together.')],
    filters: Filters,
    days: Days,
    form: Form,
    where: Where,
) -> None:
    """Find stories by their words."""
    with where.open() as archive:
        found = archive.search(query_of(" ".join(query), filters, days))
        _stories(archive.settings.public_url).show(found, as_json=form.as_json)


def pull(
    filters: Filters,
    days: Days,
    where: Where,
    taking: Taking,
) -> None:
    """Take stories out: text files into a folder, or JSON lines."""
    with where.open() as archive:
        stories = archive.pull(query_of(taking.q, filters, days))
        if taking.format is Format.TXT:
            place = taking.out or "pull"
            count = out.texts(stories, place)
        else:
            place = taking.out or out.STDOUT
            public_url = archive.settings.public_url
            count = out.lines((story_line(story, public_url=public_url) for story in stories), place)
    if place != out.STDOUT:
        note(f"{count} {'story' if count == 1 else 'stories'} pulled to {place}")


def get(
    name: Name,
    where: Where,
    edition: Annotated[int | None, Option(min=1, help="The n-th text; else the one last seen.", metavar="N")] = None,
    as_: Annotated[
        As, Option("--as", help="Text, JSON with every paragraph's place, the page, or its record.")
    ] = As.TXT,
    to: Annotated[str, Option("--out", help="A file, or - for standard output.", metavar="FILE")] = out.STDOUT,
) -> None:
    """One story, whole: its text, its facts, the page as it came, or the record that proves it."""
    with where.open() as archive:
        story, held = archive.get(name, edition)
        if as_ is As.TXT:
            content = text_file(held).encode()
        elif as_ is As.JSON:
            public_url = archive.settings.public_url
            content = f"{to_line(dict(story_json(story, held, public_url=public_url, whole=True)))}\n".encode()
        else:
            content = _member(archive, held) if as_ is As.WARC else _page(archive, held)
    out.content(content, to)


def _member(archive: Archive, edition: Edition) -> bytes:
    """The compressed WARC member of the response, as it stands on the shelf."""
    at = edition.address
    try:
        return archive.storage.read(f"warc/{at.warc}", at.offset, at.length)
    except NotHeldError:
        raise StorageError(f"warc/{at.warc}, which {edition.story} was read from, is not on the shelf") from None


def _page(archive: Archive, edition: Edition) -> bytes:
    """The page's bytes with transfer and content coding removed; the letters stay in the page's own encoding."""
    from archive import http, mementos, warc

    stored = warc.read_at(_member(archive, edition), edition.address, edition.story.rpartition("-")[0])
    capture = mementos.as_read(stored, edition.url)
    content = http.content(http.parse(capture.response))
    if content.problem:
        note(f"the page is not whole: {content.problem}")
    return content.data


def story(name: Name, form: Form, where: Where) -> None:
    """What is known of one story: dates and who says them, editions, place in its cluster."""
    with where.open() as archive:
        found = archive.story(name)
        public_url = archive.settings.public_url
    if form.as_json:
        said = story_json(found, public_url=public_url)
        seen = [sighting_json(each) for each in found.sightings]
        print(to_line({**said, "texts": list(_texts(found, public_url)), "sightings": seen}))
        return
    facts(_facts(found, public_url))


def _texts(story: Story, public_url: str) -> Iterator[Mapping[str, object]]:
    """Every edition, with what was changed since the one before it of its sort."""
    from archive.revision import like, revision

    for each in story.editions:
        said = edition_json(each, public_url)
        if each.ordinal > 1:
            before = like(story, each)
            said = {**said, "since": {"edition": before.ordinal, **summary_json(revision(story, before, each))}}
        yield said


def _sourced(article: Article) -> str | None:
    """Whom a text is taken from beside the agency that it credits, and where it says so; None where it says nothing."""
    sourcing = article.sourcing
    told = [f"credited in the {sourcing.where.value}"] if sourcing.where else []
    if article.credit:
        told.append(f"by {isolated(article.credit)}")
    if sourcing.partial:
        told.append("wires that nobody names")
    if len(sourcing.chain) > 1:
        told.append(" from ".join(map(isolated, sourcing.chain)))
    if sourcing.leftover:
        told.append(f"reporters of {', '.join(map(isolated, sourcing.leftover))} speak in it, uncredited")
    return "; ".join(told) or None


def _facts(story: Story, public_url: str) -> dict[str, object]:
    from archive.revision import like, revision

    article = current(story).article
    published = published_json(story.published, story.claims)
    terms = ", ".join(map(isolated, article.topic.terms))
    found: dict[str, object] = {
        "id": story.id,
        "title": isolated(article.title),
        "address": story.url,
        "published": f"{day_of(story)} (said by {published['source']}: {published['reason']})",
        "agency": isolated(article.agency) if article.agency else None,
        "sourcing": _sourced(article),
        "kind": article.kind.value,
        "topic": f"{'on' if article.topic.on else 'off'} topic: {terms or 'no term'}",
        "cluster": story.cluster if story.canonical else f"{story.cluster}, copied with likeness {story.likeness:.2f}",
    }
    lost = {each.claim: f", lost: {each.why}" for each in story.published.losing}
    for claim in story.claims:
        found[f"claim by {claim.source}"] = f"{claim.about} {claim.value} ({isolated(claim.said)}){lost.get(claim, '')}"
    for each in story.editions:
        said = f"captured {each.captured}{'' if each.via is Via.LIVE else f' by {each.via}'}"
        doubt = ", unconfirmed: other sources show other texts" if each.unconfirmed else ""
        found[f"edition {each.ordinal}"] = f"{said}{doubt}  {permalink(each, public_url)}"
        if each.ordinal > 1:
            found[f"changed in {each.ordinal}"] = summary(revision(story, like(story, each), each))
    found.update(seen_again(story))
    return found
