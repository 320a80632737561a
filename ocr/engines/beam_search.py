"""The best readings of strips, many strips at once, led by what tells which letter comes next.

CTC prefix beam search (Hannun et al., 2014). All readings of all strips take a step together, as rows of
arrays: Python is asked once a step, not once a reading and letter.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

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
_MIX = 0x9E3779B97F4A7C15 - (1 << 64)
"""Odd, so that readings of the same letters in another order have another hash (Knuth, 1973)."""


class _Frames(NamedTuple):
    """The frames of all strips in which something is written, strip after strip."""

    scores: F32
    each: F64
    """Shape (frames, 4): sum of the blanks between the frame before and this one; 0, or nothing where there
    are any; its own blank; of the letters tried the likeliest."""
    start: I64
    """The first letter tried..."""
    tried: I64
    """...and how many are."""
    codes: I64
    shares: F64
    """Of each letter tried."""


class _Rows(NamedTuple):
    """Readings so far, those of a strip together."""

    strip: I64
    logs: F64
    """Shape (4, readings), natural logarithms: of ending anyhow, in the blank, in the last letter; and what
    the language model says so far."""
    marks: I64
    """Shape (3, readings): code of the last letter, 0 for none; where the codes stand in the history; hash of
    strip and codes."""
    states: I32
    """Of the language model."""

    def parted(self, at: int) -> tuple["_Rows", "_Rows"]:
        """Those before a row, and the rest."""
        strip, logs, marks, states = self
        return (
            _Rows(strip[:at], logs[:, :at], marks[:, :at], states[:at]),
            _Rows(strip[at:], logs[:, at:], marks[:, at:], states[at:]),
        )

    @staticmethod
    def joined(parts: Sequence["_Rows"]) -> "_Rows":
        strip, logs, marks, states = zip(*parts, strict=True)
        return _Rows(
            np.concatenate(strip), np.concatenate(logs, 1), np.concatenate(marks, 1), np.concatenate(states)
        )


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
    running = len(strips)
    for step in range(int(lengths.max(initial=0)) + 1):
        if running > (now := int(np.count_nonzero(lengths > step))):
            rows, over = rows.parted(int(np.searchsorted(rows.strip, now)))
            ended.append(over)
            running = now
        if running:
            frame = firsts[order[:running]] + step
            rows = _step(rows, frame, frames, spelling, settings, history)
    done = _Rows.joined(ended[::-1])
    both, _, _, lm = done.logs
    after = _log_p_after(spelling, done, [strips[n].after for n in order])
    total = both + tails[order][done.strip] + lm + settings.language * after
    ranked = np.lexsort((-total, done.strip))
    result: list[list[Beam]] = [[] for _ in strips]
    codes = history.codes(done.marks[1, ranked])
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
    gap = np.where(place > before, _NONE, 0.0)
    each = np.stack([quiet[place] - quiet[before], gap, blank[place], likeliest[place]], 1)
    shares = scores[row, code + 1].astype(np.float64)
    frames = _Frames(scores[place], each, start[place], count[place], code + 1, shares)
    return frames, firsts, quiet[ends[1:]] - quiet[last]


def _first_rows(states: I32) -> _Rows:
    """Of each strip the reading without letters."""
    count = len(states)
    logs, marks = np.zeros((4, count)), np.zeros((3, count), np.int64)
    logs[2] = _NONE
    marks[2] = np.arange(1, count + 1) * (_MIX >> 8)
    return _Rows(np.arange(count), logs, marks, states)


def _step(
    rows: _Rows,
    frames_now: I64,
    frames: _Frames,
    spelling: NextLetter,
    settings: BeamSettings,
    history: _History,
) -> _Rows:
    """The readings after one more frame of each strip."""
    strip, (both, p_blank, p_letter, lm), (last, _, hashes), _ = rows
    quiet, gap, blank, likeliest = frames.each.take(frames_now, 0).T.take(strip, 1)
    frame = frames_now.take(strip)
    both = both + quiet
    p_blank = np.where(gap < 0, both, p_blank)
    stay = both + blank
    repeat = p_letter + gap + frames.scores.take(frame * frames.scores.shape[1] + last)
    count = np.bincount(strip, minlength=len(frames_now))
    heads = count.cumsum() - count
    # a reading that can only end farther behind than is kept need not begin
    bar = np.maximum.reduceat(np.maximum(stay, repeat) + lm, heads) - (
        settings.behind + _SLACK + settings.letter
    )
    bar = bar.take(strip) - lm
    parent = (both + likeliest >= bar).nonzero()[0]
    frame = frame.take(parent)
    tried = frames.tried.take(frame)
    parent = parent.repeat(tried)
    own = np.arange(len(parent)) + (frames.start.take(frame) - tried.cumsum() + tried).repeat(tried)
    code = frames.codes.take(own)
    path = np.where(code == last.take(parent), p_blank.take(parent), both.take(parent))
    path += frames.shares.take(own)
    near = (path >= bar.take(parent)).nonzero()[0]
    parent, code, path = parent.take(near), code.take(near), path.take(near)
    hashed = (hashes.take(parent) ^ (code << 1)) * _MIX
    sort = hashes.argsort()
    place = sort.take(hashes.searchsorted(hashed, sorter=sort), mode="clip")
    known = hashes.take(place) == hashed  # a shorter reading is extended to one that lives on
    repeat[place[known]] = np.logaddexp(repeat[place[known]], path[known])
    lived = np.stack([np.logaddexp(stay, repeat), stay, repeat, lm])
    total = lived[0] + lm
    bar = _bar(total, heads, count, settings).take(strip)
    most = path + lm.take(parent) + settings.letter  # no letter is likelier than sure
    fresh = (~known & (most >= bar.take(parent))).nonzero()[0]
    parent, code, path, hashed = parent.take(fresh), code.take(fresh), path.take(fresh), hashed.take(fresh)
    log_p, states = spelling.follow(rows.states.take(parent, 0), code)
    lm = lm.take(parent) + settings.language * log_p + settings.letter
    near = (path + lm >= bar.take(parent)).nonzero()[0]
    parent, path, lm = parent.take(near), path.take(near), lm.take(near)
    kept, strip = _nearest(
        np.concatenate([total, path + lm]), np.concatenate([strip, strip.take(parent)]), settings
    )
    begun = np.full((4, len(path)), _NONE)
    begun[0], begun[2], begun[3] = path, path, lm
    logs = np.concatenate([lived, begun], 1).take(kept, 1)
    from_row = np.concatenate([np.arange(len(total)), parent]).take(kept)
    marks, kept_states = rows.marks.take(from_row, 1), rows.states.take(from_row, 0)
    late = (kept >= len(total)).nonzero()[0]
    new = near.take(kept.take(late) - len(total))
    code = code.take(new)
    marks[0, late], marks[2, late] = code, hashed.take(new)
    marks[1, late] = history.add(marks[1, late], code)
    kept_states[late] = states.take(new, 0)
    return _Rows(strip, logs, marks, kept_states)


def _bar(total: F64, heads: I64, count: I64, settings: BeamSettings) -> F64:
    """Of each strip, so many rows from `heads`, what a new reading must reach to be kept beside them."""
    bar = np.maximum.reduceat(total, heads) - settings.behind
    return np.where(count >= settings.width, np.maximum(bar, np.minimum.reduceat(total, heads)), bar)


def _nearest(total: F64, strip: I64, settings: BeamSettings) -> tuple[I64, I64]:
    """Which readings are kept, strip by strip, best first; and their strips."""
    order = np.lexsort((-total, strip))
    total, strip = total.take(order), strip.take(order)
    count = np.bincount(strip)
    heads = (count.cumsum() - count).take(strip)
    near = total >= total.take(heads) - settings.behind
    near &= np.arange(len(order)) < heads + settings.width
    return order[near], strip[near]


def _log_p_after(spelling: NextLetter, rows: _Rows, after: Sequence[bytes]) -> F64:
    """Natural logarithm of the probability of what follows each reading."""
    logs, states = np.zeros(len(rows.strip)), rows.states.copy()
    for step in range(max(map(len, after), default=0)):
        code = np.array([codes[step] if step < len(codes) else -1 for codes in after])[rows.strip]
        on = np.flatnonzero(code >= 0)
        own, states[on] = spelling.follow(states[on], code[on])
        logs[on] += own
    return logs
