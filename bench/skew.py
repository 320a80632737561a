"""How well the angle of lines is measured: `python bench/skew.py FOLDER`.

Each scan of FOLDER, and some drawn pages, are turned by known angles within ten degrees (always the same
ones). A real page has an angle of its own, so what counts there is angle(turned) - angle(as it is) - turn.
A page is made worse when what prepare() gives is further off than what it got.
"""

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from ocr.scan.ink import InkSettings, even, part
from ocr.scan.leaf import Grey, LeafSettings, grey_of, prepare
from ocr.scan.load import Scan, is_scan, load_sheet
from ocr.scan.skew import SkewSettings, measure

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests import drawn

TURNS_PER_PAGE = 8
SETTINGS = LeafSettings()


def turned(grey: Grey, angle_deg: float) -> Grey:
    """The page with its lines running down to the right by so much more; corners filled as edges are."""
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), -angle_deg, 1.0)
    return cv2.warpAffine(
        grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.uint8, copy=False)


def main(folder: Path) -> None:
    paths = sorted(path for path in folder.iterdir() if is_scan(path))
    pages: list[tuple[str, Scan, float | None]] = [(path.name, load_sheet(path), None) for path in paths]
    any_source = pages[0][1].source if pages else None
    for name, options in {"plain": {}, "ruled": {"ruled": True}, "shaded": {"shade": 0.5}}.items():
        if any_source is not None:
            pages.append((f"drawn {name}", Scan(any_source, drawn.page(**options).pixels), 0.0))  # type: ignore[arg-type]
    if not pages:
        sys.exit(f"No scans in {folder}.")
    random = np.random.default_rng(2)
    errors: list[float] = []
    worse = 0
    spent: list[float] = []
    print(f"{'page':28} {'own':>7} {'turn':>7} {'found':>7} {'error':>7} {'sure':>5} {'left':>7}")
    for name, scan, known in pages:
        grey = grey_of(scan.pixels)
        own = known
        if own is None:
            own = measure(part(even(grey, InkSettings()), InkSettings()), SkewSettings()).angle_deg
        for turn_deg in random.uniform(-10, 10, TURNS_PER_PAGE):
            page = turned(grey, float(turn_deg))
            ink = part(even(page, InkSettings()), InkSettings())
            start = time.process_time()
            found = measure(ink, SkewSettings())
            spent.append(time.process_time() - start)
            errors.append(abs(found.angle_deg - turn_deg - own))
            leaf, *_ = prepare(Scan(scan.source, page), SETTINGS)  # of a spread the left one
            kept = leaf.skew.angle_deg if leaf.skew is not None and leaf.skew.applied else 0.0
            left = own + turn_deg - kept
            worse += abs(left) > abs(own + turn_deg) + 1e-9
            print(
                f"{name:28} {own:7.2f} {turn_deg:7.2f} {found.angle_deg:7.2f} {errors[-1]:7.3f} "
                f"{found.confidence:5.2f} {left:7.2f}"
            )
    print(
        json.dumps(
            {
                "mean_error_deg": round(float(np.mean(errors)), 4),
                "share_within_0.1_deg": round(float(np.mean(np.array(errors) <= 0.1)), 4),
                "pages_made_worse": int(worse),
                "pages": len(errors),
                "ms_per_page": round(1000 * float(np.mean(spent)), 1),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
