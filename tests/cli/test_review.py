"""The review command where the desk's libraries are missing."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocr.cli.app import app
from ocr.errors import DependencyError


def test_a_desk_that_is_not_installed_is_told_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "ocr.review.serve", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = CliRunner().invoke(app, ["review", str(tmp_path)])
    assert isinstance(done.exception, DependencyError)
    assert "uvicorn" in str(done.exception)
