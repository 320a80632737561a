"""What a line is: page number, insertion, heading, struck-out passage."""

from dataclasses import replace

import numpy as np

from ocr.lines.settings import LinesSettings
from ocr.page import Kind, Line


def numbered(lines: list[Line], kind: Kind, settings: LinesSettings) -> list[Line]:
    """The same lines; short ones above or below the text that do not start where lines start are numbers."""
    boxes = [line.outline.box for line in lines]
    if kind is not Kind.TEXT or len(lines) < 4:
        return lines
    usual = float(np.median([box.width for box in boxes]))
    start = float(np.median([box.left for box in boxes]))
    apart = [
        box.width < settings.number_width * usual and box.left > start + settings.number_width * usual
        for box in boxes
    ]
    text = [n for n, number in enumerate(apart) if not number]
    if not text:
        return lines
    return [
        replace(line, kind=Kind.NUMBER) if apart[n] and not text[0] < n < text[-1] else line
        for n, line in enumerate(lines)
    ]
