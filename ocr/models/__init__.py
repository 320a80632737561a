"""Weights that come with the package, each held against the hash on its card, and the one opener of ONNX
files (the onnxruntime door)."""

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ocr.errors import DependencyError, EngineError

if TYPE_CHECKING:
    import onnxruntime

Session: TypeAlias = "onnxruntime.InferenceSession"

FOLDER = Path(__file__).parent
"""Where they lie."""


_HASH = re.compile(r"^\| sha256 \| ([0-9a-f]{64}) \|$", re.MULTILINE)


def weights_of(path: Path) -> bytes:
    """The bytes of a model. EngineError when a card beside it (NAME.md) tells the hash of another file.

    A card is no signature: who can write beside it exchanges both. It finds damage and half an exchange.
    """
    raw = path.read_bytes()
    if card_sha256(path) not in {None, hashlib.sha256(raw).hexdigest()}:
        raise EngineError(
            f"{path.name} is not the file whose sha256 its card {path.stem}.md tells: it is damaged or was "
            "exchanged; fetch both again."
        )
    return raw


def card_sha256(path: Path) -> str | None:
    """The sha256 of a model as the card beside it tells it; None where there is no card, or none in it."""
    try:
        row = _HASH.search(path.with_suffix(".md").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    return row[1] if row else None


def open_onnx(raw: bytes, name: str) -> Session:
    """A session of a net from the bytes of its file, of one thread.

    DependencyError when onnxruntime is missing; EngineError, which calls the file `name`, when it is damaged.
    """
    try:  # only when a net is opened: its users are also loaded for their settings alone
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as refusals
    except ImportError as error:
        raise DependencyError("onnxruntime is missing; run `pip install onnxruntime`.") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # pages are what is read in parallel
    options.log_severity_level = 4  # what goes wrong is told by us
    options.enable_cpu_mem_arena = False  # what one large scan or long strip needed is given back
    try:
        return onnxruntime.InferenceSession(raw, options, providers=["CPUExecutionProvider"])
    except (
        refusals.Fail,
        refusals.InvalidArgument,
        refusals.InvalidGraph,
        refusals.InvalidProtobuf,
        UnicodeDecodeError,  # a name in it
    ) as error:
        raise EngineError(f"{name} is damaged or no ONNX model; fetch it again.") from error
