"""Files of other programs imported: one page after another, and again only what changed."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath

from lxml import etree

from ocr import __version__
from ocr.errors import OcrError, RecordError, reason_of
from ocr.exports.output import GroupOutput
from ocr.files import sha256_of
from ocr.formats.leaves import foreign_root
from ocr.imports import alto, hocr, page_xml
from ocr.imports.fitting import fitted
from ocr.imports.foreign import CORRECTED, OURS, ForeignLine, ForeignPage, ForeignWord
from ocr.imports.inputs import PageFile, page_files
from ocr.imports.record import Provenance, record_of
from ocr.imports.scans import source_of, source_without
from ocr.locks import sole_run
from ocr.scan.load import digest_of
from ocr.tei.seal import read_fingerprint

MOST_BYTES = 256 * 2**20
"""Of one file with pages; a page has one or two."""


class Counts(StrEnum):
    """As whose the text of a file counts."""

    AUTO = "auto"
    """As the file says: of pages and lines that it calls done, a person's; else a program's."""
    CORRECTED = "corrected"
    READ = "read"


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """How pages are imported."""

    by: str
    """Whose the corrected text is: a person, an edition."""
    when: str
    """The day that dates the records, ISO 8601."""
    counts: Counts = Counts.AUTO
    scale: bool = False
    """May places be scaled to a scan of another size?"""
    without_scans: bool = False
    """Are pages imported whose scan is not there?"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one page."""

    place: PurePosixPath
    error: OcrError | None = None
    """Why nothing was written; what lay there before is as it was."""
    is_current: bool = False
    """Nothing changed since it was written, or only a person's work on the record: it stays as it is."""
    lines: int = 0
    corrected: int = 0
    """Lines of a person."""
    left_out: Counter[str] = field(default_factory=Counter)


def import_files(
    paths: Sequence[Path],
    output: Path,
    settings: ImportSettings,
    scans: Sequence[Path],
    passed_over: Counter[str],
) -> Iterator[Imported]:
    """Writes the records of files, folders and zips below a folder, each NAME.xml, whole or not at all.

    A page that cannot be imported is told, and the next follows. A record that somebody else wrote or
    corrected stays. OutputError when another run writes there; RecordError when there is no page at all.
    """
    any_page = False
    taken: dict[PurePosixPath, Path] = {}
    with sole_run(output):
        for path in paths:
            try:
                with page_files(path, list(scans), output, passed_over) as files:
                    for file in files:
                        any_page = True
                        yield from _pages(file, output, settings, taken)
            except OcrError as error:
                any_page = True
                yield Imported(PurePosixPath(path.name), error)
    if not any_page:
        raise RecordError(
            f"No PAGE, ALTO or hOCR file in {', '.join(map(str, paths))}. Give such files, or their folder."
        )


def _pages(
    file: PageFile, output: Path, settings: ImportSettings, taken: dict[PurePosixPath, Path]
) -> Iterator[Imported]:
    """The pages of a file."""
    try:
        content = _content(file.path)
        pages = pages_of(content, file.path)
    except OcrError as error:
        yield Imported(file.place, error)
        return
    for number, page in enumerate(pages, 1):
        place = file.place if len(pages) == 1 else file.place.with_name(f"{file.place.name}.{number}")
        if place in taken:
            yield Imported(
                place, RecordError(f"{file.path} and {taken[place]} have the same name; import them apart.")
            )
            continue
        taken[place] = file.path
        try:
            yield _page(as_settled(page, settings), place, file, sha256_of(content), output, settings)
        except OcrError as error:
            yield Imported(place, error)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RecordError(
                f"{path} is larger than {MOST_BYTES >> 20} MB, too large for a page. Divide it."
            )
        return path.read_bytes()
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {reason_of(error)}.") from error


def pages_of(content: bytes, path: Path) -> list[ForeignPage]:
    """The pages of a file of any format. RecordError when it is none, or not well-formed."""
    root, kind = foreign_root(content, path)
    match kind:
        case "pcgts":
            return [page_xml.page_of(root)]
        case "alto":
            return alto.pages_of(root)
        case "html":
            return hocr.pages_of(root, str(path))
    raise RecordError(
        f"{path} is XML, but its root is <{etree.QName(root).localname}>: no PAGE, ALTO or hOCR."
    )


def as_settled(page: ForeignPage, settings: ImportSettings) -> ForeignPage:
    """The page with the states of its lines: as it says, or all as told."""
    state = {Counts.CORRECTED: "corrected", Counts.READ: "draft"}.get(settings.counts)
    is_ours = page.program.startswith(OURS)  # then each line tells its own state
    if state is None and (is_ours or page.state not in CORRECTED):
        return page

    def settled(line: ForeignLine) -> ForeignLine:
        if state == "draft":
            items = (
                replace(item, is_persons=False) if isinstance(item, ForeignWord) else item
                for item in line.items
            )
            return replace(line, state="draft", items=tuple(items))
        own = line.state if line.state in CORRECTED else "corrected"
        return line if line.silence else replace(line, state=own)

    regions = (replace(region, lines=tuple(map(settled, region.lines))) for region in page.regions)
    return replace(page, state=state or page.state, regions=tuple(regions))


def _page(
    page: ForeignPage,
    place: PurePosixPath,
    file: PageFile,
    digest: str,
    output: Path,
    settings: ImportSettings,
) -> Imported:
    """One page, unless it is there."""
    try:
        sheet = file.finder.find(page, file.path, file.scan)
    except OcrError:
        if not settings.without_scans:
            raise
        sheet = None
    scan = "" if sheet is None else digest_of(sheet.path)
    how = f"{settings.by} {settings.counts} {settings.scale}"
    origin = sha256_of(f"import {__version__} {digest} {scan} {page.sheet} {how}".encode())
    out = GroupOutput(output, place, "import", origin)
    target = output / f"{place}.xml"
    if out.is_current() or (target.is_file() and read_fingerprint(target) == origin):
        return Imported(place, is_current=True)
    source = source_without(page) if sheet is None else source_of(sheet, page)
    page = fitted(page, source.width_px, source.height_px, scale=settings.scale)
    content = record_of(page, source, Provenance(settings.by, file.path.name, digest, origin, settings.when))
    if sheet is not None and file.keeps_scan:
        with out.open_file(str(place.with_name(sheet.path.name))) as kept, sheet.path.open("rb") as unpacked:
            shutil.copyfileobj(unpacked, kept)
    out.put(".xml", content)
    out.keep()
    corrected = sum(line.state in CORRECTED for line in page.lines)
    return Imported(place, lines=len(page.lines), corrected=corrected, left_out=page.left_out)
