"""The text of an existing transcription: plain text, Word, or TEI, in one file or several."""

import zipfile
from pathlib import Path

from ocr.errors import DependencyError, RecordError, reason_of
from ocr.files import files_below
from ocr.formats.text import plain_text
from ocr.tei.flow import TextRules

SUFFIXES = (".txt", ".md", ".docx", ".xml")
MOST_BYTES = 50_000_000
"""A larger file is no transcription; of a Word file what its parts come to when they are unpacked."""
_RULES = TextRules(abbr="abbr", fw="leave out")


def text_of(paths: list[Path]) -> str:
    """The text of all files, and of those in folders (hidden ones left out), in natural order.

    RecordError for a file that cannot be read, is of another kind, or holds nothing at all; DependencyError
    when Word files cannot be read here.
    """
    files = [file for path in paths for file in (_below(path) if path.is_dir() else [path])]
    text = "\n".join(map(_text, files))
    if not text.strip():
        raise RecordError(
            f"There is no text in {', '.join(map(str, paths))}. Give a transcription: {', '.join(SUFFIXES)}."
        )
    return text


def _below(folder: Path) -> list[Path]:
    return [file for file in files_below(folder) if file.suffix.lower() in SUFFIXES]


def _text(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise RecordError(f"{path} is no transcription that can be read: give {', '.join(SUFFIXES)}.")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RecordError(
                f"{path} is larger than {MOST_BYTES // 10**6} MB, too large for a transcription."
            )
        if suffix == ".docx":
            return _word(path)
        if suffix == ".xml":
            return plain_text(path, _RULES)
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordError(
            f"{path} is not UTF-8 (byte {error.start}); encodings are not guessed: save it as UTF-8."
        ) from error
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {reason_of(error)}.") from error


def _word(path: Path) -> str:
    """The paragraphs of a Word file and the cells of its tables; footnotes and headers are an editor's."""
    try:
        import docx
    except ModuleNotFoundError as error:
        raise DependencyError(
            "Word files need python-docx; install it with: pip install 'tetradi[office]'."
        ) from error
    try:
        with zipfile.ZipFile(path) as package:
            is_small = sum(part.file_size for part in package.infolist()) <= MOST_BYTES
        if is_small:
            blocks = docx.Document(str(path)).iter_inner_content()
            return "\n".join(_block(block) for block in blocks)
    except Exception as error:  # python-docx, zipfile and lxml raise whatever comes
        raise RecordError(f"{path} is no Word file that can be read ({reason_of(error)}).") from error
    raise RecordError(f"{path} unpacks to more than {MOST_BYTES // 10**6} MB.")


def _block(block: object) -> str:
    """A paragraph's text, or that of a table, cell by cell."""
    rows = getattr(block, "rows", None)
    if rows is None:
        return str(getattr(block, "text", ""))
    return "\n".join(cell.text for row in rows for cell in row.cells)
