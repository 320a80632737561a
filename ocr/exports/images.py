"""Clean pictures of the leaves of a page, for other programs, and the way from their pixels to the scan's."""

import json
from typing import Any

from ocr.exports.output import GroupOutput
from ocr.exports.pages import Group
from ocr.exports.reading import ExportSettings
from ocr.scan.binarize import InkSettings
from ocr.scan.clean import CleanLeaf, clean_leaves
from ocr.scan.leaf import LeafSettings
from ocr.tei.flow import Ink
from ocr.text import printable

_FRAME = "pixels of the upright scan, origin top left; a pixel's area is [x, x + 1) by [y, y + 1)"


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NAME.leaf1.png (one bit) and NAME.leaf1.grey.png of each leaf, and NAME.leaves.json, which tells their
    way home. ScanError when the scan is not there."""
    page = group.page
    record = page.view
    scan = page.scan().load()
    surfaces = [(surface.box, surface.skew_deg) for surface in record.surfaces if surface.box is not None]
    leaf_settings = LeafSettings(ink=InkSettings(binarizer=settings.binarizer))
    leaves = []
    every_ink = settings.ink is Ink.ALL
    for number, clean in enumerate(clean_leaves(scan, leaf_settings, surfaces, every_ink=every_ink), 1):
        names = {"ink": f".leaf{number}.png", "grey": f".leaf{number}.grey.png"}
        out.put(names["ink"], clean.ink)
        out.put(names["grey"], clean.grey)
        leaves.append(
            _home({key: f"{printable(page.place.name)}{name}" for key, name in names.items()}, clean)
        )
    source = scan.source
    homes = {
        "scan": {
            "file": source.file,
            "sha256": source.sha256,
            "sheet": source.sheet,
            "size": [source.width_px, source.height_px],
            "dpi": source.dpi,
            "exif_orientation": source.exif_orientation,
        },
        "frame": _FRAME,
        "binarizer": settings.binarizer,
        "leaves": leaves,
    }
    out.put(".leaves.json", json.dumps(homes, ensure_ascii=False, indent=1).encode() + b"\n")


def _home(pictures: dict[str, str], clean: CleanLeaf) -> dict[str, Any]:
    way, box, skew = clean.leaf.to_scan, clean.leaf.box, clean.leaf.skew
    return {
        "pictures": pictures,
        "size": list(clean.size),
        "dpi": clean.dpi,
        "to_scan": [[way.a, way.b, way.c], [way.d, way.e, way.f]],
        "box": [box.left, box.top, box.right, box.bottom],
        "turned_deg": skew.angle_deg if skew and skew.applied else 0.0,
        "ruling": clean.leaf.ruling.kind if clean.leaf.ruling else None,
    }
