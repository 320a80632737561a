from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from ocr.formats.found_lines import FoundWord
from ocr.formats.leaves import leaves_of
from ocr.geometry import Box
from tests.formats.test_found_lines import read
from tests.formats.test_leaves import HOCR, XHTML, pieces
from tests.formats.test_page_xml import WORDS, letters, of_pieces


@pytest.mark.parametrize(
    ("name", "head", "ns", "close", "nbsp"),
    [
        ("p.hocr", XHTML, ' xmlns="http://www.w3.org/1999/xhtml"', "/", "ѣ"),
        ("p.xml", XHTML, ' xmlns="http://www.w3.org/1999/xhtml"', "/", "ѣ"),
        ("p.html", "<!DOCTYPE html>\n", "", "", "ѣ&nbsp;"),
        ("p.hocr", "", "", "", "ѣ"),
    ],
)
def test_hocr(tmp_path: Path, name: str, head: str, ns: str, close: str, nbsp: str) -> None:
    held = pieces(tmp_path, HOCR.format(head=head, ns=ns, close=close, nbsp=nbsp), name)
    assert [(p.ident, p.text) for p in held] == [("l1", "да нѣ"), ("l2", "за-")]
    assert held[0].box == Box(1, 2, 30, 9)
    assert held[0].words == (
        FoundWord("да", 0.93, Box(1, 2, 9, 9)),
        FoundWord("нѣ", 0.4, Box(12, 2, 30, 9), (0.9, 0.105)),
    )
    assert [len(leaf) for leaf in leaves_of(tmp_path / name)] == [2, 0]


BLOCKS = [
    "p class='ocr_par'",
    "div class='ocr_carea'",
    "span class='ocr_line'",
    "span class='ocr_header'",
    "b",
    "span class='ocrx_word'",
    "div class='ocr_page'",
    "td",
    "span",
    "div class='ocr_later'",
]


@st.composite
def hocr_block(draw: Any, depth: int = 0) -> tuple[str, str]:
    """Any of the elements of hOCR within any other, and its text."""
    if depth > 3 or draw(st.integers(0, 2)) == 0:
        text = " ".join(draw(WORDS))
        return text, text
    parts, said = [], []
    for part, text in draw(st.lists(hocr_block(depth + 1), max_size=3)):
        parts += [part, draw(st.sampled_from(["", " ", "<br/>"]))]
        said.append(text)
    name = draw(st.sampled_from(BLOCKS))
    return f"<{name}>{''.join(parts)}</{name.split()[0]}>", " ".join(said)


@settings(deadline=None)  # files are written
@given(st.lists(hocr_block(), max_size=4))
def test_any_hocr(tmp_path_factory: pytest.TempPathFactory, blocks: list[tuple[str, str]]) -> None:
    page = f"<div class='ocr_page'>{''.join(block for block, _ in blocks)}</div>"
    text = f"<html><head><title>нет</title></head><body>{page}</body></html>"
    pieces = read(tmp_path_factory.getbasetemp(), text, "p.hocr")
    assert of_pieces(pieces) == letters("".join(said for _, said in blocks))


LINE = "<span class='ocr_line'>{}</span>"


W = "<span class='ocrx_word'>{}</span>"


@pytest.mark.parametrize(
    ("held", "lines"),
    [
        (f"<p class='ocr_par'>{W.format('слово')} {W.format('второе')}</p>", ["слово второе"]),
        (LINE.format("а") + f"<p class='ocr_par'>{W.format('б')}</p>" + LINE.format("в"), ["а", "б", "в"]),
        (LINE.format(W.format("раз") + " " + W.format("два") + W.format("три")), ["раз два три"]),
        (LINE.format(W.format("пар") + "-" + W.format("тии")), ["пар-тии"]),
        ("<p class='ocr_par'>одна<br/>другая</p>", ["одна", "другая"]),
        (f"<div class='ocr_header'>{W.format('12')}{LINE.format('глава')}</div>", ["12", "глава"]),
        (f"{W.format('а')}<div class='ocr_par'>{W.format('б')}</div>", ["а", "б"]),
    ],
)
def test_words_outside_lines_of_hocr(tmp_path: Path, held: str, lines: list[str]) -> None:
    text = f"<html><body><div class='ocr_page'>{held}</div></body></html>"
    assert [piece.text for piece in read(tmp_path, text, "p.hocr")] == lines
    bare = f"<html><body>{held}</body></html>"
    if "ocrx_word" in held:
        assert [piece.text for piece in read(tmp_path, bare, "p.hocr")] == lines
