"""The train command at its door: what it refuses, and what it lists."""

import shutil
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

from typer.testing import CliRunner

from ocr.cli.app import app
from ocr.corrections.changes import AcceptLine, SetPageState, edit
from ocr.corrections.view import view
from ocr.errors import SettingsError

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "docs" / "example" / "page-0001.xml"
SCANS = ROOT / "scans" / "notebook"


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ([], "no name for a hand"),
        (["--hand", "../up"], "no name for a hand"),
        (["--self", "--next"], "neither --next nor --all"),
        (["--self", "--all"], "neither --next nor --all"),
    ],
)
def test_what_makes_no_sense_is_refused(asked: list[str], why: str) -> None:
    found = CliRunner().invoke(app, ["train", str(RECORD), *asked])
    assert isinstance(found.exception, SettingsError)
    assert why in str(found.exception)


def test_what_to_transcribe_next_is_listed_without_what_is_done(tmp_path: Path) -> None:
    shutil.copy(RECORD, tmp_path / "open.xml")
    done = edit(RECORD.read_bytes(), [SetPageState("verified")], "А. Б.", "2026-11-22T12:00:00Z")
    (tmp_path / "done.xml").write_bytes(done)
    lines = [AcceptLine(line.ident) for line in view(RECORD.read_bytes()).lines]
    (tmp_path / "lines.xml").write_bytes(edit(RECORD.read_bytes(), lines, "А. Б.", "2026-11-22T12:00:00Z"))
    found = CliRunner().invoke(app, ["train", "--next", str(tmp_path), "--scans", str(SCANS)])
    assert found.exit_code == 0, found.output
    (row,) = found.stdout.splitlines()
    assert row.split()[1] == "open.xml:"
    assert "letters wrong" in row
    assert "2 (done.xml, lines.xml)" in found.stderr
