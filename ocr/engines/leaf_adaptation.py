"""A leaf's own hand, learnt while it is read, without anybody's help.

Where nearly all readings of the beam agree on a letter, its frames show how this writer makes it. The last
layer of the net is moved a little towards that, over all strips of the leaf at once, and held back by a pull
to where it was; then the leaf is read again. Pseudo-labels (Lee, 2013), for the last layer alone, so that it
takes a moment and no training library. Only what the net says changes; the language stays as it is.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ocr.arrays import F32, I64
from ocr.engines.decoding import AgreedLetters

Features = F32
"""Shape (frames, features): what the last layer makes the scores of."""

_ENOUGH = 40
"""Fewer sure letters than these tell too little of a hand."""
_SURE = 0.85
"""A letter that less of the beam agrees on teaches nothing."""
_PULL = 5e-3
"""Weight of the squared change of the layer beside the mean loss of a frame."""
_STEPS, _RATE = 40, 0.02
_PARTS, _ENOUGH_FRAMES = 4, 256
"""A step looks at one of so many parts of the frames, if it then has about so many of them."""
_MOST = 60.0
"""No score rises by more or lies lower, so that exponentials and their sums can be divided by."""
_RARE = -0.7
"""Classes that no frame believes in more than this (natural logarithm) and no letter was read as stay."""
_PLAIN = -0.02
"""A blank surer than this teaches little..."""
_THINNED = 8
"""...and one frame of so many stands for all of it."""


class LeafStrip(NamedTuple):
    """A strip as first read."""

    scores: F32
    """Shape (frames, 1 + letters): natural logarithms, class 0 the blank."""
    features: Features
    read: AgreedLetters


def adapt_to_leaf(strips: Sequence[LeafStrip]) -> list[F32] | None:
    """The scores of the strips of one leaf, its hand known; None where too little is sure."""
    sure = sum(int((strip.read.agreed >= _SURE).sum()) for strip in strips)
    if sure < _ENOUGH:
        return None
    lessons = [_lessons(strip) for strip in strips]
    features, scores, wanted, weights = (np.concatenate(parts) for parts in zip(*lessons, strict=True))
    met = np.bincount(wanted, minlength=scores.shape[1]) > 0
    classes = np.flatnonzero(met | (scores.max(0) > _RARE))
    change = np.zeros((features.shape[1], scores.shape[1]), np.float32)
    change[:, classes] = _change(features, scores[:, classes], np.searchsorted(classes, wanted), weights)
    return [_log_shares(strip.scores + _with_one(strip.features) @ change) for strip in strips]


def _lessons(strip: LeafStrip) -> tuple[F32, F32, I64, F32]:
    """Features, scores, class and weight of the frames of a strip that teach something."""
    wanted = np.zeros(len(strip.scores), np.int64)
    weights = np.ones(len(strip.scores), np.float32)
    read = strip.read
    for code, (first, end), agreed in zip(read.codes, read.spans, read.agreed.tolist(), strict=True):
        wanted[first:end] = code
        weights[first:end] = agreed if agreed >= _SURE else 0.0
    plain = np.flatnonzero((wanted == 0) & (strip.scores[:, 0] > _PLAIN))
    weights[plain] = 0.0
    weights[plain[::_THINNED]] = _THINNED
    weighed = weights > 0
    return _with_one(strip.features[weighed]), strip.scores[weighed], wanted[weighed], weights[weighed]


class _Part(NamedTuple):
    """Every so manieth of the frames that teach, as a step wants them."""

    features: F32
    by_feature: F32
    before: F32
    """Exponentials of the scores as they were."""
    share: F32
    """Of each frame, its weight among them."""
    taught: F32
    """What pulls towards the letters: the same at each step."""


def _part(features: F32, scores: F32, wanted: I64, weights: F32) -> _Part:
    share = (weights / weights.sum())[:, None]
    target = np.zeros_like(scores)
    target[np.arange(len(wanted)), wanted] = share[:, 0]
    by_feature, before = np.ascontiguousarray(features.T), np.exp(np.maximum(scores, -_MOST))
    return _Part(np.ascontiguousarray(features), by_feature, before, share, by_feature @ target)


def _change(features: F32, scores: F32, wanted: I64, weights: F32) -> F32:
    """What is added to the layer, to its bias in the last row: Adam on the cross-entropy of the frames, of
    which each step takes a part, one after the other (Kingma and Ba, 2015)."""
    every = max(1, min(_PARTS, len(features) // _ENOUGH_FRAMES))
    taken = [slice(first, None, every) for first in range(every)]
    parts = [_part(features[part], scores[part], wanted[part], weights[part]) for part in taken]
    ones = np.ones(scores.shape[1], np.float32)
    change = np.zeros((features.shape[1], scores.shape[1]), np.float32)
    mean, square = np.zeros_like(change), np.zeros_like(change)
    for step in range(1, _STEPS + 1):
        part = parts[step % every]
        now = part.features @ change
        np.exp(np.minimum(now, _MOST, out=now), out=now)
        now *= part.before
        now *= part.share / (now @ ones)[:, None]
        slope = part.by_feature @ now - part.taught + _PULL * change
        mean += 0.1 * (slope - mean)
        square += 0.01 * (slope * slope - square)
        change -= _RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-4)
    return change


def _with_one(features: Features) -> F32:
    return np.hstack([features, np.ones((len(features), 1), np.float32)])


def _log_shares(scores: F32) -> F32:
    scores = scores - scores.max(1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(1, keepdims=True)), np.float32)
