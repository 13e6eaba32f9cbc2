"""A story as people take it away: JSON, a text file, a line; it decides only how things are written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from archive.claims import to_plain
from archive.records import Claim, Edition, Published, Sighting, Sourcing, Story
from archive.texts import text_digest, to_line

if TYPE_CHECKING:
    from archive.likeness.edits import Edit
    from archive.likeness.wording import Span
    from archive.revision import Revision

Json = Mapping[str, object]
PERMALINK_DIGITS = 16


def permalink(edition: Edition, public_url: str = "") -> str:
    """`/s/<story id>/<first 16 hex of the text digest>`, behind `public_url` if there is one."""
    digest = edition.text_digest.removeprefix("sha256:")[:PERMALINK_DIGITS]
    return f"{public_url.rstrip('/')}/s/{edition.story}/{digest}"


def current(story: Story) -> Edition:
    """The edition last seen."""
    return next(edition for edition in story.editions if edition.ordinal == story.current)


def _sourcing(sourcing: Sourcing) -> Json:
    return {
        "where": sourcing.where.value if sourcing.where else None,
        "partial": sourcing.partial,
        "chain": list(sourcing.chain),
        "leftover": list(sourcing.leftover),
    }


def published_json(published: Published, claims: tuple[Claim, ...]) -> Json:
    """The verdict on the date and its reason, with the claims that lost and all claims."""
    return {
        "value": published.value,
        "local": published.local,
        "earliest": published.earliest.isoformat(),
        "latest": published.latest.isoformat(),
        "precision": published.precision.value if published.precision else None,
        "source": published.source,
        "reason": published.reason.value,
        "losing": [
            {"source": lost.claim.source, "said": lost.claim.said, "value": lost.claim.value, "why": lost.why.value}
            for lost in published.losing
        ],
        "claims": [to_plain(claim) for claim in claims],
    }


def story_json(story: Story, edition: Edition | None = None, *, public_url: str = "", whole: bool = False) -> Json:
    """A pulled story as docs/formats.md promises; `whole` adds the paragraphs with their places in the payload."""
    edition = edition or current(story)
    article = edition.article
    fields: dict[str, object] = {
        "id": story.id,
        "url": story.url,
        "outlet": story.outlet,
        "title": article.title,
        "subtitle": article.subtitle,
        "text": article.text,
        "published": published_json(story.published, story.claims),
        "captured": edition.captured,
        "via": edition.via.value,
        "language": article.language,
        "dateline": {
            "place": article.dateline.place,
            "agency": article.dateline.agency,
            "date": article.dateline.date,
        },
        "agency": article.agency,
        "byline": article.byline,
        "flash": article.flash,
        "topic": {"on": article.topic.on, "score": article.topic.score, "terms": list(article.topic.terms)},
        "kind": article.kind.value,
        "edition": edition.ordinal,
        "editions": len(story.editions),
        "unconfirmed": edition.unconfirmed,
        "cluster": story.cluster,
        "canonical": story.canonical,
        "copy_of": story.copy_of,
        "likeness": story.likeness,
        "digest": {"payload": edition.payload_digest, "text": text_digest(article.text)},
        "capture": {
            "warc": edition.address.warc,
            "offset": edition.address.offset,
            "length": edition.address.length,
            "record": edition.record,
        },
        "reader": edition.reader,
        "permalink": permalink(edition, public_url),
    }
    if whole:
        fields["credit"] = article.credit
        fields["sourcing"] = _sourcing(article.sourcing)
        fields["captions"] = list(article.captions)
        fields["encoding"] = article.encoding
        fields["extractor"] = article.extractor
        fields["paragraphs"] = [
            {
                "text": paragraph.text,
                "where": paragraph.where,
                "offset": paragraph.offset,
                "length": paragraph.length,
                "repairs": list(paragraph.repairs),
            }
            for paragraph in article.paragraphs
        ]
    return fields


def story_line(story: Story, *, public_url: str = "") -> str:
    """One line of `pull --format jsonl`."""
    return to_line(story_json(story, public_url=public_url))


def edition_json(edition: Edition, public_url: str = "") -> Json:
    """An edition, named and placed, without its text."""
    return {
        "edition": edition.ordinal,
        "title": edition.article.title,
        "captured": edition.captured,
        "via": edition.via.value,
        "unconfirmed": edition.unconfirmed,
        "digest": edition.text_digest,
        "permalink": permalink(edition, public_url),
    }


def revision_json(revision: Revision, *, public_url: str = "") -> Json:
    """What was changed between two editions, as docs/formats.md promises."""
    places = {"title": revision.title, "subtitle": revision.subtitle, "text": revision.text}
    return {
        "story": revision.after.story,
        "before": edition_json(revision.before, public_url),
        "after": edition_json(revision.after, public_url),
        **summary_json(revision),
        "changes": [_edit(place, edit) for place, several in places.items() for edit in several],
    }


def summary_json(revision: Revision) -> Json:
    """The sorts of its edits, and what the page says of them, without the words."""
    return {
        "sorts": {sort.value: number for sort, number in revision.sorts.items()},
        "declared": revision.declared.value,
        "modified": list(revision.modified),
        "unlike": list(revision.unlike),
        "returned": [sighting_json(each) for each in revision.returned],
    }


def sighting_json(sighting: Sighting) -> Json:
    """A capture that showed a text."""
    return {
        "edition": sighting.ordinal,
        "captured": sighting.captured,
        "via": sighting.via.value,
        "record": sighting.record,
        "title": sighting.title,
    }


def _edit(place: str, edit: Edit) -> Json:
    change = edit.change
    said = {"in": place, "sort": edit.sort.value, "op": change.op.value, "quoted": edit.quoted}
    return {**said, "before": _span(change.before), "after": _span(change.after)}


def _span(span: Span) -> Json:
    return {"start": span.start, "end": span.end, "words": span.words}


def text_file(edition: Edition) -> str:
    """Title, a blank line, the text."""
    return f"{edition.article.title}\n\n{edition.article.text}\n"


def file_name(story: Story) -> str:
    """`<outlet>/<YYYY>/<MM>/<id>.txt`, by the outlet's civil month of publication."""
    day = (story.published.local or story.published.value or story.published.earliest.isoformat())[:7]
    year, _, month = day.partition("-")
    return f"{story.outlet}/{year}/{month or '00'}/{story.id}.txt"
