"""Every built-in outlet crawled under its real host names, against a look-alike that serves what its file promises."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.records import Article
from crawler.outlet import OTHER, Outlet, SeedKind, load_outlets
from crawler.visit.seeds import numbered
from tests.outlet_addresses import ADDRESSES
from tests.outlet_place import LEAD, MORE, TITLE, days, made
from tests.outlet_site import TERMS, asked, layout_of, listed, path_of, site

LIVE = {name: one for name, one in load_outlets().items() if name != OTHER and one.seeds and one.closed is None}


@pytest.mark.long  # a crawl and a TLS authority for each outlet
@pytest.mark.parametrize("outlet", LIVE.values(), ids=list(LIVE))
def test_each_outlet_is_found_by_every_seed_of_its_file_and_read_in_its_layout(
    outlet: Outlet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = made(tmp_path, monkeypatch)
    report, requests = place.crawl(outlet.id, site(outlet), kinds=tuple(SeedKind), terms=TERMS)
    assert report.finished, report
    assert [seed.url for seed in report.seeds if seed.problem or not seed.candidates] == []
    wanted = {urlsplit(page.url).hostname + path_of(page.url) for page in asked(outlet)}  # type: ignore[operator]
    assert wanted <= set(requests)

    served = listed(outlet)[: len(report.seeds)] if len(asked(outlet)) < len(listed(outlet)) else listed(outlet)
    articles: dict[str, Article] = place.articles(outlet)
    assert set(articles) == {outlet.story_key(group[0]) for group in served}
    assert report.captures["page"] == len(served), "a mirror, AMP or second listing of a story is not fetched again"
    for article in articles.values():
        assert (article.title or "").startswith(TITLE)
        assert article.text == f"{LEAD}\n\n{MORE}"
        if (layout := layout_of(outlet)) and layout.body:
            assert article.extractor == "outlet-rules"
    day = ADDRESSES[outlet.id].day
    if day is not None:
        assert days(articles[str(outlet.story_key(served[0][0]))]) >= {day.isoformat()}
    seeds = {path_of(turned.url) for seed in asked(outlet) for turned in (seed, numbered(seed, 2))}
    never = {path_of(url) for url in ADDRESSES[outlet.id].never} - seeds - {"/"}
    assert not [request for request in requests if request[request.index("/") :] in never]
