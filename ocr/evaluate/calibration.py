"""Whether a confidence of 0.9 means nine in ten, and how many errors are found where confidence is least.

What is held against each other are the probabilities that a record gives its words, letters and lines
(@cert in TEI) and what was right when a person read the same page. Counted strictly, whatever the profiles of
a report: a word is right when it is a hit of the alignment that gives the word error rate, a letter when it
is one of the letters' alignment.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from ocr.arrays import F64, Ints
from ocr.evaluate.align import Chunks, EditKind, align
from ocr.evaluate.pair import PageText
from ocr.evaluate.rates import Score, count_edits
from ocr.evaluate.scores import PageScore
from ocr.formats.found_lines import FoundLine, FoundWord
from ocr.text import STRICT, graphemes, words_by_space

LEVELS = ("word", "letter", "line")
BINS = 10
SEED, _DRAWS = 1, 200
_CURVE = 101
READ_SHARE = 0.15
"""What a person may have time to read again."""
_AT_SHARE = round(READ_SHARE * (_CURVE - 1))


@dataclass(frozen=True, slots=True, eq=False)
class ConfidenceOutcomes:
    """Confidences of words, letters or lines, and what was right: arrays of like length (N,)."""

    confidence: F64
    """Probability of being right, 0..1."""
    right: F64
    """1 or 0; of a line the share of its words that is right."""
    level: str
    """word, letter or line."""

    def __post_init__(self) -> None:
        if self.confidence.shape != self.right.shape or self.confidence.ndim != 1:
            raise ValueError("each confidence needs its outcome")

    @property
    def brier(self) -> float:
        """Mean squared difference (Brier, 1950): 0 at best, 0.25 for those who always say one half."""
        return float(((self.confidence - self.right) ** 2).mean())

    @property
    def ece(self) -> float:
        """Expected calibration error, bins of like width, 0..1 (Naeini et al., 2015; Guo et al., 2017)."""
        return _error(self.confidence, self.right)


@dataclass(frozen=True, slots=True, eq=False)
class PageConfidence:
    """The confidences of one found page. Arrays of one number per word that has a confidence."""

    name: str
    words: F64
    """Confidence, 0..1."""
    lengths: F64
    """Letters."""
    words_without_confidence: int = 0
    letters: int = 0
    """All letters of the page, spaces among them."""
    gaps: int = 0
    """Places that the record calls unread."""

    @property
    def word_count(self) -> int:
        """All words of the page."""
        return len(self.words) + self.words_without_confidence

    def wrong_words(self, words: F64) -> float:
        """How many words are wrong, with these confidences for `words`; those without are like the rest."""
        return float((1 - words).sum()) * self.word_count / max(len(self.words), 1)

    def wrong_letters(self, words: F64) -> float:
        """How many letters are wrong, if those of one word err alike and each for itself."""
        wrong = float((self.lengths * (1 - words ** (1 / np.maximum(self.lengths, 1)))).sum())
        return wrong * self.letters / max(float(self.lengths.sum()), 1)


@dataclass(frozen=True, slots=True, eq=False)
class PageOutcomes:
    """A page with its truth: its confidences and what was right."""

    confidence: PageConfidence
    words: ConfidenceOutcomes
    letters: ConfidenceOutcomes
    """Where a record tells no letter's confidence, a word's stands for its letters, each an equal share."""
    lines: ConfidenceOutcomes
    """The confidence of the line, or the mean of its words', against the share of its words that is right."""
    score: Score
    """Under the strict profile."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Confidences between two bounds: their mean, and the share right. Means over nothing are None."""

    low: float
    high: float
    count: int
    believed: float | None
    right: float | None


@dataclass(frozen=True, slots=True)
class Gain:
    """What a person gains who reads again where confidence is least."""

    read: float
    """Share of the units read again."""
    found: float | None
    """Share of all errors that is met there; None without errors."""
    left_wrong: float | None
    """Share of the rest that is wrong (the risk at a coverage of 1 - read); None when all is read."""


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """How well confidences at one level hold."""

    level: str
    count: int
    mean_confidence: float
    right: float
    """Share that is right."""
    ece: float
    """See ConfidenceOutcomes."""
    ece_by_chance: float | None
    """What the expected calibration error would be on the average had every confidence been true: few
    units scatter (consistency resampling: Bröcker and Smith, 2007). None for lines, which are shares."""
    ece_bins: str
    brier: float
    bins: tuple[Bin, ...]
    curve: tuple[Gain, ...]
    """From nothing read again to all, in steps of one in a hundred."""
    sentence: str
    """What reading READ_SHARE again gains, in words."""
    seed: int

    @property
    def reading(self) -> Gain:
        """What reading READ_SHARE again gains."""
        return self.curve[_AT_SHARE]


def calibration_report(outcomes: ConfidenceOutcomes, *, seed: int = SEED) -> CalibrationReport | None:
    """How well these confidences hold; None when there are none."""
    count = len(outcomes.confidence)
    if not count:
        return None
    curve = _curve(outcomes)
    return CalibrationReport(
        outcomes.level,
        count,
        float(outcomes.confidence.mean()),
        float(outcomes.right.mean()),
        outcomes.ece,
        None if outcomes.level == "line" else _by_chance(outcomes.confidence, seed),
        f"{BINS} of like width",
        outcomes.brier,
        reliability(outcomes),
        curve,
        _sentence(outcomes.level, count, curve[_AT_SHARE]),
        seed,
    )


def reliability(outcomes: ConfidenceOutcomes) -> tuple[Bin, ...]:
    """The reliability diagram: bins of like width with counts, mean confidence, share that is right."""
    place = _bins_of(outcomes.confidence)
    columns = (
        np.bincount(place, minlength=BINS),
        np.bincount(place, outcomes.confidence, BINS),
        np.bincount(place, outcomes.right, BINS),
    )
    return tuple(
        Bin(n / BINS, (n + 1) / BINS, int(c), b / c if c else None, r / c if c else None)
        for n, (c, b, r) in enumerate(zip(*(column.tolist() for column in columns), strict=True))
    )


def page_confidence(name: str, found: PageText) -> PageConfidence:
    """The confidences of a found page."""
    words = [word for line in chain(*found.pieces) for word in _words(line)]
    known = [(w.confidence, len(graphemes(w.text))) for w in words if w.confidence is not None]
    table = np.array(known, float).reshape(-1, 2)
    letters = sum(len(graphemes(w.text)) for w in words) + max(len(words) - 1, 0)
    return PageConfidence(name, table[:, 0], table[:, 1], len(words) - len(known), letters, found.gaps)


def page_outcomes(page: PageScore) -> PageOutcomes:
    """The confidences of a page, held against its truth."""
    words, letters, lines = (list[tuple[float, float]]() for _ in LEVELS)
    score = Score(STRICT.name)
    for (truth, _), (_, found_lines) in zip(page.pair.leaves, page.pair.pieces, strict=True):
        by_line = [_words(line) for line in found_lines]
        found_words = list(chain(*by_line))
        text = STRICT.apply(truth)
        found = [STRICT.apply(word.text) for word in found_words]
        by_word = align(words_by_space(text), found)
        spelt = graphemes(" ".join(found))
        by_letter = align(graphemes(text), spelt)
        right, right_letters = _hits(by_word, len(found)), _hits(by_letter, len(spelt))
        score += Score(STRICT.name, count_edits(by_letter), count_edits(by_word))
        words += [
            (w.confidence, r) for w, r in zip(found_words, right, strict=True) if w.confidence is not None
        ]
        letters += _letters(found_words, found, right_letters)
        lines += _lines(found_lines, by_line, right)
    return PageOutcomes(
        page_confidence(page.name, page.pair.found),
        _outcomes(words, "word"),
        _outcomes(letters, "letter"),
        _outcomes(lines, "line"),
        score,
    )


def joined(pages: Iterable[PageOutcomes], level: str) -> ConfidenceOutcomes:
    """The outcomes of all pages at one of LEVELS."""
    parts: list[ConfidenceOutcomes] = [getattr(page, f"{level}s") for page in pages]
    columns = ([part.confidence for part in parts], [part.right for part in parts])
    confidence, right = (np.concatenate([np.zeros(0), *column]) for column in columns)
    return ConfidenceOutcomes(confidence, right, level)


def _error(confidence: F64, right: F64) -> float:
    away = np.bincount(_bins_of(confidence), confidence - right, BINS)
    return float(np.abs(away).sum() / max(len(right), 1))


def _bins_of(confidence: F64) -> Ints:
    return np.minimum((confidence * BINS).astype(np.intp), BINS - 1)


def _by_chance(confidence: F64, seed: int) -> float:
    dice = np.random.default_rng([seed, 3])
    # what counts is how many of each bin come out right; the sum of many unlike coins is nearly normal
    if len(confidence) > 100_000:
        spread = np.sqrt(np.bincount(_bins_of(confidence), confidence * (1 - confidence), BINS))
        return float(np.abs(dice.normal(size=(_DRAWS, BINS)) * spread).sum(1).mean() / len(confidence))
    errors = [
        _error(confidence, (dice.random(len(confidence)) < confidence).astype(float)) for _ in range(_DRAWS)
    ]
    return float(np.mean(errors))


def _curve(outcomes: ConfidenceOutcomes) -> tuple[Gain, ...]:
    """Least sure first; among the equally sure each comes as likely first, so errors spread evenly there."""
    count = len(outcomes.confidence)
    _, group = np.unique(outcomes.confidence, return_inverse=True)
    read_to = np.concatenate([[0], np.cumsum(np.bincount(group))]) / count
    wrong = np.concatenate([[0.0], np.cumsum(np.bincount(group, 1 - outcomes.right))])
    wrong = np.maximum.accumulate(wrong)
    total, shares = float(wrong[-1]), np.linspace(0, 1, _CURVE)
    met = np.interp(shares, read_to, wrong)
    met[-1] = total
    return tuple(
        Gain(
            share,
            min(errors / total, 1.0) if total > 0 else None,
            max(total - errors, 0.0) / ((1 - share) * count) if share < 1 else None,
        )
        for share, errors in zip(shares.tolist(), met.tolist(), strict=True)
    )


def _sentence(level: str, count: int, gain: Gain) -> str:
    if gain.found is None:
        return f"There are no errors among the {count} {level}s."
    read, found = round(100 * gain.read), round(100 * gain.found)
    return f"Reading the {read} % least sure {level}s finds {found} % of the errors."


def _outcomes(pairs: Sequence[tuple[float, float]], level: str) -> ConfidenceOutcomes:
    table = np.array(pairs, float).reshape(-1, 2)
    return ConfidenceOutcomes(table[:, 0], table[:, 1], level)


def _words(line: FoundLine) -> tuple[FoundWord, ...]:
    return line.words or tuple(FoundWord(word) for word in line.text.split())


def _hits(chunks: Chunks, count: int) -> list[bool]:
    """Which of the found units are right."""
    right = [False] * count
    for chunk in chunks:
        if chunk.kind is EditKind.HIT:
            right[chunk.found_start : chunk.found_end] = [True] * chunk.length
    return right


def _letters(
    words: Sequence[FoundWord], found: Sequence[str], right: Sequence[bool]
) -> Iterator[tuple[float, float]]:
    place = 0
    for word, text in zip(words, found, strict=True):
        long = len(graphemes(text))
        confidences = _of_letters(word, long)
        yield from zip(confidences, right[place : place + len(confidences)], strict=True)
        place += long + 1  # and the space


def _of_letters(word: FoundWord, long: int) -> list[float]:
    """The confidence of each letter, what is not told being shared out; nothing when nothing is known."""
    letters = word.letters if len(word.letters) == long else (None,) * long
    known = [letter for letter in letters if letter is not None]
    if len(known) == long:
        return known
    if word.confidence is None:
        return []
    product = float(np.prod(known))
    rest = min(word.confidence / product, 1.0) if product > 0 else 1.0
    share = rest ** (1 / (long - len(known)))
    return [share if letter is None else letter for letter in letters]


def _lines(
    lines: Sequence[FoundLine], by_line: Sequence[tuple[FoundWord, ...]], right: Sequence[bool]
) -> Iterator[tuple[float, float]]:
    place = 0
    for line, words in zip(lines, by_line, strict=True):
        own = right[place : place + len(words)]
        place += len(words)
        known = [word.confidence for word in words if word.confidence is not None]
        mean = sum(known) / len(known) if known else None
        confidence = mean if line.confidence is None else line.confidence
        if confidence is not None and own:
            yield confidence, sum(own) / len(own)
