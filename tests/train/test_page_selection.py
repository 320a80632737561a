"""The page that teaches most comes first, and what a page has taught the next need not teach."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

from ocr.engines.cursive import SHIPPED
from ocr.engines.decoding import DecodedLetter, DecodedLine
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import Texts, read_text
from ocr.train.hands import KnownLine
from ocr.train.page_selection import page_of, ranked, select_pages

PROSE = Path(__file__).parents[2] / "ocr" / "synth" / "prose.txt"


def written(text: str, sure: float) -> DecodedLine:
    return DecodedLine(tuple(DecodedLetter(one, sure, n, n + 1) for n, one in enumerate(text)))


def test_a_page_tells_what_is_doubtful() -> None:
    page = page_of("p", [written("аба", 0.75), DecodedLine()])
    assert page.letters == 3
    assert page.wrong == pytest.approx(0.75)
    assert page.pairs == Counter({" а": 1, "аб": 1, "ба": 1})
    assert page.doubt["ба"] == pytest.approx(0.25)


def test_doubtful_pages_come_first() -> None:
    sure, doubtful = page_of("sure", [written("мама", 0.99)]), page_of("doubtful", [written("рама", 0.5)])
    assert [one.page.name for one in ranked([sure, doubtful])] == ["doubtful", "sure"]


def test_pages_alike_teach_little_beyond_the_first() -> None:
    twins = [page_of(name, [written("жажда", 0.5)] * 6) for name in ("a", "b")]
    other = page_of("c", [written("этюд", 0.6)] * 6)
    found = ranked([*twins, other])
    assert [one.page.name for one in found] == ["a", "c", "b"]
    assert [one.gain for one in found] == sorted((one.gain for one in found), reverse=True)
    assert sum(one.gain for one in found) <= 1
    assert "of 30 letters wrong" in found[0].reason


def test_nothing_is_ranked_where_nothing_is_read() -> None:
    assert ranked([]) == []
    assert [one.gain for one in ranked([page_of("blank", [])])] == [0.0]


def test_pages_are_read_from_their_lines() -> None:
    lines = StrokeLines(Texts([read_text(PROSE)])).strips(12, 14)
    held = [
        KnownLine(Path("a.xml"), "l1", next(lines)[0], ""),
        KnownLine(Path("a.xml"), "l2", next(lines)[0], ""),
        KnownLine(Path("b.xml"), "l1", np.full((60, 300), 240, np.uint8), ""),
    ]
    found = select_pages(held, SHIPPED)
    assert [one.page.name for one in found] == ["a.xml", "b.xml"]
    assert found[0].gain > found[1].gain == 0
