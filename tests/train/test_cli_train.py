"""The train command at its door: what it refuses, and what it lists."""

from pathlib import Path

import pytest

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

from typer.testing import CliRunner

from ocr.cli import app
from ocr.errors import SettingsError

ROOT = Path(__file__).parents[2]
RECORDS = sorted((ROOT / "output" / "notebook").glob("*.xml"))[:2]


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
    found = CliRunner().invoke(app, ["train", str(RECORDS[0]), *asked])
    assert isinstance(found.exception, SettingsError)
    assert why in str(found.exception)


def test_what_to_transcribe_next_is_listed() -> None:
    found = CliRunner().invoke(
        app, ["train", "--next", *map(str, RECORDS), "--scans", str(ROOT / "scans" / "notebook")]
    )
    assert found.exit_code == 0, found.output
    rows = found.stdout.splitlines()
    assert len(rows) == len(RECORDS)
    assert {row.split()[1].rstrip(":") for row in rows} == {record.name for record in RECORDS}
    assert "letters wrong" in rows[0]
