"""A picture made smaller, each pixel the mean of what it covers."""

import cv2
import numpy as np
import numpy.typing as npt


def reduced(pixels: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """The picture at a smaller (width, height), grey or colour; what is larger on one side stays as it is.

    Halved first as long as it stays twice too large, since whole steps are several times quicker; an odd
    last row or column is left out of that.
    """
    while pixels.shape[1] >= 4 * size[0] and pixels.shape[0] >= 4 * size[1]:
        height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
        even = pixels[: 2 * height, : 2 * width]
        pixels = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
