"""The export command: what it passes on, and what it says."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocr.cli.app import app
from tests.exports.records import record_of


@pytest.mark.parametrize(
    ("address", "picture"),
    [
        ("", "page.png"),
        ("https://a.example/f1", "https://a.example/f1/page.png"),
        ("https://a.example/f1/", "https://a.example/f1/page.png"),
        ("https://a.example/?id=", "https://a.example/?id=page.png"),
    ],
)
def test_pictures_lie_in_the_folder_that_is_given(tmp_path: Path, address: str, picture: str) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "p1.xml").write_bytes(record_of("раз"))
    given = ["--to", "iiif", "-o", str(tmp_path / "out"), "--images", address]
    said = CliRunner().invoke(app, ["export", str(tmp_path / "book"), *given])
    assert said.exit_code == 0
    manifest = json.loads((tmp_path / "out" / "book.manifest.json").read_bytes())
    assert manifest["items"][0]["items"][0]["items"][0]["body"]["id"] == picture
    assert ("addresses are relative" in said.output) == (address == "")
    assert "iiif does not hold: words" in said.output
