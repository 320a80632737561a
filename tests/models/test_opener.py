"""ONNX files are opened in one place, and a net that is damaged or cannot be run is named."""

import hashlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ocr.engines.cursive import load_model
from ocr.engines.language import load_language
from ocr.engines.vocabulary import from_shares, load_vocabulary
from ocr.errors import DependencyError, EngineError, OutputError
from ocr.models import FOLDER, card_sha256, open_onnx, weights_of


@pytest.mark.parametrize("raw", [b"not a net", b"", (FOLDER / "finder.onnx").read_bytes()[:50_000]])
def test_a_damaged_net_is_named(raw: bytes) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    with pytest.raises(EngineError, match=r"bad\.onnx is damaged"):
        open_onnx(raw, "bad.onnx")


def test_a_net_answers_on_one_thread() -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    net = open_onnx((FOLDER / "finder.onnx").read_bytes(), "finder.onnx")
    (probability,) = net.run(x=np.zeros((1, 3, 32, 64), np.float32))
    assert probability.shape == (1, 1, 32, 64)
    assert net._session.get_session_options().intra_op_num_threads == 1


def test_without_its_library_the_way_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(DependencyError, match="pip install onnxruntime"):
        open_onnx(b"", "cursive.onnx")


SHIPPED = sorted(path for path in FOLDER.iterdir() if path.suffix in {".onnx", ".npz"})
LOADERS: dict[str, Callable[[Path], object]] = {
    "cursive.onnx": load_model,
    "finder.onnx": weights_of,
    "language.npz": load_language,
    "vocabulary.npz": load_vocabulary,
}


@pytest.mark.parametrize("model", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_model_is_the_one_its_card_tells_of_and_no_other_is_loaded(
    model: Path, tmp_path: Path
) -> None:
    """A flipped bit in the middle: the archive, or the net, might well open."""
    raw = bytearray(model.read_bytes())
    assert card_sha256(model) == hashlib.sha256(raw).hexdigest()
    raw[len(raw) // 2] ^= 1
    (other := tmp_path / model.name).write_bytes(raw)
    shutil.copy(model.with_suffix(".md"), tmp_path)
    with pytest.raises(EngineError, match="damaged or was exchanged"):
        LOADERS[model.name](other)


def test_the_card_of_a_model_made_anew_tells_its_hash(tmp_path: Path) -> None:
    model = tmp_path / "vocabulary.npz"
    from_shares([("домъ", 0.5)], []).save(model)
    assert card_sha256(model) is None
    model.with_suffix(".md").write_text(f"| sha256 | {'0' * 64} |\n", "utf-8")
    from_shares([("домъ", 0.25)], []).save(model)
    assert load_vocabulary(model).digest == (card_sha256(model) or "")[:16]


def test_a_net_that_is_not_the_one_of_its_card_is_refused(tmp_path: Path) -> None:
    (net := tmp_path / "a.onnx").write_bytes(b"weights")
    assert weights_of(net) == (b"weights", hashlib.sha256(b"weights").hexdigest())
    net.with_suffix(".md").write_text(f"| sha256 | {'0' * 64} |\n", "utf-8")
    with pytest.raises(EngineError, match="damaged or was exchanged"):
        weights_of(net)


def test_a_card_that_cannot_be_read_is_none_that_agrees(tmp_path: Path) -> None:
    (net := tmp_path / "a.onnx").write_bytes(b"weights")
    net.with_suffix(".md").mkdir()
    with pytest.raises(OutputError, match=r"a\.md cannot be read"):
        weights_of(net)


def test_a_net_that_opens_and_cannot_be_run_is_named() -> None:
    """Inputs of other names and shapes are what shows only then."""
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    net = open_onnx((FOLDER / "finder.onnx").read_bytes(), "finder.onnx")
    for inputs in ({"y": np.zeros((1, 3, 32, 64), np.float32)}, {"x": np.zeros((1, 3, 32), np.float32)}):
        with pytest.raises(EngineError, match=r"^finder\.onnx is damaged: it cannot be run"):
            net.run(**inputs)
    with pytest.raises(EngineError, match="not all numbers"):
        net.run(x=np.full((1, 3, 32, 64), np.nan, np.float32))
