"""Scans that are in memory already: numpy arrays and Pillow's pictures."""

import hashlib

import numpy as np
from PIL import Image

from ocr.arrays import Pixels
from ocr.errors import ScanError
from ocr.page import Source
from ocr.scan.depth import eight_bits, upright
from ocr.scan.load import MAX_PIXELS, MIN_SIDE_PX, Scan

_ORIENTATION = 0x0112  # of EXIF


Picture = Pixels | Image.Image
"""Pixels of a page: uint8 (height, width) or (height, width, 3), or a picture of Pillow's."""


def scan_of_picture(picture: Picture, name: str) -> Scan:
    """A scan of pixels: a uint8 array (height, width) grey or (height, width, 3) red, green, blue, or a
    picture of Pillow's in any mode, which is turned as its EXIF says and laid on white.

    `source` bears `name`, and the sha256 of the pixels row by row, since there is no file. TypeError for
    anything else, ScanError when it is too small or too large.
    """
    if isinstance(picture, Image.Image):
        orientation = picture.getexif().get(_ORIENTATION, 1)
        pixels = upright(eight_bits(picture, name), orientation)
    elif isinstance(picture, np.ndarray):
        if picture.dtype != np.uint8:
            raise TypeError(
                f"The array holds {picture.dtype}; give numbers from 0 (black) to 255 as uint8, "
                "e.g. array.astype('uint8')."
            )
        if picture.ndim != 2 and (picture.ndim != 3 or picture.shape[2] != 3):
            raise TypeError(
                f"The array has the shape {picture.shape}; give (height, width) for grey, or "
                "(height, width, 3) for red, green, blue."
            )
        pixels = np.ascontiguousarray(picture)
    else:
        raise TypeError(
            f"A {type(picture).__name__} is no picture; give a path, a numpy array or a picture of Pillow's."
        )
    height, width = pixels.shape[:2]
    if min(height, width) < MIN_SIDE_PX or height * width > MAX_PIXELS:
        raise ScanError(
            f"{name} measures {width} by {height} pixels; a scan has at least {MIN_SIDE_PX} on each side and "
            f"at most {MAX_PIXELS // 1_000_000} million in all."
        )
    digest = hashlib.sha256(pixels.data).hexdigest()
    return Scan(Source(name, digest, width, height, "application/octet-stream"), pixels)
