from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from ocr.formats.found_lines import FoundWord
from ocr.formats.leaves import leaves_of
from ocr.geometry import Box
from tests.formats.test_found_lines import read
from tests.formats.test_leaves import ALTO, ORDER, pieces
from tests.formats.test_page_xml import WORDS, letters, of_pieces


@pytest.mark.parametrize("ns", ["http://www.loc.gov/standards/alto/ns-v2#", "urn:any", ""])
def test_alto(tmp_path: Path, ns: str) -> None:
    held = pieces(tmp_path, ALTO.format(ns=ns, unit="pixel", order=""))
    assert [p.text for p in held] == ["12 об.", "пар-", "тіи и, да", ""]
    assert (held[1].box, held[2].box) == (Box(1, 2, 11, 7), Box(0, 0, 4, 3))
    assert held[1].words == (FoundWord("пар-", 0.5, Box(1, 2, 5, 7)),)
    assert held[2].words == (
        FoundWord("тіи", None, None, (0.75, None, None)),
        FoundWord("и,", 0.1),
        FoundWord("да", None, None, (1.0, 0.0)),
    )
    assert [p.gaps for p in held] == [0, 0, 0, 1]
    other = pieces(tmp_path, ALTO.format(ns=ns, unit="mm10", order=ORDER))
    assert [p.text for p in other] == ["тіи и, да", "", "пар-", "12 об."]
    assert all(p.box is None for p in other)
    assert [len(leaf) for leaf in leaves_of(tmp_path / "p.xml")] == [4, 0]


def alto_string(word: str, at: int, spelt: bool) -> str:
    place = f'HPOS="{at}" WIDTH="9" HEIGHT="9" VPOS="0"'
    if spelt:
        glyphs = "".join(f'<Glyph CONTENT="{one}"/>' for one in word)
        return f'<String CONTENT="" {place}>{glyphs}</String>'
    return f'<String CONTENT="{word}" {place}/>'


@st.composite
def alto_block(draw: Any, depth: int = 0) -> tuple[str, str]:
    """A block or a line, and its text."""
    if depth > 2 or draw(st.booleans()):
        words = draw(WORDS)
        parts = []
        for at, word in enumerate(words):
            parts += [alto_string(word, 10 * at, draw(st.booleans())), draw(st.sampled_from(["", "<SP/>"]))]
        name = draw(st.sampled_from(["TextLine", "TextBlock"]))
        hyphen = draw(st.sampled_from(["", '<HYP CONTENT="-"/>']))
        return f"<{name}>{''.join(parts)}{hyphen}</{name}>", "".join(words) + "-" * bool(hyphen)
    held = draw(st.lists(alto_block(depth + 1), max_size=3))
    name = draw(st.sampled_from(["ComposedBlock", "TextBlock", "Illustration", "LaterBlock"]))
    return f"<{name}>{''.join(part for part, _ in held)}</{name}>", "".join(text for _, text in held)


SPACES = st.sampled_from(["PrintSpace", "TopMargin", "LeftMargin", "BottomMargin", "LaterSpace"])


@settings(deadline=None)  # files are written
@given(st.lists(st.tuples(SPACES, alto_block()), max_size=4))
def test_any_alto(
    tmp_path_factory: pytest.TempPathFactory, spaces: list[tuple[str, tuple[str, str]]]
) -> None:
    held = "".join(f"<{name}>{block}</{name}>" for name, (block, _) in spaces)
    text = f"<alto><Layout><Page>{held}</Page></Layout></alto>"
    pieces = read(tmp_path_factory.getbasetemp(), text, "alto.xml")
    assert of_pieces(pieces) == letters("".join(said for _, (_, said) in spaces))


@pytest.mark.parametrize(("gap", "text"), [(1, "да, нет"), (8, "да , нет")])
def test_words_of_alto_far_apart_are_words(tmp_path: Path, gap: int, text: str) -> None:
    def string(content: str, at: int) -> str:
        return f'<String CONTENT="{content}" HPOS="{at}" WIDTH="10" VPOS="0" HEIGHT="20"/>'

    line = f"{string('да', 0)}{string(',', 10 + gap)}<SP/>{string('нет', 60)}"
    block = f"<PrintSpace><TextBlock><TextLine>{line}</TextLine></TextBlock></PrintSpace>"
    held = f"<alto><Layout><Page>{block}</Page></Layout></alto>"
    assert [piece.text for piece in read(tmp_path, held, "a.xml")] == [text]
