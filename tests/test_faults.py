"""Whatever is raised while a page is read becomes a sentence and the right exit code."""

import errno

import pytest

from ocr import faults
from ocr.errors import (
    DependencyError,
    EngineError,
    OcrError,
    OutputError,
    PageMemoryError,
    PageTimeoutError,
    ScanError,
)
from ocr.faults import as_error, ask_for_room
from ocr.workers import Memory


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (ScanError("leaf.png is empty."), ScanError, "leaf.png is empty."),
        (PageTimeoutError("Too long."), PageTimeoutError, "Too long."),
        (PageMemoryError("Too much for --memory."), PageMemoryError, "Too much for --memory."),
        (OSError(errno.EROFS, "Read-only", "out/a.xml"), OutputError, "out/a.xml: Read-only"),
        (OSError(errno.EIO, "Input/output error"), OutputError, "place: Input/output error"),
        (MemoryError(), PageMemoryError, "--memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory", "tesseract"), PageMemoryError, "--memory"),
        (RuntimeError("[ONNXRuntimeError] : Conv node: std::bad_alloc"), PageMemoryError, "--memory"),
        (RuntimeError("OpenCV: (-4:Insufficient memory) Failed to allocate 9 bytes"), PageMemoryError, "--m"),
        (RuntimeError("can't start new thread"), PageMemoryError, "--memory"),
        (EngineError("Tesseract stopped with code -6: std::bad_alloc"), PageMemoryError, "--memory"),
        (caused(EngineError("cursive.onnx is damaged"), RuntimeError("bad_alloc")), PageMemoryError, "--m"),
        (caused(DependencyError("does not answer"), OSError(errno.ENOMEM, "")), PageMemoryError, "--memory"),
        (caused(ScanError("does not fit"), MemoryError()), PageMemoryError, "--memory"),
        (AttributeError("no attribute 'x'"), OcrError, "a fault of ours"),
        (ValueError("shapes (3,) and (4,)"), OcrError, "ValueError: shapes"),
    ],
)
def test_every_fault_has_its_kind(error: Exception, kind: type[OcrError], words: str) -> None:
    told = as_error(error, "place")
    assert type(told) is kind
    assert words in str(told)


def test_errors_that_caused_each_other_end() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert type(as_error(first, "")) is OcrError


@pytest.mark.parametrize(
    ("memory", "least"), [(None, None), (Memory(2000, 400), None), (Memory(450, 400), "500 or more")]
)
def test_a_reader_that_leaves_no_room_is_told_before_the_page_is_begun(
    monkeypatch: pytest.MonkeyPatch, memory: Memory | None, least: str | None
) -> None:
    monkeypatch.setattr(faults, "memory_mb", lambda: memory)
    if least is None:
        ask_for_room()
    else:
        with pytest.raises(PageMemoryError, match=least):
            ask_for_room()
