"""How well the angle of lines is measured: `python bench/skew.py [FOLDER]`.

Each leaf of the scans in FOLDER, and some drawn pages, are turned by known angles within ten degrees (always
the same ones) and prepared as scans of their own. A real leaf has an angle of its own, so what counts is
angle(turned) - angle(as it is) - turn. A leaf is made worse when what prepare() gives is further off than
what it got; refused when prepare() leaves it as it lies, though it is off by more than a tenth of a degree.
A leaf on which nothing is measured as it is (a blank one) is left out and counted.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from ocr.arrays import Pixels
from ocr.page import Skew, Source
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import Scan, is_scan, load_sheet

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests import drawn

SETTINGS = LeafSettings()
FEW = drawn.TEXT[:1]


def turned(page: Pixels, angle_deg: float) -> Pixels:
    """The page with its lines running down to the right by so much more; corners filled as edges are."""
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), -angle_deg, 1.0)
    return cv2.warpAffine(
        page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.uint8, copy=False)


def scan_of(page: Pixels) -> Scan:
    height, width = page.shape[:2]
    return Scan(Source("page.png", "0" * 64, width, height, "image/png"), page)


def skew_of(page: Pixels) -> Skew:
    leaf, *_ = prepare(scan_of(page), SETTINGS)
    assert leaf.skew is not None
    return leaf.skew


def leaves_of(paths: list[Path]) -> Iterator[tuple[str, Pixels, float | None]]:
    """Name, pixels and known angle of each leaf; of a real one the angle is not known."""
    for path in paths:
        scan = load_sheet(path)
        for n, leaf in enumerate(prepare(scan, SETTINGS), 1):
            box = leaf.box
            cut = scan.pixels[int(box.top) : int(box.bottom), int(box.left) : int(box.right)]
            quarters = round(leaf.skew.angle_deg / 90) if leaf.skew else 0
            yield f"{path.name} {n}", np.ascontiguousarray(np.rot90(cut, quarters)), None
    yield "drawn plain", drawn.page().pixels, 0.0
    yield "drawn ruled", drawn.page(ruled=True).pixels, 0.0
    yield "drawn shaded", drawn.page(shade=0.5).pixels, 0.0
    yield "drawn, one line, ruled", ruled(drawn.page(FEW).pixels), 0.0


def ruled(page: Pixels) -> Pixels:
    """The page on ruled paper, all the way down."""
    for y in range(117, len(page), 68):
        page[y : y + 2] = np.minimum(page[y : y + 2], 190)
    return page


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path, nargs="?")
    asked.add_argument("--turns", type=int, default=8, help="per leaf")
    told = asked.parse_args()
    paths = sorted(path for path in told.folder.iterdir() if is_scan(path)) if told.folder else []
    dice = np.random.default_rng(2)
    errors: list[float] = []
    worse = refused = unknown = 0
    begun = time.process_time()
    print(f"{'leaf':32} {'own':>7} {'turn':>7} {'found':>7} {'error':>7} {'sure':>5} {'left':>7}")
    for name, page, known in leaves_of(paths):
        own = known
        if own is None:
            seen = skew_of(page)
            own = seen.angle_deg
            if seen.confidence < SETTINGS.skew.least_confidence:
                unknown += 1
                print(f"{name:32} no angle of its own: {seen.reason}")
                continue
        for turn_deg in dice.uniform(-10, 10, told.turns):
            found = skew_of(turned(page, float(turn_deg)))
            errors.append(abs(found.angle_deg - turn_deg - own))
            left = own + turn_deg - (found.angle_deg if found.applied else 0.0)
            worse += abs(left) > abs(own + turn_deg) + 1e-9
            refused += not found.applied and abs(left) > 0.1
            print(
                f"{name:32} {own:7.2f} {turn_deg:7.2f} {found.angle_deg:7.2f} {errors[-1]:7.3f} "
                f"{found.confidence:5.2f} {left:7.2f} {found.reason}"
            )
    print(
        json.dumps(
            {
                "mean_error_deg": round(float(np.mean(errors)), 4),
                "share_within_0.1_deg": round(float(np.mean(np.array(errors) <= 0.1)), 4),
                "pages_made_worse": int(worse),
                "refused": int(refused),
                "unmeasured_leaves": unknown,
                "pages": len(errors),
                "s_per_page": round((time.process_time() - begun) / max(len(errors), 1), 2),
            }
        )
    )


if __name__ == "__main__":
    main()
