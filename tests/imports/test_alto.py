"""What eScriptorium, kraken and libraries write in ALTO."""

from lxml import etree

from ocr.geometry import Box, Outline, Point
from ocr.imports.alto import confidence_in, pages_of
from ocr.page import Kind

HEAD = (
    '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description><MeasurementUnit>{unit}</MeasurementUnit>'
    "<sourceImageInformation><fileName>scans/0001.jpg</fileName></sourceImageInformation>"
    "<OCRProcessing><ocrProcessingStep><processingSoftware><softwareName>kraken</softwareName>"
    "<softwareVersion>5.2</softwareVersion></processingSoftware></ocrProcessingStep></OCRProcessing></Description>"
    '<Tags><OtherTag ID="T1" LABEL="MarginTextZone"/><OtherTag ID="T2" LABEL="HeadingLine"/>'
    '<OtherTag ID="T3" LABEL="DropCapitalZone"/></Tags><Layout>'
)


def _alto(body: str, unit: str = "pixel") -> etree._Element:
    page = '<Page WIDTH="1000" HEIGHT="1400" ID="p1"><PrintSpace>{}</PrintSpace></Page></Layout></alto>'
    return etree.fromstring(HEAD.format(unit=unit) + page.format(body))


BLOCK = (
    '<TextBlock ID="b1" TAGREFS="{block}" HPOS="10" VPOS="20" WIDTH="500" HEIGHT="300">'
    '<Shape><Polygon POINTS="10 20 510 20 510 320"/></Shape>'
    '<TextLine ID="l1" TAGREFS="{line}" BASELINE="{baseline}" HPOS="10" VPOS="20" WIDTH="500" HEIGHT="40">'
    '<Shape><Polygon POINTS="10,20 510,20 510,60 10,60"/></Shape>'
    '<String CONTENT="Старый" HPOS="10" VPOS="20" WIDTH="90" HEIGHT="40" WC="0.9"/><SP/>'
    '<String CONTENT="конь" HPOS="120" VPOS="20" WIDTH="60" HEIGHT="40" STYLE="bold strikethrough">'
    "<ALTERNATIVE>кони</ALTERNATIVE></String></TextLine></TextBlock>"
)


def test_blocks_lines_words_and_their_tags() -> None:
    (page,) = pages_of(_alto(BLOCK.format(block="T1", line="T2", baseline="10,55 300,56 510,55")))
    assert (page.image, page.size, page.program, page.is_pixels) == (
        "scans/0001.jpg",
        (1000, 1400),
        "kraken 5.2",
        True,
    )
    (region,) = page.regions
    assert region.kind is Kind.MARGIN
    assert region.outline == Outline((Point(10, 20), Point(510, 20), Point(510, 320)))
    (line,) = region.lines
    assert line.kind is Kind.HEADING
    assert line.baseline == (Point(10, 55), Point(300, 56), Point(510, 55))
    assert [(word.text, word.confidence, word.box) for word in line.words] == [
        ("Старый", 0.9, Box(10, 20, 100, 60)),
        ("конь", None, Box(120, 20, 180, 60)),
    ]
    assert [span.mark for span in line.words[1].spans] == ["del"]
    assert page.left_out == {"style bold": 1, "alternatives without a probability": 1}


def test_a_baseline_of_old_alto_is_level() -> None:
    (page,) = pages_of(_alto(BLOCK.format(block="", line="", baseline="55.5")))
    assert page.lines[0].baseline == (Point(10, 55.5), Point(510, 55.5))


def test_a_tag_that_is_none_of_ours_is_counted() -> None:
    (page,) = pages_of(_alto(BLOCK.format(block="T3", line="T3", baseline="")))
    assert page.left_out["block tagged DropCapitalZone"] == 1
    assert page.left_out["line tagged DropCapitalZone"] == 1


def test_places_in_another_unit_are_to_be_scaled() -> None:
    (page,) = pages_of(_alto(BLOCK.format(block="", line="", baseline=""), "mm10"))
    assert not page.is_pixels
    assert page.lines[0].words[0].box == Box(10, 20, 100, 60)


def test_pictures_and_attributes_are_counted() -> None:
    (page,) = pages_of(_alto('<Illustration ID="i1"/><TextBlock ID="b2" LANG="ru"/>'))
    assert page.left_out == {"Illustration": 1, "TextBlock/@LANG": 1, "TextBlock without lines": 1}


def test_a_probability_in_words() -> None:
    assert confidence_in("confidence 0.97") == 0.97
    assert [confidence_in(text) for text in (None, "", "0.97", "confidence x", "confidence 7")] == [None] * 5
