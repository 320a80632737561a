"""A notebook as an IIIF manifest (Presentation API 3.0): a canvas for each scan, an annotation for each line.

Addresses are made from the one that is given, where pictures and manifest will lie side by side; without it
they are relative to the manifest, which viewers take though the standard asks for whole ones; that is said.
"""

import json
import mimetypes
import os
from typing import Any
from urllib.parse import quote

from ocr.exports.layout import Layout, LayoutLine, layout_of
from ocr.exports.output import GroupOutput
from ocr.exports.pages import ExportPage, Group
from ocr.exports.reading import ExportSettings

_CONTEXT = "http://iiif.io/api/presentation/3/context.json"
_RELATIVE = "its addresses are relative, and some viewers refuse that; --images URL makes whole ones."
Json = dict[str, Any]


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NOTEBOOK.manifest.json, a canvas at a time. RecordError when a page is no TEI, or tells no places."""
    base = settings.images
    head: Json = {
        "@context": _CONTEXT,
        "id": f"{base}{_quoted(group.place.name)}.manifest.json",
        "type": "Manifest",
        "label": {"none": [group.name]},
    }
    with out.open_file(f"{group.place}.manifest.json") as file:
        file.write(json.dumps(head, ensure_ascii=False).encode()[:-1] + b',\n"items": [')
        for number, page in enumerate(group.pages()):
            canvas = canvas_of(page, base)
            file.write((b",\n" if number else b"\n") + json.dumps(canvas, ensure_ascii=False).encode())
        file.write(b"\n]}\n")
    out.remark = "" if base else _RELATIVE


def canvas_of(page: ExportPage, base: str) -> Json:
    """The canvas of a scan, with its picture and its lines."""
    layout, scan = layout_of(page), page.view.scan
    ident = f"{base}canvas/{_quoted(page.place.name)}"
    size = {"height": layout.height, "width": layout.width}
    name = scan.file or page.place.name
    picture: Json = {"id": f"{base}{_quoted(name)}", "type": "Image", **size}
    media_type = scan.media_type or mimetypes.guess_type(name)[0]
    if media_type:
        picture["format"] = media_type
    painting = {
        "id": f"{ident}/picture",
        "type": "Annotation",
        "motivation": "painting",
        "body": picture,
        "target": ident,
    }
    return {
        "id": ident,
        "type": "Canvas",
        "label": {"none": [page.name]},
        **size,
        "items": [{"id": f"{ident}/pictures", "type": "AnnotationPage", "items": [painting]}],
        "annotations": [
            {"id": f"{ident}/lines", "type": "AnnotationPage", "items": list(_lines(layout, ident))}
        ],
    }


def _quoted(name: str) -> str:
    """The name of a file, in no encoding perhaps, as a part of an address."""
    return quote(os.fsencode(name))


def _lines(layout: Layout, canvas: str) -> list[Json]:
    lines = [line for region in layout.regions for line in region.lines if line.text]
    return [_annotation(line, canvas) for line in lines]


def _annotation(line: LayoutLine, canvas: str) -> Json:
    box = line.outline.box
    place = ",".join(str(max(round(v), 0)) for v in (box.left, box.top, box.width, box.height))
    return {
        "id": f"{canvas}/{quote(line.line.ident)}",
        "type": "Annotation",
        "motivation": "supplementing",
        "body": {"type": "TextualBody", "value": line.text, "language": "ru", "format": "text/plain"},
        "target": f"{canvas}#xywh={place}",
    }
