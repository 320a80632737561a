"""Pieces of a scan as small JPEG pictures, for showing beside their text."""

from collections.abc import Iterable

import cv2
import numpy as np

from ocr.arrays import Pixels
from ocr.geometry import Box


def cut(pixels: Pixels, boxes: Iterable[Box], *, width_px: int = 1000, quality: int = 62) -> list[bytes]:
    """One JPEG for each box (pixels of the upright scan), at most `width_px` wide and half as tall.

    A box outside gives a picture of the scan's edge, one pixel at least.
    """
    tall, wide = pixels.shape[:2]
    pictures = []
    for box in boxes:
        left, top = min(max(int(box.left), 0), wide - 1), min(max(int(box.top), 0), tall - 1)
        right, bottom = max(left + 1, round(box.right)), max(top + 1, round(box.bottom))
        piece = pixels[top:bottom, left:right]
        scale = min(1.0, width_px / piece.shape[1], width_px / 2 / piece.shape[0])
        if scale < 1:
            size = (max(1, round(piece.shape[1] * scale)), max(1, round(piece.shape[0] * scale)))
            piece = np.asarray(cv2.resize(piece, size, interpolation=cv2.INTER_AREA), np.uint8)
        if piece.ndim == 3:
            piece = piece[:, :, ::-1]
        done, coded = cv2.imencode(".jpg", piece, [cv2.IMWRITE_JPEG_QUALITY, quality])
        assert done  # a picture in memory of sane size can always be coded
        pictures.append(coded.tobytes())
    return pictures
