"""A story as people take it away: JSON, a text file, a line; it decides only how things are written down."""

from __future__ import annotations

from collections.abc import Mapping

from archive.records import Claim, Edition, Published, Story
from archive.texts import text_digest, to_line

Json = Mapping[str, object]
PERMALINK_DIGITS = 16


def permalink(edition: Edition, public_url: str = "") -> str:
    """`/s/<story id>/<first 16 hex of the text digest>`, behind `public_url` if there is one."""
    digest = edition.text_digest.removeprefix("sha256:")[:PERMALINK_DIGITS]
    return f"{public_url.rstrip('/')}/s/{edition.story}/{digest}"


def current(story: Story) -> Edition:
    """The edition last seen."""
    return next(edition for edition in story.editions if edition.ordinal == story.current)


def _claim(claim: Claim) -> Json:
    return {
        "source": claim.source,
        "about": claim.about,
        "said": claim.said,
        "value": claim.value,
        "precision": claim.precision.value,
        "earliest": claim.earliest.isoformat(),
        "latest": claim.latest.isoformat(),
    }


def published_json(published: Published, claims: tuple[Claim, ...]) -> Json:
    """The verdict on the date, with all claims."""
    return {
        "value": published.value,
        "local": published.local,
        "earliest": published.earliest.isoformat(),
        "latest": published.latest.isoformat(),
        "precision": published.precision.value if published.precision else None,
        "source": published.source,
        "claims": [_claim(claim) for claim in claims],
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


def text_file(edition: Edition) -> str:
    """Title, a blank line, the text."""
    return f"{edition.article.title}\n\n{edition.article.text}\n"


def file_name(story: Story) -> str:
    """`<outlet>/<YYYY>/<MM>/<id>.txt`, by the outlet's civil month of publication."""
    day = (story.published.local or story.published.value or story.published.earliest.isoformat())[:7]
    year, _, month = day.partition("-")
    return f"{story.outlet}/{year}/{month or '00'}/{story.id}.txt"
