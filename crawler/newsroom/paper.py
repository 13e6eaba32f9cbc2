"""Paper: one outlet of the press while it is open: its stories as they stand now; it knows no layout and no socket."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from zoneinfo import ZoneInfo

from archive.errors import UsageError
from crawler.newsroom.press import Manuscript


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """What never changes about an outlet."""

    id: str
    name: str
    zone: ZoneInfo


MASTHEADS = {
    "nakhla": Masthead(id="nakhla", name="النخلة", zone=ZoneInfo("Asia/Damascus")),
    "midan": Masthead(id="midan", name="الميدان", zone=ZoneInfo("Asia/Damascus")),
    "wasla": Masthead(id="wasla", name="وكالة وصلة للأنباء", zone=ZoneInfo("Europe/Moscow")),
    "ufuq": Masthead(id="ufuq", name="أفق", zone=ZoneInfo("Asia/Beirut")),
}


class NothingToEditError(UsageError):
    """No article of this outlet is written for the edit command, or it was edited already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A manuscript as it stands on the site now."""

    text: Manuscript
    published: datetime  # aware, in the outlet's zone
    lastmod: datetime  # aware, in the outlet's zone; the time of publication until it is edited

    @property
    def id(self) -> int:
        """The outlet's own number."""
        return self.text.id

    @property
    def excerpt(self) -> str:
        """The first words of the first paragraph, as feeds and listings print them."""
        words = self.text.paragraphs[0].split(" ")
        return " ".join(words[:24]) + (" […]" if len(words) > 24 else "")


class Paper:
    """One outlet: its address, its stories, and what happened to it since it opened."""

    def __init__(self, masthead: Masthead, address: str, manuscripts: Iterable[Manuscript]) -> None:
        self.masthead = masthead
        self.address = address  # http://host:port, no slash
        printed = (self._print(manuscript) for manuscript in manuscripts)
        self.stories: dict[int, Printed] = {story.id: story for story in printed}
        self._lock = Lock()
        self._visited: set[str] = set()

    def _print(self, manuscript: Manuscript) -> Printed:
        published = manuscript.published.replace(tzinfo=self.masthead.zone)
        return Printed(text=manuscript, published=published, lastmod=published)

    @property
    def newest(self) -> tuple[Printed, ...]:
        """All stories, newest first; of one minute, the higher number first."""
        return tuple(sorted(self.stories.values(), key=lambda story: (story.published, story.id), reverse=True))

    def related(self, story: Printed) -> tuple[Printed, ...]:
        """The stories its manuscript names as related."""
        return tuple(self.stories[number] for number in story.text.related)

    def is_oldest(self, story: Printed) -> bool:
        """Whether the faults of the oldest story stand at this one."""
        return story.id == self.newest[-1].id

    def first_visit(self, mark: str) -> bool:
        """Whether nobody came by here before; true once for each mark."""
        with self._lock:
            first = mark not in self._visited
            self._visited.add(mark)
            return first

    def edit(self, now: datetime) -> Printed:
        """Print the edited form of the article written for it; its lastmod becomes `now`.

        Raises:
            NothingToEditError: none is written for it, or it was edited already.
        """
        with self._lock:
            waiting = [story for story in self.stories.values() if story.text.edits]
            if not waiting:
                raise NothingToEditError(f"{self.masthead.id}: no article waits for the edit command")
            story = waiting[0]
            edit = story.text.edits[0]
            text = replace(story.text, title=edit.title, paragraphs=edit.paragraphs, edits=())
            edited = replace(story, text=text, lastmod=now.astimezone(self.masthead.zone).replace(microsecond=0))
            self.stories = {**self.stories, story.id: edited}
            return edited
