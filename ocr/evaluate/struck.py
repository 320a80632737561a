"""Lines that were found, and marked as struck out: not missed by the reader, but left out by a rule."""

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from ocr.evaluate.lines import Fate, LineScore
from ocr.evaluate.pair import Piece
from ocr.text import STRICT

_ALIKE = 50.0
"""Likeness in per cent (rapidfuzz ratio) from which a struck line is the one that was missed."""


def with_struck(lines: Sequence[LineScore], found: Sequence[Piece]) -> Sequence[LineScore]:
    """The lines of a leaf, those missed that stand in `found` as struck out knowing where.

    Each struck line answers to one line of the truth, the likest.
    """
    struck = {at: STRICT.apply(piece.struck) for at, piece in enumerate(found) if piece.struck}
    if not struck:
        return lines
    told = list(lines)
    likest = sorted(
        (-fuzz.ratio(line.truth, text), place, at)
        for place, line in enumerate(lines)
        if line.fate is Fate.MISSED
        for at, text in struck.items()
    )
    taken = set[int]()
    for unlike, place, at in likest:
        if -unlike >= _ALIKE and at not in taken and told[place].struck_line is None:
            taken.add(at)
            told[place] = replace(told[place], struck_line=at)
    return told
