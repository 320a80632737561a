"""hOCR files: read back as they were written."""

import pytest
from hypothesis import given, settings

from ocr.exports.hocr import hocr
from ocr.exports.layout import layout_of
from ocr.exports.reading import ExportSettings
from ocr.page import Kind, Page
from ocr.tei.write import to_tei
from tests.exports.readback import check_read_back, page_of
from tests.exports.records import record_of
from tests.tei.made_pages import pages


@given(pages())
@settings(max_examples=60, deadline=None)
def test_any_page_is_read_back_the_same(tmp_path_factory: pytest.TempPathFactory, page: Page) -> None:
    exported = page_of(to_tei(page))
    content = hocr(exported, ExportSettings())
    check_read_back(layout_of(exported), content, tmp_path_factory.mktemp("hocr") / "page.hocr", digits=2)


def test_struck_words_and_baselines() -> None:
    text = hocr(page_of(record_of("зачеркнуто", kinds=[Kind.STRUCK])), ExportSettings()).decode()
    assert "<del>зачеркнуто</del>" in text
    assert "bbox 95 95 320 145; baseline 0.0000 -13" in text
