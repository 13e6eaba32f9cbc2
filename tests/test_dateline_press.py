"""The practice press judged by crawler/dateline.py: place and wire of every manuscript as its authors meant them."""

from __future__ import annotations

import pytest

from crawler.dateline import load_agencies, read
from crawler.newsroom import press
from crawler.newsroom.paper import MASTHEADS
from crawler.newsroom.press import Manuscript
from crawler.outlet import Outlet
from tests import newsroom_truth
from tests.newsroom_truth import Truth

AGENCIES = load_agencies(["وصلة"])
TRUTHS = {(name, truth.id): truth for name, truths in newsroom_truth.load().items() for truth in truths}
MANUSCRIPTS = [(name, manuscript) for name, manuscripts in press.load().items() for manuscript in manuscripts]


def outlet(name: str) -> Outlet:
    return Outlet(
        id=name,
        name=MASTHEADS[name].name,
        english=name,
        country="SY",
        timezone="UTC",
        language="ar",
        agency="وصلة" if name == "wasla" else None,
    )


@pytest.mark.parametrize(("name", "manuscript"), MANUSCRIPTS, ids=[f"{name}/{m.id}" for name, m in MANUSCRIPTS])
def test_every_manuscripts_opening_and_credit_are_read_as_meant(name: str, manuscript: Manuscript) -> None:
    truth: Truth = TRUTHS[name, manuscript.id]
    credit = read(manuscript.paragraphs, manuscript.byline or None, AGENCIES, outlet(name))
    meant = (truth.dateline.place, truth.dateline.agency) if truth.dateline else (None, None)
    assert credit.agency == truth.agency
    assert (credit.dateline.place, credit.dateline.agency) == meant
