"""Whatever can be raised while a page is read, as an error that the user can act on."""

import errno
import math
from collections.abc import Iterator

from ocr.errors import OcrError, OutputError, PageMemoryError, reason_of
from ocr.workers import memory_mb

LEAST_ROOM_MB = 96.0
"""A page of a few lines takes more, beside what its reader takes anyway."""

_WORDS = (
    "insufficient memory",  # OpenCV
    "bad_alloc",  # what is written in C++: onnxruntime, Tesseract
    "bad allocation",
    "cannot allocate memory",  # the system
    "failed to allocate",
    "can't start new thread",  # Python
)


def as_error(error: Exception, place: str) -> OcrError:
    """The error as one of ours; `place` is named where the system names none."""
    if isinstance(error, PageMemoryError):
        return error
    if any(map(_is_memory, _chain(error))):
        return _too_little()
    if isinstance(error, OcrError):
        return error
    if isinstance(error, OSError):
        return OutputError(f"{error.filename or place}: {reason_of(error)}.")
    return OcrError(f"a fault of ours, please report it: {type(error).__name__}: {error}")


def ask_for_room() -> None:
    """PageMemoryError when a reader that is ready leaves no room for a page.

    To be asked before a page is begun: libraries that run out of memory in the middle say anything but that,
    or end the process.
    """
    memory = memory_mb()
    if memory is not None and memory.limit - memory.taken < LEAST_ROOM_MB:
        least = math.ceil((memory.taken + LEAST_ROOM_MB) / 50) * 50
        raise _too_little(f"{least} or more")


def _too_little(enough: str = "it more") -> PageMemoryError:
    return PageMemoryError(
        f"The page needs more memory than one page may take (--memory). Give {enough}, or 0 for no limit."
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from."""
    known: set[int] = set()
    while error is not None and id(error) not in known:
        yield error
        known.add(id(error))
        error = error.__cause__ or error.__context__


def _is_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return True
    message = str(error).lower()
    return any(word in message for word in _WORDS)
