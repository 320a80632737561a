"""Where the letters of a reading stand: the likeliest path of a strip through them."""

from collections.abc import Sequence

import numpy as np

from ocr.arrays import F32, Mask

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
    """The same for readings with letters, shorter strips first: (strips, states) a frame, blanks around."""
    frames, states = max(map(len, strips)), 2 * max(map(len, readings)) + 1
    emitted = np.full((frames, len(strips), states), _NONE, np.float32)
    skipped = np.full_like(emitted[0], _NONE)  # from letter to next without a blank, but for doubles
    for row, (strip, codes) in enumerate(zip(strips, readings, strict=True)):
        own = np.zeros(2 * len(codes) + 1, np.int64)
        own[1::2] = np.frombuffer(codes, np.uint8)
        emitted[: len(strip), row, : len(own)] = strip.take(own, 1)
        skipped[row, 3 : len(own) : 2][own[3::2] != own[1:-2:2]] = 0.0
    stepped, jumped = np.zeros(
        (2, *emitted.shape), np.bool_
    )  # the best way comes from a state before, or two
    best = np.full((len(strips), 2 + states), _NONE, np.float32)  # two before the first that none comes from
    best[:, 2:4] = emitted[0, :, :2]
    stay, step, skip = best[:, 2:], best[:, 1:-1], best[:, :-2]
    way, farther, ends = np.empty((3, *skipped.shape), np.float32)
    lengths = [len(strip) for strip in strips]
    for frame in range(frames):
        if frame:
            np.greater(step, stay, out=stepped[frame])
            np.maximum(step, stay, out=way)
            np.add(skip, skipped, out=farther)
            np.greater(farther, way, out=jumped[frame])
            np.maximum(farther, way, out=way)
            np.add(way, emitted[frame], out=stay)
        if frame + 1 in lengths:
            row = lengths.index(frame + 1)
            ends[row:] = stay[row:]  # strips that go on write over it
    return [
        _back(stepped[: len(strip), row], jumped[: len(strip), row], ends[row], len(codes))
        for row, (strip, codes) in enumerate(zip(strips, readings, strict=True))
    ]


def _back(stepped: Mask, jumped: Mask, ends: F32, letters: int) -> Spans:
    """The spans on the path that led to the end."""
    state = 2 * letters if ends[2 * letters] >= ends[2 * letters - 1] else 2 * letters - 1
    spans = [[0, 0] for _ in range(letters)]
    for frame in range(len(stepped) - 1, -1, -1):
        if state % 2:
            span = spans[state // 2]
            span[0] = frame
            span[1] = span[1] or frame + 1
        if jumped[frame, state]:
            state -= 2
        elif stepped[frame, state]:
            state -= 1
    return [(start, end) for start, end in spans]
