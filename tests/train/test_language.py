"""The language model's texts are cut into lines as on a page."""

import numpy as np

from ocr.train.language import wrapped


def test_lines_lose_no_word() -> None:
    lines = list(wrapped("слово " * 100 + "длинноесловобезпробелов" * 9, np.random.default_rng(1)))
    joined = "".join(line.removesuffix("-") for line in lines).replace(" ", "")
    assert joined == "слово" * 100 + "длинноесловобезпробелов" * 9
