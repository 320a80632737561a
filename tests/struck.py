"""Words of a drawn page struck out by pen, and strokes that strike nothing out: rules, underlining."""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from ocr.arrays import F64, GreyImage, Ints, Pixels
from ocr.geometry import Box
from ocr.page import Kind
from tests.notebook import Notebook

INK = 60
"""Of 255: so dark is ink that counts."""


def with_struck(
    rng: np.random.Generator, made: Notebook, *, chance: float = 0.05, decoys: float = 0.05
) -> Notebook:
    """The page with about that share of its words struck out, alone or two together, and that share of them
    underlined or crossed by a piece of a pale rule."""
    pixels, owners = made.pixels.copy(), made.owners.copy()
    struck: list[Box] = list(made.struck)
    for n, words in enumerate(made.words, 1):
        if made.kinds[n - 1] is not Kind.TEXT:
            continue
        taken = 0
        for at, word in enumerate(words):
            dice = rng.random()
            if dice > chance + decoys or at < taken or any(word.overlap(box) for box in struck):
                continue
            run = _run(rng, words, at)
            taken = at + len(run) + 1
            box = Box.around(corner for one in run for corner in one.corners)
            ys, xs = np.nonzero(owners[_slices(box)] == n)
            if len(xs) < 80 or box.width < 1.2 * box.height or any(box.overlap(other) for other in struck):
                continue
            xs, ys = xs + int(box.left), ys + int(box.top)
            colour = np.percentile(pixels[ys, xs], 25, axis=0)
            if dice < chance:
                lines, strength = _strike(rng, xs, ys), 1.0
                struck += run
            else:
                lines, strength = _decoy(rng, xs, ys)
            tall = _tall(xs, ys)[1]
            thick = max(1, round(tall * rng.uniform(0.1, 0.3)))
            _draw(pixels, owners, lines, thick, colour, strength, n)
    return replace(made, pixels=pixels, owners=owners, struck=tuple(struck))


def _draw(
    pixels: Pixels,
    owners: GreyImage,
    lines: list[F64],
    thick: int,
    colour: F64,
    strength: float,
    number: int,
) -> None:
    """Strokes on a page (in place); those of full strength are ink of the line of that number."""
    height, width = owners.shape
    xs, ys = np.concatenate(lines).T
    room = 3 * thick + 3
    left, top = max(int(xs.min()) - room, 0), max(int(ys.min()) - room, 0)
    here = np.s_[top : min(int(ys.max()) + room, height), left : min(int(xs.max()) + room, width)]
    drawn = np.zeros(owners[here].shape, np.uint8)
    for line in lines:
        points = np.rint((line - (left, top)) * 16).astype(np.int32)
        cv2.polylines(drawn, [points], False, (255,), thick, cv2.LINE_AA, 4)
    soft = strength * cv2.GaussianBlur(drawn, (0, 0), 0.7)[..., None] / 255
    pixels[here] = np.rint(pixels[here] * (1 - soft) + np.minimum(colour, pixels[here]) * soft)
    if strength == 1:
        owners[here][drawn > INK] = number


def _run(rng: np.random.Generator, words: tuple[Box, ...], at: int) -> list[Box]:
    """A word, or with the one that follows it."""
    both = list(words[at : at + 2])
    beside = len(both) == 2 and 0 <= both[1].left - both[0].right < 1.5 * both[0].height
    return both if beside and rng.random() < 0.25 else both[:1]


def _slices(box: Box) -> tuple[slice, slice]:
    return slice(max(int(box.top), 0), int(box.bottom) + 1), slice(max(int(box.left), 0), int(box.right) + 1)


def _tall(xs: Ints, ys: Ints) -> tuple[F64, float]:
    """How the middle of a word's ink runs (slope, row at 0), and about the height of its small letters."""
    lean = np.polyfit(xs, ys, 1) if np.ptp(xs) > 2 * np.ptp(ys) else np.array([0.0, float(np.median(ys))])
    away = ys - np.polyval(lean, xs)
    return lean, float(np.percentile(away, 80) - np.percentile(away, 20))


def _strike(rng: np.random.Generator, xs: Ints, ys: Ints) -> list[F64]:
    """Strokes through a word: one, a little unsteady and askew, two, or a zigzag."""
    lean, tall = _tall(xs, ys)
    first, last = xs.min() - tall * rng.uniform(-0.2, 0.6), xs.max() + tall * rng.uniform(-0.2, 0.6)
    sort = rng.random()
    if sort > 0.85:
        teeth = max(round((last - first) / (tall * rng.uniform(0.7, 1.5))), 3)
        at = np.linspace(first, last, teeth)
        up = np.where(np.arange(teeth) % 2 == 0, -0.5, 0.5) * tall * rng.uniform(0.6, 1.1)
        return [np.stack([at, np.polyval(lean, at) + up], axis=1)]
    at = np.linspace(first, last, 12)
    heights = [0.0] if sort < 0.6 else [-0.2 * tall, 0.25 * tall]
    strokes = []
    for height in heights:
        wander = np.cumsum(rng.normal(0, 0.04 * tall, len(at)))
        askew = (at - at.mean()) * rng.normal(0, 0.03)
        row = np.polyval(lean, at) + height + wander - wander.mean() + askew + rng.normal(0, 0.15) * tall
        strokes.append(np.stack([at, row], axis=1))
    return strokes


def _decoy(rng: np.random.Generator, xs: Ints, ys: Ints) -> tuple[list[F64], float]:
    """A line under a word in ink, or a pale, straight piece of a rule anywhere across it; and how dark."""
    lean, tall = _tall(xs, ys)
    if rng.random() < 0.5:
        at = np.linspace(xs.min() - 0.2 * tall, xs.max() + 0.2 * tall, 8)
        row = np.polyval(lean, at) + tall * rng.uniform(0.7, 1.1) + rng.normal(0, 0.02 * tall, len(at))
        return [np.stack([at, row], axis=1)], 1.0
    reach = tall * rng.uniform(0, 8)
    at = np.array([xs.min() - reach, xs.max() + reach])
    row = np.polyval(lean, at).mean() + tall * rng.uniform(-0.6, 0.8)
    return [np.stack([at, np.full(2, row)], axis=1)], float(rng.uniform(0.15, 0.6))


def truth_of(box: Box, struck: tuple[Box, ...]) -> bool:
    """Is most of a word that was found, by width, struck out?"""
    return sum(one.overlap(box) / max(one.height, 1) for one in _on(box, struck)) > 0.5 * box.width


def _on(box: Box, struck: tuple[Box, ...]) -> Iterator[Box]:
    """Struck words in the row of a word."""
    return (one for one in struck if one.top < box.centre.y < one.bottom)
