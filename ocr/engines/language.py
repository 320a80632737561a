"""What letter comes next in Russian: a character model in two spellings."""

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from ocr.arrays import F32, I32, I64, arrays_of
from ocr.errors import DependencyError, EngineError
from ocr.models import FOLDER, weights_of, write_weights

SHIPPED = FOLDER / "language.npz"
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


class NextLetter(Protocol):
    """What tells which letter may come next, of many lines at once. A state is a row of numbers that stands
    for a line so far."""

    def begin(self, lines: Sequence[bytes]) -> I32:
        """The states of lines so far: shape (lines, numbers)."""
        ...

    def follow(self, states: I32, codes: I64) -> tuple[Shares, I32]:
        """Natural logarithms of the probability that each code (0: the line's end) follows its state, and the
        states then."""
        ...


class Spelling:
    """The model of one spelling: levels one after the other, as a tree of contexts in the order of levels.

    Context 0 has no letters, and context r + 1 is the run of letters r, so a line so far is known by the
    contexts of its last letters, of none up to the longest (a state; 0 where these were never seen), and what
    is found of a next letter are the contexts of its state.
    """

    def __init__(self, levels: Sequence[Level], size: int) -> None:
        """`size`: the letters of the alphabet and the line's end."""
        parts = Level(*(np.concatenate(part) for part in zip(*levels, strict=True)))
        self._letters, self._shares, self._rests, self._children = parts
        self._ends = np.cumsum([[len(level.letters), len(level.rests)] for level in levels], 0)
        self.size, self.longest = size, len(levels) - 1

    @property
    def levels(self) -> list[Level]:
        """The levels apart; their memory is the spelling's."""
        by_run, by_context = self._ends[:-1].T
        runs = (np.split(part, by_run) for part in (self._letters, self._shares))
        contexts = (np.split(part, by_context) for part in (self._rests, self._children))
        return [Level(*parts) for parts in zip(*runs, *contexts, strict=True)]

    @cached_property
    def _starts(self) -> I32:
        """Where the runs of each context begin; made when asked for, since most notebooks are in one
        spelling, and it takes as much memory as half of the rest."""
        starts = np.zeros(len(self._children) + 1, np.int32)
        starts[1:] = self._children
        return np.cumsum(starts, dtype=np.int32, out=starts)

    @cached_property
    def _short(self) -> I32:
        """Shape (contexts of no letter, none, one letter each; size + 1): the contexts that these begin, the
        most asked for."""
        heads = int(self._starts[1]) + 1
        table = np.zeros((heads + 1, self.size + 1), np.int32)
        runs = np.arange(self._starts[heads])
        head = np.repeat(np.arange(heads), np.diff(self._starts[: heads + 1]))
        table[head + (head > 0), self._letters[runs]] = runs + 1
        return table

    def begin(self, lines: Sequence[bytes]) -> I32:
        """See NextLetter."""
        nothing, length = self.size, self.longest
        last = np.full((len(lines), length), nothing, np.int64)
        for row, line in zip(last, lines, strict=True):
            context = line[-length:] if len(line) >= length else b"\0" + line
            row[length - len(context) :] = np.frombuffer(context, np.uint8)
        states = np.zeros((len(lines), length + 1), np.int32)
        for codes in last.T:
            states = _shifted(self._found(states, codes))
        return states

    def follow(self, states: I32, codes: I64) -> tuple[Shares, I32]:
        """See NextLetter."""
        longer = self._found(states, codes)
        contexts, runs = np.ascontiguousarray(states.T), np.ascontiguousarray(longer.T)
        rests = _FROM_BYTE.take(self._rests.take(contexts))
        rests[1:][contexts[1:] == 0] = 1.0
        own = _FROM_BYTE.take(self._shares.take(runs - 1, mode="wrap"))
        own *= runs > 0
        shares = np.full(len(codes), 1 / self.size, np.float32)
        for rest, share in zip(rests, own, strict=True):  # what its own runs say and, of the rest,
            shares *= rest  # what the context without its first letter says
            shares += share
        return np.log(shares), _shifted(longer)

    def after(self, line: bytes) -> Shares:
        """Natural logarithms of what may follow a line so far: [0] its end, [k] letter k - 1."""
        return self.follow(np.repeat(self.begin([line]), self.size, 0), np.arange(self.size))[0]

    def _found(self, states: I32, codes: I64) -> I32:
        """Of each context of each state the context that it and the code are together; 0 for none."""
        longer = np.zeros_like(states)
        longer[:, 0] = self._short[0, codes]
        single = states[:, 1]
        longer[:, 1] = self._short[np.where(single > 0, single + 1, 1), codes]
        depth = states.shape[1]
        at = np.flatnonzero(states)
        at = at[at % depth > 1]
        count = self._children.take(states.take(at))
        at, count = at[count > 0], count[count > 0].astype(np.int32)
        place = self._starts.take(states.take(at))
        wanted = codes.astype(np.uint8).take(at // depth)
        while count.max(initial=1) > 1:  # halve them
            half = count >> 1
            place += half * (self._letters.take(place + half) <= wanted)
            count -= half
        np.put(longer, at, np.where(self._letters.take(place) == wanted, place + 1, 0))
        return longer


def _shifted(longer: I32) -> I32:
    """The states after a letter: each context is longer by it."""
    states = np.zeros_like(longer)
    states[:, 1:] = longer[:, :-1]
    return states


@dataclass(frozen=True)
class SpellingMixture:
    """The spelling that a person asked for, and a share of the one that the leaf shows: either by itself
    holds the letters of the other for all but impossible, and would write over what stands on the strip."""

    asked: NextLetter
    shown: NextLetter
    share: float = SHOWN_SPELLING

    def begin(self, lines: Sequence[bytes]) -> I32:
        """See NextLetter."""
        return np.hstack([self.asked.begin(lines), self.shown.begin(lines)])

    def follow(self, states: I32, codes: I64) -> tuple[Shares, I32]:
        """See NextLetter."""
        asked, shown = np.split(states, [self.asked.begin([]).shape[1]], 1)
        asked_logs, asked = self.asked.follow(asked, codes)
        shown_logs, shown = self.shown.follow(shown, codes)
        logs = np.logaddexp(asked_logs + math.log1p(-self.share), shown_logs + math.log(self.share))
        return logs, np.hstack([asked, shown])


def log_p_of(spelling: NextLetter, line: bytes, after: bytes) -> float:
    """Natural logarithm of the probability that these letters follow a line so far."""
    states = spelling.begin([line + after[:n] for n in range(len(after))])
    logs, _ = spelling.follow(states, np.frombuffer(after, np.uint8).astype(np.int64))
    return float(logs.sum(dtype=np.float64))


_FROM_BYTE = np.exp(-np.arange(256, dtype=np.float32) / 16)
_FROM_BYTE[255] = 0.0


class CharModel:
    """A model file: alphabet, and levels per spelling."""

    def __init__(self, alphabet: str, spellings: Mapping[str, list[Level]], digest: str = "") -> None:
        self.alphabet = alphabet
        self.digest = digest
        self.spellings = {name: Spelling(levels, len(alphabet) + 1) for name, levels in spellings.items()}

    def save(self, path: Path) -> None:
        """Writes the file (npz, compressed)."""
        arrays = {
            f"{name}.{depth}.{part}": array
            for name, spelling in self.spellings.items()
            for depth, level in enumerate(spelling.levels)
            for part, array in level._asdict().items()
        }
        packed = io.BytesIO()
        np.savez_compressed(packed, alphabet=np.array(self.alphabet), **arrays)
        write_weights(path, packed.getvalue())


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
