"""Every letter that a file of another program holds is read, or a gap tells of it, wherever it stands."""

from pathlib import Path

from ocr.formats.found_lines import FoundLine
from ocr.formats.leaves import leaves_of


def read(folder: Path, text: str, name: str) -> list[FoundLine]:
    path = folder / name
    path.write_text(text, "utf-8")
    return [piece for leaf in leaves_of(path) for piece in leaf]


def test_a_picture_within_tei_is_no_text(tmp_path: Path) -> None:
    figure = "<figure><binaryObject mimeType='image/png'>iVBORw0KGgo</binaryObject></figure>"
    text = f"<TEI xmlns='http://www.tei-c.org/ns/1.0'><text><body><p>текст {figure}</p></body></text></TEI>"
    assert [piece.text for piece in read(tmp_path, text, "t.xml")] == ["текст"]
