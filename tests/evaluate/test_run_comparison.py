from pathlib import Path

import pytest

from ocr.errors import ComparisonError
from ocr.evaluate.run_comparison import compare_runs
from ocr.evaluate.scores import Report, evaluate

TRUTH = {"a": "мама мыла раму\nпапа спал", "b": "вечер был тих"}
WORSE = {"a": "мама мыло рому\nлишнее тут\nпапа спал", "b": "вечер бл тх"}
BETTER = {"a": "мама мыла рому\nпапа спал", "b": "вечер был тих"}


def report(folder: Path, name: str, run: dict[str, str], truth: dict[str, str] | None = None) -> Report:
    for side, texts in ((f"{name}-truth", truth or TRUTH), (name, run)):
        (folder / side).mkdir()
        for page, text in texts.items():
            (folder / side / f"{page}.txt").write_text(text, "utf-8")
    return evaluate(folder / f"{name}-truth", folder / name)


def test_errors_of_both_runs_line_by_line(tmp_path: Path) -> None:
    worse, better = report(tmp_path, "worse", WORSE), report(tmp_path, "better", BETTER)
    comparisons, alone = compare_runs(worse, better)
    assert alone == ()
    assert [runs.profile for runs in comparisons] == [profile.name for profile in worse.profiles]
    for place, runs in enumerate(comparisons):
        for unit in ("letters", "words"):
            found = getattr(runs, unit)
            for contest, one, other in zip(found.contests, worse.pages, better.pages, strict=True):
                first, second = getattr(one.scores[place], unit), getattr(other.scores[place], unit)
                assert contest == type(contest)(one.name, first.errors, second.errors, first.truth)
            assert found.difference.rate < 0


def test_pages_of_one_run_only(tmp_path: Path) -> None:
    one = report(tmp_path, "one", WORSE)
    other = report(tmp_path, "other", {"a": "мама"}, {"a": TRUTH["a"]})
    comparisons, alone = compare_runs(one, other)
    assert alone == ("b",)
    assert [contest.name for contest in comparisons[0].letters.contests] == ["a"]


def test_two_truths_are_no_comparison(tmp_path: Path) -> None:
    one = report(tmp_path, "one", WORSE)
    other = report(tmp_path, "other", WORSE, {"a": "иное", "b": "другое"})
    with pytest.raises(ComparisonError, match="truth of a"):
        compare_runs(one, other)
    better_fits = report(tmp_path, "third", {"c": "в"}, {"c": "в"})
    with pytest.raises(ComparisonError, match="No page"):
        compare_runs(one, better_fits)
