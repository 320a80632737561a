"""Which files below the paths that are given are pages of other programs, and where their records go."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ocr.derived import FOLDER
from ocr.errors import ScanError
from ocr.files import files_below
from ocr.formats.leaves import HTML_SUFFIXES, root_of
from ocr.imports.scans import ScanFinder, stem_of
from ocr.imports.zips import PAGE_SUFFIXES, unpacked

_ROOTS = frozenset({"pcgts", "alto", "html"})
_HOCR = (b"ocr_", b"ocrx_")
_FOLDERS = ("page", "alto")
"""Folders of these names hold the pages of the folder they lie in (Transkribus); PAGE says more than ALTO."""
ZIP = ".zip"


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file that may hold pages."""

    path: Path
    place: PurePosixPath
    """Where its record goes below the output folder, without suffix."""
    finder: ScanFinder
    keeps_scan: bool = False
    """Its scan was unpacked for a while, and is to be kept beside the record."""


@contextmanager
def page_files(
    path: Path, scans: list[Path], output: Path, passed_over: Counter[str]
) -> Iterator[list[PageFile]]:
    """The files of a path (a file, a folder, a zip) in natural order, as long as the context lasts.

    What is no page (METS, TEI, data of an export) is counted by its kind in `passed_over`. ScanError when the
    path is not there, or a zip is refused.
    """
    if path.suffix.lower() == ZIP and path.is_file():
        with unpacked(path, output / FOLDER / "unpacked") as folder:
            files = list(_below(folder, scans, output, passed_over, is_temporary=True))
            yield [_within(file, PurePosixPath(path.stem)) for file in files]
    elif path.is_dir():
        yield list(_below(path, scans, output, passed_over))
    elif path.is_file():
        finder = ScanFinder(path.parent, scans)
        yield [PageFile(path, PurePosixPath(stem_of(path.name)), finder)]
    else:
        raise ScanError(f"{path} does not exist. Check the name.")


def _within(file: PageFile, folder: PurePosixPath) -> PageFile:
    """The file of a zip, its record in the folder that the zip is called by."""
    place = file.place if file.place.parts[0] == str(folder) else folder / file.place
    return PageFile(file.path, place, file.finder, keeps_scan=True)


def _below(
    root: Path, scans: list[Path], output: Path, passed_over: Counter[str], *, is_temporary: bool = False
) -> Iterator[PageFile]:
    finder = ScanFinder(root, scans)
    files: list[tuple[Path, PurePosixPath, str]] = []
    for path in files_below(root, without=None if is_temporary else output):
        suffix = path.suffix.lower()
        if suffix == ZIP:
            passed_over["zip within a folder"] += 1
        if suffix not in PAGE_SUFFIXES:
            continue
        kind = root_of(path)
        if kind is not None and kind.lower() not in _ROOTS:
            passed_over[f"{kind} ({path.name})" if kind.lower() != "tei" else "TEI"] += 1
            continue
        if suffix in HTML_SUFFIXES and not any(mark in path.read_bytes() for mark in _HOCR):
            passed_over[f"HTML ({path.name})"] += 1
            continue
        relative = PurePosixPath(path.relative_to(root).as_posix())
        folder = relative.parent.parent if relative.parent.name in _FOLDERS else relative.parent
        files.append((path, folder / stem_of(path.name), (kind or "").lower()))
    as_page = {place for path, place, _ in files if path.parent.name == "page"}
    for path, place, kind in files:
        if kind == "alto" and path.parent.name == "alto" and place in as_page:
            passed_over["ALTO of a page that is there as PAGE"] += 1
        else:
            yield PageFile(path, place, finder)
