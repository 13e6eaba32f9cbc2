"""Other people's readers, asked page by page over pipes: run by score.py with the interpreter they are installed for.

A line of JSON in, {"html": text}; one out, {engine: [text, CPU seconds]}. The first line out names the engines that
are installed, with their versions. It knows nothing of this project, so that its libraries need not fit with ours.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any


def _trafilatura(**mode: bool) -> Callable[[str], str]:
    from trafilatura import extract

    return lambda html: extract(html, include_comments=False, deduplicate=False, **mode) or ""


def _trafilatura_all() -> Callable[[str], str]:
    """Asked for what a reading says, too: title, author, date and site beside the text."""
    from trafilatura import bare_extraction

    def read(html: str) -> str:
        said = bare_extraction(html, include_comments=False, deduplicate=False, with_metadata=True)
        return str(said.text or "") if said else ""

    return read


def _resiliparse() -> Callable[[str], str]:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda html: extract_plain_text(html, main_content=True, comments=False, alt_texts=False)


def _plain(html: str) -> str:
    """The words of an extracted fragment, a line for each block."""
    from lxml import html as parser

    if not html.strip():
        return ""
    lines = []
    for element in parser.fromstring(html).iter():
        if isinstance(element.tag, str):
            lines.append(element.text or "")
        lines.append(element.tail or "")
    return "\n".join(filter(None, map(str.strip, lines)))


def _readability() -> Callable[[str], str]:
    from readability import Document

    return lambda html: _plain(Document(html).summary(html_partial=True))


def _magic() -> Callable[[str], str]:
    from magic_html import GeneralExtractor

    extractor = GeneralExtractor()
    return lambda html: _plain(extractor.extract(html, base_url="https://a.example/1")["html"])


def _newspaper() -> Callable[[str], str]:
    from newspaper import article

    return lambda html: str(article("https://a.example/1", input_html=html, fetch_images=False).text)


ENGINES: dict[str, tuple[str, Callable[[], Callable[[str], str]]]] = {
    "trafilatura": ("trafilatura", _trafilatura),
    "trafilatura all": ("trafilatura", _trafilatura_all),
    "trafilatura precision": ("trafilatura", lambda: _trafilatura(favor_precision=True)),
    "trafilatura fast": ("trafilatura", lambda: _trafilatura(fast=True)),
    "trafilatura recall": ("trafilatura", lambda: _trafilatura(favor_recall=True)),
    "resiliparse": ("resiliparse", _resiliparse),
    "readability-lxml": ("readability-lxml", _readability),
    "magic-html": ("magic_html", _magic),
    "newspaper4k": ("newspaper4k", _newspaper),
}


def installed() -> tuple[dict[str, Callable[[str], str]], dict[str, str]]:
    """The readers of the engines that are there, and the versions of those."""
    readers, versions = {}, {}
    for name, (package, make) in ENGINES.items():
        try:
            readers[name] = make()
            versions[package] = version(package)
        except (ImportError, PackageNotFoundError):
            continue
    return readers, versions


def answer(readers: dict[str, Callable[[str], str]], html: str) -> dict[str, tuple[str, float]]:
    """What each engine says of a page, and the CPU seconds it took; an engine that fails says nothing."""
    said = {}
    for name, read in readers.items():
        start = time.process_time()
        try:
            text = read(html)
        except Exception as failed:  # noqa: BLE001  # foreign code; a failure is its answer, and it is told
            print(f"{name}: {type(failed).__name__}", file=sys.stderr)
            text = ""
        said[name] = (text, time.process_time() - start)
    return said


def main() -> None:
    """Answer until the pipe closes; what engines print themselves goes nowhere."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    importlib.invalidate_caches()
    out: Any = sys.stdout
    with contextlib.redirect_stdout(io.StringIO()):
        readers, versions = installed()
        print(json.dumps({"engines": list(readers), "versions": versions}), file=out, flush=True)
        for number, line in enumerate(sys.stdin):
            if number == 1:  # the first page has loaded what is loaded late
                gc.freeze()  # the collector is spared what was there before, as in score.py
            print(json.dumps(answer(readers, json.loads(line)["html"])), file=out, flush=True)


if __name__ == "__main__":
    main()
