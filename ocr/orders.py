"""What is asked of a run, sheet by sheet, and what became of each."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ocr.errors import OcrError
from ocr.recipe import Recipe
from ocr.tei.flow import Ink


class Mode(StrEnum):
    """What happens to a scan whose TEI is already there. A corrected file is never overwritten."""

    DEFAULT = "default"
    """Read again only what changed: scan, settings, language data or engine."""
    FORCE = "force"
    """Read all again."""
    SKIP = "skip"
    """Leave every TEI that is there."""
    REDO = "redo"
    """Read all again; in corrected files the corrected words stay and the rest is renewed."""


class SheetOutcome(StrEnum):
    """What became of a sheet."""

    DONE = "done"
    PARTIAL = "partial"
    """Read, written and kept; but writing on it stands in no line, and is told as gaps with their places."""
    MERGED = "merged"
    UNCHANGED = "unchanged"
    CORRECTED = "corrected"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One sheet to read and where its record goes."""

    scan: Path
    target: Path
    sheet: int = 1
    read_from: Path | None = None
    """The scan that the standing record was read from, as an earlier run tells; None when none does."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What holds for every job of a run."""

    recipe: Recipe = field(default_factory=Recipe)
    mode: Mode = Mode.DEFAULT
    formats: tuple[str, ...] = ("tei",)
    explain: bool = False
    ink: Ink | None = None
    """Which inks NAME.txt holds; None: all, or what it held before."""
    timeout_s: float | None = 300.0
    """What a sheet may take from its beginning to its record."""
    when: str | None = None
    """The day (ISO 8601) that dates what the machine writes; None: nothing is dated."""
    hands_own: bool = False
    """The reader has learnt the hand of the page: corrected files, too, are read again when what they depend
    on has changed (their corrected words stay), and a reading with more doubt than the one that stands is not
    written."""

    @property
    def reading_s(self) -> float | None:
        """What is left for reading: an engine that ends by itself says more than a process that is killed."""
        return None if self.timeout_s is None else max(0.9 * self.timeout_s, self.timeout_s - 10.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one sheet, as told in run.jsonl. Unknown numbers are None."""

    scan: str
    sheet: int
    output: str
    outcome: SheetOutcome
    reason: str = ""
    exit_code: int = 0
    lines: int | None = None
    words: int | None = None
    unread_lines: int | None = None
    unread_places: int | None = None
    """Places that look like writing and stand in no line."""
    marked_ink_uncovered: float | None = None
    """The share of the ink marked as writing that stands in no line, 0 to 1."""
    mean_confidence: float | None = None
    """Mean probability of its words to be right, of those that tell one."""
    header_renewed: bool = False
    """What notebook.toml says is new, and was written into the header; nothing else of the record changed."""
    left_alone: tuple[str, ...] = ()
    """Files beside the record that somebody else wrote or changed, so that they were not renewed."""
    seconds: float = 0.0


class HandState(StrEnum):
    """What became of a hand that was to be learnt."""

    LEARNT = "learnt"
    """A model was written, and the pages were read again with it."""
    KNOWN = "known"
    """Nothing new to learn from: the pages are read with the model that was learnt before."""
    NOT_LEARNT = "not learnt"
    """The pages keep the readings that they have."""
    FAILED = "failed"
    """Learning broke off; the pages keep the readings that they have."""


@dataclass(frozen=True, slots=True)
class HandOutcome:
    """What became of one hand, as told in run.jsonl after the sheets. Unknown numbers are None."""

    hand: str
    outcome: HandState
    reason: str = ""
    exit_code: int = 0
    model: str | None = None
    """The file of the model that its pages are read with; None: the one that all begin with."""
    pages: int = 0
    lines: int | None = None
    """Lines that it was learnt from,"""
    corrected_lines: int | None = None
    """and how many of them a person vouches for."""
    expected_cer_before: float | None = None
    """Share of letters that its records expect to be wrong, before they were read again;"""
    expected_cer: float | None = None
    """and now (see ocr.evaluate.estimate)."""
    seconds: float = 0.0


def failed(job: Job, error: OcrError) -> Outcome:
    """The outcome of a page that could not be read."""
    return Outcome(
        str(job.scan), job.sheet, str(job.target), SheetOutcome.FAILED, str(error), exit_code=error.exit_code
    )
