"""How fast synthetic writing is made, on one core.

`python bench/synth.py TEXT... [--seconds 5]`: plain texts (xz too) to write. Lines are strips of up to 60
letters, words of up to 12, with all degradations, fitted to 48 px; a page is a scan with paper, light, JPEG
and truth. The time counted is processor time of this process, so neighbours on the machine matter little.
"""

import argparse
import json
import time
from pathlib import Path

import cv2

from ocr.lines.strips import fit_strip
from ocr.synth.notebook import NotebookSettings, notebook
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import Texts, read_text
from ocr.synth.writer import Style
from ocr.tei.write import to_tei


def strips_per_s(texts: Texts, style: Style, longest: int, seconds: float) -> tuple[float, float]:
    """Strips per second, and letters on each."""
    source = StrokeLines(texts, style).strips(1, longest)
    fit_strip(next(source)[0])
    count, letters, begin = 0, 0, time.process_time()
    while (spent := time.process_time() - begin) < seconds:
        grey, text = next(source)
        fit_strip(grey)
        count, letters = count + 1, letters + len(text)
    return count / spent, letters / count


def page_s(dpi: int, count: int) -> float:
    """Seconds for one page."""
    begin = time.process_time()
    for made in notebook(count, 1, NotebookSettings(dpi=dpi, spreads=0.0)):
        to_tei(made.page)
    return (time.process_time() - begin) / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--seconds", type=float, default=5.0)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    texts = Texts([read_text(path) for path in asked.texts])
    print(f"{'style':10} {'lines/s':>8} {'letters':>8}")
    for style in Style:
        rate, letters = strips_per_s(texts, style, 60, asked.seconds / 3)
        print(f"{style:10} {rate:8.0f} {letters:8.1f}")
    lines, _ = strips_per_s(texts, Style.MIXED, 60, asked.seconds)
    words, letters = strips_per_s(texts, Style.MIXED, 12, asked.seconds)
    print(f"words of {letters:.1f} letters: {words:.0f} a second")
    pages = {dpi: page_s(dpi, 6) for dpi in (150, 300, 600)}
    for dpi, spent in pages.items():
        print(f"page at {dpi} dpi: {spent:.2f} s")
    print(
        json.dumps({"lines_per_s": round(lines), "words_per_s": round(words), "page_s": round(pages[300], 3)})
    )


if __name__ == "__main__":
    main()
