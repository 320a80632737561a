"""Whether what was read is writing at all, and whether it stands on its head: the reader's own doubt decides.

Letters that stand on their head, and marks that are no letters, look little like letters; upright letters do,
in a hand that the reader hardly knows too. Calibrated confidence does not tell: it is of upright writing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.arrays import Floats
from ocr.engines import NO_TEXT, Engine, Recognition, recognise
from ocr.geometry import Box
from ocr.page import Line, Reading
from ocr.scan.finder import TEXT_THRESHOLD
from ocr.scan.leaf import Leaf, quarter_turn


@dataclass(frozen=True, slots=True)
class LegibleSettings:
    """When a leaf is tried the other way up, and when its marks are taken for no writing."""

    doubtful: float = 0.75
    """A leaf that is less clear to its reader is tried the other way up."""
    probes: int = 3
    """So many lines, the longest, are read the other way up."""
    clearly: float = 0.12
    """The other way is better when clearness rises by so much."""
    least_turned: float = 0.6
    """And reaches so much."""
    few_lines: int = 8
    """Only where there are no more lines than this may all of them be no writing."""
    legible: float = 0.6
    """Marks on such a leaf are writing when they are so clear."""
    word_letters: int = 6
    """Fewer letters are no word for sure: a ring or a stroke is a letter too."""
    sure_marks: float = 0.85
    """What the finder marks with such a mean probability need be less clear and may be shorter."""
    legible_marked: float = 0.55
    """So clear: hatchings reach 0.49, words that slant 0.57."""
    word_letters_marked: int = 4
    """So long."""
    legible_word: float = 0.9
    """They must be so clear."""
    letters_per_height: float = 0.3
    """And when they hold at least so many letters for each time a line's height goes into its length."""


def legibility(scores: Floats) -> float | None:
    """The mean probability of the letters that a net sees by itself; None when it sees none.

    `scores` has shape (frames, 1 + letters): natural logarithms, class 0 is the blank.
    """
    best, top = scores.argmax(1), scores.max(1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    peaks = np.maximum.reduceat(top, starts) if len(starts) else top[:0]
    letters = np.exp(peaks[best[starts] > 0])
    return float(letters.mean()) if len(letters) else None


def mean_legibility(lines: Sequence[Recognition]) -> float | None:
    """How legible some lines were to their reader, 0..1, by the letter; readers that do not tell are taken at
    their confidence. None when nothing was read."""
    total, letters = 0.0, 0
    for reading, own, _ in lines:
        legible = reading.confidence if own is None else own
        if legible is not None:
            total += legible * _letters(reading)
            letters += _letters(reading)
    return total / letters if letters else None


def better_upside_down(
    engine: Engine,
    leaf: Leaf,
    lines: Sequence[Line],
    recognised: Sequence[Recognition],
    settings: LegibleSettings,
    *,
    timeout_s: float | None,
) -> bool:
    """Whether the lines of a leaf read clearly better with the leaf turned by 180 degrees.

    Costs nothing for a leaf that was clear to its reader, nor with a reader of print (`reads_hands` is not
    true): all handwriting is doubtful to it, whichever way up. Then nothing is read again.
    """
    all_read = mean_legibility(recognised)
    if not lines or not _reads_hands(engine) or (all_read is not None and all_read >= settings.doubtful):
        return False
    order = sorted(range(len(lines)), key=lambda n: -_length(lines[n].outline.box))[: settings.probes]
    as_it_is = mean_legibility([recognised[n] for n in order]) or 0.0
    turned = [replace(lines[n], baseline=lines[n].baseline[::-1]) for n in order]
    other = mean_legibility(recognise(engine, upside_down(leaf), turned, timeout_s=timeout_s)) or 0.0
    return other >= max(as_it_is + settings.clearly, settings.least_turned)


def upside_down(leaf: Leaf) -> Leaf:
    """The leaf turned by 180 degrees, with its way home; the map of writing is left behind."""
    height, width = leaf.grey.shape
    grey, ink = (np.ascontiguousarray(plane[::-1, ::-1]) for plane in (leaf.grey, leaf.ink))
    return replace(
        leaf, grey=grey, ink=ink, to_scan=leaf.to_scan.after(quarter_turn(2, width, height)), text_map=None
    )


def mean_text_probability(leaf: Leaf, lines: Sequence[Line]) -> float:
    """The mean probability that the finder gives to what it marks in some lines; 0 where it marks nothing."""
    if leaf.text_map is None:
        return 0.0
    probability = leaf.text_map.probability
    down, across = np.array(probability.shape) / leaf.grey.shape
    inside = np.zeros(probability.shape, bool)
    for line in lines:
        box = leaf.to_scan.inverse.box(line.outline.box).clip(
            Box(0, 0, leaf.grey.shape[1], leaf.grey.shape[0])
        )
        rows = slice(int(box.top * down), int(box.bottom * down) + 1)
        inside[rows, int(box.left * across) : int(box.right * across) + 1] = True
    marks = probability[inside & (probability >= TEXT_THRESHOLD)]
    return float(marks.mean()) / 255 if len(marks) else 0.0


def is_writing(
    engine: Engine,
    lines: Sequence[Line],
    recognised: Sequence[Recognition],
    settings: LegibleSettings,
    text_probability: float = 0.0,
) -> bool:
    """Whether the few marks of a leaf may be writing. Many lines always may: they are seldom an accident.

    `text_probability` is what the finder gives them. What it takes for no writing is told as places not read.
    Only an engine that reads handwriting (its `reads_hands` is true) is believed; others cannot say.
    """
    if not lines or len(lines) > settings.few_lines or not _reads_hands(engine):
        return True
    if any(line.reading.failure not in (None, NO_TEXT) for line in recognised):
        return True
    letters = sum(_letters(line.reading) for line in recognised)
    room = sum(_length(line.outline.box) / max(_breadth(line.outline.box), 1.0) for line in lines)
    if letters < settings.letters_per_height * room:
        return False
    marked = text_probability >= settings.sure_marks
    word = settings.word_letters_marked if marked else settings.word_letters
    clear = settings.legible_marked if marked else settings.legible
    least = clear if letters >= word else settings.legible_word
    return (mean_legibility(recognised) or 0.0) >= least


def holds_words(reading: Reading) -> bool:
    """Whether a line written apart is words or a number, or a failure to read them: a ring reads as one
    letter, a tick as none."""
    if reading.failure not in (None, NO_TEXT):
        return True
    return _letters(reading) > 1 or any(letter.isdigit() for letter in reading.text)


def _reads_hands(engine: Engine) -> bool:
    return bool(getattr(engine, "reads_hands", False))


def _letters(reading: Reading) -> int:
    return sum(len(word.text) for word in reading.words)


def _length(box: Box) -> float:
    return max(box.width, box.height)


def _breadth(box: Box) -> float:
    return min(box.width, box.height)
