"""One edition of a notebook in TEI."""

from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from ocr.corrections.changes import CorrectLine, edit
from ocr.corrections.letters import Part
from ocr.corrections.tokens import Gap, Token
from ocr.corrections.view import view
from ocr.exports.reading import ExportSettings, Layers
from ocr.exports.run import export
from ocr.formats.text import plain_text
from ocr.page import Kind
from ocr.tei.flow import TextRules
from ocr.tei.names import TEI, XML_ID, q
from ocr.tei.validate import problems_of
from tests.exports.readback import SCHEMAS
from tests.exports.records import record_of

FIRST = "Въ городѣ N. построенъ домъ и въ немъ губер-"
SECOND = "ніи суждено было устроить школу.\nНовая глава"


@cache
def _tei_all() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(str(SCHEMAS / "tei_all.rng")))


def _edition(folder: Path, pages: list[bytes], settings: ExportSettings | None = None) -> bytes:
    book = folder / "in" / "book"
    book.mkdir(parents=True)
    for number, content in enumerate(pages, 1):
        (book / f"p{number}.xml").write_bytes(content)
    (exported,) = export([folder / "in"], "tei", folder / "out", settings)
    assert exported.error is None
    return (folder / "out" / "book.tei.xml").read_bytes()


def _check(content: bytes) -> etree._Element:
    """Valid in tei_all (where that is here), every pointer leads somewhere, every id stands once."""
    root = etree.fromstring(content)
    assert all(problem.outside for problem in problems_of(root)), problems_of(root)
    idents = [e.get(XML_ID) for e in root.iter() if e.get(XML_ID)]
    assert len(idents) == len(set(idents))
    pointers = [
        p for e in root.iter() for a in ("facs", "resp", "who", "corresp") for p in (e.get(a) or "").split()
    ]
    assert {p.removeprefix("#") for p in pointers} <= set(idents)
    if (SCHEMAS / "tei_all.rng").exists():
        assert _tei_all().validate(root), _tei_all().error_log
    return root


def _text(root: etree._Element) -> str:
    body = root.find(f".//{q('body')}")
    assert body is not None
    return "".join(map(str, body.itertext()))


def test_a_word_and_a_paragraph_run_on_across_leaves(tmp_path: Path) -> None:
    root = _check(_edition(tmp_path, [record_of(FIRST), record_of(SECOND)]))
    (first, *others) = root.iterfind(f".//{q('body')}//{q('p')}")
    breaks = [(e.tag.split("}")[1], e.get("break")) for e in first if e.tag in {q("pb"), q("lb")}]
    assert breaks[:4] == [("lb", None), ("pb", "no"), ("lb", "no"), ("lb", None)]
    assert "губер-ніи суждено" in _text(root)
    assert not others
    assert [e.get("n") for e in root.iter(q("pb"))] == ["1", "2"]
    assert len(list(root.iter(q("teiHeader")))) == 1
    assert [e.get(XML_ID) for e in root.iter(q("surface"))] == ["p1_s1", "p2_s1"]
    assert "губер-\nніи" in plain_text(etree.tostring(root))


def test_a_word_over_three_lines_is_one(tmp_path: Path) -> None:
    root = _check(_edition(tmp_path, [record_of("въ гу-\nбер-"), record_of("ніи суждено")]))
    assert [e.get("break") for e in root.iter(q("lb"))] == [None, "no", "no"]
    assert "гу-бер-ніи суждено" in _text(root)


@pytest.mark.parametrize("layers", list(Layers))
@pytest.mark.parametrize("modern", [False, True])
def test_marks_kinds_and_layers_are_valid(tmp_path: Path, layers: Layers, modern: bool) -> None:
    kinds = (Kind.NUMBER, Kind.HEADING, Kind.TEXT, Kind.INSERTION, Kind.TEXT, Kind.STRUCK, Kind.TEXT)
    lines = "12\nО хлѣбѣ\nСтарый конь\nвставка здѣсь\nборозды не портитъ\nзачеркнутый міръ\nи конецъ безпо-"
    content = record_of(
        lines, "на поляхъ стоитъ", "рядка новаго года", kinds=(*kinds, Kind.MARGIN, Kind.TEXT)
    )
    marked = (
        Token("Старый", marks=("del",)),
        Token("ко<нь&,", marks=("hi", "foreign")),
        Token("т.", marks=("abbr",), expan="товарищъ"),
        Token("", gap=Gap("illegible", 3)),
        Token("словоѣ", parts=(Part("сло", ()), Part("воѣ", ("del",)))),
        Token("возможно", marks=("supplied",)),
    )
    line = next(line.ident for line in view(content).lines if line.tokens[0].text == "Старый")
    content = edit(content, [CorrectLine(line, marked)], "А. Б.", "2026-01-02")
    settings = ExportSettings(layers=layers, modern=modern, threshold=0.52)
    root = _check(_edition(tmp_path, [content, record_of(SECOND)], settings))
    for name in ("del", "add", "hi", "foreign", "abbr", "expan", "gap", "supplied", "fw", "head", "unclear"):
        assert root.find(f".//{q('body')}//{q(name)}") is not None, name
    assert (root.find(f".//{q('reg')}") is not None) == modern
    assert (root.find(f".//{q('body')}//{q('w')}") is not None) == (layers is not Layers.TEXT)
    assert (root.find(f".//{q('app')}") is not None) == (layers is Layers.ALL)
    names = {name.text for name in root.iterfind(f".//{q('respStmt')}/{q('name')}")}
    assert names == {"a recogniser", "А. Б."}
    told = root.findtext(f".//{q('interpretation')}/{q('p')}")
    assert told is not None
    assert "under 0.52 left out" in told


def test_the_modern_layer_can_be_taken_off(tmp_path: Path) -> None:
    pages = [record_of(FIRST), record_of(SECOND)]
    plain = _edition(tmp_path / "a", pages)
    both = _edition(tmp_path / "b", pages, ExportSettings(modern=True))
    assert plain_text(both) == plain_text(plain)
    new = plain_text(both, TextRules(orig="reg"))
    assert "В городе N. построен дом и в нем губернии" in new.replace("\n", " ")
    regs = [e.text for e in etree.fromstring(both).iter(q("reg"))]
    assert regs == ["В", "городе", "построен", "дом", "в", "нем", "губернии"]


def test_a_threshold_leaves_gaps_and_tells_what_is_left(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "p1.xml").write_bytes(record_of("раз два три четыре"))  # 0.50 to 0.53
    settings = ExportSettings(threshold=0.52)
    for _ in range(2):  # told again when nothing changed
        (exported,) = export([tmp_path / "in"], "tei", tmp_path / "out", settings)
        assert exported.remark == (
            "4 words; 2 (50.0 %) under 0.52 left out; of those shown, 47.5 % are expected to be wrong, as "
            "their confidences have it."
        )
    root = etree.parse(str(tmp_path / "out" / "in.tei.xml")).getroot()
    assert [e.get("reason") for e in root.iter(q("gap"))] == ["uncertain"] * 2
    assert exported.remark in "".join(map(str, root.itertext()))


def test_what_the_notebook_is_stands_in_the_header_once(tmp_path: Path) -> None:
    described = (
        b'<msDesc xml:id="notebook"><msIdentifier><msName>T</msName></msIdentifier><msContents><msItem>'
        b"<title>\xd0\xa2\xd0\xb5\xd1\x82\xd1\x80\xd0\xb0\xd0\xb4\xd1\x8c</title></msItem></msContents></msDesc></sourceDesc>"
    )
    pages = [record_of(text).replace(b"</sourceDesc>", described) for text in ("раз", "два")]
    root = _check(_edition(tmp_path, pages))
    assert len(list(root.iter(q("msDesc")))) == 1
    assert root.findtext(f".//{q('title')}") == "Тетрадь"


def test_foreign_tei_without_places_is_taken(tmp_path: Path) -> None:
    body = f'<TEI xmlns="{TEI}"><text><body><p>Раз<lb/>два &lt;три</p></body></text></TEI>'
    root = _check(_edition(tmp_path, [body.encode(), record_of("четыре")]))
    assert "два <три" in _text(root)
