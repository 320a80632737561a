"""The pictures of an IIIF manifest fetched into a folder, each whole or not at all, none a second time."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import NoReturn

from ocr.derived import FOLDER
from ocr.errors import OcrError, OutputError, RecordError, ScanError, reason_of
from ocr.files import given, sha256_of, sync_folder, whole_file, write_whole
from ocr.imports.annotations import page_of
from ocr.imports.fitting import fitted
from ocr.imports.http import HttpLimits, NotGivenError, RefusedError, fetch
from ocr.imports.manifest import CanvasPicture, Manifest, read_manifest
from ocr.imports.record import Provenance, record_of
from ocr.imports.run import ImportSettings, as_settled
from ocr.locks import sole_run
from ocr.notation import from_json, object_from_json
from ocr.page import Source
from ocr.scan.load import digest_of, load_sheet
from ocr.tei.notebook import FILE

_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "image/jp2": ".jp2",
    "image/gif": ".gif",
    "image/bmp": ".bmp",
    "image/avif": ".avif",
}
_MOST_FAILURES = 5
"""After so many pictures on end that a server does not give, no further is asked for."""


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """How much is fetched."""

    most_images: int = 1000
    most_picture_bytes: int = 512 * 2**20
    most_manifest_bytes: int = 64 * 2**20
    allow_local: bool = False
    """May addresses lie on this machine or in a private net?"""

    def http(self, most_bytes: int) -> HttpLimits:
        """The limits of one answer."""
        return HttpLimits(most_bytes, allow_local=self.allow_local)


@dataclass(frozen=True, slots=True)
class FetchedPicture:
    """What became of one picture."""

    name: str
    error: OcrError | None = None
    is_current: bool = False
    """It was there already, as it was fetched."""
    lines: int = 0
    """So many lines of text came with it, and became a record beside it."""


def is_address(text: str) -> bool:
    """Is it an address in the net rather than a path?"""
    return text.lower().startswith(("http://", "https://"))


def manifest_of(source: str, limits: PictureLimits) -> Manifest:
    """The manifest at an address, or in a file. ScanError or RecordError says why there is none."""
    if is_address(source):
        content = BytesIO()
        address = fetch(source, content, limits.http(limits.most_manifest_bytes))
        return read_manifest(content.getvalue(), address)
    path = Path(source)
    try:
        if path.stat().st_size > limits.most_manifest_bytes:
            raise RecordError(f"{path} is larger than {limits.most_manifest_bytes >> 20} MB, so no manifest.")
        return read_manifest(path.read_bytes(), source)
    except OSError as error:
        raise ScanError(f"{path} cannot be read: {reason_of(error)}.") from error


def fetch_pictures(
    manifest: Manifest, source: str, folder: Path, limits: PictureLimits, settings: ImportSettings
) -> Iterator[FetchedPicture]:
    """Fetches the first pictures of a manifest, so many as may be, and writes notebook.toml beside them.

    What annotations of a canvas say by line becomes NAME.xml beside its picture, unless one lies there.
    A picture that cannot be had is told, and the next follows; a second run asks for those alone. Files that
    somebody else wrote stay. OutputError when another run writes there.
    """
    with sole_run(folder):
        _put_notebook(manifest, source, folder)
        failures = 0
        for picture in manifest.pictures[: limits.most_images]:
            try:
                place, is_current = _fetched(picture, folder, limits)
                lines = _put_text(picture, place, manifest, limits, settings)
            except OcrError as error:
                yield FetchedPicture(picture.name, error)
                failures += not isinstance(error, RefusedError)
                if failures >= _MOST_FAILURES:
                    raise ScanError(
                        f"{failures} pictures on end were not given; no further is asked for. "
                        "Run the same command again later: what is there is not fetched again."
                    ) from error
            else:
                failures = 0
                yield FetchedPicture(picture.name, is_current=is_current, lines=lines)


def _put_text(
    picture: CanvasPicture, scan: Path, manifest: Manifest, limits: PictureLimits, settings: ImportSettings
) -> int:
    """Writes the record of what annotations say of a picture; gives its lines, 0 when nothing was written."""
    target = scan.with_suffix(".xml")
    if not picture.lists or target.exists():
        return 0

    def get(address: str) -> object:
        content = BytesIO()
        fetch(address, content, limits.http(limits.most_manifest_bytes))
        try:
            return from_json(content.getvalue())
        except ValueError as error:
            raise RecordError(f"{address} is not JSON that can be read: no annotations.") from error

    page = page_of(picture, get, manifest.left_out)
    if page is None:
        return 0
    source = load_sheet(scan).source
    page = fitted(as_settled(page, settings), source.width_px, source.height_px, scale=True)
    manifest.left_out.update(page.left_out)
    digest = sha256_of(repr(page.regions).encode())
    of = Provenance(settings.by, manifest.title or picture.name, digest, digest, settings.when)
    write_whole(target, record_of(page, source, of))
    return len(page.lines)


def _fetched(picture: CanvasPicture, folder: Path, limits: PictureLimits) -> tuple[Path, bool]:
    """Fetches a picture; gives its place, and whether it was there. OcrError says why it cannot be had."""
    ledger = folder / FOLDER / f"{sha256_of(picture.addresses[0].encode())[:24]}.picture.json"
    name, digest = _known(ledger)
    if name and _digest(folder / name) == digest:
        return folder / name, True
    part = folder / FOLDER / "fetched"
    try:
        for address in picture.addresses:
            try:
                with whole_file(part) as file:
                    fetch(address, file, limits.http(limits.most_picture_bytes))
                break
            except NotGivenError:
                if address == picture.addresses[-1]:
                    raise
        source = load_sheet(part).source  # decodes it, so that it is known to be whole
        target = _target(picture, folder, source)
        if _digest(target) not in {"", digest if target.name == name else "", source.sha256}:
            _refuse_strangers(target)
        record = {"file": target.name, "sha256": source.sha256, "address": picture.addresses[0]}
        os.replace(part, target)  # noqa: PTH105  (over a file of ours)
        sync_folder(folder)
        write_whole(ledger, json.dumps(record, ensure_ascii=False).encode() + b"\n")
    except ScanError as error:
        if isinstance(error, RefusedError) or picture.addresses[0] in str(error):
            raise
        raise ScanError(str(error).replace(str(part), picture.addresses[0])) from error
    except OSError as error:
        raise OutputError(f"{folder} cannot be written to: {reason_of(error)}.") from error
    finally:
        part.unlink(missing_ok=True)
    return target, False


def _target(picture: CanvasPicture, folder: Path, source: Source) -> Path:
    """Where a picture goes. ScanError when what came is no whole picture."""
    if source.damage or source.media_type not in _SUFFIXES:
        raise ScanError(
            f"{picture.addresses[0]} gave no whole picture ({source.damage or source.media_type}). "
            "Try again later."
        )
    return folder / f"{picture.name}{_SUFFIXES[source.media_type]}"


def _refuse_strangers(target: Path) -> NoReturn:
    """OutputError for a file that somebody else wrote."""
    raise OutputError(f"{target} was written by somebody else and stays as it is. Move it away.")


def _known(ledger: Path) -> tuple[str, str]:
    """The name and sha256 of a picture as it was fetched; empty when it was not. OutputError when its ledger
    cannot be read."""
    try:
        kept = object_from_json(given(ledger) or b"")
        return str(kept["file"]), str(kept["sha256"])
    except (ValueError, LookupError, TypeError):
        return "", ""


def _digest(path: Path) -> str:
    """The sha256 of a file; empty when there is none."""
    return digest_of(path) if path.is_file() and path.stat().st_size else ""


def _put_notebook(manifest: Manifest, source: str, folder: Path) -> None:
    """Writes what the manifest says of the book, unless somebody has said something of it there."""
    path = folder / FILE
    if path.exists():
        return
    values = {"title": manifest.title, "licence": manifest.rights, "note": f"IIIF: {source}"}
    lines = (f"{key} = {_quoted(value)}\n" for key, value in values.items() if value)
    write_whole(path, "".join(lines).encode())


def _quoted(text: str) -> str:
    """A text as TOML has it; JSON quotes alike, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def counted(manifest: Manifest, limits: PictureLimits) -> Counter[str]:
    """What of a manifest is not fetched."""
    beyond = max(len(manifest.pictures) - limits.most_images, 0)
    return manifest.left_out + Counter({"picture beyond --most-images": beyond})
