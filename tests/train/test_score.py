"""What a net is worth on lines held back: counted by the evaluator, over all lines and for each hand."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rapidfuzz.distance import Levenshtein

pytest.importorskip("torch", reason="the extra `train` is not installed")

from ocr.errors import ScanError
from ocr.train import score
from ocr.train.net import Net
from ocr.train.score import HeldBack, old_mapped

ALPHABET = "абвгде ѣъ"


def _table(folder: Path, rows: dict[str, str]) -> Path:
    for width, name in enumerate(rows, 80):
        Image.fromarray(np.full((48, width), 250, np.uint8)).save(folder / name)
    path = folder / "lines.tsv"
    path.write_text("".join(f"{name}\t{text}\n" for name, text in rows.items()), encoding="utf-8")
    return path


def _scored(folder: Path, monkeypatch: pytest.MonkeyPatch, lines: dict[str, tuple[str, str]]) -> object:
    """The scores when of each picture's (text, reading) the net reads the second."""
    readings = iter([reading for _, reading in lines.values()])
    monkeypatch.setattr(score, "net_text", lambda *_: next(readings))
    held_back = HeldBack(_table(folder, {name: text for name, (text, _) in lines.items()}), ALPHABET)
    return held_back(Net(len(ALPHABET)))


def test_rates_are_errors_per_letter_over_all_lines_and_for_each_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = {
        "anna_1.png": ("где бѣда", "где беда"),
        "anna_2.png": ("вебъ", "вез б"),
        "egor_1.png": ("а б в г", "абв"),
    }
    pairs = list(lines.values())
    mapped = [(old_mapped(text), old_mapped(reading)) for text, reading in pairs]

    def rate(some: list[tuple[str, str]]) -> float:
        letters = sum(len(text) for text, _ in some)
        return round(sum(Levenshtein.distance(*pair) for pair in some) / letters, 4)

    assert _scored(tmp_path, monkeypatch, lines) == {
        "cer": rate(pairs),
        "mapped": rate(mapped),
        "hands": {"anna": rate(pairs[:2]), "egor": rate(pairs[2:])},
        "read": ["где беда", "вез б"],
    }


def test_a_hand_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named like a total, or without a name: its lines count once in the totals and stand for themselves."""
    lines = {
        "mapped_1.png": ("абвг", "абва"),
        "_1.png": ("аб", "аб"),
        "egor_1.png": ("бѣ", "бе"),
    }
    assert _scored(tmp_path, monkeypatch, lines) == {
        "cer": 0.25,
        "mapped": 0.125,
        "hands": {"mapped": 0.25, "": 0.0, "egor": 0.5},
        "read": ["абва", "аб"],
    }


def test_a_hand_without_a_letter_has_no_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = _scored(tmp_path, monkeypatch, {"anna_1.png": ("", "а"), "egor_1.png": ("аб", "аб")})
    assert isinstance(scores, dict)
    assert scores["hands"] == {"anna": None, "egor": 0.0}
    assert scores["cer"] == 0.5


def test_a_table_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="holds no text"):
        HeldBack(_table(tmp_path, {"anna_1.png": " "}), ALPHABET)
