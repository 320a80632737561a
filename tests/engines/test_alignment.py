"""Letters stand where the likeliest path has them, however many strips are aligned at once."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.arrays import F32
from ocr.engines.alignment import Spans, forced_alignment


def strip_of(*frames: dict[int, float], classes: int = 4) -> F32:
    """Scores with these shares per frame, the rest the blank's."""
    shares = np.full((len(frames), classes), 1e-6, np.float32)
    for row, frame in zip(shares, frames, strict=True):
        row[0] = 1 - sum(frame.values())
        for code, share in frame.items():
            row[code] = share
    return np.log(shares)


def by_hand(strip: F32, codes: bytes) -> float:
    """Score of the likeliest path, all paths tried."""
    return max(
        sum(float(row[code]) for row, code in zip(strip, path, strict=True))
        for path in itertools.product(range(strip.shape[1]), repeat=len(strip))
        if bytes(a for a, b in zip(path, (0, *path), strict=False) if a and a != b) == codes
    )


def along(strip: F32, codes: bytes, spans: Spans) -> float:
    """Score of the path that the spans tell."""
    classes = np.zeros(len(strip), np.int64)
    for code, (start, end) in zip(codes, spans, strict=True):
        classes[start:end] = code
    return float(strip[np.arange(len(strip)), classes].sum())


def test_letters_are_placed_where_they_stand() -> None:
    strip = strip_of({}, {1: 0.9}, {1: 0.8}, {}, {1: 0.9}, {2: 0.9}, {})
    assert forced_alignment([strip], [b"\1\1\2"]) == [[(1, 3), (4, 5), (5, 6)]]
    assert forced_alignment([strip], [b""]) == [[]]
    assert forced_alignment([], []) == []


def test_no_path_is_likelier() -> None:
    rng = np.random.default_rng(3)
    strips = [np.log(rng.dirichlet(np.ones(3), n)).astype(np.float32) for n in (3, 6, 5)]
    readings = [b"\1\1", b"\2\1\2", b"\2\2"]
    for strip, codes, spans in zip(strips, readings, forced_alignment(strips, readings), strict=True):
        assert abs(along(strip, codes, spans) - by_hand(strip, codes)) < 1e-5


@given(st.lists(st.tuples(st.integers(1, 30), st.binary(max_size=6)), max_size=40), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_a_strip_is_aligned_as_by_itself(lines: list[tuple[int, bytes]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    readings = [bytes(1 + code % 3 for code in codes) for _, codes in lines]
    strips = [
        np.log(rng.dirichlet(np.ones(4), frames + 2 * len(codes))).astype(np.float32)
        for frames, codes in lines
    ]
    alone = [forced_alignment([s], [codes])[0] for s, codes in zip(strips, readings, strict=True)]
    assert forced_alignment(strips, readings) == alone
