"""Whether what was read is writing at all, and whether it stands on its head: the reader's own doubt decides.

Letters that stand on their head, and marks that are no letters, are read with little confidence; upright
letters, in a hand that the reader hardly knows too, are read with more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.engines import NO_TEXT, Engine
from ocr.geometry import Box
from ocr.page import Line, Reading
from ocr.scan.leaf import Leaf, quarter_turn


@dataclass(frozen=True, slots=True)
class LegibleSettings:
    """When a leaf is tried the other way up, and when its marks are taken for no writing."""

    doubtful: float = 0.65
    """A leaf whose letters are read with less mean confidence is tried the other way up."""
    probes: int = 3
    """So many lines, the longest, are read the other way up."""
    clearly: float = 0.12
    """The other way is better when mean confidence rises by so much."""
    least_turned: float = 0.45
    """And reaches so much."""
    few_lines: int = 8
    """Only where there are no more lines than this may all of them be no writing."""
    legible: float = 0.6
    """Marks on such a leaf are writing when their letters are read with at least this mean confidence,"""
    sure_letter: float = 0.5
    """or when enough letters are at least so sure:"""
    sure_letters: int = 12
    """so many."""
    letters_per_height: float = 0.3
    """And a line holds at least so many letters for each time its height goes into its length."""


def mean_confidence(readings: Sequence[Reading]) -> float | None:
    """The mean confidence of all letters read; of words, for readers that tell no letters. None of none."""
    known = _letters(readings)
    return float(np.mean(known)) if known else None


def better_upside_down(
    engine: Engine,
    leaf: Leaf,
    lines: Sequence[Line],
    readings: Sequence[Reading],
    settings: LegibleSettings,
    *,
    timeout_s: float | None,
) -> bool:
    """Whether the lines of a leaf read clearly better with the leaf turned by 180 degrees.

    Costs nothing for a leaf that was read well: then nothing is read again.
    """
    all_read = mean_confidence(readings)
    if not lines or (all_read is not None and all_read >= settings.doubtful):
        return False
    order = sorted(range(len(lines)), key=lambda n: -_length(lines[n].outline.box))[: settings.probes]
    as_it_is = mean_confidence([readings[n] for n in order]) or 0.0
    turned = [replace(lines[n], baseline=lines[n].baseline[::-1]) for n in order]
    other = mean_confidence(engine.read(upside_down(leaf), turned, timeout_s=timeout_s)) or 0.0
    return other >= max(as_it_is + settings.clearly, settings.least_turned)


def upside_down(leaf: Leaf) -> Leaf:
    """The leaf turned by 180 degrees, with its way home; the map of writing is left behind."""
    height, width = leaf.grey.shape
    grey, ink = (np.ascontiguousarray(one[::-1, ::-1]) for one in (leaf.grey, leaf.ink))
    return replace(
        leaf, grey=grey, ink=ink, home=leaf.home.after(quarter_turn(2, width, height)), likely=None
    )


def is_writing(
    engine: Engine, lines: Sequence[Line], readings: Sequence[Reading], settings: LegibleSettings
) -> bool:
    """Whether the few marks of a leaf may be writing. Many lines always may: they are seldom an accident.

    Only an engine that reads handwriting (its `reads_hands` is true) is believed; others cannot say.
    """
    if not lines or len(lines) > settings.few_lines or not getattr(engine, "reads_hands", False):
        return True
    if any(one.failure not in (None, NO_TEXT) for one in readings):
        return True
    known = _letters(readings)
    if not known:
        return False
    room = sum(_length(line.outline.box) / max(_breadth(line.outline.box), 1.0) for line in lines)
    if len(known) < settings.letters_per_height * room:
        return False
    sure = sum(one >= settings.sure_letter for one in known)
    return float(np.mean(known)) >= settings.legible or sure >= settings.sure_letters


def _letters(readings: Sequence[Reading]) -> list[float]:
    return [
        sure
        for reading in readings
        for word in reading.words
        for sure in (
            [one.confidence or 0.0 for one in word.glyphs]
            if word.glyphs
            else [word.confidence or 0.0] * len(word.text)
        )
    ]


def _length(box: Box) -> float:
    return max(box.width, box.height)


def _breadth(box: Box) -> float:
    return min(box.width, box.height)
