"""Tallies of pages kept between two openings of the desk, so that thousands are not counted again.

They are drawn from the records and say nothing that is not there: whoever deletes the file loses a minute.
"""

import contextlib
import json
from dataclasses import astuple
from pathlib import Path

from ocr import __version__
from ocr.review.listing import Stamp, stamp_of
from ocr.review.priority import Effort
from ocr.review.tally import Tally

NAME = ".review-figures.json"


def kept(folder: Path) -> dict[str, tuple[Stamp, Tally]]:
    """The tallies of a notebook as a desk of this version left them, for files that did not change."""
    try:
        cache = json.loads((folder / NAME).read_bytes())
        pages = cache["pages"] if cache["version"] == __version__ else {}
        return {name: _entry(*row) for name, row in pages.items() if stamp_of(folder / name) == tuple(row[0])}
    except (OSError, ValueError, KeyError, TypeError):  # none, or none that can be read: all is counted anew
        return {}


def keep(folder: Path, tallies: dict[str, tuple[Stamp, Tally]]) -> None:
    """Leaves tallies for the next time; where nothing can be written, nothing is left."""
    rows = {name: [stamp, *astuple(tally)] for name, (stamp, tally) in list(tallies.items())}
    part = folder / f"{NAME}.part"
    with contextlib.suppress(OSError):
        part.write_text(json.dumps({"version": __version__, "pages": rows}), "utf-8")
        part.replace(folder / NAME)


def _entry(
    stamp: list[int], state: str, lines: int, accepted: int, left: list[float], best: float
) -> tuple[Stamp, Tally]:
    return (stamp[0], stamp[1]), Tally(state, lines, accepted, Effort(*left), best)
