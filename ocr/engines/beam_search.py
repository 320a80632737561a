"""The best readings of strips, many strips at once, led by what tells which letter comes next.

CTC prefix beam search (Hannun et al., 2014). All readings of all strips take a step together, as rows of
arrays: Python is asked once a step, not once a reading and letter.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr.arrays import F32, F64, I32, I64
from ocr.engines.language import NextLetter


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


class Strip(NamedTuple):
    """What is to be read."""

    scores: F32
    """Shape (frames, 1 + letters): natural logarithms, class 0 the blank."""
    before: bytes = b""
    """Of a stretch of a line the letters that stand before it..."""
    after: bytes = b"\0"
    """...and those that follow, with 0 for the line's end."""


_NONE = -1e30
_SLACK = 1.0
"""Two ways lead to a reading, so it may end so much nearer to the best than either began."""
_QUIET = -0.05
"""A blank surer than this, where no letter is tried, changes nothing."""
_MIX = 0x9E3779B97F4A7C15
"""Odd, so that readings of the same letters in another order have another hash (Knuth, 1973)."""

U64 = npt.NDArray[np.uint64]


class _Frames(NamedTuple):
    """The frames of all strips in which something is written, strip after strip."""

    scores: F32
    blank: F64
    quiet: F64
    """Sum of the blanks between the frame before and this one..."""
    gap: npt.NDArray[np.bool_]
    """...and whether there are any."""
    start: I64
    """The first letter tried..."""
    tried: I64
    """...and how many are."""
    likeliest: F64
    """Of these the likeliest."""
    codes: I64
    shares: F64
    """Of each letter tried."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Readings so far, those of a strip together."""

    strip: I64
    both: F64
    """Natural logarithm of ending anyhow..."""
    p_blank: F64
    """...in the blank..."""
    p_letter: F64
    """...and in the last letter."""
    lm: F64
    """Score of the language model so far."""
    last: I64
    """Code of the last letter; 0 for none."""
    hashed: U64
    """Of strip and codes."""
    node: I64
    """Where the codes stand in the history."""
    states: I32
    """Of the language model."""

    def taken(self, which: I64) -> "_Rows":
        return _Rows(*(getattr(self, name).take(which, 0) for name in self.__slots__))

    def parted(self, at: int) -> tuple["_Rows", "_Rows"]:
        """Those before a row, and the rest."""
        parts = [(part[:at], part[at:]) for part in (getattr(self, name) for name in self.__slots__)]
        before, rest = zip(*parts, strict=True)
        return _Rows(*before), _Rows(*rest)

    @staticmethod
    def joined(parts: Sequence["_Rows"]) -> "_Rows":
        return _Rows(*(np.concatenate([getattr(p, name) for p in parts]) for name in _Rows.__slots__))


class _History:
    """The readings that ever began, each the letters of another and one more."""

    def __init__(self) -> None:
        self._parents, self._codes, self._size = [np.zeros(1, np.int64)], [np.zeros(1, np.int64)], 1

    def add(self, parents: I64, codes: I64) -> I64:
        """The places of new readings."""
        self._parents.append(parents)
        self._codes.append(codes)
        self._size += len(codes)
        return np.arange(self._size - len(codes), self._size)

    def codes(self, nodes: I64) -> list[bytes]:
        """The codes of readings."""
        parents, codes = np.concatenate(self._parents), np.concatenate(self._codes).astype(np.uint8)
        columns = []
        while nodes.any():
            columns.append(codes[nodes])
            nodes = parents[nodes]
        if not columns:
            return [b""] * len(nodes)
        return [row.tobytes().lstrip(b"\0") for row in np.stack(columns[::-1], 1)]


def beam_search(strips: Sequence[Strip], spelling: NextLetter, settings: BeamSettings) -> list[list[Beam]]:
    """Of each strip the best readings, best first."""
    if not strips:
        return []
    scores = [strip.scores for strip in strips]
    frames, firsts, tails = _frames_of(scores, math.log(settings.least))
    lengths = np.diff(firsts)
    order = np.argsort(-lengths, kind="stable")  # those that end first are the last rows
    history, ended = _History(), list[_Rows]()
    rows = _first_rows(spelling.begin([strips[n].before for n in order]))
    for step in range(int(lengths.max(initial=0)) + 1):
        running = int(np.count_nonzero(lengths > step))
        rows, over = rows.parted(int(np.searchsorted(rows.strip, running)))
        ended.append(over)
        if not running:
            break
        frame = firsts[order[:running]] + step
        rows = _step(rows, frame, frames, spelling, settings, history)
    done = _Rows.joined(ended[::-1])
    quiet = tails[order][done.strip]
    after = _log_p_after(spelling, done, [strips[n].after for n in order])
    total = done.both + quiet + done.lm + settings.language * after
    ranked = np.lexsort((-total, done.strip))
    result: list[list[Beam]] = [[] for _ in strips]
    codes = history.codes(done.node[ranked])
    places = order[done.strip[ranked]].tolist()
    for place, own, score in zip(places, codes, total[ranked].tolist(), strict=True):
        result[place].append(Beam(own, score))
    return result


def _frames_of(strips: Sequence[F32], least: float) -> tuple[_Frames, I64, F64]:
    """The frames, where those of each strip begin (and the last end), and its blanks after its last one."""
    scores = np.concatenate(strips)
    ends = np.cumsum([0, *map(len, strips)])
    tried = scores[:, 1:] > least
    count = np.count_nonzero(tried, 1)
    blank = scores[:, 0].astype(np.float64)
    written = (count > 0) | (blank <= _QUIET)
    place = np.flatnonzero(written)
    firsts = np.searchsorted(place, ends)
    quiet = np.concatenate([np.zeros(1), np.cumsum(np.where(written, 0.0, blank))])
    before = np.concatenate([np.zeros(1, np.int64), place + 1])[:-1] if len(place) else place
    heads = firsts[:-1][np.diff(firsts) > 0]
    before[heads] = ends[:-1][np.diff(firsts) > 0]
    row, code = np.nonzero(tried)
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(count)])[:-1]
    likeliest = np.where(count > 0, scores[:, 1:].max(1), _NONE)
    last = ends[:-1].copy()
    some = np.diff(firsts) > 0
    last[some] = place[firsts[1:][some] - 1] + 1
    frames = _Frames(
        scores[place],
        blank[place],
        quiet[place] - quiet[before],
        place > before,
        start[place],
        count[place],
        likeliest[place],
        code + 1,
        scores[row, code + 1].astype(np.float64),
    )
    return frames, firsts, quiet[ends[1:]] - quiet[last]


def _first_rows(states: I32) -> _Rows:
    """Of each strip the reading without letters."""
    count = len(states)
    nothing = np.zeros(count)
    return _Rows(
        np.arange(count),
        nothing,
        nothing,
        np.full(count, _NONE),
        nothing,
        np.zeros(count, np.int64),
        np.arange(1, count + 1).astype(np.uint64) * np.uint64(_MIX >> 8),
        np.zeros(count, np.int64),
        states,
    )


def _step(
    rows: _Rows,
    frames_now: I64,
    frames: _Frames,
    spelling: NextLetter,
    settings: BeamSettings,
    history: _History,
) -> _Rows:
    """The readings after one more frame of each strip."""
    frame = frames_now[rows.strip]
    quiet, gap = frames.quiet[frame], frames.gap[frame]
    both = rows.both + quiet
    p_blank = np.where(gap, both, rows.p_blank)
    p_letter: F64 = np.where(gap, _NONE, rows.p_letter)
    stay = both + frames.blank[frame]
    repeat = p_letter + frames.scores[frame, rows.last]
    heads = np.searchsorted(rows.strip, np.arange(len(frames_now)))
    # a reading that can only end farther behind than is kept need not begin
    bar = np.maximum.reduceat(np.maximum(stay, repeat) + rows.lm, heads) - settings.behind - _SLACK
    bar = (bar - settings.letter)[rows.strip] - rows.lm
    parent = np.flatnonzero(both + frames.likeliest[frame] >= bar)
    count = frames.tried[frame[parent]]
    own = np.arange(count.sum()) + np.repeat(frames.start[frame[parent]] - np.cumsum(count) + count, count)
    parent, code = np.repeat(parent, count), frames.codes.take(own)
    begun = np.where(code == rows.last.take(parent), p_blank.take(parent), both.take(parent))
    path = begun + frames.shares.take(own)
    near = np.flatnonzero(path >= bar.take(parent))
    parent, code, path = parent.take(near), code.take(near), path.take(near)
    hashed = (rows.hashed.take(parent) ^ (code.astype(np.uint64) << np.uint64(1))) * np.uint64(_MIX)
    sort = np.argsort(rows.hashed)
    place = sort[np.minimum(np.searchsorted(rows.hashed[sort], hashed), len(sort) - 1)]
    known = rows.hashed[place] == hashed  # a shorter reading is extended to one that lives on
    repeat[place[known]] = np.logaddexp(repeat[place[known]], path[known])
    lived = replace(rows, both=np.logaddexp(stay, repeat), p_blank=stay, p_letter=repeat)
    bar = _bar(lived.both + lived.lm, heads, settings)[rows.strip]
    most = path + rows.lm.take(parent) + settings.letter  # no letter is likelier than sure
    fresh = np.flatnonzero(~known & (most >= bar.take(parent)))
    parent, code, path, hashed = parent.take(fresh), code.take(fresh), path.take(fresh), hashed.take(fresh)
    logs, states = spelling.follow(rows.states.take(parent, 0), code)
    lm = rows.lm.take(parent) + settings.language * logs + settings.letter
    near = np.flatnonzero(path + lm >= bar.take(parent))
    parent, path = parent.take(near), path.take(near)
    none = np.full(len(path), _NONE)
    new = _Rows(
        *(rows.strip.take(parent), path, none, path, lm.take(near), code.take(near), hashed.take(near)),
        *(rows.node.take(parent), states.take(near, 0)),
    )
    reached = _Rows.joined([lived, new])
    kept = _nearest(reached.both + reached.lm, reached.strip, len(heads), settings)
    rows, late = reached.taken(kept), np.flatnonzero(kept >= len(lived.strip))
    rows.node[late] = history.add(rows.node[late], rows.last[late])
    return rows


def _bar(total: F64, heads: I64, settings: BeamSettings) -> F64:
    """Of each strip, its rows from `heads`, what a new reading must reach to be kept beside those rows."""
    bar = np.maximum.reduceat(total, heads) - settings.behind
    full = np.diff(heads, append=len(total)) >= settings.width
    return np.where(full, np.maximum(bar, np.minimum.reduceat(total, heads)), bar)


def _nearest(total: F64, strip: I64, strips: int, settings: BeamSettings) -> I64:
    """Which readings are kept: strip by strip, best first."""
    order = np.lexsort((-total, strip))
    total, strip = total[order], strip[order]
    heads = np.searchsorted(strip, np.arange(strips))
    rank = np.arange(len(order)) - heads[strip]
    return order[(rank < settings.width) & (total >= total[heads][strip] - settings.behind)]


def _log_p_after(spelling: NextLetter, rows: _Rows, after: Sequence[bytes]) -> F64:
    """Natural logarithm of the probability of what follows each reading."""
    logs, states = np.zeros(len(rows.strip)), rows.states.copy()
    for step in range(max(map(len, after), default=0)):
        code = np.array([codes[step] if step < len(codes) else -1 for codes in after])[rows.strip]
        on = np.flatnonzero(code >= 0)
        own, states[on] = spelling.follow(states[on], code[on])
        logs[on] += own
    return logs
