"""What refusing by hints spared and missed: an outlet's listed stories judged again, and what the sample showed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from archive.estimate import Missed, Refused, missed, together
from archive.holdings import Archive
from archive.listings import Listed, ListedQuery, State
from archive.records import Hints, Window
from crawler import hinted
from crawler.hinted import Prospect
from crawler.topic import TopicRules

SEEKING: Final = ("search", "tag")
ON_TOPIC: Final = (State.HELD, State.FROM_ARCHIVE)
NEVER: Final = (State.UNSEEN, State.TAKEN_DOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """What one seed was good for: stories listed, asked for, and on topic. A story of two seeds counts in both."""

    kind: str
    seed: str
    listed: int
    asked: int
    on_topic: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Of one outlet: what refusing by hints missed, by year and in all; what each seed was good for."""

    outlet: str
    years: tuple[Missed, ...]  # None, of undated stories, last
    whole: Missed
    open: int  # stories never asked for, though their words say nothing against them: over a budget or a limit
    seeds: tuple[Yield, ...]

    def dump(self) -> Iterator[dict[str, object]]:
        """As JSON values: a line for each year, one for all of them, one for each seed."""
        for one in (*self.years, self.whole):
            said = asdict(one)
            refused = said.pop("refused")
            year = "all" if one is self.whole else refused["year"] or "undated"
            yield {"of": "missed", **refused, "year": year, **said}
        yield {"of": "open", "outlet": self.outlet, "stories": self.open}
        yield from ({"of": "seed", "outlet": self.outlet, **asdict(seed)} for seed in self.seeds)

    def lines(self) -> Iterator[str]:
        """For people."""
        for one in (*self.years, self.whole):
            refused = one.refused
            year = "all years" if one is self.whole else refused.year or "undated"
            sample = f"{refused.looked} drawn and looked at, {refused.on_topic} on topic"
            bounds = f"of the unseen {one.low} to {one.high} are ({one.level:.0%})"
            yield f"  {year}: {refused.unseen} refused by their hints and unseen; {sample}; {bounds}"
        if self.open:
            yield f"  {self.open} more were never asked for, and their words say nothing against them"
        for seed in self.seeds:
            rate = f" ({seed.asked / seed.on_topic:.1f} : 1)" if seed.on_topic else ""
            counts = f"{seed.listed} listed, {seed.asked} asked for, {seed.on_topic} on topic{rate}"
            yield f"  {seed.kind} {seed.seed}: {counts}"


def account(archive: Archive, outlet: str, rules: TopicRules, window: Window) -> Account:
    """Judge an outlet's listed stories as a crawl of today would. Raises CatalogError."""
    query = ListedQuery(outlets=(outlet,), window=window, undated=True)
    return counted(outlet, archive.catalog.listed(query), archive.catalog.sampled(outlet), rules)


def counted(outlet: str, listed: Iterable[Listed], sampled: Mapping[str, bool], rules: TopicRules) -> Account:
    """The same of stories given. `sampled`: those drawn and read as an article, and whether they are on topic."""
    by_year: dict[int | None, Counter[str]] = {}
    by_seed: dict[tuple[str, str], Counter[str]] = {}
    left = 0
    for story in listed:
        year = by_year.setdefault(story.days[0].year if story.days else None, Counter())
        is_drawn = story.story in sampled
        if is_drawn or story.state is State.UNSEEN:
            is_refused = judged(story, rules) is Prospect.UNLIKELY
            year["unseen"] += is_refused and not is_drawn
            year["looked"] += is_refused and is_drawn
            year["on_topic"] += is_refused and sampled.get(story.story, False)
            left += not is_refused and not is_drawn
        for sighting in story.seeds:
            seed = by_seed.setdefault((sighting.kind, sighting.seed), Counter())
            seed.update(listed=1, asked=int(story.state not in NEVER), on_topic=int(story.state in ON_TOPIC))
    strata = [
        Refused(outlet=outlet, year=year, **{name: counts[name] for name in ("unseen", "looked", "on_topic")})
        for year, counts in sorted(by_year.items(), key=lambda one: (one[0] is None, one[0]))
        if counts["unseen"] or counts["looked"]
    ]
    return Account(
        outlet=outlet,
        years=tuple(map(missed, strata)),
        whole=missed(together(strata, outlet)),
        open=left,
        seeds=tuple(Yield(kind=kind, seed=seed, **counts) for (kind, seed), counts in sorted(by_seed.items())),
    )


def judged(story: Listed, rules: TopicRules) -> Prospect:
    """What is expected of a listed story, by all that listings said of it."""
    own = hinted.judge(Hints(title=story.title, summary=story.summary), story.url, rules)
    led = (Hints(seed=seen.seed) for seen in story.seeds if seen.kind in SEEKING)
    return hinted.together([own, *(hinted.judge(each, "", rules) for each in led)]).expected
