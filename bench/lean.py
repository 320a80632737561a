"""Error rates of pages that lean: `python bench/lean.py FOLDER`.

    [--angles -8 -2.5 3] [--pages NAME...] [--moved]

FOLDER holds scans and their transcriptions as for bench/pages.py. Each scan is turned by each angle (-8 to 8
degrees one by one, if none is named; positive: lines run down to the right) on larger paper of its own
colour, as a sheet laid askew is scanned, and read from end to end. Strict profile, character error rate in
percent.
With `--moved` the straight page is read eight times more, moved by parts of a pixel and not turned at all:
how far a rate goes up and down when the same page is only drawn anew.
Last line: {"worst_rise": points above the straight page, "pages": {"PAGE": {"ANGLE": rate}}}; with `--moved`
also "moved": {"PAGE": [rate, ...]}.
"""

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from ocr.arrays import Pixels
from ocr.engines import Engine, open_engine
from ocr.evaluate.scores import EvaluateSettings, evaluate
from ocr.files import write_whole
from ocr.recipe import Recipe
from ocr.scan.leaf import pixel_matrix, turn
from ocr.scan.listing import list_scans
from ocr.scan.load import Scan, load_sheet
from ocr.tei.write import to_tei
from ocr.transcribe import read_scan


def askew(page: Pixels, angle_deg: float) -> Pixels:
    """The page with its lines running down to the right by so much more, whole, on its own paper."""
    if not angle_deg:
        return page
    blank, to_scan = turn(np.zeros(page.shape[:2], np.uint8), -angle_deg)
    pixels = page.reshape(-1, page.shape[2] if page.ndim == 3 else 1)
    paper = np.median(pixels[pixels.sum(axis=1) >= np.median(pixels.sum(axis=1))], axis=0)
    turned = cv2.warpAffine(
        page,
        pixel_matrix(to_scan.inverse),
        blank.shape[::-1],
        flags=cv2.INTER_CUBIC,
        borderValue=[float(tone) for tone in paper],
    )
    return turned.astype(np.uint8, copy=False)


def moved(page: Pixels, right_px: float, down_px: float) -> Pixels:
    """The page on other pixels, as straight as it was."""
    return cv2.warpAffine(
        page,
        np.array([[1, 0, right_px], [0, 1, down_px]]),
        page.shape[1::-1],
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.uint8, copy=False)


MOVES_PX = (
    (0.5, 0.5),
    (0.25, 0.75),
    (0.5, 0.0),
    (0.0, 0.5),
    (0.75, 0.25),
    (0.3, 0.3),
    (0.6, 0.9),
    (0.9, 0.6),
)


def scan_of(scan: Scan, pixels: Pixels) -> Scan:
    height, width = pixels.shape[:2]
    return Scan(replace(scan.source, width_px=width, height_px=height), pixels)


def rate_of(truth: Path, name: str, scan: Scan, recipe: Recipe, engine: Engine) -> float:
    """Letters wrong in percent; 100 where nothing was read."""
    page = read_scan(scan, recipe, engine, name=name)
    with tempfile.TemporaryDirectory() as folder:
        write_whole(
            Path(folder) / f"{name}.xml", to_tei(page, review_threshold=recipe.record.review_threshold)
        )
        (page_score,) = evaluate(truth, Path(folder), EvaluateSettings(allow_missing=True)).pages
    rate = page_score.scores[0].cer
    return 100.0 if rate is None else round(100 * rate, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--angles", type=float, nargs="+", default=[float(n) for n in range(-8, 9)])
    parser.add_argument(
        "--pages", nargs="+", default=[], help="names of scans without their suffix; else all"
    )
    parser.add_argument(
        "--moved", action="store_true", help="also the straight page moved by parts of a pixel"
    )
    options = parser.parse_args()
    angles = [0.0, *(angle for angle in options.angles if angle)]
    listed = [one.scan for one in list_scans([options.folder], Path("none"))]
    scans = [
        path for path in listed if path.parent == options.folder and path.stem in (options.pages or path.stem)
    ]
    recipe = Recipe()
    engine = open_engine(recipe.engine, recipe.of_engine)
    rates: dict[str, dict[str, float]] = {}
    moves: dict[str, list[float]] = {}
    print(f"{'page':24}" + "".join(f"{angle:7g}" for angle in angles))
    for path in scans:
        scan = load_sheet(path)
        row = rates[path.stem] = {}
        print(f"{path.stem:24}", end="", flush=True)
        for angle in angles:
            turned = scan_of(scan, askew(scan.pixels, angle))
            row[f"{angle:g}"] = rate_of(options.folder, path.stem, turned, recipe, engine)
            print(f"{row[f'{angle:g}']:7.2f}", end="", flush=True)
        print()
        if options.moved:
            anew = [scan_of(scan, moved(scan.pixels, *by)) for by in MOVES_PX]
            moves[path.stem] = [rate_of(options.folder, path.stem, one, recipe, engine) for one in anew]
            print("  moved, not turned: ", *moves[path.stem], flush=True)
    worst = max(rate - row["0"] for row in rates.values() for rate in row.values())
    told = {"worst_rise": round(worst, 2), "pages": rates}
    print(json.dumps(told | {"moved": moves} if moves else told))


if __name__ == "__main__":
    main()
