"""Which files are scans: of folders and of names that the user gave, each with its place below the output."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr.errors import reason_of
from ocr.files import files_below
from ocr.scan.kinds import OTHER_SUFFIXES, is_picture, is_read
from ocr.scan.load import OVERLAY_SUFFIX


@dataclass(frozen=True, slots=True)
class ListedScan:
    """A scan file and the name of its record without suffix; a reason when it cannot even be begun."""

    scan: Path
    target: Path
    refused: str = ""
    passed_over: bool = False
    """Another file of its name is read in its place; that is no failure."""

    def record(self, sheet: int, sheets: int) -> Path:
        """Where the record of one sheet of so many goes."""
        name = f"{self.target.name}.p{sheet:04}" if sheets > 1 else self.target.name
        return self.target.with_name(name + ".xml")


def list_scans(paths: Sequence[Path], output: Path) -> list[ListedScan]:
    """All scans in natural order (2 before 10), each with its place below output. Folders are searched whole.

    A file named by the user is taken whatever it holds. Of a folder those are taken that are pictures by
    name or by their first bytes, also such as cannot be read: they are told. The output folder itself is
    left out.
    """
    listed = [
        (scan, output / relative.with_suffix(""), refused)
        for path in paths
        for scan, relative, refused in _below(path, output)
    ]
    chosen = {scan for scan, _, _ in listed if is_read(scan)} | set(paths)
    named = {target: scan for scan, target, _ in reversed(listed) if scan in chosen}
    scans: dict[Path, ListedScan] = {}
    taken: dict[Path, Path] = {}
    for scan, target, refused in listed:
        if scan in scans:
            continue  # named twice
        why, kind, rival = refused, scan.suffix.lower(), named.get(target, scan)
        if not why and rival != scan and scan not in chosen:  # a camera's raw picture, a copy kept
            why = f"passed over, since {rival.name} is read"
            scans[scan] = ListedScan(scan, target.with_name(scan.name), why, passed_over=True)
            continue
        if not why and kind in OTHER_SUFFIXES:
            why = f"pictures of this kind ({kind}) cannot be read; save it as JPEG, PNG or PDF"
        if not why and (rival := taken.setdefault(target, scan)) != scan:
            why = f"would be written to the same file as {rival}; rename one of them"
        scans[scan] = ListedScan(scan, target, why)
    return list(scans.values())


def _below(path: Path, output: Path) -> Iterator[tuple[Path, Path, str]]:
    if not path.is_dir():
        yield path, Path(path.name), "" if path.exists() else "there is no such file"
        return
    unreadable: list[OSError] = []
    for file in files_below(path, without=output, on_error=unreadable.append):
        if is_picture(file) and not file.name.endswith(OVERLAY_SUFFIX):
            yield file, file.relative_to(path), ""
    for error in unreadable:
        yield (
            Path(error.filename),
            Path(error.filename).relative_to(path),
            f"cannot be listed: {reason_of(error)}",
        )
