"""What letters of a word are beside being letters, told by their strip: words struck out, endings raised."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ocr.engines.decoding import DecodedLetter, DecodedLine
from ocr.engines.strikes import strike_probability
from ocr.lines.kinds import probability
from ocr.lines.strips import HALF_CORES, StripCut
from ocr.page import MarkKind, Reading, Word, WordMark

# The same pages: 232 of 10,163 words end above their row, 87 of them in raised letters.
RAISED_WEIGHTS = (-1.266, -4.88, 0.102, 2.816, -2.322, -0.459)
"""Of `raised_letters`."""

Raised = tuple[int, int, tuple[float, ...]]
"""The first of some letters, the one after the last, and what they are told by."""

LEAST_SURE = 0.5
"""What is less likely is no mark."""
ABOVE, BELOW = 4.0, 1.5
"""Ink of letters is looked at so far above and below the middle of small letters, in heights of these."""
FEW = 0.05
"""Of the ink of a letter this share may lie above its head and below its foot."""


def with_marks(words: Sequence[Word], cut: StripCut, writing: DecodedLine) -> tuple[Word, ...]:
    """The words of a strip with what their ink marks them as, however unsure."""
    return tuple(
        replace(word, marks=_marks(word.text, cut, writing.letters[decoded.start : decoded.end]))
        for word, decoded in zip(words, writing.words, strict=True)
    )


def sure_marks(reading: Reading, least_sure: float) -> Reading:
    """The reading without marks that are less sure than this."""
    if not any(word.marks for word in reading.words):
        return reading
    words = tuple(
        replace(word, marks=tuple(mark for mark in word.marks if mark.confidence >= least_sure))
        for word in reading.words
    )
    return replace(reading, words=words)


def _marks(text: str, cut: StripCut, letters: Sequence[DecodedLetter]) -> tuple[WordMark, ...]:
    marks = []
    sure = strike_probability(cut, letters[0].left, letters[-1].right)
    if sure >= LEAST_SURE:
        marks.append(WordMark(MarkKind.STRUCK, 0, len(text), sure))
    raised = raised_letters(text, cut, letters)
    if raised is not None and (sure := probability(raised[2], RAISED_WEIGHTS)) >= LEAST_SURE:
        marks.append(WordMark(MarkKind.RAISED, raised[0], raised[1], sure))
    return tuple(marks)


def raised_letters(text: str, cut: StripCut, letters: Sequence[DecodedLetter]) -> Raised | None:
    """The last letters of a word, from one to before another, whose feet are above the middle of the row.

    And what they are told by: where their feet are, how far above those of the letters before, whether a
    digit is before, whether it is one letter, how tall they are. None when there are none.
    """
    end = len(text)
    while end > 1 and not text[end - 1].isalnum():
        end -= 1
    start, spans = end, []
    while start > 1 and text[start - 1].isalpha():
        span = _foot_and_head(cut, letters[start - 1])
        if span is None or span[0] >= 0:
            break
        start -= 1
        spans.append(span)
    if start == end:
        return None
    *earlier, last = [_foot_and_head(cut, letter) for letter in letters[max(start - 2, 0) : start]]
    if last is None:
        return None
    before = [last, *(span for span in earlier if span is not None)]
    foot = max(low for low, _ in spans)
    tall = float(np.median([low - high for low, high in spans]))
    apart = max(low for low, _ in before) - foot
    single, digit = float(end - start == 1), float(text[start - 1].isdigit())
    return start, end, (max(foot, -1.5), min(apart, 2.0), digit, single, min(tall, 2.0))


def _foot_and_head(cut: StripCut, letter: DecodedLetter) -> tuple[float, float] | None:
    """Where the ink in the columns of a letter ends and begins: so many heights of small letters below their
    middle. None where there is none."""
    core, middle = len(cut.grey) / (2 * HALF_CORES), len(cut.grey) / 2
    top = max(round(middle - ABOVE * core), 0)
    columns = slice(max(round(letter.left), 0), round(letter.right))
    rows = np.cumsum((cut.grey[top : round(middle + BELOW * core), columns] <= cut.dark).sum(axis=1))
    if not len(rows) or not rows[-1]:
        return None
    foot = int(np.searchsorted(rows, (1 - FEW) * rows[-1])) + 1
    head = int(np.searchsorted(rows, FEW * rows[-1]))
    return (foot + top - middle) / core, (head + top - middle) / core
