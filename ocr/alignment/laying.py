"""Which words of a stretch of text stand on which line: one alignment of letters over the whole leaf.

The alignment lets the text begin and end where it will, and gaps on either side cost to open and little to go
on (Gotoh 1982): passages that the editor left out, notes that he put in, lines that the machine missed.
"""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr.alignment.letters import HYPHENS, Letters, fold, letters_of
from ocr.alignment.pairing import Lone, lone_words
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
_SIGN_IS_SURE = 0.5
"""What is added to that where only signs stand between both edges, and a sign was read there."""
_SIGNS = 0.8
"""What case and signs and spaces count beside letters, where a line is cut."""
_EDGE, _MOST_AT_EDGE = 8, 3
"""Of so many letters at an edge so many may differ."""
_NO_HYPHEN, _NOT_BROKEN, _NO_SYLLABLE, _TORN = 0.7, 0.2, 1.5, 1.5
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


@dataclass(frozen=True, slots=True)
class ReadLeaf:
    """The lines of a leaf as they were read, and which letters of the text, from and to, may stand there."""

    lines: Sequence[str]
    start: int
    end: int


def lay(leaves: Sequence[ReadLeaf], text: Letters) -> list[list[LaidLine]]:
    """The words of the text for each line of each leaf, in the order given.

    Where one line ends at the word with which another begins, on the same leaf or the next, no passage is
    missing between them: each is firm ground for the edge of the other.
    """
    cut = [_cut(leaf, text) for leaf in leaves]
    every = [line for lines in cut for line in lines if line.words]
    lost = {line.begin for line in every if line.lone.lost_first}
    lost |= {line.end for line in every if line.lone.lost_last}
    like = {id(line): line for line in every if line.is_like and not lost & {line.begin, line.end}}
    begins, ends = ({getattr(line, edge) for line in like.values()} for edge in ("begin", "end"))
    return [
        [
            LaidLine(
                line.words,
                line.likeness,
                id(line) in like
                and _holds(line.read, line.words, is_lone=line.lone.first, is_firm=line.begin in ends)
                and _holds(
                    line.read[::-1], line.words[::-1], is_lone=line.lone.last, is_firm=line.end in begins
                ),
            )
            for line in lines
        ]
        for lines in cut
    ]


def _cut(leaf: ReadLeaf, text: Letters) -> list["_CutLine"]:
    """The words that each line of a leaf is most like, where the text is cut best."""
    read = [letters_of(line) for line in leaf.lines]
    codes = np.concatenate([each.codes for each in read] or [np.zeros(0, np.int32)])
    if not len(codes) or leaf.end <= leaf.start:
        return [_CutLine(line) for line in leaf.lines]
    partner = _aligned(codes, text.codes[leaf.start : leaf.end])
    partner[partner >= 0] += leaf.start
    spans = [
        span
        if span is not None
        and _likeness(each.codes.tolist(), text.codes[span[0] : span[1] + 1].tolist()) >= _LEAST_SHARED
        else None
        for each, span in zip(read, _spans([len(each.codes) for each in read], partner), strict=True)
    ]
    return _Cuts(leaf.lines, text, spans).best()


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


@dataclass(frozen=True, slots=True)
class _CutLine:
    """A line as it was read and its words in the text, which begin and end at places of it."""

    read: str
    words: str = ""
    begin: "_Place" = (0, 0)
    end: "_Place" = (0, 0)
    margin: float = 0.0
    """By how much, in letters, the edge that is least sure is better than any other."""
    likeness: float = 0.0
    lone: Lone = field(default_factory=Lone)

    @property
    def is_like(self) -> bool:
        return self.likeness >= LEAST_LIKENESS and self.margin >= _LEAST_MARGIN and not self.lone.inside


class _Cuts:
    """Where the text is cut into lines."""

    def __init__(self, lines: Sequence[str], text: Letters, spans: Sequence[tuple[int, int] | None]) -> None:
        self._lines, self._text, self._spans = lines, text, spans
        self._margins = [float("inf")] * len(lines)

    def best(self) -> list[_CutLine]:
        """Each line with its words, if it has any: each boundary where both its lines are read most alike."""
        numbers = [number for number, span in enumerate(self._spans) if span is not None]
        lines = [_CutLine(line) for line in self._lines]
        if not numbers:
            return lines
        begins = {numbers[0]: self._outer(numbers[0], -1)}
        ends: dict[int, _Place] = {}
        for upper, lower in pairwise(numbers):
            end, begin = self._boundary(upper, lower, begins[upper])
            ends[upper] = max(end, begins[upper])
            begins[lower] = max(begin, ends[upper])
        ends[numbers[-1]] = max(self._outer(numbers[-1], +1), begins[numbers[-1]])
        for number in numbers:
            lines[number] = self._line(number, begins[number], ends[number])
        return lines

    def _line(self, number: int, begin: "_Place", end: "_Place") -> _CutLine:
        read, words = self._lines[number], self._words(number, begin, end)
        likeness, lone = _likeness(fold(read), fold(words)), lone_words(read, words)
        return _CutLine(read, words, begin, end, self._margins[number], likeness, lone)

    def _words(self, number: int, begin: "_Place", end: "_Place") -> str:
        """The words from one place to another as they stand on a line: with a hyphen where one is broken."""
        words = _joined(self._text, begin, end)
        is_broken = end[1] > 0 and not words.endswith(tuple(HYPHENS))
        return words + _hyphen(self._lines[number]) if is_broken else words

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
            options += self._within(word - 1) if hyphened else []
            costs = [(self._cost(number, inner, option), abs(option[0] - word), option) for option in options]
        ranked = sorted(
            (cost + self._break_cost(place, hyphened=hyphened), far, place) for cost, far, place in costs
        )
        return self._chosen([(cost, place) for cost, _, place in ranked], {number: side})

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
            options += [place for place in self._within(word) if place > begin]
        costs = [
            (
                self._cost(upper, begin, option)
                + self._cost(lower, option, last)
                + self._break_cost(option, hyphened=hyphened),
                option,
            )
            for option in dict.fromkeys(options)
        ]
        best = self._chosen(sorted(costs), {upper: +1, lower: -1})
        return best, best

    def _within(self, word: int) -> "list[_Place]":
        """Where a word may be broken: letters are on both sides."""
        spelt = self._text.words[word]
        return [(word, at) for at in range(1, len(spelt)) if fold(spelt[:at]) and fold(spelt[at:])]

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

    def _chosen(self, ranked: "Sequence[tuple[float, _Place]]", sides: dict[int, int]) -> "_Place":
        """The first of the places, at that side of each of the lines; by how much it is better than the next
        counts for them."""
        (least, best), *others = ranked
        read = "".join(self._lines[number].strip()[-1 if side > 0 else 0] for number, side in sides.items())
        sign = 0.0 if read.isalnum() else _SIGN_IS_SURE
        margins = (
            cost - least + (0.0 if fold(_joined(self._text, *sorted((place, best)))) else sign)
            for cost, place in others
            if place != best
        )
        margin = min(margins, default=float("inf"))
        for number in sides:
            self._margins[number] = min(self._margins[number], margin)
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
            and tail[0] not in _SIGN_LETTERS
        )
        torn = head[-1] not in _VOWELS | _SIGN_LETTERS and tail[0] in _VOWELS
        return (0.0 if hyphened else _NO_HYPHEN) + (0.0 if legal else _NO_SYLLABLE) + (_TORN if torn else 0.0)

    def _cost(self, number: int, begin: "_Place", end: "_Place") -> float:
        """How unlike a line is to words; signs count a little, so that they stand where they were read."""
        words, line = self._words(number, begin, end), self._lines[number]
        signs = Levenshtein.distance(_spelt(words), _spelt(line))
        return Levenshtein.distance(fold(words), fold(line)) + _SIGNS * signs


_VOWELS = frozenset("аеёиоуыэюяіѣѵ")
_SIGN_LETTERS = frozenset("ьъй")
_DASHES = "—–"
_ALIKE = str.maketrans("‐‑–—„“”«»", "----" + '"' * 5)
_WITHIN_SIGNS = re.compile(r"(?<=[^\w\s])\s+(?=[^\w\s])")
_Place = tuple[int, int]
"""A word of the text and a character of it, before which something begins or ends."""


def _spelt(text: str) -> str:
    """A text with its signs: dashes are one, quotation marks too, and a row of signs has no spaces."""
    return _WITHIN_SIGNS.sub("", text.casefold().translate(_ALIKE))


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
