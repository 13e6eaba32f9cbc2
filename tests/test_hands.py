"""WARCs are read by processes beside each other, to the very texts that one process makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import AlreadyThereError
from archive.holdings import open_archive
from archive.settings import load_settings
from crawler.hands import Hands
from crawler.outlet import OTHER, Outlet
from crawler.reader import Reader
from crawler.shelf import extract
from tests.extraction import SENTENCE, a_capture, a_page, a_reader, an_outlet
from tests.shelving import shelved

MANY = 3


def _texts(folder: Path, many: int, *, spoilt: bool = False) -> dict[str, bytes]:
    """What so many processes make of the same WARCs, by key."""
    settings = load_settings(store=str(folder), processes=many)
    outlets: dict[str, Outlet] = {OTHER: an_outlet()}
    with open_archive(settings, create=True) as archive:
        read = Hands(many=settings.processes)
        for number in range(MANY):
            page = a_page(f"{SENTENCE} {number}", SENTENCE)
            shelved(archive, f"{OTHER}-{number}", a_capture(page, url=f"https://waha.example/{number}"), outlet=OTHER)
        extract(archive, outlets, _reader, read=read)
        if spoilt:
            one, other, _ = archive.storage.list(f"text/{OTHER}/{_reader(outlets[OTHER]).digest}/")
            archive.storage.put(one, archive.storage.get(other), replace=True)
            extract(archive, outlets, _reader, anew=True, read=read)
        return {key: b"".join(archive.storage.open(key)) for key in archive.storage.list("text/")}


def _reader(outlet: Outlet) -> Reader:
    return a_reader(outlet)


@pytest.mark.slow
def test_two_processes_read_warcs_to_the_texts_that_one_makes(tmp_path: Path) -> None:
    alone = _texts(tmp_path / "one", 1)
    assert len([key for key in alone if key.endswith(".jsonl.gz")]) == MANY
    assert _texts(tmp_path / "two", 2) == alone


@pytest.mark.slow
def test_what_goes_wrong_in_one_of_them_is_told(tmp_path: Path) -> None:
    with pytest.raises(AlreadyThereError):
        _texts(tmp_path, 2, spoilt=True)
