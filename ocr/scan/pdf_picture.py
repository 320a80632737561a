"""What pictures a PDF page holds, and the pixels of the one that it is. The caller holds pdfium's lock."""

import math
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw
from PIL import Image

from ocr.arrays import Pixels

_COVERED = 0.02
"""So much of a side of the page may stay bare beside the picture."""
_LEVEL = 0.002
"""A picture that leans more (a tenth of a degree) is drawn."""
_SQUARE = 0.02
"""Pixels that are longer than wide by more (facsimiles by wire) are drawn."""
_LOOK_PX = 256
_LOOK_CELLS = 32
_MOST_TONES = 24.0
"""Page and picture, both made small, may differ by so much in any of their cells."""
_MOSTLY = 0.5
_INVISIBLE = 3  # text render mode of the letters that OCR lays under or over a scan
_SEEN_ANNOTATIONS = frozenset(
    (pdfium_raw.FPDF_ANNOT_LINK, pdfium_raw.FPDF_ANNOT_POPUP, pdfium_raw.FPDF_ANNOT_UNKNOWN)
)

_Sides = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PdfPicture:
    """The picture that a page is."""

    number: int
    """Among the pictures of the page, from 1."""
    pixels: Pixels
    """As the page shows it: turned, mirrored and cut as the page is, else unchanged."""
    width_px: float
    """How many of its pixels go on the width of the page."""
    box: _Sides
    """Left, bottom, right, top of these pixels, in units of the page as stored."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A picture on its page."""

    picture: pdfium.PdfImage
    across: tuple[float, float]
    down: tuple[float, float]
    """Where its rows and columns run, in units of the page as shown: x right, y down."""
    box: _Sides
    """Left, bottom, right, top in units of the page as stored."""

    @property
    def units(self) -> tuple[float, float]:
        """Its width and height on the page."""
        return math.hypot(*self.across), math.hypot(*self.down)


def only_picture(page: pdfium.PdfPage, most_pixels: int) -> PdfPicture | None:
    """The picture that the page is; None when it is more or less than one picture, or a picture too large.

    Nothing else may be seen on the page; at last both are made small and compared, since masks, clips and
    colours can make of a picture something else.
    """
    try:
        pictures = [_placed(page, part) for part in page.get_objects([pdfium_raw.FPDF_PAGEOBJ_IMAGE])]
        alone = _covering(page, pictures)
        if alone is None or alone.picture.get_px_size()[0] * alone.picture.get_px_size()[1] > most_pixels:
            return None
        pixels = _cut(_turned(_pixels(alone.picture), alone), page, alone)
    except pdfium.PdfiumError:
        return None  # a picture that cannot be taken out may still be drawn
    if min(pixels.shape[:2]) < 16 or not _looks_like(pixels, page):
        return None
    wide, tall = alone.picture.get_px_size()
    fineness = wide / alone.units[0] if abs(alone.across[0]) > abs(alone.across[1]) else tall / alone.units[1]
    box = _within(alone.box, page.get_bbox())
    return PdfPicture(pictures.index(alone) + 1, pixels, fineness * page.get_size()[0], box)


def _within(box: _Sides, frame: _Sides) -> _Sides:
    return max(box[0], frame[0]), max(box[1], frame[1]), min(box[2], frame[2]), min(box[3], frame[3])


def resolution(page: pdfium.PdfPage) -> float | None:
    """Pixels per 72 units of the finest large picture; None when pictures do not cover most of the page."""
    try:
        pictures = [_placed(page, part) for part in page.get_objects([pdfium_raw.FPDF_PAGEOBJ_IMAGE])]
        areas = [placed.units[0] * placed.units[1] for placed in pictures]
        width, height = page.get_size()
        if not areas or sum(areas) < _MOSTLY * width * height:
            return None
        large = [placed for placed, area in zip(pictures, areas, strict=True) if area >= max(areas) / 2]
        return 72.0 * max(
            float(px / max(side, 1e-6))
            for placed in large
            for px, side in zip(placed.picture.get_px_size(), placed.units, strict=True)
        )
    except pdfium.PdfiumError:
        return None


def render(page: pdfium.PdfPage, size_px: tuple[int, int]) -> Pixels:
    """The page drawn on white, in colour (height, width, 3), of just that width and height."""
    width, height = size_px
    bitmap = pdfium.PdfBitmap.new_native(width, height, pdfium_raw.FPDFBitmap_BGR, rev_byteorder=True)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        flags = pdfium_raw.FPDF_ANNOT | pdfium_raw.FPDF_REVERSE_BYTE_ORDER
        pdfium_raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags)
        return np.array(bitmap.to_numpy()[:, :, :3], np.uint8, order="C")
    finally:
        bitmap.close()


def _placed(page: pdfium.PdfPage, part: pdfium.PdfObject) -> _Placed:
    matrix = part.get_matrix()
    form = part.container
    while form is not None:
        matrix = matrix.multiply(form.get_matrix())
        form = form.container
    corners = [matrix.on_point(x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    # A page keeps y upwards and is turned clockwise to be shown.
    across, down = (matrix.a, -matrix.b), (-matrix.c, matrix.d)
    for _ in range(page.get_rotation() // 90):
        across, down = (-across[1], across[0]), (-down[1], down[0])
    return _Placed(part, across, down, (min(xs), min(ys), max(xs), max(ys)))


def _covering(page: pdfium.PdfPage, pictures: list[_Placed]) -> _Placed | None:
    """The one picture that covers the page, level and with square pixels, when nothing else is seen."""
    if len(pictures) != 1 or _has_notes(page):
        return None
    (alone,) = pictures
    behind = True
    for part in page.get_objects():
        if part.type == pdfium_raw.FPDF_PAGEOBJ_IMAGE:
            behind = False
        elif not behind and not _is_unseen(part):
            return None
    (across_x, across_y), (down_x, down_y) = alone.across, alone.down
    upright = abs(across_x) > abs(across_y)
    lean = (across_y, down_x) if upright else (across_x, down_y)
    if max(abs(side) for side in lean) > _LEVEL * max(alone.units) or min(alone.units) <= 0:
        return None
    left, bottom, right, top = page.get_bbox()
    if min(*alone.picture.get_px_size(), right - left, top - bottom) <= 0:
        return None
    fine = [px / side for px, side in zip(alone.picture.get_px_size(), alone.units, strict=True)]
    inner = alone.box
    bare = (
        (inner[0] - left) / (right - left),
        (inner[1] - bottom) / (top - bottom),
        (right - inner[2]) / (right - left),
        (top - inner[3]) / (top - bottom),
    )
    square = abs(fine[0] / fine[1] - 1) <= _SQUARE
    return alone if square and max(bare) <= _COVERED else None


def _is_unseen(part: pdfium.PdfObject) -> bool:
    if part.type == pdfium_raw.FPDF_PAGEOBJ_FORM:
        return True  # what is in it comes by itself
    is_text = part.type == pdfium_raw.FPDF_PAGEOBJ_TEXT
    return bool(is_text and pdfium_raw.FPDFTextObj_GetTextRenderMode(part) == _INVISIBLE)


def _has_notes(page: pdfium.PdfPage) -> bool:
    """Are there annotations that are seen?"""
    for number in range(pdfium_raw.FPDFPage_GetAnnotCount(page)):
        note = pdfium_raw.FPDFPage_GetAnnot(page, number)
        kind = pdfium_raw.FPDFAnnot_GetSubtype(note)
        pdfium_raw.FPDFPage_CloseAnnot(note)
        if kind not in _SEEN_ANNOTATIONS:
            return True
    return False


def _pixels(picture: pdfium.PdfImage) -> Pixels:
    # The bitmap is let go here, under the lock, by going out of scope: pdfium gave it, and it is not closed.
    shown = np.asarray(picture.get_bitmap().to_numpy())
    if shown.ndim == 3:
        shown = shown[:, :, 2::-1] if shown.shape[2] >= 3 else shown[:, :, 0]  # blue, green, red as they come
    return np.array(shown, np.uint8, order="C")


def _turned(pixels: Pixels, placed: _Placed) -> Pixels:
    """The picture as the page shows it, by quarter turns and mirrors."""
    across, down = placed.across, placed.down
    if abs(across[0]) < abs(across[1]):
        pixels = pixels.swapaxes(0, 1)
        across, down = down, across  # what now runs from left to right, and what runs down
    if across[0] < 0:
        pixels = pixels[:, ::-1]
    if down[1] < 0:
        pixels = pixels[::-1]
    return pixels


def _cut(pixels: Pixels, page: pdfium.PdfPage, placed: _Placed) -> Pixels:
    """What the page's crop box leaves of the picture."""
    (left, bottom, right, top), (inner_left, inner_bottom, inner_right, inner_top) = (
        page.get_bbox(),
        placed.box,
    )
    width, height = inner_right - inner_left, inner_top - inner_bottom
    sides = [
        (left - inner_left) / width,
        (inner_top - top) / height,
        (inner_right - right) / width,
        (bottom - inner_bottom) / height,
    ]
    quarter = page.get_rotation() // 90
    off_left, off_top, off_right, off_bottom = sides[-quarter:] + sides[:-quarter] if quarter else sides
    tall, wide = pixels.shape[:2]
    rows = slice(round(max(off_top, 0) * tall), tall - round(max(off_bottom, 0) * tall))
    columns = slice(round(max(off_left, 0) * wide), wide - round(max(off_right, 0) * wide))
    return np.ascontiguousarray(pixels[rows, columns])


def _looks_like(pixels: Pixels, page: pdfium.PdfPage) -> bool:
    """Do picture and page show the same, both made small?"""
    tall, wide = pixels.shape[:2]
    share = min(1.0, _LOOK_PX / max(tall, wide))
    drawn = render(page, (max(1, round(wide * share)), max(1, round(tall * share))))
    cells = (min(_LOOK_CELLS, wide), min(_LOOK_CELLS, tall))
    small = [
        np.asarray(Image.fromarray(picture).convert("RGB").resize(cells, Image.Resampling.BOX), np.float32)
        for picture in (pixels, drawn)
    ]
    return float(np.abs(small[0] - small[1]).max()) <= _MOST_TONES
