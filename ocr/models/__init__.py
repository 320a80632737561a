"""Weights that come with the package, each with its card, and the one opener of ONNX files (the onnxruntime
door)."""

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ocr.errors import DependencyError, EngineError

if TYPE_CHECKING:
    import onnxruntime

Session: TypeAlias = "onnxruntime.InferenceSession"

FOLDER = Path(__file__).parent
"""Where they lie."""


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
