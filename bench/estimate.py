"""Whether rates estimated without a truth hold: python bench/estimate.py TRUTH FOUND [TRUTH FOUND...]

TRUTH: hand transcriptions; FOUND: TEI with confidences. Each page is estimated twice as if it had no truth:
with a calibration fitted on all other pages given, and with none. Shown are the true rate, and both
estimates with their bounds. Last line: one JSON object with how many bounds hold the truth.
"""

import argparse
import json
from pathlib import Path

from ocr.evaluate.calibration import page_outcomes
from ocr.evaluate.estimate import estimate
from ocr.evaluate.recalibration import ASSUMED, fit
from ocr.evaluate.scores import EvaluateSettings, evaluate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("places", nargs="+", type=Path, metavar="TRUTH FOUND")
    asked = parser.parse_args()
    places = asked.places
    if len(places) % 2:
        parser.error("each TRUTH needs its FOUND")
    settings = EvaluateSettings(allow_missing=True)
    reports = [evaluate(*pair, settings) for pair in zip(places[::2], places[1::2], strict=True)]
    pages = [page_outcomes(page) for report in reports for page in report.pages]
    pages = [page for page in pages if len(page.words.confidence) and page.score.letters.truth]
    counted = {"pages": len(pages), "cer_fitted": 0, "cer_told": 0, "wer_fitted": 0, "wer_told": 0}
    print(f"{'page':24} {'':4} {'true':>8} {'fitted on the others':>26} {'as told':>26}")
    for n, page in enumerate(pages):
        others = pages[:n] + pages[n + 1 :]
        tables = {"fitted": fit(others) if others else ASSUMED, "told": ASSUMED}
        for rate in ("cer", "wer"):
            true = getattr(page.score, rate)
            row = f"{page.confidence.name:24} {rate:4} {true:8.3f}"
            for name, table in tables.items():
                told = getattr(estimate([page.confidence], table).pages[0], rate)
                counted[f"{rate}_{name}"] += told.low <= true <= told.high
                row += f"{told.rate:12.3f} ({told.low:.3f}-{told.high:.3f})"
            print(row)
    print(json.dumps(counted))


if __name__ == "__main__":
    main()
