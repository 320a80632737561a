"""Mistakes of this program are told as that: never as a damaged scan, nor as an engine that is missing."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from ocr.engines import ENGINES, open_engine
from ocr.errors import DependencyError, OcrError, ScanError, SettingsError
from ocr.orders import Job, RunSettings
from ocr.recipe import Recipe
from ocr.scan import load
from ocr.transcribe import read_job
from tests import fakes


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "leaf.png"
    Image.new("L", (200, 200), 255).save(path)
    return path


@pytest.mark.parametrize("stage", ["upright", "eight_bits", "_check_size"])
@pytest.mark.parametrize("mistake", ["attribute", "type"])
def test_a_mistake_while_a_scan_is_opened_is_ours(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, mistake: str
) -> None:
    def wrong(*_: object) -> Any:
        return SimpleNamespace().pixels if mistake == "attribute" else len(3)  # type: ignore[arg-type]

    monkeypatch.setattr(load, "_PACKAGE", Path(__file__).parent)  # where the mistake is made
    monkeypatch.setattr(load, stage, wrong)
    outcome = read_job(
        Job(picture, tmp_path / "out/leaf.xml"), RunSettings(Recipe(engine="tests.fakes:table"))
    )
    assert outcome.exit_code == OcrError.exit_code
    assert "a fault of ours" in outcome.reason
    assert "damaged" not in outcome.reason


@pytest.mark.parametrize("raised", [AttributeError, TypeError, KeyError, ValueError, SyntaxError])
def test_what_a_reader_of_pictures_stumbles_over_is_damage(
    picture: Path, monkeypatch: pytest.MonkeyPatch, raised: type[Exception]
) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise raised("broken")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", stumble)
    with pytest.raises(ScanError, match="damaged"):
        load.load_sheet(picture)


def test_a_mistake_inside_an_engine_of_ours_is_not_a_missing_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets(_: object) -> Any:
        return SimpleNamespace().engine

    monkeypatch.setattr(fakes, "table", forgets)
    monkeypatch.setitem(ENGINES, "ours", "tests.fakes:table")
    with pytest.raises(AttributeError, match="engine"):
        open_engine("ours", None)
    with pytest.raises(DependencyError, match="AttributeError"):
        open_engine("tests.fakes:table", None)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("no.such.module:f", DependencyError), ("os:nothing", DependencyError), ("os:sep", SettingsError)],
)
def test_an_engine_that_is_not_there_is_told(name: str, kind: type[OcrError]) -> None:
    with pytest.raises(kind, match=name.partition(":")[0]):
        open_engine(name, None)


def test_a_mistake_in_a_strangers_engine_ends_the_run_in_words(picture: Path, tmp_path: Path) -> None:
    (tmp_path / "stranger.py").write_text("def engine(settings):\n    return settings.nothing\n")
    command = [sys.executable, "-m", "ocr", "transcribe", str(picture), "-o", str(tmp_path / "out")]
    run = subprocess.run(
        [*command, "--engine", "stranger:engine"],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": f"{tmp_path}:{Path(load.__file__).parents[2]}", "PATH": ""},
    )
    assert "Traceback" not in run.stderr
    assert "stranger:engine" in run.stderr
    assert run.returncode == 3
