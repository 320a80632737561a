"""Who read a file, as it says itself."""

from pathlib import Path

import pytest

from ocr.formats.made_by import MadeBy, made_by
from ocr.geometry import Box
from ocr.page import Page, Source, Step, Surface
from ocr.tei.write import to_tei


def test_our_own_records_name_engine_and_model(tmp_path: Path) -> None:
    settings = (("model", "hand.onnx"), ("model data", "0123456789abcdef"))
    steps = (Step("leaf", "Leaf", "1"), Step("cursive", "Cursive recogniser", "3", settings, reads=True))
    source = Source("p.png", "0" * 64, 100, 100, "image/png")
    (tmp_path / "p.xml").write_bytes(to_tei(Page("p", source, (Surface(Box(0, 0, 100, 100)),), steps)))
    (one,) = made_by(tmp_path / "p.xml")
    assert (one.name, one.version) == ("Cursive recogniser", "3")
    assert dict(one.settings).items() >= dict(settings).items()


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
