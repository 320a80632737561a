"""What is asked of a run, and what became of a sheet."""

from pathlib import Path

from ocr.errors import ScanError
from ocr.orders import Job, RunSettings, SheetOutcome, failed


def test_a_page_takes_no_longer_than_it_may() -> None:
    for limit in (0.5, 60.0, 300.0):
        wanted = RunSettings(timeout_s=limit)
        assert wanted.reading_s is not None
        assert limit / 2 < wanted.reading_s < limit
    assert RunSettings(timeout_s=None).reading_s is None


def test_a_failed_page_has_the_code_and_the_sentence_of_its_error() -> None:
    outcome = failed(Job(Path("a.pdf"), Path("a.p0002.xml"), 2), ScanError("a.pdf is empty."))
    assert (outcome.outcome, outcome.sheet, outcome.exit_code) == (SheetOutcome.FAILED, 2, 4)
    assert (outcome.reason, outcome.lines, outcome.mean_confidence) == ("a.pdf is empty.", None, None)
