from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from ocr.formats.found_lines import FoundLine, FoundWord
from ocr.geometry import Box
from tests.formats.test_found_lines import read
from tests.formats.test_leaves import PAGE, PAGE_NS, pieces


@pytest.mark.parametrize("ns", [PAGE_NS + "2010-03-19", PAGE_NS + "2013-07-15", PAGE_NS + "2019-07-15", ""])
def test_page(tmp_path: Path, ns: str) -> None:
    held = pieces(tmp_path, PAGE.format(ns=ns))
    assert [(p.ident, p.text) for p in held] == [
        ("r2", "одна"),
        ("r2", "другая"),
        ("l1", "да нѣ"),
        ("l2", "вторая стро-"),
        ("l3", ""),
        ("l4", ""),
    ]
    assert [p.gaps for p in held] == [0, 0, 0, 0, 0, 1]
    assert held[2].words == (
        FoundWord("да", 0.25, Box(1, 2, 3, 4), (0.9, None)),
        FoundWord("нѣ", None, Box(7, 8, 9, 12)),
    )
    assert (held[3].box, held[3].confidence, held[3].words) == (Box(5, 10, 90, 40), 0.5, ())


def test_regions_named_twice_are_read_twice_not_lost(tmp_path: Path) -> None:
    region = (
        "<TextRegion id='r'><TextLine><TextEquiv><Unicode>{}</Unicode></TextEquiv></TextLine></TextRegion>"
    )
    order = (
        "<ReadingOrder><UnorderedGroup><RegionRef regionRef='r'/><RegionRef regionRef='r'/></UnorderedGroup>"
    )
    text = f"<PcGts><Page>{order}</ReadingOrder>{region.format('a')}{region.format('b')}</Page></PcGts>"
    assert sorted(p.text for p in pieces(tmp_path, text)) == ["a", "b"]


WORD = st.text("абвгдѣ", min_size=1, max_size=4)


WORDS = st.lists(WORD, min_size=1, max_size=3)


def letters(text: str) -> Counter[str]:
    return Counter(text.replace(" ", "").replace("\n", ""))


def of_pieces(pieces: list[FoundLine]) -> Counter[str]:
    return letters("".join(piece.text for piece in pieces))


def equiv(text: str, index: int | None = None) -> str:
    at = "" if index is None else f' index="{index}"'
    return f"<TextEquiv{at}><Unicode>{text}</Unicode></TextEquiv>"


def page_word(word: str, spelt: bool) -> str:
    if not spelt:
        return f"<Word>{equiv(word)}</Word>"
    return f"<Word>{equiv('')}{''.join(f'<Glyph>{equiv(one)}</Glyph>' for one in word)}</Word>"


@st.composite
def page_line(draw: Any) -> tuple[str, str]:
    """A TextLine and its text, told by itself, by its words or letters, or by a later TextEquiv."""
    words = draw(WORDS)
    text = " ".join(words)
    told = draw(st.sampled_from(["line", "second", "plain", "words", "letters", "empty over words"]))
    inner = {
        "line": equiv(text),
        "second": equiv("", 0) + equiv(text, 1),
        "plain": f"<TextEquiv><PlainText>{text}</PlainText><Unicode/></TextEquiv>",
        "words": "".join(page_word(word, False) for word in words),
        "letters": "".join(page_word(word, True) for word in words),
        "empty over words": "".join(page_word(word, False) for word in words) + equiv(""),
    }[told]
    return f"<TextLine>{inner}</TextLine>", text


@st.composite
def page_region(draw: Any, depth: int = 0) -> tuple[str, str, int]:
    """A region, its text, and how many gaps it must tell at least."""
    kind = draw(st.sampled_from(["lines", "own text", "text over empty lines", "text beyond lines"]))
    parts, said, gaps = [], [], 0
    blank = draw(st.sampled_from(["<TextLine/>", f"<TextLine>{equiv('')}</TextLine>"]))
    if kind in {"lines", "text beyond lines"}:
        for line, text in draw(st.lists(page_line(), min_size=1, max_size=3)):
            parts.append(line)
            said.append(text)
    if kind == "text beyond lines":
        parts += [blank, equiv("\n".join([*said, "лишнее"]))]
        gaps = 1
    elif kind != "lines":
        said = draw(st.lists(WORD, min_size=1, max_size=3))
        empty = draw(st.integers(1, 3)) if kind == "text over empty lines" else 0
        parts = [blank] * empty + [equiv("\n".join(said))]
    if kind == "lines" and depth < 3:
        for inner, text, more in draw(st.lists(page_region(depth + 1), max_size=2)):
            parts.append(inner)
            said.append(text)
            gaps += more
    name = draw(st.sampled_from(["TextRegion", "TableRegion", "TableCell", "ChartRegion", "LaterRegion"]))
    ident = draw(st.sampled_from(["", ' id="named"', ' row="0" col="1"']))
    return f"<{name}{ident}>{''.join(parts)}</{name}>", " ".join(said), gaps


@settings(deadline=None)  # files are written
@given(st.lists(page_region(), max_size=4), st.booleans())
def test_any_page(
    tmp_path_factory: pytest.TempPathFactory, regions: list[tuple[str, str, int]], ordered: bool
) -> None:
    ref = '<RegionRefIndexed index="0" regionRef="named"/>'
    order = f"<ReadingOrder><OrderedGroup>{ref}</OrderedGroup></ReadingOrder>"
    text = f"<PcGts><Page>{order * ordered}{''.join(region for region, _, _ in regions)}</Page></PcGts>"
    pieces = read(tmp_path_factory.getbasetemp(), text, "page.xml")
    assert of_pieces(pieces) == letters("".join(said for _, said, _ in regions))
    assert sum(piece.gaps for piece in pieces) >= sum(gaps for _, _, gaps in regions)


def test_a_regions_rows_stand_at_its_empty_lines(tmp_path: Path) -> None:
    lines = "".join(f'<TextLine id="l{n}"><Coords points="0,{n} 9,{n}9"/></TextLine>' for n in (1, 2))
    text = (
        f"<PcGts><Page><TextRegion id='r'>{lines}{equiv('раз' + chr(10) + 'два')}</TextRegion></Page></PcGts>"
    )
    held = read(tmp_path, text, "p.xml")
    assert [(piece.text, piece.ident, piece.gaps) for piece in held] == [("раз", "l1", 0), ("два", "l2", 0)]
    assert all(piece.box for piece in held)


def test_cells_stand_row_by_row(tmp_path: Path) -> None:
    def cell(row: int, column: int) -> str:
        line = f"<TextLine>{equiv(f'{row}{column}')}</TextLine>"
        return f'<TableCell id="c{row}{column}" row="{row}" col="{column}">{line}</TableCell>'

    cells = "".join(cell(row, column) for column in range(2) for row in range(11))
    after = f"<TextRegion><TextLine>{equiv('после')}</TextLine></TextRegion>"
    text = f"<PcGts><Page><TableRegion id='t'>{cells}</TableRegion>{after}</Page></PcGts>"
    wanted = [f"{row}{column}" for row in range(11) for column in range(2)]
    assert [piece.text for piece in read(tmp_path, text, "p.xml")] == [*wanted, "после"]
