"""What recurs over many pages of an outlet and is furniture, with the evidence; pure, and slow to believe.

Blocks recur in articles, too: the paragraph of background that a desk pastes under each story, a subhead, a credit. So
what stands where sentences stand is judged more strictly than what stands apart, and what may be the article's own is
never learned, however often it is seen.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from crawler.page import titles
from crawler.page.lessons import Because, Evidence, Lesson, Sort
from crawler.page.seen import Page, Seen
from crawler.page.taught import AT, label, taught

LEAST: Final = 5  # stories in which anything must be seen
FIXED: Final = 3  # stories from which a block is called one that recurs
LEAST_AMONG: Final = 20  # stories, of what stands among sentences and leads nowhere
LABEL_SHARE: Final = 0.9  # of the pages of its layout: a template prints it on all of them
SENTENCE_SHARE: Final = 0.95
SENTENCE_DAYS: Final = 5  # on which those stories were published
LEAST_APART: Final = 8  # stories, of a sentence that stands apart from the article's, or of a linked label among them
APART_SHARE: Final = 0.3
EXCEPTIONS: Final = 0.1  # of a box's blocks that may be links of a word or two, each another
NAMED: Final = 0.1  # of a box's pages, whose own story may be on its list of the most read
ALWAYS: Final = 0.95  # of the blocks that begin with an opening
MOSTLY: Final = 0.8
VARYING: Final = 0.5  # of what openings announce is said once only
EXAMPLES: Final = 3


class _Count:
    """Where one thing was seen, while it is counted."""

    __slots__ = ("blocks", "kept", "linked", "odd", "owned", "pages", "refused", "rests", "several")

    def __init__(self) -> None:
        self.pages: dict[int, Seen] = {}  # by the page's number, as it was first seen there
        self.kept: set[int] = set()  # pages whose text held it
        self.blocks = self.linked = 0
        self.odd = 0  # neither links to stories nor recurring: linked names
        self.refused = False
        self.rests: Counter[str] = Counter()  # what was announced
        self.owned: set[int] = set()  # of a box, pages whose own title or byline stands in it
        self.several: dict[str, Seen] = {}  # of a box, its blocks, one of each

    def add(self, page: int, block: Seen) -> None:
        """Seen once more."""
        self.pages.setdefault(page, block)
        self.blocks += 1
        if block.kept:
            self.kept.add(page)


Own = Callable[[Seen], bool]


def recurring(pages: Sequence[Page], own: Own, known: Collection[str] = ()) -> Lesson:
    """What these pages of one outlet teach. `own` tells blocks whose words are an article's wherever they stand.

    `known` are titles of the outlet's stories that are not looked at, as titles are compared: no table holds one. The
    order of the pages changes nothing.
    """
    return _Learner(sorted(pages, key=lambda page: page.read.story), own, known).learned()


class _Learner:
    """The pages, and what was counted over them."""

    def __init__(self, pages: Sequence[Page], own: Own, known: Collection[str]) -> None:
        self.pages = pages
        self._own = own
        self._judged: dict[tuple[str, bool], bool] = {}
        self.titles = {page.title for page in pages} - {""}
        self.known = self.titles.union(known)
        self.lines = self._counted()
        self.homes: set[str] = set()  # where sentences stand that are on few pages
        self.bodies: set[str] = set()  # the boxes nearest to those
        self.spans: list[tuple[int, int]] = []  # of each page, from its first such sentence to its last
        named = [self._layout(page) for page in pages]
        often = Counter(named)
        # Names may tell the story («tag-…»): layouts of a page or two are one, or each line stood on all its pages.
        self.layouts = [layout if often[layout] >= LEAST else "" for layout in named]
        self.sizes = Counter(self.layouts)

    def learned(self) -> Lesson:
        """The table and its evidence, boxes first: what lies in one needs no line."""
        boxes = list(self._boxes())
        known = {each.words for each in boxes}
        found = [*boxes, *self._openings(known), *self._announcements(known)]
        opened = {each.words for each in found if each.sort is Sort.OPENING}
        found += [each for each in self._lines(known) if each.words.partition(AT)[0] not in opened]

        def of(sort: Sort) -> list[str]:
            return [each.words for each in found if each.sort is sort]

        table = taught(
            lines=of(Sort.LINE),
            labels=of(Sort.LABEL),
            openings=of(Sort.OPENING),
            announcements=of(Sort.ANNOUNCEMENT),
            boxes=of(Sort.BOX),
        )
        told = sorted(found, key=lambda each: (-each.kept, -each.stories, each.sort, each.words))
        return Lesson(table=table, evidence=tuple(told), pages=len(self.pages))

    # --- counting ---------------------------------------------------------------------------------------------------
    def _counted(self) -> dict[str, _Count]:
        counts: dict[str, _Count] = defaultdict(_Count)
        for number, page in enumerate(self.pages):
            for block in page.blocks:
                counts[block.key].add(number, block)
        return dict(counts)

    def _recurs(self, block: Seen) -> bool:
        return len(self.lines[block.key].pages) >= FIXED

    def _layout(self, page: Page) -> str:
        """The home that holds most of a page's sentences; homes, bodies and spans are gathered on the way."""
        held: Counter[str] = Counter()
        orders = []
        for block in page.blocks:
            if block.prose and not block.own and not self._recurs(block):
                held[block.home] += block.size
                orders.append(block.order)
                self.homes.add(block.home)
                self.bodies.update(block.boxes[:1])
        self.spans.append((min(orders, default=0), max(orders, default=0)))
        return max(held, key=lambda home: (held[home], home)) if held else ""

    def _of(self, count: _Count) -> int:
        """How many pages there are of the layouts that something stands in."""
        return sum(self.sizes[layout] for layout in {self.layouts[page] for page in count.pages})

    def _is_own(self, block: Seen) -> bool:
        """Whether a block is, or may be, the article's: its title, its byline, a dateline, a credit, a headline."""
        if block.own:
            return True
        known = (block.key, block.headline)
        if known not in self._judged:
            self._judged[known] = self._own(block)
        return self._judged[known]

    def _inside(self, block: Seen) -> bool:
        """Whether a block stands among sentences."""
        return block.home in self.homes or any(box in self.bodies for box in block.boxes)

    # --- boxes ------------------------------------------------------------------------------------------------------
    def _boxes(self) -> Iterator[Evidence]:
        """Boxes in which nothing but links to stories and recurring blocks was seen; the outermost alone."""
        counts: dict[str, _Count] = defaultdict(_Count)
        for number, page in enumerate(self.pages):
            for block in page.blocks:
                for box in block.boxes:
                    self._weigh(counts[box], number, block)
        good = {box for box, count in counts.items() if self._is_furniture(box, count)}
        for box in sorted(good):
            count = counts[box]
            if not all(any(outer in good for outer in _outside(block, box)) for block in count.pages.values()):
                yield self._told(Sort.BOX, box, count, Because.LINKS if count.linked else Because.FIXED)

    def _weigh(self, count: _Count, page: int, block: Seen) -> None:
        count.add(page, block)
        if block.headline or block.own:
            count.linked += block.headline
        elif not self._recurs(block):
            count.odd += 1
            count.refused |= block.linked < 0.5
        if block.own:
            count.owned.add(page)
        elif not count.refused:
            count.several.setdefault(block.key, block)

    def _is_furniture(self, box: str, count: _Count) -> bool:
        if count.refused or len(count.pages) < LEAST or count.odd > count.blocks * EXCEPTIONS:
            return False
        if len(count.owned) > len(count.pages) * NAMED:
            return False
        # One block that may be the article's own («عاجل», «(رويترز)») makes the whole box the article's.
        if any(map(self._is_own, count.several.values())):
            return False
        if count.linked * 2 >= count.blocks or not any(self._within(block, box) for block in count.pages.values()):
            return True
        # Names of reporters recur, too; a template prints the same words each time.
        same = all(len(self.lines[key].pages) * 2 >= len(count.pages) for key in count.several)
        return same and len(count.pages) >= max(LEAST_AMONG, self._of(count) * LABEL_SHARE)

    def _within(self, block: Seen, box: str) -> bool:
        """Whether a box lies in one that holds the article's sentences."""
        return any(outer in self.bodies for outer in _outside(block, box))

    # --- openings ---------------------------------------------------------------------------------------------------
    def _openings(self, boxes: set[str]) -> Iterator[Evidence]:
        """What stands before links to other stories, in one block with them or in the block above."""
        counts: dict[str, _Count] = defaultdict(_Count)
        for number, page in enumerate(self.pages):
            for block, following in zip(page.blocks, [*page.blocks[1:], None], strict=True):
                if block.opening and block.key != block.opening:
                    self._announced(counts[block.opening], number, block, block.announced if block.headline else "")
                if not block.headline:
                    led = following is not None and following.headline and self._leads(block, following)
                    self._announced(counts[block.key], number, block, following.key if led and following else "")
        for words, count in sorted(counts.items()):
            if count.linked >= count.blocks * ALWAYS and self._announces(words, count, boxes):
                yield self._told(Sort.OPENING, words, count, Because.LINKS)

    @staticmethod
    def _announced(count: _Count, page: int, block: Seen, story: str) -> None:
        """An opening seen once more, and the headline that it announces, if it does."""
        count.add(page, block)
        if story:
            count.linked += 1
            count.rests[story] += 1

    def _leads(self, above: Seen, link: Seen) -> bool:
        """Whether a label among sentences leads to a link that is there, too; an author's name does not, and a label
        apart may be a section's name, which is a subhead elsewhere.
        """
        return self._inside(above) and self._inside(link)

    def _announcements(self, boxes: set[str]) -> Iterator[Evidence]:
        """What stands before unlinked headlines of other stories."""
        counts: dict[str, _Count] = defaultdict(_Count)
        for number, page in enumerate(self.pages):
            for block in page.blocks:
                if block.opening and not block.linked:
                    other = block.announced in self.titles and block.announced != page.title
                    self._announced(counts[block.opening], number, block, block.announced if other else "")
        for words, count in sorted(counts.items()):
            if count.linked >= count.blocks * MOSTLY and self._announces(words, count, boxes):
                yield self._told(Sort.ANNOUNCEMENT, words, count, Because.HEADLINES)

    def _announces(self, words: str, count: _Count, boxes: set[str]) -> bool:
        """Whether it is seen in enough stories, announces many others, and is never the article's own."""
        varied = sum(1 for times in count.rests.values() if times < FIXED) >= count.linked * VARYING
        seen = list(count.pages.values())
        known = all(any(box in boxes for box in block.boxes) for block in seen)
        if len(seen) < LEAST or not varied or known or any(map(self._is_own, seen)):
            return False
        return not self._own(replace(seen[0], text=words, key=words, linked=0.0))

    # --- lines ------------------------------------------------------------------------------------------------------
    def _lines(self, boxes: set[str]) -> Iterator[Evidence]:
        """Whole blocks: among sentences a line is furniture wherever it stands, apart from them at that home alone.

        What is seen only in boxes that were learned needs no line. A section's name in a menu may be a subhead, too.
        """
        for key, count in sorted(self.lines.items()):
            seen = list(count.pages.values())
            if not key or len(seen) < LEAST or all(any(box in boxes for box in block.boxes) for block in seen):
                continue
            if any(map(self._is_own, seen)) or self._is_title(seen):
                continue
            because = self._judged_line(count)
            if because is None:
                continue
            if not any(map(self._inside, seen)):
                yield from self._at_home(key, count, because)
            elif any(map(str.isalpha, key)):
                yield self._told(Sort.LINE, key, count, because)

    def _at_home(self, key: str, count: _Count, because: Because) -> Iterator[Evidence]:
        homes: dict[str, _Count] = defaultdict(_Count)
        for page, block in count.pages.items():
            homes[block.home].add(page, block)
        for where, found in sorted(homes.items()):
            if len(found.pages) >= LEAST:
                yield self._told(Sort.LABEL, label(key, where), found, because)

    def _is_title(self, seen: Iterable[Seen]) -> bool:
        return any(titles.key(block.text) in self.known for block in seen)

    def _judged_line(self, count: _Count) -> Because | None:
        seen, share = list(count.pages.values()), len(count.pages) / self._of(count)
        inside = any(map(self._inside, seen))
        if any(block.sentence for block in seen):
            least, wanted = (LEAST_AMONG, SENTENCE_SHARE) if inside else (LEAST_APART, APART_SHARE)
            sure = len(seen) >= least and share >= wanted and (not inside or self._at_an_edge(count))
            return Because.SENTENCE if sure else None
        if not inside:
            return Because.LABEL
        linked = all(block.linked >= 0.5 for block in seen)
        least, wanted = (LEAST_APART, APART_SHARE) if linked else (LEAST_AMONG, LABEL_SHARE)
        return Because.LABEL if len(seen) >= least and share >= wanted else None

    def _at_an_edge(self, count: _Count) -> bool:
        """Whether a sentence stands before all others on every page, or behind them, over some days."""
        days = {self.pages[page].read.day for page in count.pages}
        before = all(block.order < self.spans[page][0] for page, block in count.pages.items())
        behind = all(block.order > self.spans[page][1] for page, block in count.pages.items())
        return len(days) >= SENTENCE_DAYS and (before or behind)

    def _told(self, sort: Sort, words: str, count: _Count, because: Because) -> Evidence:
        stories = [self.pages[page].read for page in sorted(count.pages)]
        days = sorted(read.day for read in stories)
        return Evidence(
            sort=sort,
            words=words,
            shown=self._shown(sort, count),
            because=because,
            stories=len(stories),
            of=self._of(count),
            kept=len(count.kept),
            first=days[0],
            last=days[-1],
            examples=tuple(read.story for read in stories[:EXAMPLES]),
        )

    def _shown(self, sort: Sort, count: _Count) -> str:
        """As one page has it, but for headlines: those are of other stories, which may be taken down one day."""
        seen = count.pages[min(count.pages)]
        if sort in {Sort.LINE, Sort.LABEL}:
            return seen.text
        if sort is Sort.BOX:
            fixed = (each for each in count.several.values() if self._recurs(each) and not each.headline)
            seen = next((each for each in fixed if not self._is_title([each])), replace(seen, text=""))
        announces = bool(seen.before) and (seen.linked > 0 or sort is Sort.ANNOUNCEMENT)
        return f"{seen.before} …" if announces else seen.text


def _outside(block: Seen, box: str) -> tuple[str, ...]:
    """The boxes around one that a block lies in."""
    return block.boxes[block.boxes.index(box) + 1 :] if box in block.boxes else ()
