"""PAGE, ALTO, hOCR and TEI read as lines with places and confidences; what is none of them is refused."""

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from ocr.errors import RecordError
from ocr.formats.found_lines import FoundLine, FoundWord
from ocr.formats.leaves import leaves_of
from ocr.geometry import Box
from ocr.page import Glyph, Line, Page, Reading, Region, Source, Step, Surface, Word
from ocr.tei.write import to_tei

PAGE_NS = "http://schema.primaresearch.org/PAGE/gts/pagecontent/"
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<PcGts xmlns="{ns}"><Page imageFilename="p.jpg" imageWidth="900" imageHeight="600">
<ReadingOrder><OrderedGroup id="g">
  <RegionRefIndexed index="1" regionRef="r1"/><RegionRefIndexed index="0" regionRef="r2"/>
</OrderedGroup></ReadingOrder>
<TextRegion id="r1"><Coords points="0,0 9,0 9,9"/>
  <TextLine id="l2" custom="readingOrder {{index:1;}}"><Coords points="5,10 90,10 90,40 5,40"/>
    <TextEquiv index="1"><Unicode>не то</Unicode></TextEquiv>
    <TextEquiv index="0" conf="0.5"><Unicode>вто<!-- ? -->рая  стро-</Unicode></TextEquiv></TextLine>
  <TextLine id="l1" custom="readingOrder {{index:0;}}">
    <Word id="w1"><Coords points="1,2 3,4"/><TextEquiv conf="0.25"><Unicode>да</Unicode></TextEquiv>
      <Glyph><TextEquiv conf="0.9"><Unicode>д</Unicode></TextEquiv></Glyph>
      <Glyph><TextEquiv conf="nan"><Unicode>а</Unicode></TextEquiv></Glyph></Word>
    <Word id="w2"><Coords><Point x="7" y="8"/><Point x="9" y="12"/></Coords>
      <Glyph><TextEquiv><Unicode>н</Unicode></TextEquiv></Glyph>
      <Glyph><TextEquiv><Unicode>ѣ</Unicode></TextEquiv></Glyph></Word></TextLine>
  <TextRegion id="inner"><TextLine id="l3"><TextEquiv><Unicode/></TextEquiv></TextLine></TextRegion>
  <TextEquiv><Unicode>not this</Unicode></TextEquiv>
</TextRegion>
<TextRegion id="r2"><TextEquiv><Unicode>одна
 другая</Unicode></TextEquiv></TextRegion>
<TextRegion id="r3"><TextLine id="l4"><Coords points="oops"/></TextLine></TextRegion>
</Page></PcGts>"""

ALTO = """<?xml version="1.0"?><alto xmlns="{ns}">
<Description><MeasurementUnit>{unit}</MeasurementUnit></Description>
{order}<Layout><Page ID="p1"><PrintSpace>
 <TextBlock ID="b1"><TextLine ID="l1" HPOS="1" VPOS="2" WIDTH="10" HEIGHT="5">
   <String CONTENT="пар" WC="0.5" HPOS="1" VPOS="2" WIDTH="4" HEIGHT="5" SUBS_TYPE="HypPart1"
     SUBS_CONTENT="партіи"/><HYP CONTENT="-"/></TextLine></TextBlock>
 <ComposedBlock ID="c"><TextBlock ID="b2"><TextLine ID="l2"><Shape><Polygon POINTS="0 0 4 0 4 3"/></Shape>
   <String CONTENT="тіи"><Glyph CONTENT="т" GC="0.75"/><Glyph CONTENT="іи"/></String>
   <SP/><String CONTENT="и"/><String CONTENT="," WC="0.1"/><SP/><String CONTENT="да" CC="09"/></TextLine>
   <TextLine ID="l3"/></TextBlock></ComposedBlock>
</PrintSpace><TopMargin><TextBlock ID="top"><TextLine ID="l0"><String CONTENT="12"/><String CONTENT="об."/>
</TextLine></TextBlock></TopMargin></Page><Page ID="p2"/></Layout></alto>"""

HOCR = """{head}<html{ns}><head><title>x</title><meta charset="utf-8"{close}></head><body>
<div class='ocr_page' title='image "a.png"; bbox 0 0 900 600'><div class='ocr_carea'><p class='ocr_par'>
<span class='ocr_line' id='l1' title="bbox 1 2 30 9; baseline 0 -3"><span class='ocrx_word'
 title='bbox 1 2 9 9; x_wconf 93'><strong>да</strong></span> <span class='ocrx_word'
 title='bbox 12 2 30 9; x_wconf 40; x_confs 90 10.5'>н{nbsp}</span></span>
<span class='ocr_header' id='l2'>за-<br{close}></span></p></div></div>
<div class='ocr_page'></div></body></html>"""
XHTML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"'
    ' "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
)


def pieces(tmp_path: Path, text: str | bytes, name: str = "p.xml") -> list[FoundLine]:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [piece for leaf in leaves_of(path) for piece in leaf]


REFS = '<ElementRef REF="b2"/><ElementRef REF="b1"/>'
ORDER = f'<ReadingOrder><OrderedGroup ID="o">{REFS}</OrderedGroup></ReadingOrder>'


def test_our_own_tei_keeps_places_and_confidences(tmp_path: Path) -> None:
    box = Box(10, 20, 300, 60)
    doubtful = (Glyph("н", 0.4), Glyph("ѣ", 0.99), Glyph("т", 0.98))
    words = (Word("да,", Box(10, 20, 60, 60), 0.9), Word("нѣт", Box(70, 20, 160, 60), 0.31, doubtful))
    line = Line(box.outline(), (), readings=(Reading("tesseract", words, 0.75),))
    page = Page(
        "p",
        Source("p.png", "ab" * 32, 800, 600, "image/png"),
        (Surface(Box(0, 0, 800, 600), (Region(box.outline(), (line,)),)),),
        (Step("tesseract", "Tesseract", "5", reads=True),),
    )
    (piece,) = pieces(tmp_path, to_tei(page))
    assert (piece.text, piece.box, piece.confidence) == ("да, нѣт", box, 0.75)
    assert piece.words == (
        FoundWord("да,", 0.9, Box(10, 20, 60, 60)),
        FoundWord("нѣт", 0.31, Box(70, 20, 160, 60), (0.4, None, None)),
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<!DOCTYPE html [<!ENTITY a 'b'>]><html><p class='ocr_line'>&a;</p></html>", "DOCTYPE"),
        ('<!DOCTYPE PcGts SYSTEM "http://example.org/x.dtd"><PcGts/>', "DOCTYPE"),
        ("<!DOCTYPE html><!DOCTYPE html [<!ENTITY a 'b'>]><html/>", "DOCTYPE|well-formed|HTML"),
        ("<mets/>", "its root is <mets>"),
        ("<html><body><p>report</p></body></html>", "no hOCR"),
        ("<PcGts>", "well-formed"),
        ("", "empty"),
        ("\x00\x01", "well-formed|readable"),
        ('<?xml version="1.0" encoding="klingon"?><alto/>', "klingon|readable"),
        ("<TEI/>", "namespace"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(RecordError, match=why):
        pieces(tmp_path, content)


def test_html_of_another_encoding_is_refused_not_guessed(tmp_path: Path) -> None:
    loose = "<p class='ocr_line'>слово<br></p>"
    assert pieces(tmp_path, loose, "p.html")[0].text == "слово"
    with pytest.raises(RecordError, match="UTF-8"):
        pieces(tmp_path, loose.encode("cp1251"), "p.html")
    with pytest.raises(RecordError, match="cannot be read"):
        leaves_of(tmp_path / "absent.xml")


SAMPLES = [
    PAGE.format(ns=PAGE_NS + "2019-07-15"),
    ALTO.format(ns="urn:a", unit="pixel", order=ORDER),
    HOCR.format(head=XHTML, ns="", close="/", nbsp="ѣ"),
    HOCR.format(head="<!DOCTYPE html>", ns="", close="", nbsp="&nbsp;"),
    '<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body><p>a<lb facs="#z"/><w cert="x">б</w></p></body>'
    '</text><facsimile><zone xml:id="z" points="1,2 nan,4"/></facsimile></TEI>',
]


def outcome(path: Path) -> str:
    try:
        leaves = leaves_of(path)
    except RecordError as error:
        return str(error)
    assert all("\n" not in piece.text for leaf in leaves for piece in leaf)
    return "It is read."


BITS = ["<", ">", "/>", "&", "]]>", '"', "nan", "1e400", "-9", "\x00", "<!DOCTYPE a>", "<a b='", "\ud800"]


@settings(deadline=None)  # files are written
@given(
    st.sampled_from(SAMPLES), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from(BITS)))
)
def test_damaged_files_are_read_or_refused_with_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, sample: str, damage: list[tuple[float, int, str]]
) -> None:
    for place, length, put in damage:
        at = int(place * len(sample))
        sample = sample[:at] + put + sample[at + length :]
    held = sample.encode("utf-8", "surrogatepass")
    for name in ("p.xml", "p.hocr"):
        path = tmp_path_factory.getbasetemp() / name
        path.write_bytes(held)
        assert outcome(path).endswith(".")


@settings(deadline=None)  # files are written
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, held: bytes) -> None:
    for name in ("p.xml", "p.html"):
        path = tmp_path_factory.getbasetemp() / name
        path.write_bytes(held)
        assert outcome(path).endswith(".")
