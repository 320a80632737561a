"""Where the letters of a reading stand: the likeliest path of a strip through them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ocr.arrays import F32, F64

Spans = list[tuple[int, int]]
"""Of each letter its first frame and the one after its last."""

_NONE = -1e30
_TOGETHER = 16
"""Strips aligned at once: enough to be quick, few enough for memory."""


def forced_alignment(strips: Sequence[F32], readings: Sequence[bytes]) -> list[Spans]:
    """Where each letter of each reading stands: the likeliest path (Viterbi).

    `strips`: (frames, 1 + letters) natural logarithms, class 0 the blank; `readings`: the codes of each.
    """
    # those of like length together
    order = sorted((n for n, codes in enumerate(readings) if codes), key=lambda n: len(strips[n]))
    result: list[Spans] = [[] for _ in readings]
    for start in range(0, len(order), _TOGETHER):
        chosen = order[start : start + _TOGETHER]
        aligned = _aligned([strips[n] for n in chosen], [readings[n] for n in chosen])
        for n, spans in zip(chosen, aligned, strict=True):
            result[n] = spans
    return result


def _aligned(strips: Sequence[F32], readings: Sequence[bytes]) -> list[Spans]:
    """The same for readings with letters, all at once: (strips, states) a frame, blanks around letters."""
    frames, states = max(map(len, strips)), 2 * max(map(len, readings)) + 1
    emitted = np.full((frames, len(strips), states), _NONE, np.float32)
    skipped = np.full((len(strips), states), _NONE)  # from letter to next without a blank, but for doubles
    for row, (strip, codes) in enumerate(zip(strips, readings, strict=True)):
        own = np.zeros(2 * len(codes) + 1, np.int64)
        own[1::2] = np.frombuffer(codes, np.uint8)
        emitted[: len(strip), row, : len(own)] = strip[:, own]
        skipped[row, 3 : len(own) : 2][own[3::2] != own[1:-2:2]] = 0.0
    came = np.zeros(emitted.shape, np.int8)
    best = np.full((len(strips), 2 + states), _NONE)  # two states before the first that nothing comes from
    best[:, 2:4] = emitted[0, :, :2]
    stay, step, skip = best[:, 2:], best[:, 1:-1], best[:, :-2]
    ends: dict[int, F64] = {}
    lengths = np.array([len(strip) for strip in strips])
    for frame in range(frames):
        if frame:
            way = np.maximum(stay, step)
            farther = skip + skipped
            came[frame] = step > stay
            came[frame][farther > way] = 2
            stay[:] = np.maximum(way, farther) + emitted[frame]
        for row in np.flatnonzero(lengths == frame + 1).tolist():
            ends[row] = stay[row].copy()
    return [
        _back(came[: len(strip), row], ends[row], len(codes))
        for row, (strip, codes) in enumerate(zip(strips, readings, strict=True))
    ]


def _back(came: npt.NDArray[np.int8], ends: F64, letters: int) -> Spans:
    """The spans on the path that led to the end."""
    state = 2 * letters if ends[2 * letters] >= ends[2 * letters - 1] else 2 * letters - 1
    spans = [[0, 0] for _ in range(letters)]
    for frame in range(len(came) - 1, -1, -1):
        if state % 2:
            span = spans[state // 2]
            span[0] = frame
            span[1] = span[1] or frame + 1
        state -= int(came[frame, state])
    return [(start, end) for start, end in spans]
