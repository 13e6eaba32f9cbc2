"""The demonstration: the practice press opens on loopback and goes the whole way through the Prefect flow."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from typer import Exit, Option

from archive.errors import UsageError
from flows.show import note, table

if TYPE_CHECKING:
    from archive.catalog import Counts
    from archive.holdings import Archive
    from crawler.newsroom import Newsroom
    from flows.plans import Place
    from flows.reports import RunReport

SINCE: Final = "2017-01-01"
UNTIL: Final = "2020-01-01"
WORDS: Final = "أستانا الهدنة"  # stand in articles of the practice press


def demo(
    folder: Annotated[Path, Option("--dir", help="Where everything goes.", metavar="DIR")] = Path("demo"),
) -> None:
    """The whole way on a practice press served on loopback; ends with what it found and where to look."""
    from archive.holdings import open_archive
    from archive.settings import load_settings
    from crawler.newsroom import Newsroom
    from flows.plans import Place
    from flows.reports import RunFailedError

    prepare(folder)
    place = Place(store=str(folder / "store"), outlets=str(folder / "outlets"))
    with _newsroom(Newsroom, folder / "outlets") as newsroom:
        newsroom.write_outlets(folder / "outlets")
        note(f"four practice outlets are open: {', '.join(newsroom.hosts.values())}")
        try:
            report = asyncio.run(_crawl(tuple(newsroom.hosts), place))
        except RunFailedError as failure:
            note(f"astana: {failure}")
            raise Exit(1) from None
    with open_archive(load_settings(**place.given())) as archive:
        _tell(archive, report)
    _where_to_look(place)


def prepare(folder: Path) -> None:
    """Give Prefect a home and a server of its own in the folder; it must not have been imported yet."""
    from archive.settings import hand_down

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror or error}") from None
    hand_down(
        {
            "PREFECT_HOME": str((folder / "prefect").absolute()),
            "PREFECT_API_URL": None,
            "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_LOGGING_EXTRA_LOGGERS": "flows",
            "DO_NOT_TRACK": "1",
        }
    )


async def _crawl(outlets: tuple[str, ...], place: Place) -> RunReport:
    from flows.crawl import crawl
    from flows.plans import Plan

    # All of it: the demonstration shows what readers refuse, too.
    return await crawl(Plan(outlets=outlets, since=SINCE, until=UNTIL, sample=1), place)


def _newsroom(newsroom: type[Newsroom], outlets: Path) -> Newsroom:
    """The press on the ports of an earlier demonstration, so that its addresses are the same; else on free ones."""
    from crawler.outlet import load_outlet

    ports = {
        path.stem: int(port)
        for path in sorted(outlets.glob("*.yml"))
        for host in load_outlet(path).hosts
        if (port := host.rpartition(":")[2]).isdecimal()
    }
    try:
        return newsroom.start(ports=ports)
    except UsageError:
        return newsroom.start()


def _tell(archive: Archive, report: RunReport) -> None:
    counts = archive.counts()
    table("What became of every capture", ("captures", "", "is"), _captures(counts))
    table("What is held", ("number", "of"), _held(counts))
    refused = [(one.outlet, number, reason) for one in report.outlets for reason, number in one.refused.items()]
    table("Addresses refused before anything was fetched", ("outlet", "number", "reason"), refused)
    sizes = [(f"warc/{key}", archive.storage.size(f"warc/{key}")) for key in archive.warcs()]
    table("WARC files", ("key", "bytes"), sizes)


def _captures(counts: Counts) -> Iterator[tuple[object, ...]]:
    yield counts.captures, "", "all captures, of which"
    yield counts.articles_on_topic, "article", "on topic"
    yield counts.articles_off_topic, "article", "off topic: kept, left out of pull unless asked"
    for reason, number in counts.rejections.items():
        yield number, "rejection", reason
    yield counts.unchanged, "unchanged", "revisits and 304: the same as before"
    for sort, number in counts.non_articles.items():
        yield number, "non-article", sort


def _held(counts: Counts) -> Iterator[tuple[object, ...]]:
    yield counts.stories, "stories"
    yield counts.stories_on_topic, "stories on topic"
    yield counts.editions, "editions"
    yield counts.clusters, "clusters: items printed by more than one"
    yield counts.copies, "copies in them beside the canonical story"
    yield counts.parts, "items found inside longer pieces"


def _where_to_look(place: Place) -> None:
    store, outlets = shlex.quote(place.store or ""), shlex.quote(place.outlets or "")
    astana = _command()
    print(f"\nThe outlets' files lie in {outlets}; for rebuild and verify: export ASTANA_OUTLETS={outlets}")
    print("Try:")
    print(f"  {astana} search --store {store} {shlex.quote(WORDS)}")
    print(f"  {astana} clusters --store {store}")
    print(f"  {astana} pull --store {store} --out {shlex.quote(str(Path(place.store or '').parent / 'pulled'))}")


def _command() -> str:
    """How this program is called from here."""
    if shutil.which("astana"):
        return "astana"
    called = Path(sys.argv[0])
    return shlex.quote(sys.argv[0]) if called.name == "astana" else f"{shlex.quote(sys.executable)} -m flows.cli"
