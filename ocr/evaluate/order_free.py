"""Letters right whatever the order of the lines: errors of reading apart from those of reading order.

After C. Clausner, S. Pletschacher, A. Antonacopoulos, Flexible character accuracy measure for
reading-order-independent evaluation, Pattern Recognition Letters 131 (2020) 390-397: the longest line of the
truth takes the stretch of found text that suits it best, what is left of both goes back among the lines.
Here lines that the page's alignment already puts together stay so, and a pair is chosen by the share of
letters right, without the weights that the paper searches; so the figure is an upper bound of the errors.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ocr.evaluate.lines import LineOutcome, LineScore
from ocr.evaluate.rates import Counts
from ocr.text import STRICT, Profile, graphemes

_ANCHOR_RATE = 0.4
"""A line read where it stands with fewer errors than this is not looked for elsewhere."""
_WORTH = 50.0
"""Likeness in per cent (rapidfuzz ratio) under which two stretches have nothing in common but letters."""
_LONG = 2000
"""Lines longer than this are no lines: nothing is looked for elsewhere on their leaf."""
_MANY = 400
"""Lines out of place on one leaf; with more on either side, nothing is looked for elsewhere."""


@dataclass(frozen=True, slots=True)
class OrderFree(Counts):
    """Letters of lines, line ends not counted, and the errors that no other order of lines mends."""

    errors: int = 0
    truth: int = 0

    @property
    def accuracy(self) -> float | None:
        """1 - errors / letters, not below 0; None when the truth is empty."""
        return max(0.0, 1.0 - self.errors / self.truth) if self.truth else None


def order_free(
    leaves: Sequence[tuple[str, str]], lines: Sequence[LineScore], profile: Profile = STRICT
) -> OrderFree:
    """The order-free errors of a page, never more than its own.

    `leaves` is `Pair.leaves`, `lines` what `by_line` made of them under `profile`.
    """
    whole = OrderFree()
    for leaf, sides in enumerate(leaves):
        of_leaf = [line for line in lines if line.leaf == leaf]
        truths, founds = ([profile.apply(line) for line in side.split("\n")] for side in sides)
        whole += _leaf(truths, founds, of_leaf)
    return whole


def _leaf(truths: list[str], founds: list[str], lines: list[LineScore]) -> OrderFree:
    letters = sum(len(graphemes(line)) for line in truths)
    own = sum(line.letters.errors for line in lines)
    if any(len(line) > _LONG for line in truths + founds):
        return OrderFree(own, letters)
    common = Counter(truths) & Counter(founds)
    errors, stay_truth, stay_found = 0, set[int](), set[int]()
    for line in lines:
        at, opposite = line.truth_line, line.found_lines
        is_read = at is not None and line.outcome is LineOutcome.READ and len(opposite) == 1
        if at is None or not is_read or opposite[0] in stay_found:
            continue
        truth, other = truths[at], founds[opposite[0]]
        if truth == other:
            common[truth] -= 1
        elif common[truth] > 0 or common[other] > 0:
            continue  # its like stands elsewhere
        distance = 0 if truth == other else _distance(truth, other)
        if distance <= _ANCHOR_RATE * len(truth):
            errors += distance
            stay_truth.add(at)
            stay_found.add(opposite[0])
    loose = (
        [line for at, line in enumerate(truths) if line and at not in stay_truth],
        [line for at, line in enumerate(founds) if line and at not in stay_found],
    )
    if max(map(len, loose)) > _MANY:
        return OrderFree(own, letters)
    return OrderFree(min(errors + _loose(*loose), own), letters)


def _loose(truths: list[str], founds: list[str]) -> int:
    """The errors of lines that do not stand where they should."""
    same = Counter(truths) & Counter(founds)
    truths, founds = list((Counter(truths) - same).elements()), list((Counter(founds) - same).elements())
    errors = 0
    truths.sort(key=len)
    while truths:
        truth = truths.pop()
        best = max(founds, key=lambda line: fuzz.partial_ratio(truth, line), default=None)
        if best is None or fuzz.partial_ratio(truth, best) < _WORTH:
            errors += len(graphemes(truth))
            continue
        founds.remove(best)
        cut = fuzz.partial_ratio_alignment(truth, best)
        assert cut is not None  # no cutoff was given
        errors += _distance(truth[cut.src_start : cut.src_end], best[cut.dest_start : cut.dest_end])
        founds += _rests(best, cut.dest_start, cut.dest_end)
        truths += _rests(truth, cut.src_start, cut.src_end)
        truths.sort(key=len)
    return errors + sum(len(graphemes(line)) for line in founds)


def _rests(line: str, start: int, end: int) -> list[str]:
    return [rest for rest in (line[:start].strip(), line[end:].strip()) if rest]


def _distance(truth: str, other: str) -> int:
    return Levenshtein.distance(graphemes(truth), graphemes(other))
