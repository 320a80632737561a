"""Does kraken's own parser see in our PAGE and ALTO what stands in the records?

    pip install --no-deps kraken && pip install iso639-lang lxml numpy
    python bench/kraken_reads.py EXPORTED.xml... > lines.json     (where kraken is; ours need not be)
    python bench/kraken_reads.py --records RECORD... --seen lines.json

kraken.lib.xml needs of the rest of kraken nothing but names: its segmentation, which wants torch, is left
out. Compared are the lines that have text, in the order of the file, and their baselines within a pixel.
"""

import argparse
import json
import sys
import types
from pathlib import Path


def seen(files: list[Path]) -> dict[str, list[dict[str, object]]]:
    """The lines of each file as kraken parses it."""
    stub = types.ModuleType("kraken.lib.segmentation")
    stub.compute_polygon_section = stub.precompute_polygon_sections = None  # type: ignore[attr-defined]
    sys.modules["kraken.lib.segmentation"] = stub
    from kraken.lib.xml import XMLPage  # type: ignore[import-not-found]

    return {
        file.name: [
            {"text": line.text, "baseline": line.baseline} for line in XMLPage(file).get_sorted_lines()
        ]
        for file in files
    }


def compared(records: list[Path], pages: dict[str, list[dict[str, object]]]) -> dict[str, int]:
    """Counts over all files: lines with text of the records, those with the same text there, those with a
    baseline, with the same one, and those in cells of tables, which kraken passes over in PAGE."""
    from ocr.corrections.view import view

    counts = dict.fromkeys(("files", "lines", "same_text", "baselines", "same_baseline", "cells_in_page"), 0)
    for record in records:
        lines = [
            (text, [(point.x, point.y) for point in line.baseline], line.cell is not None)
            for line in view(record.read_bytes()).lines
            if (text := " ".join(token.text for token in line.tokens if token.text))
        ]
        for name, found in pages.items():
            if name.partition(".")[0] != record.stem:
                continue
            is_page = ".page." in name
            ours = [line for line in lines if not (is_page and line[2])]
            theirs = [line for line in found if str(line["text"]).strip()]
            counts["files"] += 1
            counts["cells_in_page"] += len(lines) - len(ours)
            counts["lines"] += max(len(ours), len(theirs))
            for (text, baseline, _), other in zip(ours, theirs, strict=False):
                counts["same_text"] += text == other["text"]
                counts["baselines"] += bool(baseline)
                counts["same_baseline"] += bool(baseline) and is_near(baseline, other["baseline"])
    return counts


def is_near(mine: list[tuple[float, float]], theirs: object) -> bool:
    """Has each point of either one of the other within a pixel? Formats of whole pixels tell some once."""
    return isinstance(theirs, list) and all(
        any(abs(x - u) <= 1 and abs(y - v) <= 1 for u, v in other)
        for points, other in ((mine, theirs), (theirs, mine))
        for x, y in points
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--records", type=Path, nargs="*", default=[])
    parser.add_argument("--seen", type=Path)
    asked = parser.parse_args()
    if asked.seen is None:
        print(json.dumps(seen(asked.files), ensure_ascii=False))
    else:
        print(json.dumps(compared(asked.records, json.loads(asked.seen.read_text("utf-8")))))


if __name__ == "__main__":
    main()
