"""A drive that does not give a file for once: nothing is taken for missing, damaged or somebody else's.

Each opening of a file for reading fails in turn. What is done then either ends as if nothing had been, or is
told with the drive's reason; and done again it ends as it should. bench/disk_faults.py does the same to
every call of whole commands, by a drive of its own.
"""

import builtins
import errno
import io
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ocr import transcribe
from ocr.corrections.changes import CorrectLine, edit
from ocr.corrections.tokens import Token
from ocr.derived import FOLDER, renew_text
from ocr.engines import Engine
from ocr.errors import OcrError
from ocr.exports.run import export
from ocr.files import write_whole
from ocr.imports.run import import_files
from ocr.orders import Job, Mode, RunSettings
from ocr.page import Page
from ocr.recipe import Recipe
from ocr.scan.load import Scan
from tests import drawn
from tests.imports.test_run import SETTINGS

Done = Callable[[Path], list[str]]
"""What is done in a folder; what it tells as not done."""
RUN = RunSettings(Recipe(engine="tests.fakes:table"), formats=("tei", "txt"), explain=True)
REASON = "nput/output error"


def _read(place: Path, run: RunSettings = RUN) -> list[str]:
    outcome = transcribe.read_job(Job(place / "leaf.png", place / "out/leaf.xml"), run)
    return [outcome.reason] if outcome.exit_code else []


def _read_again(place: Path) -> list[str]:
    return _read(place, replace(RUN, recipe=Recipe(engine="tests.fakes:doubtful"), mode=Mode.REDO))


def _read_surer(place: Path) -> list[str]:
    """With the model of a hand, which leaves more doubt: the first reading is kept."""
    return _read(place, replace(RUN, recipe=Recipe(engine="tests.fakes:doubtful"), hands_own=True))


def _text(place: Path) -> list[str]:
    return [] if renew_text(place / "out/leaf.xml") else ["it is somebody else's"]


def _exported(name: str) -> Done:
    def run(place: Path) -> list[str]:
        done = export([place / "out"], name, place / "made", scans=[place])
        return [
            str(one.error) if one.error else one.remark for one in done if one.error or REASON in one.remark
        ]

    return run


def _imported(place: Path) -> list[str]:
    done = import_files([place / "made"], place / "back", SETTINGS, [place], Counter())
    return [str(one.error) for one in done if one.error]


def _corrected(place: Path) -> None:
    record = place / "out/leaf.xml"
    words = CorrectLine("s1_r1_l1", (Token("исправлено"),))
    write_whole(record, edit(record.read_bytes(), [words], "А. Б.", "2026-11-22T10:00:00Z"))


def _without_ledger(place: Path) -> None:
    _corrected(place)
    shutil.rmtree(place / "out" / FOLDER)


def _exported_before(name: str) -> Callable[[Path], None]:
    def prepare(place: Path) -> None:
        assert not _exported(name)(place)
        _corrected(place)

    return prepare


def _imported_before(place: Path) -> None:
    for _ in range(2):
        assert not _exported("page")(place)
        assert not _imported(place)
        _corrected(place)
    assert not _exported("page")(place)


WORKS: dict[str, tuple[Callable[[Path], None], Done]] = {
    "a page that stands": (_corrected, _read),
    "a corrected page, read again": (_corrected, _read_again),
    "a page of a hand": (lambda _: None, _read_surer),
    "a text without its ledger": (_without_ledger, _text),
    "an export": (_exported_before("md"), _exported("md")),
    "a site": (_exported_before("site"), _exported("site")),
    "an import": (_imported_before, _imported),
}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page read once: its scan, record, text and picture."""
    folder = tmp_path_factory.mktemp("pristine")
    Image.fromarray(drawn.page(drawn.TEXT[:2], size_px=(700, 220)).pixels).save(folder / "leaf.png")
    assert not _read(folder)
    return folder


@contextmanager
def not_given(place: Path, at: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The `at`-th opening of a file below a folder, to be read, fails; gives the files that were opened."""
    opened, opening = list[Path](), io.open

    def fails_once(file: Any, mode: str = "r", *others: Any, **named: Any) -> Any:
        is_read = isinstance(file, str | Path) and "r" in mode and "+" not in mode
        if is_read and Path(file).is_relative_to(place) and Path(file).is_file():
            opened.append(Path(file))
            if len(opened) == at:
                raise OSError(errno.EIO, os.strerror(errno.EIO), str(file))
        return opening(file, mode, *others, **named)

    with monkeypatch.context() as patched:
        patched.setattr(io, "open", fails_once)
        patched.setattr(builtins, "open", fails_once)
        yield opened


def _read_once(read: Callable[..., Page]) -> Callable[..., Page]:
    """What an engine reads costs most, and opens no file."""
    pages: dict[str, Page] = {}

    def read_scan(scan: Scan, recipe: Recipe, engine: Engine, **named: Any) -> Page:
        key = engine.steps[0].ident
        pages[key] = pages.get(key) or read(scan, recipe, engine, **named)
        return replace(pages[key], source=scan.source)

    return read_scan


def _files(place: Path) -> dict[str, bytes]:
    """What a work leaves, without what it keeps for itself."""
    return {
        name: path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and "/." not in (name := f"/{path.relative_to(place)}")
    }


@pytest.mark.parametrize("work", WORKS)
def test_what_the_drive_does_not_give_for_once(
    pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    prepare, do = WORKS[work]
    monkeypatch.setattr(transcribe, "read_scan", _read_once(transcribe.read_scan))
    shutil.copytree(pristine, tmp_path / "ready")
    (place := tmp_path / "place").symlink_to(tmp_path / "ready")  # paths stay the same in what is written
    prepare(place)
    place.unlink()

    def begun() -> None:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(tmp_path / "ready", place)

    begun()
    assert not do(place)
    whole = _files(place)
    for at in count(1):
        begun()
        with not_given(place, at, monkeypatch) as opened:
            try:
                told = do(place)
            except OcrError as error:
                told = [str(error)]
        if len(opened) < at:
            assert at > 1
            return
        at_what = f"opening {at}, {opened[at - 1].relative_to(place)}"
        assert all(REASON in reason for reason in told), (at_what, told)
        assert told or _files(place) == whole, at_what
        assert not do(place), at_what
        assert _files(place) == whole, at_what
