"""Which words of a stretch of text stand on which line: one alignment of letters over the whole leaf.

The alignment lets the text begin and end where it will, and gaps on either side cost to open and little to go
on (Gotoh 1982): passages that the editor left out, notes that he put in, lines that the machine missed.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr.alignment.letters import HYPHENS, Letters, fold, letters_of
from ocr.alignment.pairing import lone_words
from ocr.arrays import I32

_MATCH, _MISMATCH, _OPEN, _GO_ON = 4, -3, -6, -2
_FEW = 3
"""Words on either side of a boundary that may belong to the other line."""
_MOST_SIGNS = 60
"""No further than so many signs and words is looked."""
LEAST_LIKENESS = 0.5
"""A line less like its words than this stays as it was read."""
_LEAST_SHARED = 0.3
"""A line less like the letters that it stands against stands against none: they are others' or nobody's."""
_LEAST_MARGIN = 1.25
"""By so much, in letters, the next best edge of a line must cost more, for the line to be sure."""
_SIGNS = 0.8
"""What case and signs and spaces count beside letters, where a line is cut."""
_EDGE, _MOST_AT_EDGE = 8, 3
"""Of so many letters at an edge so many may differ."""
_NO_HYPHEN, _NOT_BROKEN, _NO_SYLLABLE, _TORN = 1.5, 1.0, 1.5, 0.3
"""What it costs, in letters, to break a word where no hyphen was read, not to break one where it was, to
break one where nobody would, and to tear a consonant from its vowel."""


@dataclass(frozen=True, slots=True)
class LaidLine:
    """What of the text stands on one line."""

    text: str
    """Its words, the halves of a word that runs on included; empty when there are none."""
    likeness: float
    """1 minus the edit distance by the longer of both, of letters as they are compared; 0..1."""
    accepted: bool
    """Is it so like what was read that it may stand for it?"""


def lay(lines: Sequence[str], text: Letters, start: int, end: int) -> list[LaidLine]:
    """The words of letters `start` to `end` of the text, for each of the lines as they were read."""
    read = [letters_of(line) for line in lines]
    codes = np.concatenate([each.codes for each in read] or [np.zeros(0, np.int32)])
    if not len(codes) or end <= start:
        return [LaidLine("", 0.0, False) for _ in lines]
    partner = _aligned(codes, text.codes[start:end])
    partner[partner >= 0] += start
    spans = [
        span
        if span is not None
        and _likeness(each.codes.tolist(), text.codes[span[0] : span[1] + 1].tolist()) >= _LEAST_SHARED
        else None
        for each, span in zip(read, _spans([len(each.codes) for each in read], partner), strict=True)
    ]
    cuts = _Cuts(lines, text, spans)
    words = cuts.best()
    lone = [lone_words(*pair) for pair in zip(lines, words, strict=True)]
    likeness = [_likeness(fold(line), fold(each)) for line, each in zip(lines, words, strict=True)]
    lost = [lone[0].lost_first, *(a.lost_last or b.lost_first for a, b in pairwise(lone)), lone[-1].lost_last]
    is_like = [
        like >= LEAST_LIKENESS and margin >= _LEAST_MARGIN and not (alone.inside or before or behind)
        for like, margin, alone, (before, behind) in zip(
            likeness, cuts.margins, lone, pairwise(lost), strict=True
        )
    ]
    beyond = [False, *is_like, False]
    return [
        LaidLine(
            each,
            likeness[at],
            is_like[at]
            and _holds(lines[at], each, is_lone=lone[at].first, is_firm=beyond[at])
            and _holds(lines[at][::-1], each[::-1], is_lone=lone[at].last, is_firm=beyond[at + 2]),
        )
        for at, each in enumerate(words)
    ]


def _holds(line: str, words: str, *, is_lone: bool, is_firm: bool) -> bool:
    """Does the beginning of a line hold? Where the line before is firm, like its words, no passage is missing
    there; else words of that may stand in the place of others, or a word alone be the last of it."""
    mine, theirs = fold(line)[:_EDGE], fold(words)[:_EDGE]
    return is_firm or (not is_lone and Levenshtein.distance(mine, theirs) <= _MOST_AT_EDGE)


def _likeness(mine: Sequence[Hashable], theirs: Sequence[Hashable]) -> float:
    longest = max(len(mine), len(theirs))
    return 1 - Levenshtein.distance(mine, theirs) / longest if longest else 0.0


def _spans(sizes: Sequence[int], partner: I32) -> list[tuple[int, int] | None]:
    """The first and last letter of the text that letters of each line stand against; None of a line alone."""
    spans: list[tuple[int, int] | None] = []
    at = 0
    for size in sizes:
        known = partner[at : at + size]
        known = known[known >= 0]
        spans.append((int(known[0]), int(known[-1])) if len(known) else None)
        at += size
    return spans


class _Cuts:
    """Where the text is cut into lines."""

    def __init__(self, lines: Sequence[str], text: Letters, spans: Sequence[tuple[int, int] | None]) -> None:
        self._lines, self._text, self._spans = lines, text, spans
        self.margins = [float("inf")] * len(lines)
        """By how much, in letters, the edge of a line that is least sure is better than any other."""

    def best(self) -> list[str]:
        """The words of each line that has any: each boundary where both its lines are read most alike."""
        text = self._text
        numbers = [number for number, span in enumerate(self._spans) if span is not None]
        words: list[str] = [""] * len(self._lines)
        if not numbers:
            return words
        begins = {numbers[0]: self._outer(numbers[0], -1)}
        ends: dict[int, _Place] = {}
        for upper, lower in pairwise(numbers):
            end, begin = self._boundary(upper, lower, begins[upper])
            ends[upper] = max(end, begins[upper])
            begins[lower] = max(begin, ends[upper])
        ends[numbers[-1]] = max(self._outer(numbers[-1], +1), begins[numbers[-1]])
        for number in numbers:
            words[number] = _joined(text, begins[number], ends[number])
            if self._is_broken(ends[number]) and not words[number].endswith(tuple(HYPHENS)):
                words[number] += _hyphen(self._lines[number])
        return words

    def _is_broken(self, end: "_Place") -> bool:
        return 0 < end[1] < len(self._text.words[end[0]]) if end[0] < len(self._text.words) else False

    def _outer(self, number: int, side: int) -> "_Place":
        """Where the first line of a leaf begins, or the last one ends: at a word, or within a broken one."""
        span = self._spans[number]
        assert span is not None
        text = self._text
        options: list[_Place]
        if side < 0:
            inner, word = (int(text.word_of[span[1]]) + 1, 0), int(text.word_of[span[0]])
            last = min(self._beyond(word, +1), inner[0] - 1)
            options = [(w, 0) for w in range(self._beyond(word, -1), last + 1)]
            options += [(word, int(text.within[span[0]]))]  # the rest of a word that the leaf before begins
            costs = [(self._cost(number, option, inner), abs(option[0] - word), option) for option in options]
            hyphened = False
        else:
            inner, word = (int(text.word_of[span[0]]), 0), int(text.word_of[span[1]]) + 1
            first = max(self._beyond(word, -1), inner[0] + 1)
            options = [(w, 0) for w in range(first, self._beyond(word, +1) + 1)]
            hyphened = _is_hyphened(self._lines[number])
            options += [(word - 1, at) for at in range(1, len(text.words[word - 1])) if hyphened]
            costs = [(self._cost(number, inner, option), abs(option[0] - word), option) for option in options]
        ranked = sorted(
            (cost + self._break_cost(place, hyphened=hyphened), far, place) for cost, far, place in costs
        )
        return self._chosen([(cost, place) for cost, _, place in ranked], number)

    def _boundary(self, upper: int, lower: int, begin: "_Place") -> tuple["_Place", "_Place"]:
        """Where a line ends and the next begins."""
        text = self._text
        mine, theirs = self._spans[upper], self._spans[lower]
        assert mine is not None
        assert theirs is not None
        low, high = int(text.word_of[mine[1]]), int(text.word_of[theirs[0]])
        between = sum(map(bool, map(fold, text.words[low:high])))
        if lower - upper > 1 or between > 2 * _FEW:  # words between them that neither has
            ends = self._outer(upper, +1)
            return ends, max(ends, self._outer(lower, -1))
        last = (int(text.word_of[theirs[1]]) + 1, 0)
        first, end = max(self._beyond(low + 1, -1), begin[0] + 1), min(self._beyond(high, +1), last[0]) + 1
        options: list[_Place] = [(word, 0) for word in range(first, end)] or [last]
        hyphened = _is_hyphened(self._lines[upper])
        for word in {low, high} if hyphened or low == high else set():
            options += [(word, at) for at in range(1, len(text.words[word])) if (word, at) > begin]
        costs = [
            (
                self._cost(upper, begin, option)
                + self._cost(lower, option, last)
                + self._break_cost(option, hyphened=hyphened),
                option,
            )
            for option in dict.fromkeys(options)
        ]
        best = self._chosen(sorted(costs), upper, lower)
        return best, best

    def _beyond(self, word: int, step: int) -> int:
        """The word so few words before or behind another; signs alone, as a row of dashes, are no words."""
        words, few = self._text.words, _FEW
        for _ in range(_MOST_SIGNS):
            crossed = word if step > 0 else word - 1
            if not few or not 0 <= crossed < len(words):
                break
            few -= bool(fold(words[crossed]))
            word += step
        return word

    def _chosen(self, ranked: "Sequence[tuple[float, _Place]]", *numbers: int) -> "_Place":
        """The first of the places; by how much it is better than the next counts for the lines at it."""
        (least, best), *others = ranked
        margin = next((cost - least for cost, place in others if place != best), float("inf"))
        for number in numbers:
            self.margins[number] = min(self.margins[number], margin)
        return best

    def _break_cost(self, place: "_Place", *, hyphened: bool) -> float:
        """Less where a hyphen was read; most where nobody breaks a word: two letters or more and a vowel on
        either side, no sign first, and a consonant that a vowel follows goes with it."""
        if not place[1]:
            return _NOT_BROKEN if hyphened else 0.0
        word = self._text.words[place[0]].casefold()
        head, tail = word[: place[1]], word[place[1] :]
        legal = (
            min(len(head), len(tail)) >= 2
            and all(_VOWELS.intersection(half) for half in (head, tail))
            and tail[0] not in "ьъй"
        )
        torn = head[-1] not in _VOWELS and tail[0] in _VOWELS
        return (0.0 if hyphened else _NO_HYPHEN) + (0.0 if legal else _NO_SYLLABLE) + (_TORN if torn else 0.0)

    def _cost(self, number: int, begin: "_Place", end: "_Place") -> float:
        """How unlike a line is to words; signs count a little, so that they stand where they were read."""
        words, line = _joined(self._text, begin, end), self._lines[number]
        signs = Levenshtein.distance(words.casefold(), line.casefold())
        return Levenshtein.distance(fold(words), fold(line)) + _SIGNS * signs


_VOWELS = frozenset("аеёиоуыэюяіѣѵ")
_DASHES = "—–"
_Place = tuple[int, int]
"""A word of the text and a character of it, before which something begins or ends."""


def _joined(text: Letters, begin: _Place, end: _Place) -> str:
    """The words from one place to another."""
    if begin >= end:
        return ""
    words = list(text.words[begin[0] : end[0]])
    if end[1]:
        words.append(text.words[end[0]][: end[1]])
    words[0] = words[0][begin[1] :]
    return " ".join(filter(None, words))


def _hyphen(line: str) -> str:
    """The hyphen that was read at the end of a line, or the plain one."""
    return line.rstrip()[-1] if _is_hyphened(line) else "-"


def _is_hyphened(line: str) -> bool:
    """Was a hyphen read at its end? A dash that stands by itself parts sentences, and breaks no word."""
    last = line.rstrip()[-2:]
    return last[-1:] in tuple(HYPHENS) and (last[-1] not in _DASHES or last[0].isalpha())


def _aligned(mine: I32, text: I32) -> I32:
    """For each letter of a leaf the letter of the text that stands against it, or -1."""
    rows, columns = len(mine), len(text)
    back = np.zeros((rows + 1, columns + 1), np.uint8)  # 1 diagonal, 2 mine alone, 3 the text alone
    opened_down = np.zeros((rows + 1, columns + 1), bool)
    opened_across = np.zeros((rows + 1, columns + 1), bool)
    slope = _GO_ON * np.arange(columns + 1, dtype=np.int32)
    best = np.zeros(columns + 1, np.int32)
    down = np.full(columns + 1, -(10**8), np.int32)
    back[0] = 3
    for row in range(1, rows + 1):
        opening = best + _OPEN
        going = down + _GO_ON
        opened_down[row] = opening >= going
        down = np.maximum(opening, going)
        diagonal = np.empty_like(best)
        diagonal[0] = -(10**8)
        diagonal[1:] = best[:-1] + np.where(text == mine[row - 1], _MATCH, _MISMATCH)
        upright = np.maximum(diagonal, down)
        # a gap across begins behind the column where it costs least: the running maximum, with the cost of
        # its length taken out
        starts = np.maximum.accumulate(upright - slope)
        across = np.full(columns + 1, -(10**8), np.int32)
        across[1:] = starts[:-1] + slope[1:] + (_OPEN - _GO_ON)
        best = np.maximum(upright, across)
        back[row] = np.where(best == diagonal, 1, np.where(best == down, 2, 3))
        opened_across[row, 1:] = (upright[:-1] + _OPEN) == across[1:]
    partner = np.full(rows, -1, np.int32)
    row, column = rows, int(np.argmax(best))
    while row > 0:
        way = back[row, column]
        if way == 1:
            partner[row - 1] = column - 1
            row, column = row - 1, column - 1
        elif way == 2:
            while not opened_down[row, column]:
                row -= 1
            row -= 1
        else:
            while not opened_across[row, column]:
                column -= 1
            column -= 1
    return partner
