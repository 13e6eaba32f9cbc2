"""The one door to the page templates; it renders what it is given and decides nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.newsroom import almanac
from crawler.newsroom.answers import http_date

TEMPLATES = Path(__file__).parent / "templates"


def slugged(text: str) -> str:
    """Percent-encoded with lower-case digits, as WordPress writes Arabic slugs."""
    return quote(text).lower()


def script(facts: Mapping[str, object]) -> str:
    """JSON for a script element, Arabic left readable; with no "<" in it, it cannot end the element."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _environment() -> Environment:
    room = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    room.filters.update(
        indic=almanac.indic,
        weekday=almanac.weekday,
        levantine=almanac.levantine,
        doubled=almanac.doubled,
        clock=almanac.clock,
        http_date=http_date,
        slugged=slugged,
    )
    return room


def render(name: str, **values: object) -> str:
    """One template of templates/ with its values; a value that is not given is an error, not a blank."""
    return _environment().get_template(name).render(**values)
