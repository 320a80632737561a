"""Makes the example: six pages of a notebook of 1932 in two hands, text our own, the same bytes every time.

`python bench/notebook.py [SCANS TRUTH]`: pictures into SCANS (scans/notebook), transcriptions into TRUTH
(ground_truth/notebook).
"""

import argparse
import json
from pathlib import Path

from ocr.files import write_whole
from ocr.synth.camera import Look
from ocr.synth.notebook import NotebookSettings, notebook
from ocr.synth.paper import Paper
from ocr.synth.writer import Style

SEED = 20
SETTINGS = NotebookSettings(
    style=Style.QUICK,
    paper=Paper.SCHOOL,
    look=Look.SCAN,
    dpi=200,
    scans_per_hand=3,
    spreads=0.0,
    size_mm=(165.0, 205.0),
    modern=True,
    once=True,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scans", type=Path, nargs="?", default=Path("scans/notebook"))
    parser.add_argument("truth", type=Path, nargs="?", default=Path("ground_truth/notebook"))
    asked = parser.parse_args()
    pages, letters, size = 0, 0, 0
    for made in notebook(6, SEED, SETTINGS):
        write_whole(asked.scans / f"{made.page.name}.jpg", made.jpeg)
        write_whole(asked.truth / f"{made.page.name}.txt", made.text.encode())
        print(f"{made.page.name}: {len(made.text.splitlines())} lines, {len(made.jpeg)} bytes")
        pages, letters, size = pages + 1, letters + len(made.text), size + len(made.jpeg)
    print(json.dumps({"pages": pages, "letters": letters, "bytes": size}))


if __name__ == "__main__":
    main()
