"""Where the lines are: baselines and outlines in scan pixels, in reading order; strips of them."""

from ocr.lines.finding import find
from ocr.lines.settings import LinesSettings
from ocr.lines.strips import Cut, level_strip, roomy_strips, strip

__all__ = ["Cut", "LinesSettings", "find", "level_strip", "roomy_strips", "strip"]
