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
    contexts of its last letters, of one up to the longest (a state; 0 where these were never seen), and what
    is found of a next letter are the contexts of its state.
    """

    def __init__(self, levels: Sequence[Level], size: int) -> None:
        """`size`: the letters of the alphabet and the line's end."""
        self._ends = np.cumsum([[len(level.letters), len(level.rests)] for level in levels], 0)
        self.size, self.longest = size, len(levels) - 1
        nothing = np.full(1, 255, np.uint8)
        letters, shares, rests, children = zip(*levels, strict=True)
        # Run r stands at r among the letters, at r + 1 in all else. What was never seen is at 0: it has no
        # share, leaves all to the level below and begins nothing.
        self._letters = np.concatenate([*letters, nothing])
        self._shares = np.concatenate([nothing, *shares])
        self._rests, self._children = np.concatenate(rests), np.concatenate(children)
        self._rest, self._heads = self._rests[0], self._children[0]
        self._rests[0] = self._children[0] = 0
        self._first = np.zeros(size + 1, np.int32)
        self._first[letters[0]] = np.arange(1, 1 + len(letters[0]))

    @property
    def levels(self) -> list[Level]:
        """The levels apart."""
        by_run, by_context = self._ends[:-1].T
        rests, children = self._rests.copy(), self._children.copy()
        rests[0], children[0] = self._rest, self._heads
        runs = (np.split(part, by_run) for part in (self._letters[:-1], self._shares[1:]))
        contexts = (np.split(part, by_context) for part in (rests, children))
        return [Level(*parts) for parts in zip(*runs, *contexts, strict=True)]

    @cached_property
    def _starts(self) -> I32:
        """Where the runs of each context begin; made when asked for, since most notebooks are in one
        spelling, and it takes as much memory as half of the rest."""
        starts = np.zeros(len(self._children), np.int32)
        starts[1:] = self._children[:-1]
        starts[1:2] = self._heads
        return np.cumsum(starts, dtype=np.int32, out=starts)

    def begin(self, lines: Sequence[bytes]) -> I32:
        """See NextLetter."""
        nothing, length = self.size, self.longest
        last = np.full((len(lines), length), nothing, np.int64)
        for row, line in zip(last, lines, strict=True):
            context = line[-length:] if len(line) >= length else b"\0" + line
            row[length - len(context) :] = np.frombuffer(context, np.uint8)
        states = np.zeros((length, len(lines)), np.int32)
        for codes in last.T:
            states = self._found(states, codes)[:-1]
        return np.ascontiguousarray(states.T)

    def follow(self, states: I32, codes: I64) -> tuple[Shares, I32]:
        """See NextLetter."""
        contexts = np.ascontiguousarray(states.T)
        longer = self._found(contexts, codes)
        rests = _FROM_BYTE.take(self._rests.take(contexts))
        own = _FROM_BYTE.take(self._shares.take(longer))
        shares = np.full(len(codes), 1 / self.size, np.float32)
        for rest, share in zip(
            [_FROM_BYTE[self._rest], *rests], own, strict=True
        ):  # what its own runs say and, of the rest,
            shares *= rest  # what the context without its first letter says
            shares += share
        return np.log(shares), np.ascontiguousarray(longer[:-1].T)

    def after(self, line: bytes) -> Shares:
        """Natural logarithms of what may follow a line so far: [0] its end, [k] letter k - 1."""
        return self.follow(np.repeat(self.begin([line]), self.size, 0), np.arange(self.size))[0]

    def _found(self, contexts: I32, codes: I64) -> I32:
        """Of each context (shape: lengths, states) and of none before them the context that it and the code
        are together; 0 where these were never seen."""
        wanted = codes.astype(np.uint8)
        place, count = self._starts.take(contexts), self._children.take(contexts).astype(np.int32)
        while count.max(initial=1) > 1:  # halve them
            half = count >> 1
            place += half * (self._letters.take(place + half) <= wanted)
            count -= half
        longer = np.empty((len(contexts) + 1, len(codes)), np.int32)
        longer[0] = self._first.take(codes)
        np.multiply(place + 1, (self._letters.take(place) == wanted) & count, out=longer[1:])
        return longer


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
