"""The types of arrays: what a number in them means, and the shape, once for every room; arrays of a file; log
odds."""

import io
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

GreyImage = npt.NDArray[np.uint8]
"""(height, width): 0 black to 255 white, or a map of bytes over a picture, say of probabilities times 255."""

ColourImage = npt.NDArray[np.uint8]
"""(height, width, 3): red, green, blue."""

Pixels = npt.NDArray[np.uint8]
"""A picture that is grey or in colour: (height, width) or (height, width, 3)."""

MaskImage = npt.NDArray[np.uint8]
"""(height, width) as OpenCV takes masks: 0 outside, anything else inside."""

Mask = npt.NDArray[np.bool_]
"""True where something is: over a picture (height, width), or over a list of things (n,)."""

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

Floats = npt.NDArray[np.floating[Any]]
"""Of either precision, where a function takes both."""

Ints = npt.NDArray[np.integer[Any]]
"""Of any width: sizes, places and labels as the libraries give them."""

SURE = 1e-4
"""No probability is taken for more or less than this short of certainty."""


def log_odds(share: float | Floats) -> F64:
    """Natural logarithm of the odds of probabilities, kept short of certainty."""
    inside = np.clip(share, SURE, 1 - SURE)
    return np.asarray(np.log(inside / (1 - inside)))


def arrays_of(packed: bytes, *, most_bytes: int = 2**30) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an npz file by name.

    ValueError for anything else, for pickled objects, and where it would unpack to more than may be.
    """
    try:
        with warnings.catch_warnings(), np.load(io.BytesIO(packed), allow_pickle=False) as stored:
            warnings.simplefilter("ignore")  # of headers that are no Python
            if sum(member.file_size for member in stored.zip.infolist()) <= most_bytes:
                return {name: np.asarray(stored[name]) for name in stored.files}
    except Exception as error:  # numpy, zipfile, zlib, ast raise whatever comes
        raise ValueError(f"it holds no arrays that can be read ({error})") from error
    raise ValueError(f"it would unpack to more than {most_bytes >> 20} MB")
