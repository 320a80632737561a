"""Readers of bytes that others made: an answer or an error of ours. bench/fuzz.py gives them 10,000 each."""

from contextlib import suppress
from pathlib import Path

import pytest

from bench.foreign_readers import READERS, Reader
from bench.fuzz import made
from ocr.errors import OcrError

BY_NAME = {reader.name: reader for reader in READERS}
_NEEDS = {"net": "onnx", "heic": "pillow_heif", "docx": "docx"}
_MUTANTS = 8


def read(reader: Reader, content: bytes, folder: Path) -> None:
    path = folder / reader.file
    path.write_bytes(content)
    with suppress(OcrError):
        for each in reader.reads:
            each(path, content)


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.filterwarnings("ignore")  # of libraries, about what is wrong with the bytes
def test_any_bytes_are_answered_or_refused(name: str, tmp_path: Path) -> None:
    pytest.importorskip(_NEEDS.get(name, "ocr"))
    reader = BY_NAME[name]
    seeds = reader.seeds()
    for number in range(_MUTANTS):
        (folder := tmp_path / str(number)).mkdir()
        read(reader, made(reader, seeds, number), folder)


_JOURNAL = b'{"entry":"base","sha":"0","content":"eJwDAAAAAAE="}\n'
_HOCR = (
    "<html xmlns='http://www.w3.org/1999/xhtml'><body><div class='ocr_page' title='bbox 0 0 {size}'>"
    "<span class='ocr_line' title='bbox 1 1 9 9'><span class='ocrx_word'>a</span></span></div></body></html>"
)
_PAGE = (
    "<PcGts xmlns='http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15'><Page "
    "imageFilename='a.png' imageWidth='{width}' imageHeight='9'><TextRegion id='r'>"
    "<Coords points='0,0 9,0 9,9'/><TextLine id='l' "
    "custom='readingOrder {{index:{index};}}'><Coords points='0,0 9,0 9,9'/>"
    "<TextEquiv><Unicode>a</Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>"
)
_MANIFEST = '{"type": "Manifest", "label": %s, "items": [{"items": [{"items": [{"body": {"type": %s}}]}]}]}'

CRASHES = [
    ("hocr", _HOCR.format(size="9 0")),
    ("page", _PAGE.format(width="-5", index=0)),
    ("page", _PAGE.format(width="1e300", index=0)),
    ("page", _PAGE.format(width=9, index="9" * 5000)),
    ("iiif", _MANIFEST % ('"a"', "[]")),
    ("iiif", _MANIFEST % ('[{"@language": []}]', "1")),
    ("equal", "from = []"),
    ("equal", "a = " + "[" * 5000),
    ("groups", "page,hand\na," + "1" * 5000 + "\n"),
    ("calibration", "[" * 100_000),
    ("calibration", "[]"),
    ("journal", '{"entry": []}\n'),
    ("journal", "[" * 100_000 + "\n"),
    ("journal", '{"entry": "settled", "who": "a", "when": "b", "conflicts": []}\n'),
    ("ledgers", "[" * 100_000),
    ("ledgers", "[]"),
    ("notebook", "title = " + "1" * 5000),
    ("recipe", "scan = " + "[" * 5000),
    ("desk body", "[" * 100_000),
]  # fmt: skip
"""What once ended in a traceback, or would have."""


@pytest.mark.parametrize(("name", "content"), CRASHES, ids=lambda value: value[:40])
def test_what_once_was_a_traceback_is_answered_or_refused(name: str, content: str, tmp_path: Path) -> None:
    read(BY_NAME[name], content.encode(), tmp_path)
