"""Faint rules on drawn pages: `python bench/faint_rules.py N [--first SEED]`.

Draws N pages of writing on rules 0 to 12 grey levels darker than paper, whole, dotted or broken, plain or
coloured, leaning by up to 2 degrees, that run through the writing or under it; for each contrast: how often
rules were told, with the right pitch, and how many lines were taken for struck out. Contrast 0 is no ruling:
what is told there is false. Last line: {"3": {"pages", "told", "pitch", "lines", "struck"}, ...}.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from ocr.arrays import GreyImage
from ocr.lines import LinesSettings, find_lines
from ocr.page import Kind, RuleKind, Source
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import Scan

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests import drawn

CONTRASTS = (0, 3, 4, 5, 6, 7, 8, 9, 10, 12)


def page(seed: int, contrast: int) -> tuple[GreyImage, float]:
    """A page in colour, and the distance of its rules in its pixels."""
    rng = np.random.default_rng((seed, 91))
    letter, pitch = int(rng.integers(28, 40)), int(rng.integers(60, 80))
    made = drawn.page(
        size_px=(1000, 1100),
        letter_px=letter,
        pitch_px=pitch,
        angle_deg=float(rng.choice([0.0, rng.uniform(-2, 2)])),
        noise_levels=float(rng.uniform(0.5, 3.5)),
        shade=float(rng.choice([0.0, 0.2])),
    )
    rows, columns = np.mgrid[0 : made.pixels.shape[0], 0 : made.pixels.shape[1]].astype(np.float32)
    gap = pitch * float(rng.choice([1.0, 1.0, 0.5]))
    lean = np.tan(np.radians(made.angle_deg))
    # In the middle of the letters, where a stroke through a word runs, or anywhere.
    offset = 80 + letter - 0.25 * letter if rng.random() < 0.5 else float(rng.uniform(0, gap))
    along = rows - lean * (columns - made.pixels.shape[1] / 2) - offset
    thick = float(rng.uniform(1.2, 2.6))
    on = np.clip(thick / 2 + 0.5 - np.abs((along + gap / 2) % gap - gap / 2), 0, 1)
    way = rng.choice(["whole", "dotted", "broken"])
    if way == "dotted":
        on *= columns % 8 < 5
    if way == "broken":
        lost = rng.random((made.pixels.shape[0] // int(gap) + 3, 20)) < 0.2
        on *= ~lost[(rows // gap).astype(int), (columns // 60).astype(int) % 20]
    shares = np.array([1.0, 1.0, 1.0]) if rng.random() < 0.5 else np.array([1.5, 0.95, 0.4])
    shares = shares / (shares @ (0.299, 0.587, 0.114))
    pixels = made.pixels[..., None] - contrast * on[..., None] * shares * (made.pixels[..., None] / 228)
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8), gap


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("count", type=int)
    asked.add_argument("--first", type=int, default=0)
    given = asked.parse_args()
    seen: dict[int, Counter[str]] = defaultdict(Counter)
    for n in range(given.count):
        contrast = CONTRASTS[n % len(CONTRASTS)]
        pixels, gap = page(given.first + n // len(CONTRASTS), contrast)
        height, width = pixels.shape[:2]
        (leaf, *_) = prepare(
            Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), pixels), LeafSettings()
        )
        told = leaf.ruling if leaf.ruling and leaf.ruling.kind is not RuleKind.MARGIN else None
        right = told is not None and told.pitch_px is not None and abs(told.pitch_px - gap) < 0.04 * gap
        lines = [line for region in find_lines(leaf, LinesSettings()) for line in region.lines]
        struck = sum(line.kind is Kind.STRUCK for line in lines)
        seen[contrast].update(pages=1, told=told is not None, pitch=right, lines=len(lines), struck=struck)
    told_of = {str(contrast): dict(seen[contrast]) for contrast in sorted(seen)}
    print("contrast  pages  told  pitch  lines  struck")
    for levels, counts in told_of.items():
        print(f"{levels:>8}  " + "  ".join(f"{counts[name]:5}" for name in counts))
    print(json.dumps(told_of))


if __name__ == "__main__":
    main()
