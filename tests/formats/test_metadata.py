"""What a file says of itself: who read it, which scan it names."""

from pathlib import Path

import pytest

from ocr.formats.metadata import MadeBy, made_by, scan_facts
from ocr.geometry import Box
from ocr.page import Page, Source, Step, Surface
from ocr.tei.write import to_tei


def test_our_own_records_name_engine_and_model(tmp_path: Path) -> None:
    settings = (("model", "hand.onnx"), ("model data", "0123456789abcdef"))
    steps = (Step("leaf", "Leaf", "1"), Step("cursive", "Cursive recogniser", "3", settings, reads=True))
    source = Source("p.png", "0" * 64, 100, 100, "image/png")
    (tmp_path / "p.xml").write_bytes(to_tei(Page("p", source, (Surface(Box(0, 0, 100, 100)),), steps)))
    (program,) = made_by(tmp_path / "p.xml")
    assert (program.name, program.version) == ("Cursive recogniser", "3")
    assert program.settings.items() >= dict(settings).items()


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (
            "<alto><processingSoftware><softwareName>tesseract</softwareName>"
            "<softwareVersion>5.3</softwareVersion></processingSoftware></alto>",
            MadeBy("tesseract", "5.3"),
        ),
        ("<PcGts><Metadata><Creator> Transkribus </Creator></Metadata></PcGts>", MadeBy("Transkribus")),
        ("<html><head><meta name='ocr-system' content='kraken 4'/></head></html>", MadeBy("kraken 4")),
    ],
)
def test_other_formats(tmp_path: Path, text: str, made: MadeBy) -> None:
    (tmp_path / "p.xml").write_text(text, "utf-8")
    assert made_by(tmp_path / "p.xml") == (made,)


def test_who_says_nothing_is_not_known(tmp_path: Path) -> None:
    for text in ("", "<alto/>", "plain"):
        (tmp_path / "p.txt").write_text(text, "utf-8")
        assert made_by(tmp_path / "p.txt") == ()


def test_scans_named_by_other_formats(tmp_path: Path) -> None:
    path = tmp_path / "p.xml"
    files = {
        '<PcGts xmlns="x"><Page imageFilename="a/b.jpg" imageWidth="30" imageHeight="40"/></PcGts>': (
            "b.jpg",
            (30, 40),
        ),
        "<alto><fileName>c.tif</fileName></alto>": ("c.tif", None),
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><graphic url="d.png" width="5px" height="6px"/></TEI>': (
            "d.png",
            (5, 6),
        ),
    }
    for text, (name, frame) in files.items():
        path.write_text(text, "utf-8")
        facts = scan_facts(path)
        assert facts is not None
        assert (facts.file, (facts.width_px, facts.height_px)) == (name, frame or (None, None))
    for nothing in ("<alto/>", "no xml", ""):
        path.write_text(nothing, "utf-8")
        assert scan_facts(path) is None
