"""Weights that come with the package, each held against the hash on its card, and the one opener of ONNX
files (the onnxruntime door)."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocr.arrays import F32
from ocr.errors import DependencyError, EngineError, reason_of
from ocr.files import given, write_whole

if TYPE_CHECKING:
    import onnxruntime

FOLDER = Path(__file__).parent
"""Where they lie."""


_HASH = re.compile(r"^\| sha256 \| ([0-9a-f]{64}) \|$", re.MULTILINE)


def weights_of(path: Path) -> tuple[bytes, str]:
    """The bytes of a model and their sha256. EngineError when a card beside it (NAME.md) tells another,
    OutputError when there is a card that cannot be read.

    A card is no signature: who can write beside it exchanges both. It finds damage and half an exchange.
    """
    raw = path.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    if card_sha256(path) not in {None, digest}:
        raise EngineError(
            f"{path.name} is not the file whose sha256 its card {path.stem}.md tells: it is damaged or was "
            "exchanged; fetch both again."
        )
    return raw, digest


def write_weights(path: Path, raw: bytes) -> None:
    """Writes a model, and its sha256 into the card beside it where that tells one."""
    old, card = card_sha256(path), path.with_suffix(".md")
    write_whole(path, raw)
    if old is not None:
        text = card.read_text(encoding="utf-8").replace(old, hashlib.sha256(raw).hexdigest())
        write_whole(card, text.encode())


def card_sha256(path: Path) -> str | None:
    """The sha256 of a model as the card beside it tells it; None where there is no card, or none in it.
    OutputError when there is a card that cannot be read."""
    row = _HASH.search((given(path.with_suffix(".md")) or b"").decode(errors="replace"))
    return row[1] if row else None


@dataclass(frozen=True, slots=True)
class Onnx:
    """A net of an ONNX file, ready to run."""

    name: str
    """Of its file."""
    facts: Mapping[str, str]
    """What it says of itself."""
    _session: "onnxruntime.InferenceSession"

    def run(self, **inputs: F32) -> list[F32]:
        """Its outputs, numbers all. EngineError when it opens, but cannot be run with these inputs: a net is
        a program, and some of its faults show only then."""
        try:
            outputs = self._session.run(None, inputs)
        except _refusals() as error:
            raise self.unfit(f"it cannot be run ({reason_of(error)[:200]})") from error
        if not all(isinstance(each, np.ndarray) and each.dtype.kind == "f" for each in outputs):
            raise self.unfit("its outputs are no numbers")
        if any(np.isnan(each).any() for each in outputs):
            raise self.unfit("its outputs are not all numbers")
        return list(outputs)

    def unfit(self, why: str) -> EngineError:
        """The error of a net that opens, but does not answer as one of ours."""
        return EngineError(f"{self.name} is damaged: {why}; fetch it again.")


def open_onnx(raw: bytes, name: str) -> Onnx:
    """A net from the bytes of its file, to run on one thread.

    DependencyError when onnxruntime is missing; EngineError, which calls the file `name`, when it is damaged.
    """
    try:  # only when a net is opened: its users are also loaded for their settings alone
        import onnxruntime
    except ImportError as error:
        raise DependencyError("onnxruntime is missing; run `pip install onnxruntime`.") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # pages are what is read in parallel
    options.log_severity_level = 4  # what goes wrong is told by us
    options.enable_cpu_mem_arena = False  # what one large scan or long strip needed is given back
    try:
        session = onnxruntime.InferenceSession(raw, options, providers=["CPUExecutionProvider"])
    except _refusals() as error:
        raise EngineError(f"{name} is damaged or no ONNX model; fetch it again.") from error
    try:
        facts = session.get_modelmeta().custom_metadata_map
    except UnicodeDecodeError as error:
        raise EngineError(f"{name} is damaged: what it says of itself is no text; fetch it again.") from error
    return Onnx(name, facts, session)


def _refusals() -> tuple[type[Exception], ...]:
    """What onnxruntime raises: classes of its own that have nothing in common, and Python's, as of names that
    are no text, or inputs that are others."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    own = [each for each in vars(state).values() if isinstance(each, type) and issubclass(each, Exception)]
    return (*own, RuntimeError, ValueError)
