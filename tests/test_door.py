"""`import ocr` for researchers: docs/python.md runs as it stands, and each promise of the door is kept."""

import re
import subprocess
import sys
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import ocr
from ocr.orders import Job, RunSettings
from ocr.page import Page
from ocr.transcribe import read_job
from tests import drawn

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "python.md"
RECIPE = ocr.Recipe(engine="tests.fakes:table")


def leaf(folder: Path) -> Path:
    path = folder / "leaf.png"
    Image.fromarray(drawn.page(drawn.TEXT[:4], size_px=(900, 420)).pixels).save(path)
    return path


def test_the_guide_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    examples = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert len(examples) > 6
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {}
    for example in examples:
        exec(compile(example, str(GUIDE), "exec"), names)
    assert names["rows"]
    assert names["report"].pages


def test_the_guide_names_every_column() -> None:
    guide = GUIDE.read_text("utf-8")
    assert [name for name in ocr.WordRow._fields if f"`{name}`" not in guide] == []


def test_the_door_offers_what_it_names() -> None:
    assert set(ocr.__all__) <= set(dir(ocr))
    for name in ocr.__all__:
        assert getattr(ocr, name).__doc__
    with pytest.raises(AttributeError, match="it offers"):
        ocr.read_picture  # noqa: B018
    assert (Path(ocr.__file__).parent / "py.typed").exists()


def test_import_loads_no_library() -> None:
    program = "import ocr, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    names = {name.partition(".")[0] for name in loaded.stdout.split()}
    assert not names & {"cv2", "lxml", "numpy", "onnxruntime", "PIL", "torch", "typer"}


def test_a_file_gives_the_record_that_transcribe_writes(tmp_path: Path) -> None:
    path = leaf(tmp_path)
    record = tmp_path / "leaf.xml"
    read_job(Job(path, record), RunSettings(RECIPE))
    page = ocr.read_image(str(path), recipe=RECIPE)
    assert page.lines
    assert ocr.to_tei(page) == record.read_bytes()


def test_a_path_an_array_and_a_picture_read_alike(tmp_path: Path) -> None:
    path = leaf(tmp_path)
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    texts = [
        [(line.text, line.outline) for line in ocr.read_image(image, recipe=RECIPE).lines]
        for image in (path, np.asarray(picture), picture, np.asarray(picture)[::-1].copy()[::-1])
    ]
    assert texts[0]
    assert texts.count(texts[0]) == 4
    page = ocr.read_image(picture, recipe=RECIPE)
    assert ocr.read_tei(ocr.to_tei(page)).source == page.source
    turned = picture.transpose(Image.Transpose.ROTATE_90)
    turned.getexif()[0x0112] = 6  # to be turned clockwise
    assert ocr.read_image(turned, recipe=RECIPE).source.sha256 == page.source.sha256


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (7, "a numpy array or a picture"),
        (np.zeros((40, 40)), "as uint8"),
        (np.zeros((40, 40, 4), np.uint8), "red, green, blue"),
    ],
)
def test_what_is_no_picture_is_told(image: Any, sentence: str) -> None:
    with pytest.raises(TypeError, match=sentence):
        ocr.read_image(image, recipe=RECIPE)


def test_what_else_can_go_wrong_is_told(tmp_path: Path) -> None:
    with pytest.raises(ocr.OcrError, match="at least 16"):
        ocr.read_image(np.zeros((9, 40), np.uint8), recipe=RECIPE)
    with pytest.raises(ocr.OcrError, match="no engine 'best'"):
        ocr.read_image(np.zeros((40, 40), np.uint8), engine="best")
    with pytest.raises(ocr.OcrError, match=r"nothing\.xml"):
        ocr.words(tmp_path / "nothing.xml")
    for call in (ocr.words, ocr.read_tei, lambda source: ocr.cer(source, "")):
        with pytest.raises(TypeError, match="int"):
            call(7)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="strict, lenient, reading"):
        ocr.compare("а", "а", "loose")


def plain(value: object) -> bool:
    if isinstance(value, tuple | list):
        return all(map(plain, value))
    if is_dataclass(value):
        return all(plain(getattr(value, field.name)) for field in fields(value))
    return isinstance(value, Enum) or type(value) in {int, float, str, bool, type(None)}


def test_a_page_holds_sequences_and_plain_numbers() -> None:
    page = ocr.read_image(ROOT / "scans/notebook/page-0004.jpg", engine="cursive")
    assert page.lines == page.lines
    assert page.surfaces[0].lines[0] is page.lines[0]
    assert plain(page)
    assert all(plain(tuple(row)) for row in ocr.words(page))


def test_rates_of_texts_and_files(tmp_path: Path) -> None:
    assert ocr.cer("конь", "кони").rate == 0.25
    assert ocr.wer("старый конь", "старый кони").rate == 0.5
    assert ocr.cer("", "а").rate is None
    truth, found = tmp_path / "a.txt", tmp_path / "b.txt"
    truth.write_text("старый\nконь\n", "utf-8")
    found.write_text("старый кони", "utf-8")
    assert ocr.cer(truth, found) == ocr.cer("старый конь", "старый кони")
    assert ocr.compare_files(truth, found).totals[0].micro == ocr.compare(truth, found)
    assert isinstance(ocr.read_tei(ROOT / "docs/example/page-0001.xml"), Page)
