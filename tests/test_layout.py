from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from crawler.dating.layout import Layout, Run
from crawler.page import dom

PIECES = """
<div> <p> <b> <span> <aside> <select> <noscript> <head> <h1> <br> <img> <time> <!--said--> <title> <svg> <meta>
<div/hidden> <div/style="display:none"> <i/itemprop="datePublished"> <p/aria-hidden="true">
</div> </p> </b> </span> </aside> </select> </noscript> </head> </h1> </time> </svg> </i> </p> </div>
<script>show("2017/09/14")</script> words 2017 &nbsp; &#32; &#32;
"""


def seen(element: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """What readers see of an element, box by box: the plainest way to ask."""
    if element.tag == "script":
        yield from [("2017/09/14", element)] if element.text == 'show("2017/09/14")' else []
    if not isinstance(element.tag, str) or element.tag in dom.HIDDEN_TAGS or dom.is_hidden(element):
        return
    if element.tag == "aside" and element.find(".//h1") is None:
        return
    yield element.text or "", element
    for child in element:
        yield from seen(child)
        yield child.tail or "", element


def placed(root: etree._Element) -> Iterator[Run]:
    start = 0
    for text, element in seen(root):
        if shown := text.strip():
            yield shown, start, element
            start += len(shown) + 1


@given(st.lists(st.sampled_from(PIECES.split()), min_size=1, max_size=40).map("".join))
def test_what_is_seen_is_told_in_the_order_it_stands_in_each_run_with_the_element_that_holds_it(page: str) -> None:
    root = dom.parse(page)
    if root is None:
        return
    layout = Layout(root)
    assert layout.runs == list(placed(root))
    for tag, kept in (("meta", layout.metas), ("script", layout.scripts)):
        assert kept == list(root.iter(tag))
    open_ = [item for item in root.iter() if next(item.iterancestors(*dom.HIDDEN_TAGS), None) is None]
    assert [item for item in layout.items if item in open_] == [item for item in open_ if item.get("itemprop")]
