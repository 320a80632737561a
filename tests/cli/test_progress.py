"""What the user sees of a run: the bar, what is said above it, and when run.jsonl is begun."""

import io
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from ocr.batch import Progress
from ocr.cli import progress as cli_progress
from ocr.cli.progress import follow, time_left_s
from ocr.errors import OutputError, ScanError
from ocr.orders import Job, Outcome, SheetOutcome


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal of 100 letters."""
    shown = io.StringIO()

    def console(**_: object) -> Console:
        return Console(file=shown, force_terminal=True, width=100, color_system=None)

    monkeypatch.setattr(cli_progress, "Console", console)
    return shown


def page(name: str, what: SheetOutcome = SheetOutcome.DONE, code: int = 0) -> Outcome:
    return Outcome(name, 1, f"out/{name}", what, "a reason" if code else "", code, seconds=4.0)


def job(name: str, sheet: int = 1) -> Job:
    return Job(Path(name), Path("out") / name, sheet)


def test_the_bar_is_seen_before_anything_is_opened_and_names_the_page(
    screen: io.StringIO, tmp_path: Path
) -> None:
    def begin() -> Generator[Progress]:
        assert "starting" in screen.getvalue()
        return run()

    def run() -> Generator[Progress]:
        yield Progress(3)
        yield Progress(3, awaited=job("scans/л. 12 об.jpg"))
        yield Progress(5, page("a"), counted=True)
        yield Progress(5, awaited=job("книга.pdf", 2), counted=True)
        yield Progress(5, page("b", SheetOutcome.FAILED, 4), counted=True)

    assert follow(begin, tmp_path, jobs=1, halt_after=0) == 4
    shown = screen.getvalue()
    assert "failed: b, sheet 1: a reason" in shown
    assert "1 done, 1 failed; details in" in shown
    assert "книга.pdf, sheet 2" in shown
    assert "2/5" in shown
    assert "0:12 left" in shown
    assert len((tmp_path / "run.jsonl").read_text().splitlines()) == 2


def test_an_error_before_any_page_leaves_the_old_run_jsonl(screen: io.StringIO, tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_text("old\n")

    def begin() -> Generator[Progress]:
        yield Progress(3)
        raise ScanError("No.")

    with pytest.raises(ScanError):
        follow(begin, tmp_path, jobs=1, halt_after=0)
    assert (tmp_path / "run.jsonl").read_text() == "old\n"


def test_a_run_jsonl_that_was_taken_away_is_told(screen: io.StringIO, tmp_path: Path) -> None:
    def begin() -> Generator[Progress]:
        yield Progress(1, page("a"))
        (tmp_path / "run.jsonl").unlink()

    with pytest.raises(OutputError, match=r"run\.jsonl was removed"):
        follow(begin, tmp_path, jobs=1, halt_after=0)


def test_an_interrupted_run_is_ended_before_that_is_said(screen: io.StringIO, tmp_path: Path) -> None:
    ended: list[bool] = []

    def begin() -> Generator[Progress]:
        try:
            yield Progress(2, page("a"))
            raise KeyboardInterrupt
        finally:
            ended.append("Interrupted" in screen.getvalue())

    assert follow(begin, tmp_path, jobs=1, halt_after=0) == 130
    assert ended == [False]
    assert "goes on from here" in screen.getvalue()


def test_many_files_left_alone_are_counted(screen: io.StringIO, tmp_path: Path) -> None:
    def begin() -> Generator[Progress]:
        for number in range(8):
            outcome = Outcome("a", number, "a", SheetOutcome.CORRECTED, left_alone=(f"out/{number}.txt",))
            yield Progress(8, outcome)

    assert follow(begin, tmp_path, jobs=1, halt_after=0) == 0
    assert screen.getvalue().count("left as it is: out/") == 5
    assert "3 more such files" in screen.getvalue()


@pytest.mark.parametrize(
    ("latest", "jobs", "sheets", "expected"),
    [
        ([], 1, 5, None),
        ([4.0], 1, 5, 20.0),
        ([2.0, 4.0], 2, 10, 15.0),
        ([4.0], 8, 2, 4.0),
        ([4.0], 2, 0, 0.0),
    ],
)
def test_time_left(latest: list[float], jobs: int, sheets: int, expected: float | None) -> None:
    assert time_left_s(latest, jobs, sheets) == expected


def test_a_link_in_place_of_run_jsonl_is_not_written_through(screen: io.StringIO, tmp_path: Path) -> None:
    def begin() -> Generator[Progress]:
        yield Progress(1, page("a"))

    (tmp_path / "mine").write_text("dear", "utf-8")
    (tmp_path / "run.jsonl").symlink_to(tmp_path / "mine")
    with pytest.raises(OutputError, match="a link lies there"):
        follow(begin, tmp_path, jobs=1, halt_after=0)
    assert (tmp_path / "mine").read_text("utf-8") == "dear"


def test_the_sum_tells_pages_without_text_and_the_most_doubtful_one(
    screen: io.StringIO, tmp_path: Path
) -> None:
    def begin() -> Generator[Progress]:
        for number in range(7):
            yield Progress(10, replace(page(f"blank{number}"), lines=0, words=0))
        yield Progress(10, replace(page("a"), lines=3, words=30, mean_confidence=0.9))
        yield Progress(10, replace(page("b.pdf"), sheet=2, lines=1, words=10, mean_confidence=0.5))
        yield Progress(10, page("c", SheetOutcome.FAILED, 4))

    assert follow(begin, tmp_path, jobs=1, halt_after=0) == 4
    shown = screen.getvalue()
    assert "no text found on 7 pages: blank0, blank1, blank2, blank3, blank4 and 2 more" in shown
    assert "words expected right: 80% of 40; fewest on b.pdf, sheet 2 (50%)" in shown


def test_the_sum_says_nothing_of_words_where_none_tells_its_confidence(
    screen: io.StringIO, tmp_path: Path
) -> None:
    def begin() -> Generator[Progress]:
        yield Progress(1, replace(page("a"), lines=3, words=30))

    assert follow(begin, tmp_path, jobs=1, halt_after=0) == 0
    assert "expected right" not in screen.getvalue()
    assert "no text" not in screen.getvalue()
