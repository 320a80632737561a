"""The readings of a leaf as a graph of words: for each stretch between spaces what may stand there.

The beam of a whole line holds readings that differ in a letter or two near its end. So each stretch between
two spaces of the first reading is searched by itself, its neighbours as read, up to the letter that follows
its space, for a mark may stand behind a gap; and all its readings are kept: a confusion network (Mangu,
Brill and Stolcke, 2000) whose stretches may hold several words or none. The vocabulary weighs which of them
exist and follow each other, over line ends and broken words, through the whole leaf at once; forward and
backward sums (Baum, 1972) give each reading of a stretch its probability.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from ocr.arrays import F32
from ocr.engines.alignment import Spans
from ocr.engines.beam_search import Beam, BeamSettings, Strip, beam_search
from ocr.engines.language import NextLetter
from ocr.engines.vocabulary import NUMBER, START, UNKNOWN, Vocabulary, forms

WIDTH, BEHIND, LEAST = 50, 9.0, 3e-4
"""A stretch is short, so more of its readings are kept, and farther behind the best, and letters are tried
that are less likely, than of a line."""
FOLLOWING = 3
"""So many letters after a stretch and its space are looked at."""
CLOSING = ".,;:!?)"
"""Marks that a gap before them parts from no word."""
NEUTRAL = -9.0
"""A form of this log probability speaks neither for nor against its reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatticeSettings:
    """How readings of words are gathered and weighed."""

    weight: float = 0.55
    """Weight of the vocabulary beside strip and character model (0: none)."""
    histories: int = 16
    """So many ways up to a stretch are kept."""


class WordSpan(NamedTuple):
    """What stands between two spaces of a line as first decoded."""

    readings: list[Beam]
    """Best first; codes and score (natural logarithm)."""


class WordHypotheses(NamedTuple):
    """A stretch with what the whole leaf makes of its readings."""

    readings: list[tuple[bytes, float]]
    """Codes and probability, likeliest first; the first is the text."""


def word_spans(
    leaf: Sequence[F32],
    best: Sequence[bytes],
    spans: Sequence[Spans],
    spelling: NextLetter,
    alphabet: str,
    beam: BeamSettings,
) -> list[list[WordSpan]]:
    """Of each line of a leaf the stretches between the spaces of its first reading; frames of its letters in
    `spans`."""
    space, *closing = (bytes((1 + alphabet.index(mark),)) for mark in " " + CLOSING if mark in alphabet)
    lines = [
        list(_stretches(scores, codes, own, space))
        for scores, codes, own in zip(leaf, best, spans, strict=True)
    ]
    wide = replace(beam, width=WIDTH, behind=BEHIND, least=LEAST)
    searched = iter(beam_search([stretch for line in lines for stretch in line], spelling, wide))
    return [
        [
            WordSpan(_words(next(searched), space, closing, last=place == len(line) - 1))
            for place in range(len(line))
        ]
        for line in lines
    ]


def _stretches(scores: F32, best: bytes, spans: Spans, space: bytes) -> Iterator[Strip]:
    """The strips between the spaces of the best reading of a line, each with the space that follows."""
    at = 0
    for letters in best.split(space):
        end = at + len(letters)
        if letters:
            first = spans[at - 1][1] if at else 0
            last = spans[end + 1][0] if end + 1 < len(best) else len(scores)
            yield Strip(scores[first:last], best[:at], best[end + 1 : end + 1 + FOLLOWING] or b"\0")
        at = end + 1


def _words(readings: Sequence[Beam], space: bytes, closing: Sequence[bytes], *, last: bool) -> list[Beam]:
    """The readings without spaces at their ends and before marks that close; those that are then the same
    count together. But for the last of a line only those that a gap parts from the next, if there are any."""
    gaps = (space, *(space + mark for mark in closing))
    parted = [reading for reading in readings if last or reading.codes.endswith(gaps)]
    scores: dict[bytes, float] = {}
    for codes, score in parted or readings:
        closed = codes.strip(space)
        if space in closed:
            for mark in closing:
                closed = closed.replace(space + mark, mark)
        _add(scores, closed, score)
    return [Beam(*item) for item in sorted(scores.items(), key=lambda item: -item[1])]


class _Word(NamedTuple):
    """A reading of a stretch, as the vocabulary sees it."""

    score: float
    forms: list[str]
    broken: bool
    """Its last form goes on in the next line."""


_History = tuple[str, str]
"""The form before, and the beginning of a word that a line end has broken (or "")."""
_Ways = dict[_History, float]
_Place = TypeVar("_Place", _History, int, bytes)


def rescore(
    lines: Sequence[Sequence[WordSpan]], alphabet: str, vocabulary: Vocabulary, settings: LatticeSettings
) -> list[list[WordHypotheses]]:
    """Of the lines of a leaf, in reading order, each stretch with its readings by probability."""
    steps = [
        (n, [_word(beam, alphabet, last=place == len(line) - 1) for beam in stretch.readings])
        for n, line in enumerate(lines)
        for place, stretch in enumerate(line)
    ]
    ways: _Ways = {(START, ""): 0.0}
    forward: list[tuple[_Ways, list[tuple[_History, int, _History, float]]]] = []
    for _, words in steps:
        arcs = [
            (history, n, *_after(history, word, vocabulary, settings))
            for n, word in enumerate(words)
            for history in ways
        ]
        reached: _Ways = {}
        for history, _, new, score in arcs:
            _add(reached, new, ways[history] + score)
        kept = dict(sorted(reached.items(), key=lambda way: -way[1])[: settings.histories])
        forward.append((ways, [arc for arc in arcs if arc[2] in kept]))
        ways = kept
    result: list[list[WordHypotheses]] = [[] for _ in lines]
    behind: _Ways = dict.fromkeys(ways, 0.0)
    for (n, _), (ways, arcs), stretch in zip(
        reversed(steps), reversed(forward), reversed([s for line in lines for s in line]), strict=True
    ):
        before: _Ways = {}
        sums: dict[int, float] = {}
        for history, word, new, score in arcs:
            if new in behind:
                _add(before, history, score + behind[new])
                _add(sums, word, ways[history] + score + behind[new])
        top = max(sums.values())
        shares = {word: math.exp(total - top) for word, total in sums.items()}
        whole = sum(shares.values())
        order = sorted(shares, key=lambda word: (-shares[word], word))
        result[n].append(
            WordHypotheses([(stretch.readings[word].codes, shares[word] / whole) for word in order])
        )
        behind = before
    return [line[::-1] for line in result]


def _word(beam: Beam, alphabet: str, *, last: bool) -> _Word:
    text = "".join([alphabet[code - 1] for code in beam.codes])
    parts = forms(text)
    broken = last and text.rstrip().endswith("-") and bool(parts) and parts[-1] != NUMBER
    return _Word(beam.score, parts, broken)


def _after(
    history: _History, word: _Word, vocabulary: Vocabulary, settings: LatticeSettings
) -> tuple[_History, float]:
    """Where a reading leads from a history, and what it adds."""
    before, begun = history
    parts, rest = word.forms, ""
    score = 0.0
    if begun:  # the line before ended in the midst of a word
        if parts and parts[0] != NUMBER:
            parts = [begun + parts[0], *parts[1:]]
        else:
            score = UNKNOWN - NEUTRAL
    if word.broken:
        parts, rest = parts[:-1], parts[-1]
    for form in parts:
        if form != NUMBER:  # how usual numbers are says nothing of whether this is one
            score += vocabulary.log_probability(form, before) - NEUTRAL
        before = form
    return (before, rest), word.score + settings.weight * score


def _add(sums: dict[_Place, float], place: _Place, value: float) -> None:
    """Adds a probability, as natural logarithm, to those of a place."""
    sum_before = sums.get(place)
    if sum_before is None:
        sums[place] = value
    else:
        high, low = (sum_before, value) if sum_before > value else (value, sum_before)
        sums[place] = high + math.log1p(math.exp(low - high))
