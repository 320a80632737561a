"""From a scan to its leaves: light evened, turned straight, ink parted from paper, each with its way home."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr.geometry import Affine, Box
from ocr.page import Skew

Grey = npt.NDArray[np.uint8]
"""Pixels of shape (height, width), 0 black to 255 white."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of writing, clean and straight. Pixels here are leaf pixels; `home` leads back to the scan."""

    grey: Grey
    """Light evened, paper near 255, not binarized: for recognisers that want grey."""
    ink: Grey
    """0 where there is ink, 255 where there is paper; same shape as grey."""
    home: Affine
    """From leaf pixels to pixels of the upright scan."""
    box: Box
    """Where the leaf lies on the scan, in scan pixels."""
    skew: Skew | None = None
    remark: str = ""
