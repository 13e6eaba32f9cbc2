"""What `astana learn --formulas` does: forms of words that come back are learned from the stories of all outlets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archive import forms
from archive.errors import UsageError
from archive.forms import Forms, Phrase
from flows.show import Listing, note

if TYPE_CHECKING:
    from archive.holdings import Archive
    from flows.options import Act

LISTING: Listing[Phrase] = Listing(
    columns={"texts": lambda row: row.texts, "words": lambda row: row.words},
    dump=lambda row: {"texts": row.texts, "words": row.words},
    none="no form of words comes back on days far apart",
)


def learn_formulas(archive: Archive, act: Act, ids: Sequence[str], *, as_json: bool) -> None:
    """Learn, show or let go forms of words. Raises UsageError: outlets were named."""
    if ids:
        raise UsageError("forms of words are learned from all outlets together: name none")
    if act.forget:
        done = forms.forget(archive.storage, datetime.now(UTC))
        note("let go; astana rebuild compares without it" if done else "there is no table")
        return
    archive.catalog.counts()  # the ledger is obeyed first: what is taken down teaches nothing
    url = archive.settings.catalog_url
    found = forms.shown(archive.storage, url) if act.show else forms.learn(url)
    LISTING.show(found.phrases, as_json=as_json)
    note(f"{_counted(found)}: {_came_of_it(archive, act, found)}")


def _counted(found: Forms) -> str:
    runs, texts = len(found.table.days), found.texts
    return f"{runs} {'run' if runs == 1 else 'runs'} of words in {texts} {'text' if texts == 1 else 'texts'}"


def _came_of_it(archive: Archive, act: Act, found: Forms) -> str:
    if act.show or not found.table.days:
        return f"table {found.table.digest}" if found.table.days else "no table"
    if act.dry_run:
        is_new = forms.current(archive.storage).digest != found.table.digest
        return "would be a new table; nothing kept" if is_new else "the current table; nothing kept"
    if forms.keep(archive.storage, found, datetime.now(UTC)):
        return "a new table; astana rebuild compares stories by it"
    return "the current table; nothing to keep"
