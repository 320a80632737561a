"""Where the lines are: baselines and outlines in scan pixels, in reading order, and strips cut along them."""

from ocr.lines.finding import find
from ocr.lines.settings import LinesSettings
from ocr.lines.strips import strip

__all__ = ["LinesSettings", "find", "strip"]
