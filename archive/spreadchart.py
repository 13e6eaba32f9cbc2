"""A cluster's spread drawn as SVG: an outlet a row, hours to the right, arrows from source to copy; it decides nothing.

Left to right whatever stands around it. Every mark says in words what it means; colour is never alone: an agency's own
text is square, a copy round, and what is known to a day is as long as the day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from xml.sax.saxutils import escape

from archive.arabic import BIDI_CONTROLS, CONTROLS
from archive.lineage.tree import Link, Tree
from archive.lineage.witness import Witness

_LEFT: Final = 130
_RIGHT: Final = 24
_WIDTH: Final = 860
_TOP: Final = 34
_ROW: Final = 30
_LINE: Final = 18
_SHORT: Final = timedelta(hours=1)  # what is known closer than this is a point
_STEPS: Final = (1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720, 2160, 8760)  # hours between two ticks
_TICKS: Final = 9
_OWN: Final = "#0072b2"
_COPY: Final = "#009e73"
_ALONE: Final = "#8c8c8c"
_UNSEEN: Final = "#d55e00"
_LEGEND: Final = (
    (f'<rect x="5" y="-9" width="10" height="10" fill="{_OWN}"/>', "an agency's own text"),
    (f'<circle cx="10" cy="-4" r="5" fill="{_COPY}"/>', "a text whose likely source is held"),
    (f'<circle cx="10" cy="-4" r="5" fill="#ffffff" stroke="{_UNSEEN}" stroke-width="2"/>',
     "a text whose source is not held"),
    (f'<circle cx="10" cy="-4" r="5" fill="{_ALONE}"/>', "a text without a source among what is held"),
    (f'<rect x="0" y="-7" width="20" height="6" fill="{_COPY}" fill-opacity="0.3"/>',
     "published at some time within; its mark stands at the end"),
    ('<line x1="3" y1="-4" x2="17" y2="-4" stroke="#555555" marker-end="url(#to)"/>', "likely came from there"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """Time on the way from left to right."""

    since: datetime
    until: datetime

    def x(self, at: datetime) -> float:
        """Where an instant stands; what lies outside stands at the edge."""
        whole = (self.until - self.since).total_seconds()
        passed = (min(max(at, self.since), self.until) - self.since).total_seconds()
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * passed / whole, 1)

    def ticks(self) -> Iterator[datetime]:
        """Full hours, days or more, no closer than can be read."""
        hours = (self.until - self.since).total_seconds() / 3600
        step = timedelta(hours=next((one for one in _STEPS if hours / one <= _TICKS), _STEPS[-1]))
        midnight = self.since.replace(hour=0, minute=0, second=0, microsecond=0)
        at = midnight + step * -(-(self.since - midnight) // step)
        while at <= self.until:
            yield at
            at += step


def chart(tree: Tree) -> str:
    """The texts of a cluster over outlets and hours."""
    texts = [branch.current for branch in tree.branches]
    scale = _scale(texts)
    rows = {outlet: number for number, outlet in enumerate(dict.fromkeys(text.outlet for text in texts))}
    # A mark stands at the end of what is known: nothing comes before what it is from.
    places = {text.story: (scale.x(text.latest), _TOP + rows[text.outlet] * _ROW + _ROW / 2) for text in texts}
    links = {link.copy.story: link for link in tree.links}
    bottom = _TOP + len(rows) * _ROW
    parts = [
        *_axis(scale, bottom),
        *(f'<text x="6" y="{_TOP + row * _ROW + _ROW / 2 + 4}">{escape(name)}</text>' for name, row in rows.items()),
        *_arrows(tree, places),
        *(_mark(text, links[text.story], scale, places, text.story in tree.earliest) for text in texts),
        f'<g transform="translate(0 {bottom + 30})">{_legend()}</g>',
    ]
    height = bottom + 30 + _LINE * len(_LEGEND) + 6
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" direction="ltr" font-family="monospace" font-size="11">\n'
        '<defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" fill="#555555"/></marker></defs>\n'
        '<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _scale(texts: list[Witness]) -> _Scale:
    """All that is dated; of texts none of which is, their captures."""
    dated = [text for text in texts if text.dated] or texts
    since = min(text.earliest if text.dated else text.latest for text in dated)
    until = max(text.latest for text in dated)
    until = max(until, since + _SHORT)
    edge = (until - since) / 40
    return _Scale(since=since - edge, until=until + edge)


def _axis(scale: _Scale, bottom: int) -> Iterator[str]:
    last = ""
    for at in scale.ticks():
        day, hour = f"{at:%Y-%m-%d}", f"{at:%H:%M}"
        x = scale.x(at)
        yield f'<line x1="{x}" y1="{_TOP - 4}" x2="{x}" y2="{bottom}" stroke="#e0e0e0"/>'
        if day != last:
            yield f'<text x="{x}" y="12" text-anchor="middle">{day}</text>'
        yield f'<text x="{x}" y="25" text-anchor="middle" fill="#555555">{hour}</text>'
        last = day
    yield '<text x="6" y="25" fill="#555555">UTC</text>'


def _arrows(tree: Tree, places: Mapping[str, tuple[float, float]]) -> Iterator[str]:
    for link in tree.links:
        if link.source is None:
            continue
        (x1, y1), (x2, y2) = places[link.source], places[link.copy.story]
        middle = (x1 + x2) / 2
        yield (
            f'<path d="M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}" fill="none" '
            f'stroke="#555555" stroke-opacity="0.7" marker-end="url(#to)"/>'
        )


def _mark(
    text: Witness, link: Link, scale: _Scale, places: Mapping[str, tuple[float, float]], is_earliest: bool
) -> str:
    x, y = places[text.story]
    colour = _OWN if text.own else _COPY if link.source else _UNSEEN if link.unseen else _ALONE
    parts = [f"<title>{escape(said(text, link, is_earliest=is_earliest))}</title>"]
    if not text.dated or text.latest - text.earliest > _SHORT:
        since = scale.x(text.earliest if text.dated else scale.since)
        width = round(max(x - since, 6), 1)
        parts.append(f'<rect x="{since}" y="{y - 3}" width="{width}" height="6" fill="{colour}" fill-opacity="0.3"/>')
    fill, stroke = ("#ffffff", f' stroke="{colour}" stroke-width="2"') if colour == _UNSEEN else (colour, "")
    if text.own:
        parts.append(f'<rect x="{x - 5}" y="{y - 5}" width="10" height="10" fill="{fill}"{stroke}/>')
    else:
        parts.append(f'<circle cx="{x}" cy="{y}" r="5" fill="{fill}"{stroke}/>')
    return f"<g>{''.join(parts)}</g>"


def said(text: Witness, link: Link, *, is_earliest: bool) -> str:
    """A text in words: who printed it, when, and where it likely came from."""
    since = f"{text.earliest:%Y-%m-%d %H:%M}" if text.dated else "any time"
    when = f"published from {since} and before {text.latest:%Y-%m-%d %H:%M} UTC"
    first = "; among the earliest held" if is_earliest else ""
    return f"{text.story}: {when}{first}; {origin(link)}; {_isolated(text.title)}"


def origin(link: Link) -> str:
    """Where a text likely came from, in words."""
    because = f" ({', '.join(link.evidence)})" if link.evidence else ""
    if link.source is not None:
        return f"likely from {link.source}{because}"
    if link.unseen is not None:
        return f"from a source that is not held, {_isolated(link.unseen)}{because}"
    if link.copy.current.own:
        return "an agency's own text"
    return "no source found among what is held"


def _isolated(words: str) -> str:
    """Words of any direction, which turn nothing around them (UAX #9), and no sign that XML does not know."""
    plain = " ".join(BIDI_CONTROLS.sub(" ", CONTROLS.sub(" ", words)).split())
    return f"\N{FIRST STRONG ISOLATE}{plain}\N{POP DIRECTIONAL ISOLATE}"


def _legend() -> str:
    rows = (
        f'<g transform="translate(0 {number * _LINE})">{mark}<text x="26" y="0">{words}</text></g>'
        for number, (mark, words) in enumerate(_LEGEND)
    )
    return "".join(rows)
