"""What is written keeps to the alphabet, the length and the spelling of its time."""

import lzma
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.errors import ScanError
from ocr.synth.text import ALPHABET, Texts, read_text

PROSE = "Съезд советов открылся в два часа дня; ещё до этого народ стоял на улице и ждал известий. " * 5


@given(st.integers(0, 2**32), st.integers(1, 70))
def test_lines_keep_to_alphabet_and_length(seed: int, longest: int) -> None:
    line = Texts([PROSE]).line(np.random.default_rng(seed), longest)
    assert 1 <= len(line) <= longest
    assert set(line) <= set(ALPHABET)
    assert line == " ".join(line.split())


def test_every_letter_comes_up() -> None:
    texts, rng = Texts([PROSE]), np.random.default_rng(1)
    seen = set("".join(texts.line(rng, 40) for _ in range(4000)))
    assert seen == set(ALPHABET)


def test_the_alphabet_holds_each_letter_once() -> None:
    assert len(ALPHABET) == len(set(ALPHABET))
    assert set("ѣіѳѵѢІѲѴёЁ№§«»„“”—–½¼¾'’\"()+=%*/:;!?° ") <= set(ALPHABET)


def test_text_is_read_plain_and_packed(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.txt", tmp_path / "a.txt.xz"
    plain.write_text("Слово…\n\n  и\u0306 дело\u4e2d", encoding="utf-8")
    packed.write_bytes(lzma.compress(plain.read_bytes()))
    assert read_text(plain) == read_text(packed) == "Слово... й дело "


def test_what_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(ScanError, match=r"a\.txt"):
        read_text(path)
    with pytest.raises(ScanError, match="No text"):
        Texts(["short"])
