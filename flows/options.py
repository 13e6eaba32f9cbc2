"""The options that commands share, as nouns: a command takes the noun, and its fields are the options it offers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import wraps
from inspect import Parameter
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from typer import Argument, Option

from archive.errors import UsageError

if TYPE_CHECKING:
    from archive.catalog.query import Query
    from archive.holdings import Archive
    from archive.settings import Settings
    from flows.plans import Place, Plan


Name = Annotated[str, Argument(metavar="ID|URL", help="A story's id, its permalink, or its address on the web.")]
Words = Annotated[str | None, Option("--q", help="Words that must stand in them.", metavar="QUERY")]


class Include(StrEnum):
    """What is left out unless it is asked for."""

    OFF_TOPIC = "off-topic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which archive."""

    store: Annotated[
        str | None, Option(help="The archive: a folder, or s3://bucket/prefix (else ASTANA_STORE).", metavar="PLACE")
    ] = None

    def settings(self) -> Settings:
        """The settings of this process, with the place given. Raises SettingsError."""
        from archive.settings import load_settings

        return load_settings(**self.place().given())

    def place(self) -> Place:
        """The same for a run."""
        from flows.plans import Place

        return Place(store=self.store)

    def open(self) -> Archive:
        """The archive, for reading. Raises StorageError when there is none."""
        from archive.holdings import open_archive

        return open_archive(self.settings())


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a listing is written."""

    as_json: Annotated[bool, Option("--json", help="One JSON object a line, no colour.")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Publication days, in the outlets' civil days."""

    since: Annotated[
        str | None, Option(help="First day: 2017-01-23, or 7d, 2w, 3m, 1y for so long ago.", metavar="DAY")
    ] = None
    until: Annotated[str | None, Option(help="First day left out.", metavar="DAY")] = None
    round: Annotated[int | None, Option(help="The days around a round of the talks, instead.", metavar="N")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is done with what is learned; at most one of them."""

    dry_run: Annotated[bool, Option("--dry-run", help="Say what would be learned, and keep nothing.")] = False
    show: Annotated[bool, Option("--show", help="Show the current tables and their evidence; learn nothing.")] = False
    forget: Annotated[
        bool,
        Option("--forget", help="Read these outlets by the built-in table alone again; their tables stay shelved."),
    ] = False

    formulas: Annotated[
        bool,
        Option("--formulas", help="Of all outlets: forms of words that come back, by which copies are told."),
    ] = False

    def check(self) -> None:
        """Raises UsageError: two things at once."""
        if self.dry_run + self.show + self.forget > 1:
            raise UsageError("--dry-run, --show and --forget are three things: give one of them")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is fetched of what was listed."""

    everything: Annotated[bool, Option("--all", help="Fetch what listings show to be off topic, too.")] = False
    budget: Annotated[
        int | None,
        Option(min=0, help="At most so many stories of which nothing is known beforehand, of each order.", metavar="N"),
    ] = None
    sample: Annotated[
        float | None,
        Option(
            min=0,
            max=1,
            help="Share of what is refused by its title that is fetched all the same, to learn what is missed (0.02).",
            metavar="SHARE",
        ),
    ] = None

    @property
    def share(self) -> float | None:
        """The share that is asked for; None: the usual one. Raises UsageError."""
        if self.everything and self.sample is not None:
            raise UsageError("--all fetches everything: leave --sample out")
        return 1.0 if self.everything else self.sample


def plan_of(outlets: list[str] | None, days: Days, choice: Choice) -> Plan:
    """What every run is asked for: whose stories, of which days, how many of them. Raises UsageError."""
    from flows.plans import Plan

    return Plan(
        outlets=tuple(outlets or ()),
        since=days.since,
        until=days.until,
        round=days.round,
        budget=choice.budget,
        sample=choice.share,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which stories."""

    outlet: Annotated[list[str], Option(help="Of this outlet; may be repeated.", metavar="ID")] = field(
        default_factory=list
    )
    agency: Annotated[str | None, Option(help="Credited to this agency.", metavar="NAME")] = None
    cluster: Annotated[str | None, Option(help="In the cluster of this story.", metavar="ID")] = None
    canonical: Annotated[bool, Option("--canonical", help="One story of each cluster.")] = False
    include: Annotated[list[Include], Option(help="What is left out otherwise.")] = field(default_factory=list)
    limit: Annotated[int | None, Option(min=1, help="At most so many stories.", metavar="N")] = None


def query_of(text: str | None, filters: Filters, days: Days) -> Query:
    """What the catalog is asked. Raises UsageError."""
    from archive.catalog.query import Query
    from flows.plans import read_window

    return Query(
        text=text,
        outlets=tuple(filters.outlet),
        window=read_window(days.since, days.until, days.round, datetime.now(UTC).date()),
        agency=filters.agency,
        cluster=filters.cluster,
        canonical=filters.canonical,
        include_off_topic=Include.OFF_TOPIC in filters.include,
        limit=filters.limit,
    )


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """The command with each noun among its parameters spread into the options that its fields are."""
    hints = get_type_hints(command, include_extras=True)
    nouns = {name: hint for name, hint in hints.items() if isinstance(hint, type) and is_dataclass(hint)}
    parameters: list[Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        if parameter.name in nouns:
            parameters += _options(nouns[parameter.name])
        else:
            kind = Parameter.KEYWORD_ONLY
            parameters.append(parameter.replace(annotation=hints[parameter.name], kind=kind))

    @wraps(command)
    def spread_out(**given: Any) -> None:
        for name, noun in nouns.items():
            given[name] = noun(**{each.name: given.pop(each.name) for each in fields(noun)})
        command(**given)

    spread_out.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer reads it
    spread_out.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return spread_out


def _options(noun: type[Any]) -> list[Parameter]:
    hints = get_type_hints(noun, include_extras=True)
    return [
        Parameter(each.name, Parameter.KEYWORD_ONLY, annotation=hints[each.name], default=_default(each))
        for each in fields(noun)
    ]


def _default(each: Any) -> object:
    if each.default is MISSING and each.default_factory is MISSING:
        return Parameter.empty  # it must be given
    return each.default_factory() if each.default is MISSING else each.default
