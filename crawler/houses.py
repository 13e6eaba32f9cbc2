"""What outlets and agencies are called in print, for whoever looks for their names in texts; it reads no text."""

from __future__ import annotations

from collections.abc import Mapping

from archive.lineage.witness import Houses
from crawler.agencies import Agencies
from crawler.outlet import Outlet


def houses_of(outlets: Mapping[str, Outlet], agencies: Agencies) -> Houses:
    """The names that outlets sign with, and every spelling of an agency's; names that several bear are no one's."""
    taken = agencies.words.homonyms
    signing = {outlet.id: tuple(name for name in _names(outlet) if name not in taken) for outlet in outlets.values()}
    spelled = {outlet.agency: _names(outlet) for outlet in outlets.values() if outlet.agency}
    for name, spellings in agencies.words.agencies.items():
        spelled[name] = (*spelled.get(name, ()), *spellings)
    agents = {spelling for several in spelled.values() for spelling in several}
    papers = {name for several in signing.values() for name in several} - agents
    return Houses(outlets=signing, agencies=spelled, plain=frozenset({*agencies.words.plain, *papers}))


def _names(outlet: Outlet) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (outlet.name, outlet.agency))))
