"""Every letter that a file of another program holds is read, or a gap tells of it, wherever it stands."""

from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from ocr.formats.found_lines import FoundLine
from ocr.formats.leaves import leaves_of

WORD = st.text("абвгдѣ", min_size=1, max_size=4)
WORDS = st.lists(WORD, min_size=1, max_size=3)


def read(folder: Path, text: str, name: str) -> list[FoundLine]:
    path = folder / name
    path.write_text(text, "utf-8")
    return [piece for leaf in leaves_of(path) for piece in leaf]


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
def test_page(
    tmp_path_factory: pytest.TempPathFactory, regions: list[tuple[str, str, int]], ordered: bool
) -> None:
    ref = '<RegionRefIndexed index="0" regionRef="named"/>'
    order = f"<ReadingOrder><OrderedGroup>{ref}</OrderedGroup></ReadingOrder>"
    text = f"<PcGts><Page>{order * ordered}{''.join(region for region, _, _ in regions)}</Page></PcGts>"
    pieces = read(tmp_path_factory.getbasetemp(), text, "page.xml")
    assert of_pieces(pieces) == letters("".join(said for _, said, _ in regions))
    assert sum(piece.gaps for piece in pieces) >= sum(gaps for _, _, gaps in regions)


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
def test_alto(tmp_path_factory: pytest.TempPathFactory, spaces: list[tuple[str, tuple[str, str]]]) -> None:
    held = "".join(f"<{name}>{block}</{name}>" for name, (block, _) in spaces)
    text = f"<alto><Layout><Page>{held}</Page></Layout></alto>"
    pieces = read(tmp_path_factory.getbasetemp(), text, "alto.xml")
    assert of_pieces(pieces) == letters("".join(said for _, (_, said) in spaces))


HOCR = ["p class='ocr_par'", "div class='ocr_carea'", "span class='ocr_line'", "span class='ocr_header'", "b",
        "span class='ocrx_word'", "div class='ocr_page'", "td", "span", "div class='ocr_later'"]  # fmt: skip


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
    name = draw(st.sampled_from(HOCR))
    return f"<{name}>{''.join(parts)}</{name.split()[0]}>", " ".join(said)


@settings(deadline=None)  # files are written
@given(st.lists(hocr_block(), max_size=4))
def test_hocr(tmp_path_factory: pytest.TempPathFactory, blocks: list[tuple[str, str]]) -> None:
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


@pytest.mark.parametrize(("gap", "text"), [(1, "да, нет"), (8, "да , нет")])
def test_words_of_alto_far_apart_are_words(tmp_path: Path, gap: int, text: str) -> None:
    def string(content: str, at: int) -> str:
        return f'<String CONTENT="{content}" HPOS="{at}" WIDTH="10" VPOS="0" HEIGHT="20"/>'

    line = f"{string('да', 0)}{string(',', 10 + gap)}<SP/>{string('нет', 60)}"
    block = f"<PrintSpace><TextBlock><TextLine>{line}</TextLine></TextBlock></PrintSpace>"
    held = f"<alto><Layout><Page>{block}</Page></Layout></alto>"
    assert [piece.text for piece in read(tmp_path, held, "a.xml")] == [text]


def test_a_picture_within_tei_is_no_text(tmp_path: Path) -> None:
    figure = "<figure><binaryObject mimeType='image/png'>iVBORw0KGgo</binaryObject></figure>"
    text = f"<TEI xmlns='http://www.tei-c.org/ns/1.0'><text><body><p>текст {figure}</p></body></text></TEI>"
    assert [piece.text for piece in read(tmp_path, text, "t.xml")] == ["текст"]
