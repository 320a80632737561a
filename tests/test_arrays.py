"""Log odds, kept short of certainty; arrays of a file of anybody."""

import io
import zipfile
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.arrays import SURE, arrays_of, log_odds


@given(st.floats(SURE, 1 - SURE))
def test_log_odds_and_the_logistic_function_are_inverse(share: float) -> None:
    assert np.isclose(1 / (1 + np.exp(-log_odds(share))), share)


def test_certainty_has_odds() -> None:
    low, middle, high = log_odds(np.array([0.0, 0.5, 1.0]))
    assert low == log_odds(SURE)
    assert middle == 0
    assert np.isclose(low, -high)


def _npz(**arrays: npt.NDArray[Any]) -> bytes:
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]
    return packed.getvalue()


def test_arrays_of_a_file_come_by_name() -> None:
    assert arrays_of(_npz(a=np.arange(3)))["a"].tolist() == [0, 1, 2]


def _member(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.npy", content)
    return packed.getvalue()


class _Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("a pickle was opened",))


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"PK\3\4",
        _npz(a=np.arange(3000))[:200],
        _npz(a=np.arange(3000)).replace(b"PK\1\2", b"PK\1\1"),
        _member(b"\x93NUMPY\1\0\x10\0{'descr': (((((  "),
        _member(
            b"\x93NUMPY\1\0\x46\0{'descr': '<i8', 'fortran_order': False, 'shape': (99999999999999,)}   \n"
        ),
        _npz(a=np.array([_Bomb()], dtype=object)),
    ],
)
def test_what_holds_no_arrays_is_a_value_error(packed: bytes) -> None:
    with pytest.raises(ValueError, match="holds no arrays"):
        arrays_of(packed)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(ValueError, match="unpack"):
        arrays_of(_npz(a=np.zeros(1 << 16)), most_bytes=1 << 16)
