"""From any depth, palette, alpha and orientation to upright eight-bit pixels."""

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr.arrays import GreyImage, Pixels
from ocr.errors import ScanError


def reduced(pixels: Pixels, size: tuple[int, int]) -> GreyImage:
    """The picture at a smaller (width, height), grey or colour; what is larger on one side stays as it is.

    Halved first as long as it stays twice too large, since whole steps are several times quicker; an odd
    last row or column is left out of that.
    """
    while pixels.shape[1] >= 4 * size[0] and pixels.shape[0] >= 4 * size[1]:
        height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
        even = pixels[: 2 * height, : 2 * width]
        pixels = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


_STRIPE_ROWS = 64
"""So few rows of a picture are handed over at once: they stay in the processor's own memory."""
_BITS_PER_SAMPLE, _PHOTOMETRIC, _SAMPLE_FORMAT = 258, 262, 339
_WHITE_IS_ZERO, _UNSIGNED, _SIGNED = 0, 1, 2
_BELOW_ZERO = "holds numbers below zero, which no scanner writes. Save it as a TIFF of 8 bits, or as PNG."


def eight_bits(image: Image.Image, name: str) -> Pixels:
    """Grey (height, width) or colour (height, width, 3) pixels of a loaded picture, on white paper.

    Deep greys are scaled by the range of their type, not cut off; palettes, CMYK and the like become
    colour; what is transparent becomes white. ScanError when numbers lie below zero; `name` is told in it.
    """
    if image.mode.startswith("I") or image.mode == "F":
        return _scaled(image, name)
    if image.has_transparency_data or image.mode in {"La", "RGBa"}:
        image = _on_white(image)
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode not in {"L", "RGB"}:
        image = image.convert("RGB")
    return _array(image)


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """The picture turned and mirrored as its EXIF orientation (1 to 8) asks."""
    match orientation:
        case 2:
            pixels = pixels[:, ::-1]
        case 3:
            pixels = pixels[::-1, ::-1]
        case 4:
            pixels = pixels[::-1]
        case 5:
            pixels = pixels.swapaxes(0, 1)
        case 6:
            pixels = np.rot90(pixels, -1)
        case 7:
            pixels = pixels[::-1, ::-1].swapaxes(0, 1)
        case 8:
            pixels = np.rot90(pixels)
    return np.ascontiguousarray(pixels)


def _array(image: Image.Image) -> Pixels:
    """Stripe by stripe, because a whole picture at once is held three times while it is handed over."""
    width, height = image.size
    shape = (height, width) if image.mode == "L" else (height, width, 3)
    pixels = np.empty(shape, np.uint8)
    for top in range(0, height, _STRIPE_ROWS):
        bottom = min(top + _STRIPE_ROWS, height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, width, bottom)))
    return pixels


def _on_white(image: Image.Image) -> Image.Image:
    grey = image.mode in {"1", "L", "LA", "La"}
    clear = image.convert("LA" if grey else "RGBA")
    paper = Image.new("L" if grey else "RGB", image.size, "white")
    paper.paste(clear.convert(paper.mode), mask=clear.getchannel("A"))
    return paper


def _scaled(image: Image.Image, name: str) -> Pixels:
    deep = np.asarray(image)
    tags = getattr(image, "tag_v2", {})
    bits, numbers = tags.get(_BITS_PER_SAMPLE, (16,))[0], tags.get(_SAMPLE_FORMAT, (_UNSIGNED,))[0]
    if bits == 32 and numbers == _UNSIGNED:
        deep = deep.view(np.uint32)
    top = _white(deep, bits, numbers == _SIGNED, name)
    pixels = np.empty(deep.shape, np.uint8)
    for first in range(0, deep.shape[0], _STRIPE_ROWS):
        stripe = np.nan_to_num(deep[first : first + _STRIPE_ROWS].astype(np.float64), nan=top)
        pixels[first : first + _STRIPE_ROWS] = np.clip(np.rint(stripe * (255.0 / top)), 0, 255)
    if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        np.subtract(255, pixels, out=pixels)
    clear = image.info.get("transparency")
    if isinstance(clear, int):
        pixels[deep == clear] = 255
    return pixels


def _white(deep: npt.NDArray[np.generic], bits: int, signed: bool, name: str) -> float:
    """The number that stands for white: what its type can hold, or the least of the usual ones."""
    if np.issubdtype(deep.dtype, np.floating):
        known = deep[np.isfinite(deep)]
        lowest, highest = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        # Sharpening and resampling overshoot a little.
        top = next((top for top in (1.0, 255.0, 65535.0) if highest <= 1.1 * top), highest)
        if lowest < -0.1 * top:
            raise ScanError(f"{name} {_BELOW_ZERO}")
        return top
    lowest, highest = int(deep.min()), int(deep.max())
    if lowest < 0:
        raise ScanError(f"{name} {_BELOW_ZERO}")
    if deep.dtype.itemsize == 2:
        return float(2**bits - 1) if 8 < bits <= 16 and highest < 2**bits else 65535.0
    usual = (255, 32767) if signed and bits == 16 else (255, 65535, 2**31 - 1, 2**32 - 1)
    return float(next(top for top in usual if highest <= top))
