"""Real lines that nobody has transcribed, as the net sees them, by hand.

A folder holds one picture per line. Lines that were cut out along polygons have black around, which is no
ink: it is filled with the paper beside it, and the line is levelled by the polygon's middle. Where pictures
are single words, some of them are put side by side, so that the language model sees more than one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocr.errors import ScanError
from ocr.lines.strips import HEIGHT_PX, Fitted, fit_strip
from ocr.scan.cutout import on_paper
from ocr.scan.leaf import grey_of
from ocr.scan.load import load_sheet

_GAP_PX = 14
"""Between two words put side by side, px of a fitted strip."""
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff"})


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A real line without a text."""

    hand: str
    """Lines of one hand are read together."""
    ident: str
    strip: Fitted


def unread_lines(
    folder: Path,
    *,
    on_refused: Callable[[ScanError], None],
    words: int = 1,
    narrowest_px: int = 60,
) -> Iterator[UnreadLine]:
    """The lines of a folder, in order of name; a hand is a name before its last underscore, else the folder.

    `words`: so many pictures, one word each, make a line. Strips narrower than `narrowest_px` once fitted are
    left out; a picture that cannot be read, or is too small to, goes to `on_refused`. ScanError when the
    folder holds no picture.
    """
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in _PICTURES)
    if not paths:
        raise ScanError(f"{folder} holds no picture of a line; name a folder of .jpg or .png files.")
    for start in range(0, len(paths), words):
        strips = []
        for path in paths[start : start + words]:
            try:
                strips.append(fit_strip(on_paper(grey_of(load_sheet(path).pixels))).fitted)
            except ScanError as error:
                on_refused(error)
        stem = paths[start].stem
        if strips and (strip := side_by_side(strips)).shape[1] >= narrowest_px:
            hand = stem.rsplit("_", 1)[0] if "_" in stem else ""
            yield UnreadLine(f"{folder.name}/{hand}", paths[start].name, strip)


def side_by_side(strips: Sequence[Fitted]) -> Fitted:
    """Fitted strips in a row, paper between them."""
    gap = np.ones((HEIGHT_PX, _GAP_PX), np.float32)
    parts = [part for strip in strips for part in (gap, strip)]
    return np.ascontiguousarray(np.hstack(parts[1:]))
