"""Whether all lines are found: `python bench/lines.py FOLDER`.

FOLDER holds scans NAME.jpg (or any other format) with NAME.txt, or NAME.1.txt, NAME.2.txt for the leaves of
a spread: one text line per line. Page numbers and margins are counted apart: wanted are lines with a letter.
"""

import json
import sys
import time
from pathlib import Path

from ocr.lines import LinesSettings, find
from ocr.page import Kind
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import is_scan, load_sheet

APART = (Kind.NUMBER, Kind.MARGIN)


def wanted_lines(scan: Path) -> int | None:
    """How many lines the transcriptions beside a scan have; None when there is none."""
    whole = scan.with_suffix(".txt")
    texts = [whole] if whole.exists() else sorted(scan.parent.glob(f"{scan.stem}.[0-9].txt"))
    if not texts:
        return None
    return sum(any(map(str.isalpha, line)) for text in texts for line in text.read_text("utf-8").splitlines())


def main(folder: Path) -> None:
    pages: dict[str, dict[str, int]] = {}
    print(f"{'page':32} {'wanted':>7} {'found':>7} {'apart':>7} {'s CPU':>7}")
    for path in sorted(path for path in folder.iterdir() if is_scan(path)):
        wanted = wanted_lines(path)
        if wanted is None:
            continue
        scan = load_sheet(path)
        start = time.process_time()
        lines = [
            line
            for leaf in prepare(scan, LeafSettings())
            for region in find(leaf, LinesSettings())
            for line in region.lines
        ]
        seconds = time.process_time() - start
        apart = sum(line.kind in APART for line in lines)
        pages[path.stem] = {"wanted": wanted, "found": len(lines) - apart, "apart": apart}
        print(f"{path.name:32} {wanted:7} {len(lines) - apart:7} {apart:7} {seconds:7.2f}")
    if not pages:
        sys.exit(f"No scans with transcriptions in {folder}.")
    total = {key: sum(page[key] for page in pages.values()) for key in ("wanted", "found")}
    print(json.dumps({**total, "pages": pages}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
