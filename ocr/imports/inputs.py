"""Which files below the paths that are given are pages of other programs, and where their records go."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ocr.derived import FOLDER
from ocr.errors import RecordError, ScanError
from ocr.files import files_below, is_file, place_in_walk, refuse_drive
from ocr.formats.leaves import HTML_SUFFIXES, root_of
from ocr.imports.mets import Mets, read_mets
from ocr.imports.scans import ScanFinder, stem_of
from ocr.imports.zips import PAGE_SUFFIXES, unpacked
from ocr.scan.load import is_scan
from ocr.tei.tree import read

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
    scan: Path | None = None
    """Its scan as METS names it, when it is there."""
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
    return replace(file, place=place, keeps_scan=True)


def _below(
    root: Path, scans: list[Path], output: Path, passed_over: Counter[str], *, is_temporary: bool = False
) -> Iterator[PageFile]:
    finder = ScanFinder(root, scans)
    files: list[tuple[Path, PurePosixPath, str]] = []
    orders: list[Mets] = []
    for path in files_below(root, without=None if is_temporary else output):
        suffix = path.suffix.lower()
        if suffix == ZIP:
            passed_over["zip within a folder"] += 1
        if suffix not in PAGE_SUFFIXES:
            continue
        kind = root_of(path)
        if (kind or "").lower() == "mets" and (mets := _mets(path, passed_over)) is not None:
            orders.append(mets)
            continue
        if kind is not None and kind.lower() not in _ROOTS:
            passed_over[f"{kind} ({path.name})" if kind.lower() != "tei" else "TEI"] += 1
            continue
        if suffix in HTML_SUFFIXES and not any(mark in read(path) for mark in _HOCR):
            passed_over[f"HTML ({path.name})"] += 1
            continue
        relative = PurePosixPath(path.relative_to(root).as_posix())
        folder = relative.parent.parent if relative.parent.name in _FOLDERS else relative.parent
        files.append((path, folder / stem_of(path.name), (kind or "").lower()))
    as_page = {place for path, place, _ in files if path.parent.name == "page"}
    pages = [
        PageFile(path, place, finder)
        for path, place, kind in files
        if not (kind == "alto" and path.parent.name == "alto" and place in as_page)
    ]
    if twice := len(files) - len(pages):
        passed_over["ALTO of a page that is there as PAGE"] += twice
    for mets in orders:
        pages = _ordered(pages, mets)
    yield from pages


def _mets(path: Path, passed_over: Counter[str]) -> Mets | None:
    """What a METS file says of its export; None when it names no page, or cannot be read. RecordError of a
    drive that fails."""
    try:
        mets = read_mets(path)
    except RecordError as error:
        refuse_drive(error)
        passed_over[f"METS that cannot be read ({path.name})"] += 1
        return None
    if not mets.pages:
        return None
    passed_over.update(f"{section} ({path.name})" for section in mets.others)
    files = [file for page in mets.pages for file in page]
    missing = sum(not is_file(file) for file in files)
    if missing:
        passed_over[f"file that {path.name} names and that is not there"] += missing
    return mets


def _ordered(pages: list[PageFile], mets: Mets) -> list[PageFile]:
    """The pages with the scans that METS gives them. Where their names do not say the order that METS says,
    numbers before the names do."""
    number = {file: at for at, page in enumerate(mets.pages, 1) for file in page}
    scans = {
        file: next((each for each in page if is_scan(each) and is_file(each)), None)
        for page in mets.pages
        for file in page
    }
    listed = [page for page in pages if page.path in number]
    by_name = sorted(listed, key=lambda page: place_in_walk(Path(page.place)))
    numbers = [number[page.path] for page in by_name]
    width = max(4, len(str(len(mets.pages))))
    ordered = {
        page.path: replace(
            page,
            scan=scans[page.path],
            place=page.place
            if numbers == sorted(numbers)
            else page.place.with_name(f"{number[page.path]:0{width}d}-{page.place.name}"),
        )
        for page in sorted(listed, key=lambda page: number[page.path])
    }
    return [*ordered.values(), *(page for page in pages if page.path not in ordered)]
