"""Whole pages: the truth is exact, the bytes are the same for a seed, bad wishes are refused in words.

`SYNTH_SEEDS=1000 pytest tests/synth/test_notebook.py` looks at so many seeds.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from ocr.errors import SettingsError
from ocr.page import Kind
from ocr.synth.compose import Habits
from ocr.synth.notebook import NotebookSettings, make, notebook
from ocr.synth.paper import Paper
from ocr.tei.validate import validate

OFTEN = Habits(struck=0.3, inserted=0.3, underlined=0.3, noted=0.3)
SMALL = NotebookSettings(dpi=100, lines=4, size_mm=(120.0, 90.0), habits=OFTEN)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make(tmp_path / name, 2, 7, SMALL)
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    assert len(list((tmp_path / "one").iterdir())) == 6


def test_the_record_is_valid_and_speaks_of_the_picture(tmp_path: Path) -> None:
    make(tmp_path, 3, 1, replace(SMALL, spreads=0.5))
    for path in sorted(tmp_path.glob("*.xml")):
        assert validate(path) == []
    for made in notebook(2, 3, SMALL):
        assert made.page.source.sha256 == hashlib.sha256(made.jpeg).hexdigest()
        assert made.pixels.shape[:2] == (made.page.source.height_px, made.page.source.width_px)
        told = [line.text for line in made.page.lines if line.kind is not Kind.STRUCK]
        assert made.text.splitlines() == told


def test_text_runs_on_from_page_to_page() -> None:
    wish = replace(SMALL, habits=Habits(0, 0, 0, 0, divided=1), modern=True, once=True)
    prose = " ".join(f"слово{k}" for k in range(60))
    told = " ".join(made.text.replace("\n", " ") for made in notebook(30, 2, wish, prose))
    folios = {
        line.text
        for made in notebook(30, 2, wish, prose)
        for line in made.page.lines
        if line.kind is Kind.NUMBER
    }
    words = [word for word in told.split() if word not in folios]
    assert " ".join(words).replace("- ", "") == prose


@pytest.mark.parametrize(
    ("wish", "text", "told"),
    [
        (SMALL, "", "nothing to write"),
        (SMALL, "слово 漢", "No hand can write 漢"),
        (replace(SMALL, skip_unknown=True), "漢", "nothing to write"),
        (replace(SMALL, dpi=9), "слово", "9 dpi is out of range"),
        (replace(SMALL, size_mm=(14.0, 90.0), paper=Paper.LEDGER), "щука", "Not one letter"),
    ],
)
def test_bad_wishes_are_refused_in_words(wish: NotebookSettings, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        list(notebook(1, 1, wish, text))


def test_unknown_characters_can_be_skipped() -> None:
    made = next(notebook(1, 1, replace(SMALL, skip_unknown=True, modern=True), "слово漢 дело"))
    assert "漢" not in made.text
    assert "слово" in made.text
