"""Figures of pages kept between two openings of the desk, so that thousands are not counted again.

They are drawn from the records and say nothing that is not there: whoever deletes the file loses a minute.
"""

import contextlib
import json
from dataclasses import astuple
from pathlib import Path

from ocr import __version__
from ocr.review.listing import Stamp
from ocr.review.priority import Effort
from ocr.review.tally import Tally

NAME = ".review-figures.json"


def kept(folder: Path) -> dict[str, tuple[Stamp, Tally]]:
    """The figures of a notebook as a desk of this version left them, for files that did not change."""
    try:
        held = json.loads((folder / NAME).read_bytes())
        pages = held["pages"] if held["version"] == __version__ else {}
        return {name: _entry(*row) for name, row in pages.items() if _stamp(folder / name) == tuple(row[0])}
    except (OSError, ValueError, KeyError, TypeError):  # none, or none that can be read: all is counted anew
        return {}


def keep(folder: Path, figures: dict[str, tuple[Stamp, Tally]]) -> None:
    """Leaves figures for the next time; where nothing can be written, nothing is left."""
    rows = {name: [stamp, *astuple(tally)] for name, (stamp, tally) in list(figures.items())}
    part = folder / f"{NAME}.part"
    with contextlib.suppress(OSError):
        part.write_text(json.dumps({"version": __version__, "pages": rows}), "utf-8")
        part.replace(folder / NAME)


def _entry(
    stamp: list[int], state: str, lines: int, accepted: int, left: list[float], best: float
) -> tuple[Stamp, Tally]:
    return (stamp[0], stamp[1]), Tally(state, lines, accepted, Effort(*left), best)


def _stamp(path: Path) -> Stamp | None:
    try:
        at = path.stat()
    except OSError:
        return None
    return at.st_mtime_ns, at.st_size
