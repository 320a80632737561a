"""The errors of this project: each owns its exit code and tells the reader what to do next.

Exit codes (in the manner of OCRmyPDF; the table is in docs/transcriber.md):

0 all done; 1 a fault of ours; 2 wrong usage; 3 something to install; 4 a scan or text that cannot be read;
5 output that cannot be written; 6 several pages failed for different reasons; 7 an engine failed;
8 a password is needed; 9 wrong settings; 10 a TEI file that is not valid; 11 nothing to compare;
12 a page took too long; 13 a page needed too much memory; 14 a page was read only in part (it is written
and kept); 130 interrupted.
"""

from typing import ClassVar


class OcrError(Exception):
    """Something the user can understand and act on. The message is one or two whole sentences."""

    exit_code: ClassVar[int] = 1


def reason_of(error: BaseException) -> str:
    """Why something outside failed, fit to stand within a sentence of ours: one line, no number of an errno,
    no full stop at its end."""
    reason = error.strerror if isinstance(error, OSError) else None
    return (
        " ".join((reason or str(error) or type(error).__name__).split()).rstrip(".") or type(error).__name__
    )


class DependencyError(OcrError):
    """A program, language or model is missing; the message says how to install it."""

    exit_code = 3


class ScanError(OcrError):
    """A scan or text cannot be read, or is not what its name says."""

    exit_code = 4


class OutputError(OcrError):
    """A result cannot be written: folder read-only, disk full, another run at work."""

    exit_code = 5


class EngineError(OcrError):
    """A recogniser failed on this page."""

    exit_code = 7


class EncryptedError(ScanError):
    """The file is protected by a password."""

    exit_code = 8


class SettingsError(OcrError):
    """A recipe or an option holds something unknown or out of range."""

    exit_code = 9


class RecordError(OcrError):
    """A TEI file is not well-formed, not valid, or not one of ours where it must be."""

    exit_code = 10


class ComparisonError(OcrError):
    """Truth and reading cannot be compared: no partner, or nothing to compare."""

    exit_code = 11


class PageTimeoutError(OcrError):
    """A page took longer than it may."""

    exit_code = 12


class PageMemoryError(OcrError):
    """A page needed more memory than it may."""

    exit_code = 13


SEVERAL_REASONS = 6
READ_IN_PART = 14
"""Exit code of a page that was read only in part."""
INTERRUPTED = 130
