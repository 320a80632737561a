"""What an IIIF manifest (Presentation API 2 and 3) says of a book: title, rights, its pictures in order."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any
from urllib.parse import urljoin

from ocr.errors import RecordError
from ocr.imports.foreign import size_of
from ocr.notation import from_json
from ocr.scan.kinds import SUFFIXES as SCAN_SUFFIXES
from ocr.text import fit_for_xml, nfc, squeeze

_NOT_IN_NAME = re.compile(r"[^\w.,()-]+")
_LONGEST_NAME = 60
_SERVICE_2 = re.compile(r"image/2|ImageService2|image/1|ImageService1", re.IGNORECASE)
_LANGUAGES = ("ru", "none", "@none", "en")


@dataclass(frozen=True, slots=True)
class CanvasPicture:
    """One picture to fetch."""

    name: str
    """What its file is to be called, without suffix: its number in the manifest, and its label."""
    addresses: tuple[str, ...]
    """Where it can be had, the largest first."""
    ident: str = ""
    """The address of its canvas."""
    size: tuple[float, float] | None = None
    """Of the canvas: what places on it are told in."""
    lists: tuple[Any, ...] = ()
    """Lists of annotations of the canvas, as the manifest has them, their addresses whole."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says."""

    title: str
    rights: str
    pictures: tuple[CanvasPicture, ...]
    left_out: Counter[str] = field(default_factory=Counter)
    """What else it holds, each kind with its count."""


def read_manifest(content: bytes, address: str) -> Manifest:
    """The manifest of a JSON text that came from an address (or file: then of that name).

    RecordError when it is none, or names no picture.
    """
    try:
        return _manifest(from_json(content), address)
    except ValueError as error:
        raise RecordError(f"{address} is not JSON that can be read. Give an IIIF manifest.") from error


def _manifest(root: Any, address: str) -> Manifest:
    kind = _text(root.get("type") or root.get("@type")) if isinstance(root, dict) else ""
    if kind in {"Collection", "sc:Collection"}:
        raise RecordError(f"{address} is a collection of manifests. Give one of those that it names.")
    if kind not in {"Manifest", "sc:Manifest"}:
        raise RecordError(f"{address} is JSON, but no IIIF manifest. Give a manifest, of version 2 or 3.")
    left_out: Counter[str] = Counter()
    canvases = list(_canvases(root))
    width = max(4, len(str(len(canvases))))
    pictures = []
    for number, canvas in enumerate(canvases, 1):
        bodies = list(_bodies(canvas, left_out))
        name = f"{number:0{width}d}{_label(canvas, number)}"
        for at, body in enumerate(bodies):
            addresses = tuple(dict.fromkeys(urljoin(address, each) for each in _addresses(body)))
            part = "" if len(bodies) == 1 else f"-{at + 1}"
            if addresses:
                lists = tuple(_lists(canvas, address)) if len(bodies) == 1 else ()
                ident = canvas.get("id") or canvas.get("@id")
                size = _size(canvas)
                pictures.append(
                    CanvasPicture(
                        name + part, addresses, ident if isinstance(ident, str) else "", size, lists
                    )
                )
        if not bodies:
            left_out["canvas without a picture"] += 1
        if len(bodies) > 1:
            left_out["annotations of a canvas with several pictures"] += len(list(_lists(canvas, address)))
    left_out["entries of metadata"] += len(listed(root, "metadata"))
    left_out["ranges"] += len(listed(root, "structures"))
    if not pictures:
        raise RecordError(f"{address} names no picture. Give a manifest with canvases that have some.")
    rights = " ".join(
        dict.fromkeys(filter(None, (_text(root.get(key)) for key in ("rights", "license", "attribution"))))
    )
    statement = root.get("requiredStatement")
    if isinstance(statement, dict):
        rights = f"{rights} {_text(statement.get('value'))}".strip()
    return Manifest(_text(root.get("label")), rights, tuple(pictures), +left_out)


def listed(value: Any, *keys: str) -> list[Any]:
    """The list of the first of the keys that an object has."""
    if isinstance(value, dict):
        for key in keys:
            inner = value.get(key)
            if inner is not None:
                return inner if isinstance(inner, list) else [inner]
    return []


def _lists(canvas: dict[str, Any], address: str) -> Iterator[dict[str, Any]]:
    """The lists of annotations of a canvas, in it or named by their addresses."""
    for each in listed(canvas, "annotations", "otherContent"):
        page = {"id": each} if isinstance(each, str) else each
        if isinstance(page, dict):
            ident = _text(page.get("id") or page.get("@id"))
            yield {**page, "id": urljoin(address, ident)} if ident else page


def _size(canvas: dict[str, Any]) -> tuple[float, float] | None:
    width, height = canvas.get("width"), canvas.get("height")
    if isinstance(width, int | float) and isinstance(height, int | float):
        return size_of(width, height)
    return None


def _canvases(root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The canvases in order; of several sequences the first is the whole book."""
    sequences = listed(root, "sequences")
    canvases = listed(sequences[0], "canvases") if sequences else listed(root, "items")
    yield from (canvas for canvas in canvases if isinstance(canvas, dict))


def _bodies(canvas: dict[str, Any], left_out: Counter[str]) -> Iterator[dict[str, Any]]:
    """The pictures painted on a canvas; of a choice the first."""
    annotations = listed(canvas, "images")
    for page in listed(canvas, "items"):
        annotations += listed(page, "items")
    for annotation in annotations:
        bodies: Sequence[Any] = listed(annotation, "body", "resource")
        for body in bodies:
            if isinstance(body, dict) and (body.get("type") or body.get("@type")) in (
                "Choice",
                "oa:Choice",
            ):  # it may be no text
                chosen = listed(body, "items", "default")
                others = len(listed(body, "items", "item")) - ("items" in body)
                left_out["other pictures to choose from"] += max(others, 0)
                yield from (each for each in chosen[:1] if isinstance(each, dict))
            elif isinstance(body, dict):
                yield body


def _addresses(body: dict[str, Any]) -> Iterator[str]:
    """Where a picture can be had: whole from its image service, else as it is named."""
    for service in listed(body, "service", "services"):
        if isinstance(service, dict):
            ident = _text(service.get("@id") or service.get("id")).rstrip("/")
            version = f"{service.get('profile')} {service.get('@context')} {service.get('type')}"
            if ident and "image" in version.lower():
                old = _SERVICE_2.search(version) or "@id" in service
                yield f"{ident}/full/{'full' if old else 'max'}/0/default.jpg"
    ident = _text(body.get("id") or body.get("@id"))
    if ident:
        yield ident


def _label(canvas: dict[str, Any], number: int) -> str:
    """What of the label of a canvas can stand in the name of a file; nothing where it is its number."""
    title = nfc(_text(canvas.get("label"))).strip()
    suffix = PurePath(title).suffix  # many label a canvas by its file
    title = title.removesuffix(suffix) if suffix.lower() in SCAN_SUFFIXES else title
    label = _NOT_IN_NAME.sub("_", title).strip("._-")[:_LONGEST_NAME].rstrip("._-")
    return "" if not label or label.lstrip("0") == str(number) else f"-{label}"


def _text(value: Any) -> str:
    """A text of a manifest, of several languages one: {"ru": ["..."]}, {"@value": "..."}, a list of these."""
    if isinstance(value, dict):
        if "@value" in value:
            return _text(value["@value"])
        return _text(next((value[key] for key in (*_LANGUAGES, *value) if key in value), ""))
    if isinstance(value, list):
        by_language = {str(each.get("@language")): each for each in reversed(value) if isinstance(each, dict)}
        preferred = [by_language[language] for language in _LANGUAGES if language in by_language]
        return _text((preferred or value)[0]) if value else ""
    return squeeze(fit_for_xml(value)[0]) if isinstance(value, str) else ""
