"""PDF files written byte by byte: pictures and drawings placed as tests want them."""

import zlib
from dataclasses import dataclass

from ocr.arrays import Pixels


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page in points, its pictures by number (Im1, Im2 ...), and what is drawn (PDF operators)."""

    box: tuple[float, float, float, float]
    content: str
    pictures: tuple[Pixels, ...] = ()
    extra: str = ""
    """Further entries of the page, such as /Rotate 90."""


def whole_page(box: tuple[float, float, float, float], picture: str = "Im1") -> str:
    """Operators that stretch a picture over a box."""
    left, bottom, right, top = box
    return f"q {right - left} 0 0 {top - bottom} {left} {bottom} cm /{picture} Do Q"


def pdf(*pages: PdfPage) -> bytes:
    """A file of these pages."""
    parts: list[bytes] = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    kids = []
    for page in pages:
        names = []
        for number, pixels in enumerate(page.pictures, 1):
            parts.append(_picture(pixels))
            names.append(f"/Im{number} {len(parts)} 0 R")
        parts.append(_stream("", page.content.encode()))
        content = len(parts)
        box = " ".join(f"{side:g}" for side in page.box)
        parts.append(
            (
                f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents {content} 0 R{page.extra}"
                f"/Resources<</Font<</F1 3 0 R>>/XObject<<{' '.join(names)}>>>>>>"
            ).encode()
        )
        kids.append(f"{len(parts)} 0 R")
    parts[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>".encode()
    held, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(held))
        held += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    start = len(held)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    held += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table
    return held + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(parts) + 1, start)


def _picture(pixels: Pixels) -> bytes:
    height, width = pixels.shape[:2]
    colours = "DeviceRGB" if pixels.ndim == 3 else "DeviceGray"
    entries = (
        f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/{colours}/BitsPerComponent 8"
        "/Filter/FlateDecode"
    )
    return _stream(entries, zlib.compress(pixels.tobytes()))


def _stream(entries: str, held: bytes) -> bytes:
    return f"<<{entries}/Length {len(held)}>>stream\n".encode() + held + b"\nendstream"
