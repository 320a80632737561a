"""Pictures of the lines that hits stand on, cut out of their scans."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath

from ocr.corrections.view import view_of
from ocr.errors import OcrError
from ocr.files import sha256_of, write_whole
from ocr.geometry import Box
from ocr.scan.scan_of import Shelf
from ocr.scan.strips_for_people import ROOM, cut
from ocr.search.answer import Hit
from ocr.search.places import HitPlace

_WIDTH_PX, _QUALITY = 1600, 80


def write_strips(
    folder: Path, hits: Mapping[Hit, HitPlace], scans: Sequence[Path], into: Path
) -> tuple[dict[Hit, Path], list[str]]:
    """Writes the line of each hit with a place as a JPEG; gives the files, and why others could not be made.

    `folder` holds the records, `scans` are where their scans may lie. A scan is opened once for its page.
    OutputError when a picture cannot be written.
    """
    shelf = Shelf(scans)
    files: dict[Hit, Path] = {}
    failed: list[str] = []
    for place, of_page in groupby(sorted(hits, key=lambda hit: (hit.page, hit.number)), lambda hit: hit.page):
        some = [(hit, strip) for hit in of_page if (strip := hits[hit].strip) is not None]
        below = PurePosixPath(place)
        try:
            facts = view_of(folder / place).scan
            scan = shelf.find(facts, within=Path(below.parent), stem=below.stem).load()
        except OcrError as error:
            failed.append(str(error))
            continue
        for hit, strip in some:
            path = into / f"{_short(str(below.with_suffix('')))}-{hit.number}.jpg"
            if path not in files.values():
                (jpeg,) = cut(scan.pixels, [_with_room(strip)], width_px=_WIDTH_PX, quality=_QUALITY)
                write_whole(path, jpeg)
            files[hit] = path
    return files, failed


def _short(place: str) -> str:
    """A place as the name of a file; that of a scan may be as long as a file system allows."""
    name = place.replace("/", "_")
    return name if len(name.encode()) <= 200 else sha256_of(name.encode())[:24]


def _with_room(box: Box) -> Box:
    room = ROOM * box.height
    return Box(box.left - room, box.top - room, box.right + room, box.bottom + room)
