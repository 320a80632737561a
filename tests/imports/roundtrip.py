"""A record written in another format and imported again."""

import hashlib
from pathlib import Path

from ocr.corrections.view import RecordView, view
from ocr.exports.alto import alto
from ocr.exports.hocr import hocr
from ocr.exports.page_xml import page_xml
from ocr.exports.reading import ExportSettings
from ocr.imports.fitting import fitted
from ocr.imports.foreign import ForeignPage
from ocr.imports.record import Provenance, record_of
from ocr.imports.run import pages_of
from ocr.page import Source
from ocr.tei.tree import load
from ocr.tei.validate import problems_of
from tests.exports.readback import page_of

PERSON = "Анна Иванова"


def exported(record: bytes, form: str) -> bytes:
    page = page_of(record)
    match form:
        case "page":
            return page_xml(page, ExportSettings())
        case "alto":
            return alto(page)
    return hocr(page, ExportSettings())


def imported(content: bytes, form: str = "page", *, person: str = PERSON) -> tuple[bytes, ForeignPage]:
    """The record of the one page of a file, and the page with what is left out of it."""
    suffix = ".hocr" if form == "hocr" else ".xml"
    (page,) = pages_of(content, Path(f"page{suffix}"))
    width, height = (round(side) for side in page.size or (1000, 1400))
    source = Source(page.image or "page.png", page.sha256 or "", width, height, "image/png", page.sheet, 3)
    page = fitted(page, width, height, scale=False)
    of = Provenance(person, "page.xml", hashlib.sha256(content).hexdigest(), "f" * 64, "2026-11-27")
    record = record_of(page, source, of)
    problems = [problem for problem in problems_of(load(record)) if not problem.outside]
    assert problems == []
    return record, page


def there_and_back(record: bytes, form: str) -> tuple[RecordView, RecordView, ForeignPage]:
    again, page = imported(exported(record, form), form)
    return view(record), view(again), page
