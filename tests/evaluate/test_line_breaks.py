"""A truth without line breaks: the same rates, blocks and fates from the lines of the reading."""

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from ocr.evaluate.findings import find
from ocr.evaluate.line_breaks import with_lines
from ocr.evaluate.pair import PageText, Pair
from ocr.evaluate.run_comparison import compare_runs
from ocr.evaluate.scores import EvaluateSettings, Report, evaluate, score_page
from ocr.report.advice import advice
from tests.drawn import TEXT

MISREAD = tuple(line.replace("ѣ", "е").replace("ъ ", "ь ") for line in TEXT)


def page(truth: str, found: str) -> Pair:
    return Pair("p", PageText((Path("t.txt"),), (truth,)), PageText((Path("f.txt"),), (found,)))


def report(folder: Path, truth: str, found: str) -> Report:
    for name, text in (("t.txt", truth), ("f.txt", found)):
        (folder / name).write_text(text, "utf-8")
    return evaluate(folder / "t.txt", folder / "f.txt")


def test_blocks_and_fates_are_those_of_the_readings_lines(tmp_path: Path) -> None:
    with_breaks = report(tmp_path, "\n".join(TEXT), "\n".join(MISREAD))
    without = report(tmp_path, " ".join(TEXT), "\n".join(MISREAD))
    assert [one.letters for one in without.pages[0].scores] == [
        one.letters for one in with_breaks.pages[0].scores
    ]
    assert [line.truth for line in without.pages[0].lines] == list(TEXT)
    assert {str(line.outcome) for line in without.pages[0].lines} == {"read"}
    sure, wanted = (find(one).intervals[0].cer for one in (without, with_breaks))
    assert sure is not None
    assert wanted is not None
    assert (sure.low, sure.high, sure.lines) == (wanted.low, wanted.high, wanted.lines)
    assert next(key for key, _ in advice(without, find(without))) == "next.letters"
    assert any("no line breaks" in remark for remark in without.remarks)
    assert with_breaks.unbroken == ()


def test_a_line_that_the_reading_lost_is_missed(tmp_path: Path) -> None:
    held = report(tmp_path, " ".join(TEXT), "\n".join([*MISREAD[:4], *MISREAD[5:]]))
    assert [str(line.outcome) for line in held.pages[0].lines].count("missed") == 1
    assert {str(line.outcome) for line in held.pages[0].lines} == {"read", "missed"}


def test_a_reading_without_line_breaks_gets_those_of_the_truth(tmp_path: Path) -> None:
    held = report(tmp_path, "\n".join(TEXT), " ".join(MISREAD))
    assert {str(line.outcome) for line in held.pages[0].lines} == {"read"}
    assert held.unbroken == ("t",)


def test_two_runs_are_compared_line_by_line(tmp_path: Path) -> None:
    first = report(tmp_path, " ".join(TEXT), "\n".join(MISREAD))
    (tmp_path / "g.txt").write_text("\n".join(MISREAD[:6]) + " " + " ".join(TEXT[6:]), "utf-8")
    second = evaluate(tmp_path / "t.txt", tmp_path / "g.txt", like=first)
    (strict, *_), _ = compare_runs(first, second)
    assert strict.letters.difference.lines == len(TEXT)


@pytest.mark.parametrize(
    ("truth", "found"),
    [("раз", "раз\nдва"), ("", "а\nб\nв"), ("раз два\nтри", "раз\nдва\nтри"), ("а\nб", "")],
)
def test_texts_with_lines_stay(truth: str, found: str) -> None:
    one = page(truth, found)
    assert with_lines(one) is one


LINES = st.lists(st.text("абвъѣ-. \u0301", min_size=1, max_size=30), max_size=12)


@given(LINES, LINES, st.booleans())
def test_no_rate_changes(truth: list[str], found: list[str], alike: bool) -> None:
    one = page(" ".join(truth), "\n".join(truth if alike else found))
    cut = with_lines(one)
    settings = EvaluateSettings()
    assert cut.truth.text.replace("\n", " ").split() == one.truth.text.split()
    assert score_page(cut, settings).scores == score_page(one, settings).scores
