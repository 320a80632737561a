"""What letter comes next in Russian: a character model in two spellings, and a beam search led by it."""

import io
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from ocr.arrays import F32, I32, arrays_of
from ocr.errors import DependencyError, EngineError
from ocr.models import FOLDER, weights_of, write_weights

SHIPPED = FOLDER / "language.npz"
_CACHED = 1 << 15
_FEW = 5
_LONGEST = 7
"""No model of ours looks at more letters before the one it foretells."""
SHOWN_SPELLING = 0.5
"""How much of the spelling that a leaf shows stays where the other was asked for. With less, і of old pages
gives way to и (real pages: 9.4 % CER at 0.2, 8.0 at 0.5, as with auto)."""

Shares = F32


class Level(NamedTuple):
    """Runs of k + 1 letters, sorted: their last letter and its share, and per run of k letters (context) how
    many runs it begins and what it leaves to the level below. Shares are -16 ln p, 255 for none."""

    letters: npt.NDArray[np.uint8]
    shares: npt.NDArray[np.uint8]
    rests: npt.NDArray[np.uint8]
    children: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Spelling:
    """The model of one spelling, ready to foretell."""

    levels: list[Level]
    size: int
    _logs: dict[bytes, Shares] = field(default_factory=dict)
    _cache: dict[bytes, Shares] = field(default_factory=dict)
    _places: dict[bytes, int] = field(default_factory=dict)
    _letters: list[memoryview] = field(default_factory=list)

    def __post_init__(self) -> None:
        # a number of a memoryview takes half the time of an array's
        self._letters.extend(memoryview(level.letters.data) for level in self.levels)

    @cached_property
    def _starts(self) -> list[memoryview]:
        """Per level where the runs of each context begin; made when asked for, since most notebooks are in
        one spelling, and it takes two thirds of the memory of the levels."""
        return [memoryview(_starts(level).data) for level in self.levels]

    def after(self, line: bytes) -> Shares:
        """Natural logarithms of what may follow a line so far: [0] its end, [k] letter k - 1."""
        longest = len(self.levels) - 1
        context = line[-longest:] if len(line) >= longest else b"\0" + line
        logs = self._logs.get(context)
        if logs is None:
            if len(self._logs) >= _CACHED:
                self._logs.clear()
            logs = self._logs[context] = np.log(self._shares(context))
        return logs

    def _shares(self, context: bytes) -> Shares:
        """What may follow a context: what its own runs say and, of the rest, what the context without its
        first letter says."""
        shares = self._cache.get(context)
        if shares is not None:
            return shares
        shares = self._shares(context[1:]) if context else np.full(self.size, 1 / self.size, np.float32)
        node = self._find(context)
        if node >= 0:
            level, starts = self.levels[len(context)], self._starts[len(context)]
            start, end = starts[node], starts[node + 1]
            shares = shares * _FROM_BYTE[level.rests[node]]
            if end - start < _FEW:  # one by one they are quicker
                for place in range(start, end):
                    shares[self._letters[len(context)][place]] += _FROM_BYTE[level.shares[place]]
            else:
                shares[level.letters[start:end]] += _FROM_BYTE[level.shares[start:end]]
        if len(context) < len(self.levels) - 1:  # no longer context leans on the longest ones
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            self._cache[context] = shares
        return shares

    def _find(self, context: bytes) -> int:
        """The place of a context among those of its level; -1 when it was not seen."""
        if not context:
            return 0
        place = self._places.get(context)
        if place is None:
            # the context without its last letter was asked for one letter ago
            parent, depth, code = self._find(context[:-1]), len(context) - 1, context[-1]
            place = -1
            if parent >= 0:
                start, end = self._starts[depth][parent], self._starts[depth][parent + 1]
                at = bisect_left(self._letters[depth], code, start, end)
                place = at if at < end and self._letters[depth][at] == code else -1
            if len(self._places) >= _CACHED * 8:
                self._places.clear()
            self._places[context] = place
        return place


class NextLetter(Protocol):
    """What tells which letter may come next."""

    def after(self, line: bytes) -> Shares:
        """Natural logarithms of what may follow a line so far: [0] its end, [k] letter k - 1."""
        ...


@dataclass(frozen=True)
class SpellingMixture:
    """The spelling that a person asked for, and a share of the one that the leaf shows: either by itself
    holds the letters of the other for all but impossible, and would write over what stands on the strip."""

    asked: NextLetter
    shown: NextLetter
    share: float = SHOWN_SPELLING
    _logs: dict[bytes, Shares] = field(default_factory=dict)

    def after(self, line: bytes) -> Shares:
        """See Foretelling."""
        context = line[-_LONGEST:] if len(line) >= _LONGEST else b"\0" + line
        mixed = self._logs.get(context)
        if mixed is None:
            if len(self._logs) >= _CACHED:
                self._logs.clear()
            asked, shown = (
                self.asked.after(line) + math.log1p(-self.share),
                self.shown.after(line) + math.log(self.share),
            )
            mixed = self._logs[context] = np.logaddexp(asked, shown)
        return mixed


_FROM_BYTE = np.exp(-np.arange(256, dtype=np.float32) / 16)
_FROM_BYTE[255] = 0.0


class CharModel:
    """A model file: alphabet, and levels per spelling."""

    def __init__(self, alphabet: str, spellings: Mapping[str, list[Level]], digest: str = "") -> None:
        self.alphabet = alphabet
        self.digest = digest
        self._levels = dict(spellings)
        self.spellings = {name: Spelling(levels, len(alphabet) + 1) for name, levels in spellings.items()}

    def save(self, path: Path) -> None:
        """Writes the file (npz, compressed)."""
        arrays = {
            f"{name}.{depth}.{part}": array
            for name, levels in self._levels.items()
            for depth, level in enumerate(levels)
            for part, array in level._asdict().items()
        }
        packed = io.BytesIO()
        np.savez_compressed(packed, alphabet=np.array(self.alphabet), **arrays)
        write_weights(path, packed.getvalue())


def _starts(level: Level) -> I32:
    return np.concatenate([np.zeros(1, np.int32), np.cumsum(level.children, dtype=np.int32)])


def _check(levels: Sequence[Level], letters: int) -> None:
    """ValueError where the levels of a file do not lean on each other."""
    contexts = 1
    for level in levels:
        wrong = any(part.ndim != 1 or part.dtype != np.uint8 for part in level)
        runs = len(level.letters)
        wrong = wrong or not len(level.children) == len(level.rests) == contexts
        wrong = wrong or not len(level.shares) == runs == level.children.sum(dtype=np.int64)
        if wrong or level.letters.max(initial=0) > letters:
            raise ValueError("its levels do not fit each other")
        contexts = runs
    if len(levels) < 2:  # nothing to lean on
        raise ValueError("it has no level of pairs")


def load_language(path: Path = SHIPPED) -> CharModel:
    """The model of a file. DependencyError when there is none, EngineError when it is not one of ours, or
    not the one that a card beside it tells the hash of."""
    if not path.is_file():
        raise DependencyError(f"There is no language model {path}; reinstall the package.")
    try:
        raw, digest = weights_of(path)
        stored = arrays_of(raw)
        names = sorted({key.split(".")[0] for key in stored if "." in key})
        depths = 1 + max(int(key.split(".")[1]) for key in stored if "." in key)
        spellings = {
            name: [
                Level(*(stored[f"{name}.{depth}.{part}"] for part in Level._fields))
                for depth in range(depths)
            ]
            for name in names
        }
        alphabet = str(stored["alphabet"])
        for levels in spellings.values():
            _check(levels, len(alphabet))
        return CharModel(alphabet, spellings, digest[:16])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise EngineError(f"{path.name} is damaged or no language model of ours; fetch it again.") from error


class Beam(NamedTuple):
    """One way to read a strip: codes (1 + place in the alphabet), and its score."""

    codes: bytes
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BeamSettings:
    """How the language model leads."""

    width: int = 40
    """Readings kept from frame to frame at most."""
    behind: float = 8.0
    """Readings so far behind the best (natural logarithm) are given up."""
    language: float = 0.6
    """Weight of the language model beside the strip (0: none)."""
    letter: float = 2.1
    """Bonus per letter, against the model's liking for short lines."""
    least: float = 1e-3
    """Letters less likely than this in a frame are not tried there."""


_NONE = -1e30
_Kept = tuple[float, float, float, float]
"""Logarithms of ending anyhow, in the blank, in its last letter; score of the language model so far."""


def beam_search(
    scores: F32,
    spelling: NextLetter,
    settings: BeamSettings,
    before: bytes = b"",
    after: bytes = b"\0",
) -> list[Beam]:
    """The best readings of a strip, best first: CTC prefix beam search (Hannun et al., 2014).

    `scores`: (frames, 1 + letters) natural logarithms, class 0 the blank. Of a stretch of a line, `before`
    are the letters that stand before it, `after` those that follow, with 0 for the line's end.
    """
    weight, bonus, slack = settings.language, settings.letter, settings.behind + 1.0
    frames, classes = np.nonzero(scores[:, 1:] > math.log(settings.least))
    tried = (classes + 1).tolist()
    starts = np.searchsorted(frames, np.arange(len(scores) + 1)).tolist()
    blanks = scores[:, 0].tolist()
    kept: dict[bytes, _Kept] = {b"": (0.0, 0.0, _NONE, 0.0)}
    empty: list[float] = []  # blanks of frames where nothing is written: all readings live on as they are
    for strip, blank, start, end in zip(scores, blanks, starts[:-1], starts[1:], strict=True):
        codes = tried[start:end]
        if not codes and blank > -0.05:
            empty.append(blank)
            continue
        if empty:
            kept, empty = _through(kept, empty), []
        row = strip.tolist()
        letters = [(code, bytes((code,)), row[code]) for code in codes]
        likeliest = max((share for _, _, share in letters), default=_NONE)
        extended: dict[bytes, list[float]] = {}
        bar = _NONE
        for prefix, (both, p_blank, p_letter, lm) in kept.items():
            last = prefix[-1] if prefix else -1
            stay_blank = both + blank
            repeat = p_letter + row[last] if prefix else _NONE
            entry = extended.get(prefix)
            if entry is None:
                extended[prefix] = [stay_blank, repeat, lm]
            else:  # a shorter reading has just been extended to this one
                entry[0], entry[1] = stay_blank, _add(entry[1], repeat)
            # a reading that can only end farther behind than is kept need not begin; two ways lead to it
            least = (stay_blank if stay_blank > repeat else repeat) + lm - slack
            bar = least if least > bar else bar  # max() of two numbers takes several times as long
            if both + likeliest + lm + bonus < bar:
                continue
            expected = None
            for code, suffix, share in letters:
                path = (p_blank if code == last else both) + share
                if path + lm + bonus < bar:
                    continue
                new = prefix + suffix
                entry = extended.get(new)
                if entry is not None:
                    entry[1] = _add(entry[1], path)
                    continue
                if expected is None:
                    expected = spelling.after(before + prefix)
                new_lm = lm + weight * expected.item(code) + bonus
                score = path + new_lm
                if score >= bar:
                    extended[new] = [_NONE, path, new_lm]
                    bar = score - slack if score - slack > bar else bar
        ways: list[tuple[float, bytes, _Kept]] = []
        for prefix, (p_blank, p_letter, lm) in extended.items():
            both = p_letter if p_blank == _NONE else _add(p_blank, p_letter)
            if both + lm > bar:
                ways.append((both + lm, prefix, (both, p_blank, p_letter, lm)))
        ways.sort(key=itemgetter(0), reverse=True)
        least = ways[0][0] - settings.behind
        kept = {prefix: way for score, prefix, way in ways[: settings.width] if score >= least}
    if empty:
        kept = _through(kept, empty)
    ends = [
        Beam(
            prefix,
            both + lm + weight * log_p_of(spelling, before + prefix, after),
        )
        for prefix, (both, _, _, lm) in kept.items()
    ]
    return sorted(ends, key=lambda beam: -beam.score)


def _through(kept: dict[bytes, _Kept], blanks: Sequence[float]) -> dict[bytes, _Kept]:
    """The readings after frames in which nothing is written."""
    after: dict[bytes, _Kept] = {}
    for prefix, (both, _, _, lm) in kept.items():
        stayed = both
        for blank in blanks:
            stayed += blank
        after[prefix] = (stayed, stayed, _NONE, lm)
    return after


def log_p_of(spelling: NextLetter, line: bytes, after: bytes) -> float:
    """Natural logarithm of the probability that these letters follow a line so far."""
    total = 0.0
    for code in after:
        total += spelling.after(line).item(code)
        line += bytes((code,))
    return total


def _add(a: float, b: float) -> float:
    """ln(e^a + e^b)."""
    if a < b:
        a, b = b, a
    return a if b < a - 30 else a + math.log1p(math.exp(b - a))
