"""Pictures of the lines of hits."""

from pathlib import Path

import numpy as np
from PIL import Image

from ocr.scan.load import digest_of
from ocr.search.answer import answer
from ocr.search.index import opened, renew
from ocr.search.places import places_of
from ocr.search.query import parse_query
from ocr.search.strips import write_strips
from tests.search.collection import folder_of, of_text, record


def test_the_line_is_cut_out_and_what_cannot_be_is_told(tmp_path: Path) -> None:
    pixels = np.full((1000, 1000), 255, np.uint8)
    pixels[55:90, :300] = 0  # the second line
    scan = tmp_path / "scans" / "book" / "1.png"
    scan.parent.mkdir(parents=True)
    Image.fromarray(pixels).save(scan)
    folder = folder_of(tmp_path / "out", {"2.xml": of_text("домъ")})
    (folder / "book").mkdir()
    (folder / "book" / "1.xml").write_bytes(record(of_text("рѣка\nстарый домъ\nлѣсъ"), "1", digest_of(scan)))
    renew(folder)
    with opened(folder) as connection:
        hits = answer(connection, parse_query("дом", edits=0))
    files, failed = write_strips(folder, places_of(folder, hits), [tmp_path / "scans"], tmp_path / "strips")
    (hit,) = files
    assert (hit.page, files[hit].name) == ("book/1.xml", "book_1-2.jpg")
    assert len(failed) == 1
    assert "2.png" in failed[0]
    strip = np.asarray(Image.open(files[hit]).convert("L"))
    assert strip.shape[1] > 2 * strip.shape[0]
    assert (strip < 128).mean() > 0.4
