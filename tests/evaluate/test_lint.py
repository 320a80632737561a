import re
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from ocr.evaluate.lint import Flaw, FlawKind, lint, lint_path
from ocr.evaluate.pair import PageText

CORRECTED = Path(__file__).parents[2] / "../shared/peers/digital-peter/correction_info.txt"
TWINS = str.maketrans("aceiopxy", "асеіорху")


def flaws(*texts: str) -> list[tuple[int, FlawKind, str, str | None]]:
    told = lint((f"p{at}", PageText((), (text,))) for at, text in enumerate(texts))
    return [(one.column, one.kind, one.found, one.better) for one in told]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("слово cловo", [(7, FlawKind.ALPHABET, "c", "с"), (11, FlawKind.ALPHABET, "o", "о")]),
        ("дом c крышей", [(5, FlawKind.ALPHABET, "c", "с")]),
        ("глава XI и P. S. там", []),
        ("р s писал", [(1, FlawKind.ALPHABET, "р", "p")]),
        ("Internаtional слово", [(7, FlawKind.ALPHABET, "а", "a")]),
        ("слоzво", [(4, FlawKind.MIXED, "z", None)]),
        ("слоβво", [(4, FlawKind.MIXED, "β", None)]),
        ("два  слова ", [(4, FlawKind.SPACES, "  ", " "), (11, FlawKind.SPACES, " ", "")]),
        (" отступ", [(1, FlawKind.SPACES, " ", "")]),
        ("не\u00a0разрывный\tтаб", [(3, FlawKind.SPACES, "\u00a0", " "), (13, FlawKind.SPACES, "\t", " ")]),
        ("он сказал ``да``", [(at, FlawKind.QUOTES, "`", None) for at in (11, 12, 15, 16)]),
        ("об'явление с'езд под’езд", [(21, FlawKind.QUOTES, "’", "'")]),
        ("мои\u0306", [(3, FlawKind.FORM, "и\u0306", "й")]),
        ("а\u200bб\ufffd", [(2, FlawKind.CONTROL, "\u200b", ""), (4, FlawKind.CONTROL, "\ufffd", None)]),
        ("[здѣлал) того", [(8, FlawKind.BRACKETS, ")", None)]),
        ("здѣлал) того (и)", []),
        ("да\n  \nнет", [(1, FlawKind.EMPTY, "  ", None)]),
        ("да\n\nнет", []),
        ("", [(1, FlawKind.EMPTY, "", None)]),
        ("перенос\u00ad", []),
    ],
)
def test_flaws_of_a_line(text: str, told: list[tuple[int, FlawKind, str, str | None]]) -> None:
    assert flaws(text) == told


def test_the_rarer_way_is_the_flaw() -> None:
    assert flaws("iбо i мiр", "ібо") == [(1, FlawKind.ALPHABET, "і", "i")]
    assert flaws("ібо і мір", "iбо") == [(1, FlawKind.ALPHABET, "i", "і")]


def test_the_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "p1.txt").write_text("строка первая\nстрока  вторая", "utf-8")
    assert lint_path(tmp_path) == (Flaw("in/p1", 1, 2, 7, FlawKind.SPACES, "  ", " ", "строка  вторая"),)


def test_a_line_that_a_file_tells_of_without_text(tmp_path: Path) -> None:
    tei = '<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body><p>да<lb/><lb/>нет</p></body></text></TEI>'
    (tmp_path / "p.xml").write_text(tei, "utf-8")
    assert [(one.line, one.kind) for one in lint_path(tmp_path / "p.xml")] == [(2, FlawKind.EMPTY)]


@pytest.mark.skipif(not CORRECTED.exists(), reason="shared/peers is not here")
def test_the_corrections_of_digital_peter() -> None:
    """What its makers mended in letters and spaces is found in the old lines, and nothing in the new ones."""
    told = re.findall(r"^\[([\d_]+)\.txt\]: (.*?) --> (.*)$", CORRECTED.read_text("utf-8"), re.MULTILINE)
    assert len(told) == 91
    new = [(f"new {name}", PageText((), (line,))) for name, _, line in told]
    old = [(name, PageText((), (line,))) for name, line, _ in told]
    flawed = {one.page for one in lint(new + old)}
    assert not [name for name in flawed if name.startswith("new")]
    mended = {
        name
        for name, before, after in told
        if before.translate(TWINS) == after.translate(TWINS) or re.search(r"^ |  | $", before)
    }
    assert len(mended) == 75
    assert mended <= flawed


@given(st.lists(st.text(max_size=20), max_size=4))
def test_any_text_is_linted(texts: list[str]) -> None:
    for one in lint((f"p{at}", PageText((), (text,))) for at, text in enumerate(texts)):
        assert one.column >= 1
        assert one.found in one.around or one.kind is FlawKind.EMPTY or "\n" in one.around
