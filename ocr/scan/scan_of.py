"""Which file is the scan that a record was read from: the name proposes, the sha256 decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

from ocr.errors import ScanError, reason_of
from ocr.files import files_below, is_file, is_of_drive
from ocr.page import ScanFacts, Source
from ocr.scan.kinds import may_hold_sheets
from ocr.scan.load import Scan, ScanFile, digest_of, is_scan, load_sheet
from ocr.text import fit_for_xml, nfc, squeeze

_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class ScanSheet:
    """The sheet of a scan file that a record was read from."""

    path: Path
    sheet: int = 1
    dpi: float | None = None
    """The resolution a PDF was drawn at; None for pictures."""
    frame: tuple[int, int] | None = None
    """Width and height, in pixels, that the record's places are measured in; None when it does not say."""

    def load(self) -> Scan:
        """Its pixels, in the frame of the record's places. ScanError when that cannot be."""
        return load_sheet(self.path, self.sheet, dpi=self.dpi, frame=self.frame)


class OtherScanError(ScanError):
    """There is a scan of that name, but its bytes are not those that were read."""

    def __init__(self, sheet: ScanSheet) -> None:
        super().__init__(
            f"{sheet.path} is not the scan that was read, only another of its name (the sha256 differs). "
            "Give the folder of the right one with --scans FOLDER."
        )
        self.sheet = sheet
        """The other scan."""


def find_scan(facts: ScanFacts | Source, folders: Sequence[Path], *, within: Path | None = None) -> ScanSheet:
    """The scan of one record. For many records, one `Shelf` lists the folders only once."""
    return Shelf(folders).find(facts, within=within)


class Shelf:
    """Folders with scans (or single files), searched whole; links are followed. Listed once, when need be."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def find(self, facts: ScanFacts | Source, *, within: Path | None = None, stem: str = "") -> ScanSheet:
        """The scan that a record was read from.

        `within` is the record's own place below its output folder: a scan at the same place below a folder
        is tried first. `stem` names the scan, whatever its suffix, of a record that names no file. Names are
        the same when they differ only in normal form or in what XML cannot hold. When the record holds a
        sha256 only a file of that sha256 is the scan. OtherScanError when there are only others of that name;
        ScanError when there is none, or when several might be it and nothing decides.
        """
        named = PurePath((facts.file or "").replace("\\", "/")).name
        wanted = (facts.sha256 or "").lower()
        others: list[Path] = []
        for path in self._proposed(named, within, stem):
            if not wanted:
                others.append(path)
                if within is not None and path.parent in {folder / within for folder in self._folders}:
                    return _sheet(path, facts)  # no digest, but the same name at the same place
            elif digest_of(path) == wanted:
                return _sheet(path, facts)
            elif path not in others:
                others.append(path)
        if not others:
            places = ", ".join(str(folder) for folder in self._folders) or "any folder"
            raise ScanError(
                f"The scan {named or stem or '(not named)'} is not in {places}. "
                "Give its folder with --scans FOLDER."
            )
        if wanted:
            raise OtherScanError(_sheet(others[0], facts))
        if len({digest_of(path) for path in others}) > 1:
            raise ScanError(
                f"Several scans are called {named or stem}: {others[0]}, {others[-1]}, and nothing says "
                "which was read. Give the folder of the right one with --scans FOLDER."
            )
        return _sheet(others[0], facts)

    def _proposed(self, named: str, within: Path | None, stem: str) -> Iterator[Path]:
        """Files that might be it, the likeliest first; one may come twice."""
        for folder in self._folders if named else ():
            for place in (folder / (within or Path()) / named, folder / named):
                if is_file(place):
                    yield place
        key = name_key(named or stem)
        for path in self._files if key else ():
            if name_key(path.name) == key if named else is_scan(path) and name_key(path.stem) == key:
                yield path

    @cached_property
    def _files(self) -> tuple[Path, ...]:
        try:
            return tuple(
                path
                for folder in self._folders
                for path in ([folder] if folder.is_file() else files_below(folder, on_error=_stop_of_drive))
                if is_file(path)
            )
        except OSError as error:
            place = error.filename or "A folder of scans"
            raise ScanError(f"{place} cannot be searched: {reason_of(error)}.") from error


def _stop_of_drive(error: OSError) -> None:
    """A folder that is not there, or is closed, holds no scan; of one on a failing drive nobody knows."""
    if is_of_drive(error):
        raise error


def refuse_another(file: ScanFile, record: Path, sha256: str | None, read_from: Path | None) -> None:
    """ScanError when a record (`sha256` of its scan) was read from another scan, of the same name by chance.

    A scan that was made anew is none: it lies where the other lay (`read_from`, as far as an earlier run
    tells), or is younger than the record.
    """
    if not sha256 or sha256 == file.digest():
        return
    scan = file.path
    if read_from is None:
        another = scan.stat().st_mtime_ns < record.stat().st_mtime_ns
    else:
        another = read_from != scan.resolve()
    if another:
        which = f" ({read_from})" if read_from else ""
        raise ScanError(
            f"{record} was read from another scan{which} than {scan}. "
            "Give this one another output folder (-o), or replace the record with --mode force."
        )


def name_key(name: str) -> str:
    """What is left of a file's name when it has gone through XML and a normal form."""
    return squeeze(nfc(fit_for_xml(name)[0]))


def _sheet(path: Path, facts: ScanFacts | Source) -> ScanSheet:
    frame = (facts.width_px, facts.height_px) if facts.width_px and facts.height_px else None
    return ScanSheet(
        path,
        facts.sheet if facts.sheet == 1 or may_hold_sheets(path) else 1,
        facts.dpi if facts.media_type == _PDF else None,
        frame,
    )
