"""On its way from the folder to the record a scan is opened as seldom as can be, and hashed once."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocr.errors import READ_IN_PART
from ocr.scan import load
from ocr.scan.load import ScanFile
from tests import drawn
from tests.scan.pdfs import PdfPage, pdf, whole_page

SHEETS = {"photo.jpg": 1, "page.png": 1, "phone.heic": 1, "leaves.tif": 3, "taken.pdf": 2, "drawn.pdf": 1}

# Python tells a hook of every file that it opens; each process of the run loads this one.
_HOOK = """
import os, sys
log, folder = os.open(os.environ["OPENED"], os.O_WRONLY | os.O_APPEND), os.environ["SCANS"]
def note(event, given):
    if event == "open" and isinstance(given[0], (str, bytes, os.PathLike)):
        path = os.fsdecode(given[0])
        if os.path.dirname(path) == folder and os.path.isfile(path):
            os.write(log, f"{os.getpid()} {os.path.basename(path)}\\n".encode())
sys.addaudithook(note)
"""


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """One file of each kind in a folder, the sheets of a file unlike each other."""
    folder = tmp_path / "scans"
    folder.mkdir()
    pixels = [drawn.page(drawn.TEXT[n : n + 2], size_px=(600, 300)).pixels for n in range(3)]
    pictures = [Image.fromarray(each).convert("RGB") for each in pixels]
    for name in ("photo.jpg", "page.png"):
        pictures[0].save(folder / name)
    pictures[0].save(folder / "leaves.tif", save_all=True, append_images=pictures[1:], compression="tiff_lzw")
    box = (0.0, 0.0, 144.0, 72.0)
    taken = [PdfPage(box, whole_page(box), (np.asarray(picture),)) for picture in pictures[:2]]
    (folder / "taken.pdf").write_bytes(pdf(*taken))
    text = "BT /F1 12 Tf 10 40 Td (letters) Tj ET"
    (folder / "drawn.pdf").write_bytes(pdf(PdfPage(box, text, extra="/UserUnit 2")))
    try:
        import pillow_heif
    except ImportError:
        pass  # the others tell
    else:
        pillow_heif.from_pillow(pictures[0]).save(folder / "phone.heic", quality=90)
    return folder


def _opened(scans: Path, tmp_path: Path, *options: str) -> tuple[Counter[str], int]:
    """How often each scan is opened while the folder is read, and by how many processes."""
    (tmp_path / "sitecustomize.py").write_text(_HOOK)
    log = tmp_path / "opened.txt"
    log.write_text("")
    places = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    environment = {**os.environ, "PYTHONPATH": places, "OPENED": str(log), "SCANS": str(scans)}
    command = [sys.executable, "-m", "ocr", "transcribe", str(scans), "-o", str(tmp_path / "out"), "-j", "1"]
    command += ["--engine", "tests.fakes:table", *options]
    run = subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False)
    assert run.returncode in {0, READ_IN_PART}, run.stderr
    lines = [line.split(" ", 1) for line in log.read_text().splitlines()]
    return Counter(name for _, name in lines), len({process for process, _ in lines})


def test_a_run_opens_a_scan_to_count_its_sheets_and_once_for_each_sheet(scans: Path, tmp_path: Path) -> None:
    """How many records there will be, and their names, must be known before the first is made: a look at the
    beginning tells it of most files, and of others a process that may die of them."""
    sheets = {name: count for name, count in SHEETS.items() if (scans / name).exists()}
    opened, processes = _opened(scans, tmp_path, "--explain")
    assert opened == {name: 1 + count for name, count in sheets.items()}
    assert processes == 3
    assert len(list((tmp_path / "out").glob("*.xml"))) == sum(sheets.values())
    # nothing to do: a digest tells so, the same for all sheets of a file
    opened, _ = _opened(scans, tmp_path, "--explain")
    assert opened == dict.fromkeys(sheets, 2)


@pytest.mark.parametrize("name", SHEETS)
def test_one_opening_gives_all_that_is_asked_of_a_scan(scans: Path, name: str) -> None:
    """By whatever library it is read: once opened, the file may vanish."""
    path = scans / name
    if not path.exists():
        pytest.skip("the extra `heic` is not installed")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    wanted = [load.load_sheet(path, number + 1) for number in range(SHEETS[name])]
    with ScanFile(path) as file:
        assert file.count() == len(wanted)
        path.unlink()
        assert file.digest() == digest
        for number, scan in enumerate(wanted, 1):
            again = file.sheet(number)
            assert again.source == scan.source
            assert np.array_equal(again.pixels, scan.pixels)


def test_the_sheets_of_a_file_are_hashed_once(scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[object] = []
    digest = hashlib.file_digest

    def counting(*given: Any) -> Any:
        counted.append(given)
        return digest(*given)

    monkeypatch.setattr(hashlib, "file_digest", counting)
    path = scans / "leaves.tif"
    digests = {load.load_sheet(path, number).source.sha256 for number in (1, 2, 3)}
    assert digests == {load.digest_of(path)}
    assert len(counted) == 1
    path.write_bytes(path.read_bytes() + b"\0")
    assert load.digest_of(path) not in digests
    assert len(counted) == 2
