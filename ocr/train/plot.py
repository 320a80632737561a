"""The curve of a run as a picture: `python -m ocr.train.plot RUN/log.jsonl... -o curve.svg`.

Error rate on held-back lines (the net alone) and training loss against samples; runs follow each other.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from ocr.files import write_whole
from ocr.notation import from_json

WIDTH, HEIGHT, LEFT, BOTTOM = 760, 320, 54, 40
COLOURS = ("#1f5fa8", "#b3541e", "#3f7d3a", "#7a3f8f")

Points = list[tuple[float, float]]


def read_log(path: Path) -> list[dict[str, float]]:
    """What a run logged: samples, loss and error rate, line by line."""
    rows = (from_json(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [{key: float(row[key]) for key in ("samples", "loss", "cer")} for row in rows]


def curve(runs: Sequence[tuple[str, list[dict[str, float]]]]) -> str:
    """An SVG with one line of error rate (full) and one of loss (broken) per run."""
    most = max((row["samples"] for _, rows in runs for row in rows), default=1.0) or 1.0
    top = max((row["cer"] for _, rows in runs for row in rows), default=0.1) * 1.05 or 0.1
    worst = max((row["loss"] for _, rows in runs for row in rows), default=1.0) or 1.0

    def along(samples: float) -> float:
        return LEFT + (WIDTH - LEFT - 24) * samples / most

    def up(share: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 14) * share

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
    ]
    for step in range(6):
        share = step / 5
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - 12}" y1="{up(share):.1f}" y2="{up(share):.1f}" stroke="#ddd"/>'
            f'<text x="{LEFT - 6}" y="{up(share) + 4:.1f}" text-anchor="end">{100 * top * share:.0f} %</text>'
            f'<text x="{along(most * share):.1f}" y="{HEIGHT - 22}" text-anchor="middle">'
            f"{most * share / 1000:.0f} k</text>"
        )
    for number, (name, rows) in enumerate(runs):
        colour = COLOURS[number % len(COLOURS)]
        rates: Points = [(along(row["samples"]), up(row["cer"] / top)) for row in rows]
        losses: Points = [(along(row["samples"]), up(row["loss"] / worst)) for row in rows]
        parts.append(_line(rates, colour, ""))
        parts.append(_line(losses, colour, ' stroke-dasharray="3 4" opacity="0.5"'))
        parts.append(
            f'<text x="{WIDTH - 16}" y="{24 + 16 * number}" text-anchor="end" fill="{colour}">'
            f"{escape(name)}</text>"
        )
    parts.append(
        f'<text x="{LEFT}" y="{HEIGHT - 5}">samples; full: error of letters on held-back lines, net alone; '
        "broken: training loss, own scale</text></svg>\n"
    )
    return "".join(parts)


def _line(points: Points, colour: str, more: str) -> str:
    spelt = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{spelt}" fill="none" stroke="{colour}" stroke-width="2"{more}/>'


def main() -> None:
    """Writes the picture."""
    parser = argparse.ArgumentParser(prog="python -m ocr.train.plot", description=__doc__)
    parser.add_argument("logs", type=Path, nargs="+")
    parser.add_argument("-o", "--output", type=Path, required=True)
    asked = parser.parse_args()
    runs = [(path.parent.name, read_log(path)) for path in asked.logs]
    write_whole(asked.output, curve(runs).encode())


if __name__ == "__main__":
    main()
