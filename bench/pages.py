"""Error rates of whole pages beside bare Tesseract: python bench/pages.py FOLDER [ENGINE...].

FOLDER holds scans and their transcriptions (NAME.jpg, NAME.txt or NAME.1.txt ...). Each engine (auto,
tesseract) reads them with `ocr transcribe`; bare is `tesseract -l rus --psm 6` on the scan. Strict profile.
Last line: {"PAGE": {"ENGINE": cer, "bare": cer}}.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ocr.evaluate.scores import EvaluateSettings, evaluate
from ocr.scan.listing import list_scans


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("engines", nargs="*", metavar="ENGINE")
    asked = parser.parse_args()
    truth, engines = asked.folder, asked.engines or ["auto", "tesseract"]
    scans = [one.scan for one in list_scans([truth], Path("none")) if one.scan.parent == truth]
    rates: dict[str, dict[str, float | None]] = {}
    with tempfile.TemporaryDirectory() as name:
        for engine in [*engines, "bare"]:
            found = Path(name) / engine
            found.mkdir()
            if engine == "bare":
                for scan in scans:
                    command = ["tesseract", str(scan), str(found / scan.stem), "-l", "rus", "--psm", "6"]
                    told = {**os.environ, "OMP_THREAD_LIMIT": "1"}
                    subprocess.run(command, env=told, check=True, capture_output=True)
            else:
                given = [sys.executable, "-m", "ocr", "transcribe", *map(str, scans), "-o", str(found)]
                subprocess.run([*given, "--engine", engine], check=True, capture_output=True)
            for page in evaluate(truth, found, EvaluateSettings(allow_missing=True)).pages:
                rates.setdefault(page.name, {})[engine] = page.scores[0].cer
    print(f"{'page':24}" + "".join(f"{engine:>12}" for engine in [*engines, "bare"]))
    for page_name, row in rates.items():
        print(
            f"{page_name:24}" + "".join("           –" if r is None else f"{r:12.4f}" for r in row.values())
        )
    print(json.dumps({page: {k: r and round(r, 4) for k, r in row.items()} for page, row in rates.items()}))


if __name__ == "__main__":
    main()
