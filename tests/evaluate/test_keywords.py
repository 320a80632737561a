"""Search judged against a truth: what is found, what is not, what is found wrongly."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocr.cli.app import app
from ocr.errors import ComparisonError
from ocr.evaluate.keywords import SearchScore, judge
from ocr.tei.flow import TextRules
from tests.search.collection import Drawn, folder_of, of_text


def _judged(tmp_path: Path, truth: str, lines: list[list[Drawn]], way: tuple[bool, int]) -> SearchScore:
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "1.txt").write_text(truth, "utf-8")
    folder = folder_of(tmp_path / "out", {"1.xml": lines})
    (score,) = judge(tmp_path / "truth", folder, rules=TextRules(), ways=[way], draws=100)
    return score


def test_what_is_read_rightly_is_found(tmp_path: Path) -> None:
    text = "Хлѣбъ и соль зем-\nли русской\nхлѣбъ"
    score = _judged(tmp_path, text, of_text(text), (False, 0))
    assert (score.keywords, score.places) == (4, 5)  # хлеб twice, соль, земли, русской
    assert (score.recall, score.recall_at_precision, score.average_precision.rate) == (1, 1, 1)


def test_rivals_slips_and_endings_find_more(tmp_path: Path) -> None:
    truth = "городъ городу лошади"
    lines: list[list[Drawn]] = [[("горохъ", 0.6), ("городе", 0.5, {"городу": 0.4}), ("ложади", 0.5)]]
    for n, (way, places, found) in enumerate(
        [((False, 0), 3, 1), ((False, 1), 3, 3), ((True, 0), 5, 2), ((True, 1), 5, 5)]
    ):
        folder = tmp_path / str(n)
        folder.mkdir()
        score = _judged(folder, truth, lines, way)
        assert (score.places, round(score.recall * score.places)) == (places, found), way


def test_wrong_hits_cost_precision(tmp_path: Path) -> None:
    lines: list[list[Drawn]] = [["домъ", "домъ", ("садъ", 0.5)]]
    score = _judged(tmp_path, "домъ дымъ садъ", lines, (False, 0))
    everything = score.curve[-1]
    assert (score.places, everything.hits) == (3, 3)
    assert score.recall == pytest.approx(2 / 3)
    assert everything.precision == pytest.approx(2 / 3)
    assert score.curve[0].hits == 2


def test_figures_worked_by_hand(tmp_path: Path) -> None:
    """Hits, the likeliest first: домъ right (precision 1/1), лѣсъ where садъ stands wrong, лѣсъ right (2/3).
    The average precision is the sum of the precisions at right hits over the three places."""
    lines: list[list[Drawn]] = [[("домъ", 0.9), ("лѣсъ", 0.8), ("лѣсъ", 0.5)]]
    score = _judged(tmp_path, "домъ садъ лѣсъ", lines, (False, 0))
    assert (score.keywords, score.places) == (3, 3)
    assert score.average_precision.rate == pytest.approx((1 / 1 + 2 / 3) / 3)
    assert score.recall == pytest.approx(2 / 3)
    assert score.recall_at_precision == pytest.approx(1 / 3)
    assert score.certainty_at_precision == 0.9
    for certainty, hits, recall, precision in (
        (0.9, 1, 1 / 3, 1),
        (0.6, 2, 1 / 3, 1 / 2),
        (0.5, 3, 2 / 3, 2 / 3),
    ):
        (point,) = (each for each in score.curve if each.certainty == certainty)
        assert point.hits == hits
        assert point.recall == pytest.approx(recall)
        assert point.precision == pytest.approx(precision)


def test_what_cannot_be_judged_is_refused(tmp_path: Path) -> None:
    for truth, lines in (("а и", of_text("а")), ("", of_text("а"))):
        folder = tmp_path / str(len(truth))
        folder.mkdir()
        with pytest.raises(ComparisonError):
            _judged(folder, truth, lines, (False, 0))


def test_the_command(tmp_path: Path) -> None:
    _judged(tmp_path, "хлѣбъ и соль", of_text("хлѣбъ и соль"), (False, 0))
    sides = [str(tmp_path / "truth"), str(tmp_path / "out")]
    shown = CliRunner().invoke(app, ["evaluate", *sides, "--search", "--draws", "100"])
    assert shown.exit_code == 0
    assert "100.00\u202f%" in shown.stdout
    answer = json.loads(CliRunner().invoke(app, ["evaluate", *sides, "--search", "--json"]).stdout)
    assert [way["recall"] for way in answer["search"]] == [1, 1, 1]
    assert CliRunner().invoke(app, ["evaluate", sides[0], "--search"]).exit_code != 0
