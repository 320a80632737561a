"""Model files that are none of ours."""

from pathlib import Path

import pytest

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

from ocr.engines.cursive import CursiveSettings, load_model, open_engine
from ocr.errors import DependencyError, EngineError


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(DependencyError, match="no model"):
        open_engine(CursiveSettings(model=str(tmp_path / "none.onnx")))


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(EngineError, match="damaged"):
        load_model(path)
