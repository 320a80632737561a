from dataclasses import replace

import cv2
import numpy as np

from ocr.geometry import Box, Point
from ocr.page import Kind, Line, Page, Region, Skew, Source, Surface
from ocr.scan.explain import overlay
from ocr.scan.load import Scan

SOURCE = Source("drawn.png", "0" * 64, 1200, 800, "image/png")


def shown(*surfaces: Surface, colour: bool = True) -> np.ndarray:
    pixels = np.full((800, 1200, 3) if colour else (800, 1200), 230, np.uint8)
    coded = overlay(Scan(SOURCE, pixels), Page("drawn", SOURCE, surfaces))
    picture = cv2.imdecode(np.frombuffer(coded, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(picture)[:, :, ::-1].astype(int)


def leaf(left: float, right: float, *kinds: Kind) -> Surface:
    boxes = [Box(left + 100, 100 + 90 * n, right - 40, 150 + 90 * n) for n in range(len(kinds))]
    lines = tuple(
        Line(box.outline(), (Point(box.left, box.bottom), Point(box.right, box.bottom)), kind)
        for box, kind in zip(boxes, kinds, strict=True)
    )
    box = Box(left, 0, right, 800)
    regions = (Region(box.outline(), lines),) if lines else ()
    return Surface(box, regions, Skew(1.5, 0.9, True), "" if lines else "no text found, because it is blank")


def test_under_the_scan_stands_what_was_found() -> None:
    assert len(shown(leaf(0, 1200, Kind.TEXT))) > 800
    assert len(shown(leaf(0, 600, Kind.TEXT), leaf(600, 1200))) > len(shown(leaf(0, 1200, Kind.TEXT)))


def test_each_kind_washes_its_line_in_its_colour() -> None:
    picture = shown(leaf(0, 1200, Kind.TEXT, Kind.NUMBER, Kind.STRUCK))
    text, number, struck = (picture[125 + 90 * n, 800] for n in range(3))
    assert text[2] > text[0]
    assert number[2] > number[0]
    assert struck[0] > struck[2]


def test_a_doubtful_border_is_broken_and_named() -> None:
    def red(picture: np.ndarray) -> int:
        rim = picture[97:104, 200:1000]
        return int(((rim[..., 0] > 150) & (rim[..., 1] < 90) & (rim[..., 2] < 90)).any(axis=0).sum())

    sure = leaf(0, 1200, Kind.TEXT)
    (region,) = sure.regions
    lines = tuple(replace(line, border_confidence=0.4) for line in region.lines)
    doubtful = replace(sure, regions=(replace(region, lines=lines),))
    assert red(shown(sure)) == 0
    assert 200 < red(shown(doubtful)) < 700


def test_a_split_is_seen_between_two_leaves_only() -> None:
    def magenta(picture: np.ndarray) -> bool:
        strip = picture[:800, 590:611]
        return bool(((strip[..., 0] > 150) & (strip[..., 1] < 60)).any())

    assert magenta(shown(leaf(0, 600), leaf(600, 1200)))
    assert not magenta(shown(leaf(0, 1200)))


def test_a_grey_scan_and_an_empty_one_are_shown_too() -> None:
    assert shown(leaf(0, 1200), colour=False).shape[1:] == (1200, 3)
