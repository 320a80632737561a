"""The scan of a page of another program: where the file says, beside it, or in the folders that are given."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ocr.errors import ScanError
from ocr.files import is_file
from ocr.imports.foreign import ForeignPage
from ocr.page import ScanFacts, Source
from ocr.scan.load import is_scan, load_sheet
from ocr.scan.scan_of import OtherScanError, ScanSheet, Shelf


class ScanFinder:
    """Finds the scans of the pages below one folder."""

    def __init__(self, root: Path, folders: Sequence[Path]) -> None:
        """`root` is the folder that is imported, `folders` are those of --scans, which come first."""
        self._root, self._folders = root, tuple(folders)
        self._shelf = Shelf([*folders, root])

    def find(self, page: ForeignPage, file: Path, scan: Path | None = None) -> ScanSheet:
        """The scan that a page names, else the one that its export gives it (`scan`), else one of its name.

        ScanError when there is none, or another of its name alone.
        """
        name = page.image.replace("\\", "/")
        for place in self._near(name, file):
            if is_file(place) and not page.sha256:
                return ScanSheet(place, page.sheet)
        facts = ScanFacts(PurePosixPath(name).name or None, page.sha256, page.sheet)
        try:
            return self._shelf.find(facts)
        except OtherScanError:
            raise
        except ScanError as error:
            if scan is not None:
                return ScanSheet(scan, page.sheet)
            try:  # the picture may be called as the page is, whatever the page says
                return self._shelf.find(replace(facts, file=None), stem=stem_of(file.name))
            except ScanError:
                raise error from None

    def _near(self, name: str, file: Path) -> list[Path]:
        """Where a name with folders may lead: from the file's own folder upwards, never out of the root."""
        path = PurePosixPath(name)
        if not name or "://" in name or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            return []
        root = self._root.resolve()
        bases = [folder for folder in file.resolve().parents if folder.is_relative_to(root)]
        places = [folder / path for folder in (*self._folders, *bases)]
        return [place for place in places if is_scan(place)]


def source_of(sheet: ScanSheet, page: ForeignPage) -> Source:
    """What a record says of a scan, its sha256 and size measured. ScanError when it cannot be read."""
    frame = None
    if page.size is not None and page.is_pixels:
        frame = (round(page.size[0]), round(page.size[1]))
    is_pdf = sheet.path.suffix.lower() == ".pdf"
    return load_sheet(sheet.path, sheet.sheet, frame=frame if is_pdf else None).source


def source_without(page: ForeignPage) -> Source:
    """What a record says of a scan that is not there: its name and size, as far as the file tells.

    ScanError when the file does not tell the size.
    """
    if page.size is None or not page.is_pixels:
        raise ScanError("The file tells no size of its scan in pixels. Give the scan: --scans DIR.")
    width, height = (max(round(side), 1) for side in page.size)
    name = PurePosixPath(page.image.replace("\\", "/")).name
    return Source(name, page.sha256 or "", width, height, "", page.sheet, page.sheet)


def stem_of(name: str) -> str:
    """A file's name without the suffixes of its format: 0001.page.xml is 0001."""
    stem = PurePosixPath(name).stem
    for suffix in (".page", ".alto", ".hocr"):
        stem = stem.removesuffix(suffix)
    return stem
