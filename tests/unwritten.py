"""Pictures on which nothing is written, drawn for tests and benches: what a careless folder holds."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ocr.arrays import F32, Pixels

Dice = np.random.Generator

WIDE, TALL = 1100, 1500


def _shown(light: npt.NDArray[Any]) -> Pixels:
    return np.asarray(np.clip(np.rint(light), 0, 255), np.uint8)


def _clouds(dice: Dice, size: tuple[int, int], coarsest: int = 3, finest: int = 200) -> F32:
    """Noise of all sizes, about 0, deviation 1."""
    total = np.zeros((size[1], size[0]), np.float32)
    cells, weight = coarsest, 1.0
    while cells <= finest:
        small = dice.normal(0, 1, (cells, cells)).astype(np.float32)
        total += np.float32(weight) * cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
        cells, weight = cells * 2, weight * 0.6
    return np.asarray((total - total.mean()) / total.std(), np.float32)


def paper(dice: Dice, size: tuple[int, int] = (WIDE, TALL), tone: float = 225) -> F32:
    """Blank paper under uneven light, (height, width, 3)."""
    sheet = tone + 4 * _clouds(dice, size) + dice.normal(0, 2.5, (size[1], size[0]))
    return np.asarray(sheet[:, :, None] * np.array([1.0, 0.98, 0.93]), np.float32)


def ruled(dice: Dice) -> Pixels:
    """Ruled paper with a red margin, a little turned."""
    sheet = paper(dice)
    pitch = int(dice.integers(36, 70))
    for y in range(2 * pitch, TALL, pitch):
        cv2.line(sheet, (0, y), (WIDE, y), (140, 165, 210), 2, cv2.LINE_AA)
    cv2.line(sheet, (120, 0), (120, TALL), (215, 110, 120), 3, cv2.LINE_AA)
    return _turned(sheet, float(dice.uniform(-2, 2)))


def squared(dice: Dice) -> Pixels:
    """Squared paper."""
    sheet = paper(dice)
    cell = int(dice.integers(22, 44))
    for y in range(cell, TALL, cell):
        cv2.line(sheet, (0, y), (WIDE, y), (150, 170, 205), 1, cv2.LINE_AA)
    for x in range(cell, WIDE, cell):
        cv2.line(sheet, (x, 0), (x, TALL), (150, 170, 205), 1, cv2.LINE_AA)
    return _turned(sheet, float(dice.uniform(-2, 2)))


def form(dice: Dice) -> Pixels:
    """An empty table in black."""
    sheet = paper(dice)
    for y in range(150, 1400, 90):
        cv2.line(sheet, (80, y), (1020, y), (60, 60, 60), 2, cv2.LINE_AA)
    for x in (80, 200, 560, 800, 1020):
        cv2.line(sheet, (x, 150), (x, 1320), (60, 60, 60), 2, cv2.LINE_AA)
    return _turned(sheet, float(dice.uniform(-2, 2)))


def _turned(sheet: F32, angle_deg: float) -> Pixels:
    height, width = sheet.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1.0)
    return _shown(cv2.warpAffine(sheet, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE))


def foxed(dice: Dice) -> Pixels:
    """Old paper with spots, a fold and a torn edge."""
    sheet = paper(dice, tone=200)
    for _ in range(180):
        place = (int(dice.integers(WIDE)), int(dice.integers(TALL)))
        cv2.circle(sheet, place, int(dice.integers(1, 9)), (150, 115, 75), -1, cv2.LINE_AA)
    sheet[TALL // 2 - 3 : TALL // 2 + 3] *= 0.85
    edge = (60 + 25 * _clouds(dice, (WIDE, TALL))[:, 0]).astype(int)
    for y, x in enumerate(np.clip(edge, 2, 200)):
        sheet[y, :x] = (35, 30, 30)
    return _shown(cv2.GaussianBlur(sheet, (0, 0), 1.2))


def coffee(dice: Dice) -> Pixels:
    """Rings of a cup and some drops."""
    sheet = paper(dice)
    stain = np.zeros(sheet.shape[:2], np.float32)
    for _ in range(int(dice.integers(1, 4))):
        place = (int(dice.integers(250, 850)), int(dice.integers(300, 1200)))
        cv2.circle(stain, place, int(dice.integers(110, 190)), (1.0,), int(dice.integers(5, 16)), cv2.LINE_AA)
    for _ in range(12):
        place = (int(dice.integers(WIDE)), int(dice.integers(TALL)))
        cv2.circle(stain, place, int(dice.integers(3, 22)), (0.7,), -1, cv2.LINE_AA)
    stain = np.asarray(cv2.GaussianBlur(stain, (0, 0), 2.5), np.float32)
    stain *= 0.7 + 0.3 * _clouds(dice, (WIDE, TALL))
    return _shown(sheet - stain[:, :, None] * np.array([50, 80, 110], np.float32))


def stamp(dice: Dice) -> Pixels:
    """A round stamp with an emblem and no word."""
    sheet = paper(dice)
    x, y = int(dice.integers(300, 800)), int(dice.integers(300, 1200))
    blue = (70, 70, 160)
    for radius, thick in ((150, 6), (138, 2), (95, 3)):
        cv2.circle(sheet, (x, y), radius, blue, thick, cv2.LINE_AA)
    star = [
        [
            x + r * np.sin(n * np.pi / 5),
            y - r * np.cos(n * np.pi / 5),
        ]
        for n, r in zip(range(10), [70, 28] * 5, strict=True)
    ]
    cv2.fillPoly(sheet, [np.array(star, np.int32)], blue, cv2.LINE_AA)
    for n in range(36):
        turn = n * np.pi / 18
        a = (int(x + 105 * np.cos(turn)), int(y + 105 * np.sin(turn)))
        b = (int(x + 128 * np.cos(turn)), int(y + 128 * np.sin(turn)))
        cv2.line(sheet, a, b, blue, 4, cv2.LINE_AA)
    return _shown(sheet)


def drawing(dice: Dice) -> Pixels:
    """A line drawing: a house, a tree, a fence, a face, hills."""
    sheet = paper(dice)
    ink = (50, 45, 60)

    def stroke(points: list[tuple[float, float]], thick: int = 3) -> None:
        held = np.array(points, np.float32) + dice.normal(0, 2, (len(points), 2))
        cv2.polylines(sheet, [held.astype(np.int32)], False, ink, thick, cv2.LINE_AA)

    stroke([(200, 1000), (200, 700), (600, 700), (600, 1000), (200, 1000)])
    stroke([(170, 710), (400, 500), (630, 710)])
    for x in (260, 450):
        stroke([(x, 780), (x + 90, 780), (x + 90, 870), (x, 870), (x, 780), (x + 90, 870)])
    for n in range(16):
        stroke([(650 + 25 * n, 1000), (652 + 25 * n, 900), (660 + 25 * n, 885), (668 + 25 * n, 1000)])
    turn = np.linspace(0, 2 * np.pi, 40)
    stroke([(800 + 120 * np.cos(t), 300 + 150 * np.sin(t)) for t in turn])
    for x in (755, 845):
        stroke([(x + 22 * np.cos(t), 270 + 12 * np.sin(t)) for t in turn])
    stroke([(800, 280), (785, 340), (812, 345)])
    stroke([(750, 385), (800, 400), (850, 382)])
    for n in range(3):
        stroke([(x, 1150 + 90 * n + 30 * np.sin(x / 110 + n)) for x in np.linspace(0, WIDE, 60)], 2)
    for _ in range(60):
        across, down = dice.uniform(60, 200), dice.uniform(250, 480)
        stroke([(across + 9 * np.cos(t), down + 9 * np.sin(t)) for t in turn[:20]], 2)
    return _shown(sheet)


def hatching(dice: Dice) -> Pixels:
    """A pencil study: areas of strokes side by side."""
    sheet = paper(dice)
    for _ in range(14):
        x, y = dice.uniform(80, 800), dice.uniform(100, 1200)
        lean, step = dice.uniform(-40, 40), dice.uniform(7, 16)
        for n in range(int(dice.integers(8, 30))):
            a = (int(x + step * n), int(y + dice.normal(0, 5)))
            b = (int(x + step * n + lean), int(y + 110 + dice.normal(0, 12)))
            cv2.line(sheet, a, b, (95, 95, 100), 2, cv2.LINE_AA)
    return _shown(sheet)


def desk(dice: Dice) -> Pixels:
    """A photograph of a wooden desk with a cup, pens and books."""
    width, height = 1600, 1200
    grain = cv2.resize(dice.normal(0, 1, (300, 6)).astype(np.float32), (width, height))
    shape = np.array([150, 105, 65], np.float32) * (1 + 0.12 * grain[:, :, None])
    shape *= 1 + 0.15 * _clouds(dice, (width, height), 2, 8)[:, :, None]
    for n in range(4):
        y = 300 * n
        shape[y : y + 3] *= 0.5
    cv2.circle(shape, (400, 400), 150, (220, 220, 215), -1, cv2.LINE_AA)
    cv2.circle(shape, (400, 400), 125, (60, 35, 20), -1, cv2.LINE_AA)
    for _ in range(5):
        a = (int(dice.integers(700, 1000)), int(dice.integers(100, 500)))
        b = (a[0] + int(dice.integers(200, 450)), a[1] + int(dice.integers(-150, 150)))
        colour = tuple(int(v) for v in dice.integers(20, 200, 3))
        cv2.line(shape, a, b, colour, 14, cv2.LINE_AA)
    for n in range(4):
        box = cv2.boxPoints(((500 + 260 * n, 900), (200, 300), float(dice.uniform(-20, 20))))
        cv2.fillPoly(shape, [box.astype(np.int32)], tuple(int(v) for v in dice.integers(30, 220, 3)))
    return _shown(cv2.GaussianBlur(shape, (0, 0), 1) + dice.normal(0, 4, shape.shape))


def landscape(dice: Dice) -> Pixels:
    """A photograph of hills, a wood and a lake under clouds."""
    width, height = 1600, 1100
    sky = np.linspace(0, 1, height)[:, None]
    picture = np.stack([120 + 90 * sky + 0 * sky, 160 + 60 * sky, 215 + 20 * sky], axis=2) * np.ones(
        (1, width, 1)
    )
    picture += 22 * np.maximum(_clouds(dice, (width, height)), 0)[:, :, None]
    xs = np.arange(width)
    for n, tone in enumerate(((95, 115, 125), (70, 95, 75), (45, 65, 40))):
        far = _clouds(dice, (width, 8), 4, 400)[0]
        edge = 420 + 130 * n + (70 - 15 * n) * far
        below = np.arange(height)[:, None] > edge[None, :]
        leafy = 1 + 0.25 * _clouds(dice, (width, height), 30, 900)[:, :, None]
        picture = np.where(below[:, :, None], np.array(tone) * leafy, picture)
    for x in xs[::37]:
        top = 560 + dice.normal(0, 40)
        cv2.line(picture, (int(x), int(top)), (int(x), 900), (35, 30, 25), int(dice.integers(2, 8)))
    return _shown(picture + dice.normal(0, 4, picture.shape))


def bricks(dice: Dice) -> Pixels:
    """A wall."""
    wall = np.full((TALL, WIDE, 3), 170, np.float32)
    for row in range(0, TALL, 60):
        for x in range(-(row // 60 % 2) * 70, WIDE, 140):
            tone = np.array([150, 75, 55]) * dice.uniform(0.7, 1.2)
            cv2.rectangle(wall, (x + 4, row + 4), (x + 134, row + 54), tone.tolist(), -1)
    return _shown(wall + 6 * _clouds(dice, (WIDE, TALL), 10, 800)[:, :, None])


def cloth(dice: Dice) -> Pixels:
    """Woven cloth."""
    ys, xs = np.mgrid[:TALL, :WIDE].astype(np.float32)
    weave = 25 * np.sin(xs / 2.3) * np.sin(ys / 3.1) + 20 * np.sin(ys / 31 + np.sin(xs / 90))
    return _shown((120 + weave + 12 * _clouds(dice, (WIDE, TALL)))[:, :, None] * np.ones(3))


def film(dice: Dice) -> Pixels:
    """A blank page on black film, scratched."""
    frame = np.full((TALL + 300, WIDE + 300, 3), 12, np.float32)
    frame[150:-150, 150:-150] = paper(dice)
    for _ in range(12):
        x = int(dice.integers(0, WIDE + 300))
        cv2.line(frame, (x, 0), (x + int(dice.integers(-9, 9)), TALL + 300), (235, 235, 235), 1)
    return _shown(frame)


def noise(dice: Dice) -> Pixels:
    """Each pixel what it will."""
    return np.asarray(dice.integers(0, 256, (TALL, WIDE, 3)), np.uint8)


def specks(dice: Dice) -> Pixels:
    """Black specks on white, as of a bad copier."""
    dark = cv2.dilate((dice.random((TALL, WIDE)) < 0.004).astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.where(dark[:, :, None] > 0, 20, 250).astype(np.uint8).repeat(3, axis=2)


def black(_: Dice) -> Pixels:
    """The lid was left on."""
    return np.zeros((TALL, WIDE, 3), np.uint8)


def white(_: Dice) -> Pixels:
    """No page under the lid."""
    return np.full((TALL, WIDE, 3), 255, np.uint8)


def dim(dice: Dice) -> Pixels:
    """A dark frame with the noise of a camera."""
    return _shown(14 + dice.normal(0, 4, (TALL, WIDE, 3)))


def blurred(dice: Dice) -> Pixels:
    """Nothing in focus."""
    return _shown(130 + 45 * _clouds(dice, (WIDE, TALL), 3, 12)[:, :, None] * np.array([1, 0.8, 0.6]))


PICTURES: dict[str, Callable[[Dice], Pixels]] = {
    one.__name__: one
    for one in (
        black, white, dim, blurred, noise, specks, ruled, squared, form, foxed, coffee, stamp, film,
        drawing, hatching, desk, landscape, bricks, cloth,
    )
}  # fmt: skip
"""By name: from dice to a picture of red, green, blue."""
