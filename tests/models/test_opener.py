"""ONNX files are opened in one place, and a net that is damaged or cannot be run is named."""

import sys

import numpy as np
import pytest

from ocr.errors import DependencyError, EngineError
from ocr.models import FOLDER, open_onnx


@pytest.mark.parametrize("raw", [b"not a net", b"", (FOLDER / "finder.onnx").read_bytes()[:50_000]])
def test_a_damaged_net_is_named(raw: bytes) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    with pytest.raises(EngineError, match=r"bad\.onnx is damaged"):
        open_onnx(raw, "bad.onnx")


def test_a_net_answers_on_one_thread() -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    session = open_onnx((FOLDER / "finder.onnx").read_bytes(), "finder.onnx")
    (probability,) = session.run(None, {"x": np.zeros((1, 3, 32, 64), np.float32)})
    assert probability.shape == (1, 1, 32, 64)
    assert session.get_session_options().intra_op_num_threads == 1


def test_without_its_library_the_way_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(DependencyError, match="pip install onnxruntime"):
        open_onnx(b"", "cursive.onnx")
