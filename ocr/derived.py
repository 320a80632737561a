"""Files made from a record: NAME.txt and NAME.explain.jpg. They follow the TEI; a stranger's is left alone.

What we wrote is known by its ledger, a small file in .tetradi/ beside NAME.xml with the sha256 of the TEI
that the text was made from and of the file as we wrote it. A file of another sha256 was written or changed by
somebody else. The ledger is written first, with the file before and the file to be, so that a run that is
killed in between still knows both as ours.
"""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from ocr.errors import OutputError, RecordError, reason_of
from ocr.files import given, is_of_drive, sha256_of, write_whole
from ocr.formats.text import plain_text
from ocr.locks import locked
from ocr.notation import object_from_json
from ocr.page import Line, Page, Surface
from ocr.scan.load import OVERLAY_SUFFIX
from ocr.tei.flow import Ink, TextRules
from ocr.tei.parse import parse_tei
from ocr.tei.plain import to_text

TEXT_SUFFIX = ".txt"
FOLDER = ".tetradi"
"""Where the ledgers lie, beside the records."""


@dataclass(frozen=True, slots=True)
class _Origin:
    """What is known of a derived file; digests are sha256 in hexadecimal."""

    record: str = ""
    """Of the TEI it was made from."""
    written: tuple[str, str] = ("", "")
    """Of the file as we wrote it, before the last time and the last time."""
    ink: Ink | None = None
    """Which inks the text holds; None: nobody chose, so all."""


def renew_text(record: Path, *, make: bool = False, ink: Ink | None = None) -> bool:
    """Brings NAME.txt beside a record up to what the record says now; True unless it is somebody else's.

    To be called after whatever changed the record. A missing file is made with `make` only. False: the file
    that lies there was written or changed by somebody else, and stays as it is. `ink` main leaves out what is
    written in another ink; None: as the text that lies there. RecordError when the record
    cannot be read, OutputError when nothing can be written. For many threads and processes.
    """
    path = record.with_suffix(TEXT_SUFFIX)
    if not make and not path.exists():
        return True
    with locked(path.parent / FOLDER / "lock"):  # the desk and a run may save at the same time
        kept = ink or _origin(path).ink

        def content() -> bytes:
            return plain_text(record, TextRules(ink=kept or Ink.ALL)).encode()

        return _renew(record, path, content, make=make, ink=kept, unledgered=partial(_texts, record))


def renew_picture(record: Path, draw: Callable[[Page], bytes | None], *, make: bool = False) -> bool:
    """The same for NAME.explain.jpg; `draw` is only called when the picture must be made.

    None from `draw`: it cannot be drawn, and what lies there stays.
    """
    return _renew(record, record.with_suffix(OVERLAY_SUFFIX), lambda: draw(parse_tei(record)), make=make)


def _renew(
    record: Path,
    path: Path,
    content: Callable[[], bytes | None],
    *,
    make: bool,
    ink: Ink | None = None,
    unledgered: Callable[[bytes], frozenset[str]] = lambda _: frozenset(),
) -> bool:
    """`unledgered` gives the digests by which a file is known as ours that no ledger names."""
    try:
        present = sha256_of(path.read_bytes())
    except FileNotFoundError:
        present = ""
    except OSError as error:
        if is_of_drive(error):
            raise OutputError(f"{path} cannot be renewed: {reason_of(error)}.") from error
        return False  # a folder, or closed to us
    if not present and not make:
        return True
    try:
        tei = record.read_bytes()  # first: if the record changes now, the next call sees it
    except OSError as error:
        raise RecordError(f"{record} cannot be read ({reason_of(error)}). Check its permissions.") from error
    origin = _origin(path)
    version = sha256_of(tei)
    if present and (origin.record, origin.written[-1], origin.ink) == (version, present, ink):
        return True
    if present and present not in origin.written and present not in unledgered(tei):
        return False
    new = content()
    if new is None:
        return True
    made = sha256_of(new)
    ledger = {"file": path.name, **asdict(_Origin(version, (present, made), ink))}
    write_whole(_ledger(path), json.dumps(ledger).encode() + b"\n")
    if present != made:
        write_whole(path, new)
    return True


def _texts(record: Path, tei: bytes) -> frozenset[str]:
    """Digests of the text of a record as it stands, and of what the machine read as far as it is kept."""
    texts = [plain_text(record)]  # by its name, so that a broken one is told by that
    with suppress(RecordError):  # another program's; of bytes, so that no drive can fail here
        texts.append(to_text(_as_read(parse_tei(tei))))
    return frozenset(sha256_of(text.encode()) for text in texts)


def _as_read(page: Page) -> Page:
    """The page without what a person wrote."""
    machines = {step.ident for step in page.steps}

    def machine(line: Line) -> Line:
        return replace(line, readings=tuple(r for r in line.readings if r.by in machines))

    def surface(whole: Surface) -> Surface:
        regions = (replace(region, lines=tuple(map(machine, region.lines))) for region in whole.regions)
        return replace(whole, regions=tuple(regions))

    return replace(page, surfaces=tuple(map(surface, page.surfaces)))


def _ledger(path: Path) -> Path:
    """Named by a digest: the name of a scan may be as long as a file system allows."""
    return path.parent / FOLDER / f"{sha256_of(os.fsencode(path.name))[:24]}.json"


def _origin(path: Path) -> _Origin:
    """What the ledger says; nothing when there is none, or one that cannot be read."""
    content = given(_ledger(path))
    try:
        kept = object_from_json(content or b"")
        ink = Ink(kept["ink"]) if kept.get("ink") else None
        return _Origin(str(kept["record"]), (str(kept["written"][0]), str(kept["written"][1])), ink)
    except (ValueError, LookupError, TypeError):
        return _Origin()
