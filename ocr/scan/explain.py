"""A picture of what was found on a scan: leaves, skew, regions, lines with order and kind, baselines."""

import cv2
import numpy as np
import numpy.typing as npt

from ocr.geometry import Point
from ocr.page import Kind, Page, Skew
from ocr.scan.load import Scan

_COLOURS = {  # red, green, blue; told apart by the colour-blind too (Okabe and Ito, 2008)
    Kind.TEXT: (0, 114, 178),
    Kind.HEADING: (204, 121, 167),
    Kind.INSERTION: (0, 158, 115),
    Kind.STRUCK: (213, 94, 0),
    Kind.MARGIN: (230, 159, 0),
    Kind.NUMBER: (86, 180, 233),
}
_LEAF, _DOUBT = (120, 120, 120), (213, 94, 0)
_LONGER_SIDE_PX = 2400


def overlay(scan: Scan, page: Page) -> bytes:
    """A JPEG, longer side 2400 px at most: the scan, paled, with everything the page says of its places."""
    height, width = scan.pixels.shape[:2]
    scale = min(1.0, _LONGER_SIDE_PX / max(height, width))
    small = cv2.resize(scan.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if small.ndim == 2:
        small = cv2.cvtColor(small, cv2.COLOR_GRAY2RGB)
    picture: npt.NDArray[np.uint8] = (small.astype(np.uint16) * 2 // 3 + 85).astype(np.uint8)
    for surface in page.surfaces:
        _polygon(picture, surface.box.corners, scale, _LEAF, 2)
        told = _skew_words(surface.skew) + (f"; {surface.remark}" if surface.remark else "")
        _write(picture, told, Point(surface.box.left, surface.box.top), scale, _LEAF, down=22)
        for region in surface.regions:
            _polygon(picture, region.outline.points, scale, _COLOURS[region.kind], 2)
        for number, line in enumerate(surface.lines, 1):
            colour = _COLOURS[line.kind]
            _polygon(picture, line.outline.points, scale, colour, 1)
            cv2.polylines(picture, [_pixels(line.baseline, scale)], False, _DOUBT, 1, cv2.LINE_AA)
            name = str(number) if line.kind is Kind.TEXT else f"{number} {line.kind}"
            _write(picture, name, line.outline.points[0], scale, colour, down=0)
            for word in line.reading.words if line.reading else ():
                if word.box:
                    low = [Point(word.box.left, word.box.bottom), Point(word.box.right, word.box.bottom)]
                    cv2.polylines(picture, [_pixels(tuple(low), scale)], False, colour, 2)
    done, coded = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    assert done  # a picture in memory of sane size can always be coded
    return coded.tobytes()


def _skew_words(skew: Skew | None) -> str:
    if skew is None:
        return "skew not measured"
    done = "turned straight" if skew.applied else f"not turned: {skew.reason}"
    return f"skew {skew.angle_deg:+.2f} deg, confidence {skew.confidence:.2f}, {done}"


def _pixels(points: tuple[Point, ...], scale: float) -> npt.NDArray[np.int32]:
    return np.array([[round(p.x * scale), round(p.y * scale)] for p in points], dtype=np.int32).reshape(
        -1, 1, 2
    )


def _polygon(
    picture: npt.NDArray[np.uint8],
    points: tuple[Point, ...],
    scale: float,
    colour: tuple[int, int, int],
    width: int,
) -> None:
    cv2.polylines(picture, [_pixels(points, scale)], True, colour, width, cv2.LINE_AA)


def _write(
    picture: npt.NDArray[np.uint8],
    text: str,
    place: Point,
    scale: float,
    colour: tuple[int, int, int],
    down: int,
) -> None:
    at = (max(round(place.x * scale) + 3, 0), max(round(place.y * scale) + down, 14))
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.55, (255, 255, 255), 4, cv2.LINE_AA)
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.55, colour, 1, cv2.LINE_AA)
