"""Which stretch of a long text stands on a leaf: by runs of letters that both have (FASTA, Pearson 1988)."""

from dataclasses import dataclass

import numpy as np

from ocr.arrays import I32, I64

_RUN = 5
"""So many letters in a row are looked for at once."""
_COMMON = 40
"""A run that the text has oftener says nothing of the place."""
_BAND = 400
"""Letters left out or put in by one side alone over which a place still holds together."""
_LEAST_SHARE = 0.06
"""Of the runs of a leaf so many must be found at its place; a third is with a fifth misread."""
_LEAST_RUNS = 6
_SLACK = 0.1
"""So much longer than the leaf, on either side, the stretch is taken."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Letters `start` to `end` of the text, and which share of the leaf's runs was found there."""

    start: int
    end: int
    share: float


class Index:
    """The runs of letters of a text, found quickly."""

    def __init__(self, codes: I32) -> None:
        self._length = len(codes)
        hashes = _hashes(codes)
        self._order: I64 = np.argsort(hashes, kind="stable").astype(np.int64)
        self._sorted = hashes[self._order]

    def place(self, codes: I32) -> Stretch | None:
        """The stretch for the letters of a leaf; None when too little of it is found in one place."""
        runs = _hashes(codes)
        low = np.searchsorted(self._sorted, runs, "left")
        high = np.searchsorted(self._sorted, runs, "right")
        times = high - low
        used = np.flatnonzero((times > 0) & (times <= _COMMON))
        if len(used) < _LEAST_RUNS:
            return None
        # all places of all runs, as the place in the text where the leaf would then begin
        at = np.repeat(used, times[used])
        offset = np.arange(len(at)) - np.repeat(np.cumsum(times[used]) - times[used], times[used])
        begins = self._order[np.repeat(low[used], times[used]) + offset] - at
        order = np.argsort(begins, kind="stable")
        begins, at = begins[order], at[order]
        ends = np.searchsorted(begins, begins + _BAND, "right")
        best = int(np.argmax(ends - np.arange(len(begins))))
        share = len(np.unique(at[best : ends[best]])) / max(len(runs), 1)
        if share < _LEAST_SHARE or ends[best] - best < _LEAST_RUNS:
            return None
        middle = int(np.median(begins[best : ends[best]]))
        slack = int(_SLACK * len(codes)) + _BAND
        return Stretch(max(middle - slack, 0), min(middle + len(codes) + slack, self._length), share)


def _hashes(codes: I32) -> I64:
    """A number for each run of letters; runs that differ seldom share one."""
    count = max(len(codes) - _RUN + 1, 0)
    hashes = np.zeros(count, np.int64)
    for shift in range(_RUN):
        hashes = hashes * 1_000_003 + codes[shift : shift + count]
    return hashes
