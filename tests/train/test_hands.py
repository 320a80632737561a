"""Lines to learn from: only what a person vouches for, cut from the right scan."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

from ocr.engines.cursive import Look
from ocr.errors import RecordError, ScanError
from ocr.recipe import Recipe
from ocr.tei.edit import AcceptLine, edit
from ocr.train.hands import KnownLine, known_lines, seen_lines, strange, told

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "output" / "notebook" / "page-0001.xml"
SCANS = ROOT / "scans" / "notebook"


def test_nothing_is_learnt_from_what_nobody_has_seen() -> None:
    assert list(known_lines([RECORD], SCANS, Recipe())) == []


def test_accepted_lines_come_with_their_pictures(tmp_path: Path) -> None:
    accepted = tmp_path / RECORD.name
    ids = ["s1_r1_l3", "s1_r1_l4"]
    accepted.write_bytes(
        edit(RECORD.read_bytes(), [AcceptLine(one) for one in ids], "А. Б.", "2026-11-22T12:00:00Z")
    )
    lines = list(known_lines([accepted], SCANS, Recipe()))
    assert [line.ident for line in lines] == ids
    assert all(line.text for line in lines)
    for line in lines:
        assert min(line.grey.shape) > 20
        assert (line.grey < 128).mean() > 0.003  # there is ink


def test_all_lines_are_seen_and_their_texts_are_not(tmp_path: Path) -> None:
    picture = tmp_path / "line_01.png"
    Image.fromarray(np.full((40, 200), 230, np.uint8)).save(picture)
    table = tmp_path / "lines.tsv"
    table.write_text(f"{picture.name}\tтекст\n", encoding="utf-8")
    lines = list(seen_lines([RECORD, table, picture], SCANS, Recipe()))
    assert len(lines) > 20
    assert {line.text for line in lines} == {""}
    assert [line.name for line in lines[-2:]] == ["lines.tsv, line_01.png", "line_01.png"]
    assert np.array_equal(lines[-2].grey, lines[-1].grey)


def test_a_scan_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"page-0001\.jpg.*--scans"):
        list(known_lines([RECORD], tmp_path, Recipe(), every=True))


def test_a_bad_row_is_named(tmp_path: Path) -> None:
    table = tmp_path / "lines.tsv"
    table.write_text("only a name\n", encoding="utf-8")
    with pytest.raises(ScanError, match="row 1"):
        list(known_lines([table], None, Recipe()))


class Reader:
    """Reads the text that the picture's mean grey stands for."""

    alphabet = "абвгдежз "

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts

    def look(self, grey: Any) -> Look:
        codes = [self.alphabet.index(c) + 1 for c in self._texts[int(grey[0, 0])]]
        path = [code for one in codes for code in (one, 0)]
        held = np.full((len(path), 1 + len(self.alphabet)), -9.0, np.float32)
        held[np.arange(len(path)), path] = 0.0
        return Look(held, None, 4.0)


def test_a_text_of_another_line_stands_out() -> None:
    texts = ["абвгд ежз", "где жаба", "еда вазе", "безе два", "зад аве"]
    lines = [
        KnownLine(Path("p.xml"), f"l{n}", np.full((9, 9), n, np.uint8), text) for n, text in enumerate(texts)
    ]
    model = cast(Any, Reader(texts))
    assert strange(lines, model) == []
    wrong = KnownLine(Path("p.xml"), "l9", np.full((9, 9), 0, np.uint8), "жжжжж зззз")
    assert strange([*lines, wrong], model) == [wrong]
    assert told([wrong]) == "p.xml, l9"
