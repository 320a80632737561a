"""IIIF manifests: what viewers need, in the shape of the standard."""

import json
from pathlib import Path
from typing import Any

from ocr.exports.reading import ExportSettings
from ocr.exports.run import export
from tests.exports.records import record_of


def _manifest(tmp_path: Path, images: str) -> dict[str, Any]:
    book = tmp_path / "records" / "тетрадь 1"
    book.mkdir(parents=True)
    (book / "p1.xml").write_bytes(record_of("Старый конь\nборозды", name="лист 1"))
    (book / "p2.xml").write_bytes(record_of("не портит"))
    (done,) = export([tmp_path / "records"], "iiif", tmp_path / "out", ExportSettings(images=images))
    assert done.error is None
    text = (tmp_path / "out" / "тетрадь 1.manifest.json").read_text("utf-8")
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def test_a_canvas_for_each_scan_and_an_annotation_for_each_line(tmp_path: Path) -> None:
    manifest = _manifest(tmp_path, "https://archive.org/f1/")
    assert [(canvas["width"], canvas["height"]) for canvas in manifest["items"]] == [(1000, 1400)] * 2
    first = manifest["items"][0]
    assert (
        first["items"][0]["items"][0]["body"]["id"]
        == "https://archive.org/f1/%D0%BB%D0%B8%D1%81%D1%82%201.png"
    )
    lines = first["annotations"][0]["items"]
    assert [line["body"]["value"] for line in lines] == ["Старый конь", "борозды"]
    assert lines[0]["target"] == "https://archive.org/f1/canvas/p1#xywh=95,95,245,50"


def test_without_an_address_it_is_relative(tmp_path: Path) -> None:
    manifest = _manifest(tmp_path, "")
    assert manifest["items"][1]["items"][0]["items"][0]["body"]["id"] == "page.png"
