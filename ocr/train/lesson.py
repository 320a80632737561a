"""The lines that a hand is learnt from: a bounded number, spread over its pages.

More lines of one hand teach ever less, so learning does not cost more for more pages.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from ocr.corrections.view import view_of
from ocr.recipe import Recipe
from ocr.scan.scan_of import find_scan
from ocr.tei.parse import parse_tei
from ocr.train.hands import KnownLine, cut_lines, vouched_text

READER = "cursive"
"""The id of our recogniser in records: lines that another engine reads better are not learnt from."""
MOST_PAGES = 24
MOST_LINES = 160
MOST_CORRECTED = 80
"""Lines that a person vouches for are taken first, and so many of them at most."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class LessonPage:
    """A record and the scan that it was read from."""

    record: Path
    scan: Path


class VouchedLine(NamedTuple):
    """A line that a person vouches for."""

    ident: str
    text: str
    """All of it,"""
    written: str
    """and what of it a person wrote or accepted: the other words of a corrected line are the machine's, which
    may read them otherwise the next time."""


@dataclass(frozen=True, slots=True)
class PageLines:
    """What a page has to learn from: the ids of lines, in the order of the text."""

    page: LessonPage
    sha256: str
    """Of the scan."""
    sheet: int
    read: tuple[str, ...]
    """Lines as our recogniser read them;"""
    corrected: tuple[VouchedLine, ...]
    """those that a person vouches for."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """The lines chosen, by their pages; pages without any are left out."""

    pages: tuple[PageLines, ...]

    @property
    def lines(self) -> int:
        """How many they are."""
        return sum(len(page.read) + len(page.corrected) for page in self.pages)

    @property
    def corrected(self) -> int:
        """How many of them a person vouches for."""
        return sum(len(page.corrected) for page in self.pages)

    @property
    def corrections(self) -> str:
        """The sha256 of what persons wrote or accepted; empty where that is nothing."""
        words = [
            (page.sha256, page.sheet, [(line.ident, line.written) for line in page.corrected])
            for page in self.pages
            if page.corrected
        ]
        return hashlib.sha256(repr(words).encode("utf-8", "surrogatepass")).hexdigest() if words else ""


@dataclass(frozen=True, slots=True)
class LessonLearnt:
    """What came of a lesson."""

    model: Path | None
    """None when learning did not help: then nothing is written."""
    reason: str
    """What the check says, in words."""


def lines_on(page: LessonPage) -> PageLines:
    """All that a page has to learn from. RecordError when its record cannot be read."""
    record = view_of(page.record)
    # what another ink wrote on the page is another hand's
    others = {
        line.outline
        for surface in parse_tei(page.record).surfaces
        for region in surface.regions
        if region.hand
        for line in region.lines
    }
    read, corrected = [], []
    for line in record.lines:
        if line.outline is None or line.outline in others:
            continue
        # who corrected a word has looked at its line
        by_person = [token.text for token in line.tokens if token.machine is not None]
        text = vouched_text(line, record, every=bool(by_person))
        if text is not None:
            is_accepted = vouched_text(line, record) is not None
            corrected.append(VouchedLine(line.ident, text, text if is_accepted else " ".join(by_person)))
        elif line.by == READER and line.silence is None and line.state == record.state == "draft":
            read.append(line.ident)
    return PageLines(page, record.scan.sha256 or "", record.scan.sheet, tuple(read), tuple(corrected))


def lesson_of(pages: Sequence[PageLines]) -> Lesson:
    """The lines to learn from: pages with corrected lines first, all else evenly spread."""
    taken = spread([page for page in pages if page.corrected], MOST_PAGES)
    rest = [page for page in pages if page.read and not page.corrected]
    taken += spread(rest, MOST_PAGES - len(taken))
    taken.sort(key=pages.index)
    most = _each([len(page.corrected) for page in taken], MOST_CORRECTED)
    corrected = [tuple(spread(page.corrected, most)) for page in taken]
    left = MOST_LINES - sum(map(len, corrected))
    most = _each([len(page.read) for page in taken], left)
    return Lesson(
        tuple(
            PageLines(page.page, page.sha256, page.sheet, tuple(spread(page.read, most)), lines)
            for page, lines in zip(taken, corrected, strict=True)
            if lines or (page.read and most)
        )
    )


def cut(lesson: Lesson, recipe: Recipe) -> Iterator[KnownLine]:
    """The lines with their pictures; without a text where nobody vouches for one. ScanError when a scan
    cannot be read."""
    for page in lesson.pages:
        record = view_of(page.page.record)
        texts = dict.fromkeys(page.read, "") | {line.ident: line.text for line in page.corrected}
        wanted = [(line, texts[line.ident]) for line in record.lines if line.ident in texts]
        scan = find_scan(record.scan, [page.page.scan])
        yield from cut_lines(page.page.record, record, wanted, scan, recipe)


def spread(items: Sequence[Item], most: int) -> list[Item]:
    """So many of them at most, evenly spread from the first to the last."""
    if len(items) <= most:
        return list(items)
    return [items[(2 * n + 1) * len(items) // (2 * most)] for n in range(most)]


def _each(counts: Sequence[int], most: int) -> int:
    """So many may each have at most, for all together not to have more than `most`."""
    each = 0
    while each < max(counts, default=0) and sum(min(count, each + 1) for count in counts) <= most:
        each += 1
    return each
