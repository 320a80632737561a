"""Places of hits are those of the records, as long as the lines are the same."""

import errno
from pathlib import Path

import pytest

from ocr.errors import RecordError
from ocr.geometry import Box
from ocr.search.answer import Hit, answer
from ocr.search.index import opened, renew
from ocr.search.places import HitPlace, places_of
from ocr.search.query import parse_query
from tests.search.collection import folder_of, of_text

TEXT = "и лошадь у во-\nды большая"


def _hit(folder: Path) -> Hit:
    renew(folder)
    with opened(folder) as connection:
        (hit,) = answer(connection, parse_query('"у воды"', edits=0))
    return hit


def test_a_hit_stands_where_its_record_says(tmp_path: Path) -> None:
    hit = _hit(folder_of(tmp_path, {"a/1.xml": of_text(TEXT)}))
    boxes = (Box(200, 5, 280, 40), Box(300, 5, 380, 40), Box(0, 55, 80, 90))
    assert places_of(tmp_path, [hit]) == {hit: HitPlace(boxes, Box(0, 5, 380, 40))}


def test_a_record_that_is_gone_or_another_gives_no_places(tmp_path: Path) -> None:
    hit = _hit(folder_of(tmp_path, {"1.xml": of_text(TEXT)}))
    for text in ("", "и лошадь у рѣки", "одна\n" + TEXT):
        folder_of(tmp_path, {"1.xml": of_text(text) if text else []})
        assert places_of(tmp_path, [hit]) == {hit: HitPlace()}
    (tmp_path / "1.xml").unlink()
    assert places_of(tmp_path, [hit]) == {hit: HitPlace()}


def test_a_record_that_the_drive_does_not_give_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hit = _hit(folder_of(tmp_path, {"1.xml": of_text(TEXT)}))

    def fails(_: Path) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", fails)
    with pytest.raises(RecordError, match="nput/output error"):
        places_of(tmp_path, [hit])
