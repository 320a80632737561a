"""Where the lines are: baselines and outlines in scan pixels, in reading order; strips of them."""

from ocr.lines.borders import with_border_doubt
from ocr.lines.finding import find_lines
from ocr.lines.number_columns import with_number_columns
from ocr.lines.settings import LinesSettings
from ocr.lines.strips import StripCut, level_strip, strip, strips_with_margin
from ocr.lines.widened import widened

__all__ = [
    "LinesSettings",
    "StripCut",
    "find_lines",
    "level_strip",
    "strip",
    "strips_with_margin",
    "widened",
    "with_border_doubt",
    "with_number_columns",
]
