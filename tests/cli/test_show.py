"""Tables of the terminal."""

from pathlib import Path

import pytest

from ocr.cli.show import print_agreement, print_estimate, print_report
from ocr.evaluate.agreement import agreement
from ocr.evaluate.bootstrap import Range
from ocr.evaluate.estimate import Estimate, PageEstimate
from ocr.evaluate.findings import find
from ocr.evaluate.scores import evaluate


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    for side, texts in {"truth": ("раз два", "три", ""), "found": ("рас два", "три", "")}.items():
        (tmp_path / side).mkdir()
        for n, text in enumerate(texts):
            (tmp_path / side / f"p{n}.txt").write_text(text, "utf-8")
    return tmp_path / "truth", tmp_path / "found"


def test_the_worst_page_comes_first_and_an_empty_one_has_no_bounds(
    sides: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    report = evaluate(*sides)
    print_report(report, find(report, draws=100), ())
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("p")]
    assert [row[0] for row in rows] == ["p0", "p1", "p2"]
    assert rows[0][-3:] == ["50.00", "%", "1/2"]
    assert rows[2][-1] == "0/0"


def test_two_transcribers_who_wrote_nothing_have_dashes(
    sides: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    print_agreement(agreement(sides[0] / "p2.txt", sides[1] / "p2.txt", draws=100))
    shown = capsys.readouterr().out.splitlines()
    assert shown[1].split() == ["strict", "–", "–"]
    assert shown[-1].startswith("Both transcriptions are empty")


def test_a_page_without_confidences_stands_last(capsys: pytest.CaptureFixture[str]) -> None:
    sure = Range(0.125, 0.1, 0.2)
    pages = (PageEstimate("a", 3, 9, 3, 0, None, None), PageEstimate("b", 3, 9, 0, 0, sure, sure))
    print_estimate(Estimate(0.95, 1, 100, 0, sure, None, pages, ()))
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[1][:4] == ["all", "12.50", "%", "10.00–20.00"]
    assert [row[0] for row in rows[2:4]] == ["b", "a"]
    assert rows[3] == ["a", "–", "–"]
