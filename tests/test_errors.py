"""Errors own their exit codes, and what comes from outside fits into their sentences."""

import errno
import re
from pathlib import Path

import pytest

from ocr import errors
from ocr.errors import OcrError, reason_of
from ocr.faults import as_error

GUIDE = Path(__file__).parents[1] / "docs" / "transcriber.md"


def test_each_exit_code_has_one_meaning_which_the_guide_tells() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, OcrError)]
    codes = [kind.exit_code for kind in kinds]
    codes += [errors.SEVERAL_REASONS, errors.READ_IN_PART, errors.INTERRUPTED]
    assert len(codes) == len(set(codes))
    rows = re.findall(r"^\| (\d+) \|", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert {str(code) for code in codes} <= set(rows)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EISDIR, "Is a directory", "/a/b"),
        OSError("Failed to load document (PDFium: Data format error)."),
        OSError(),
        ValueError("embedded null byte\n"),
        RuntimeError("two\nlines.."),
        KeyError(),
    ],
    ids=repr,
)
def test_a_reason_from_outside_fits_into_a_sentence(error: Exception) -> None:
    reason = reason_of(error)
    assert reason
    assert "[Errno" not in reason
    assert "\n" not in reason
    assert not reason.endswith(".")
    if isinstance(error, OSError):
        assert re.search(r"[^.]\.$", str(as_error(error, "FILE")))
