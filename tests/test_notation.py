"""JSON and TOML of anybody: a value, or ValueError."""

import pytest

from ocr.notation import from_json, from_toml, object_from_json


def test_a_value_is_read() -> None:
    assert from_json(b'{"a": [1, NaN]}')["a"][0] == 1
    assert object_from_json("{}") == {}
    assert from_toml("a = 1") == {"a": 1}


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "1" * 5000, b"\xff"])
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_json(text)


def test_what_is_no_object_or_no_number_is_refused_where_it_is_wanted() -> None:
    with pytest.raises(ValueError, match="object"):
        object_from_json("[]")
    with pytest.raises(ValueError, match="NaN"):
        from_json("[NaN]", is_strict=True)


@pytest.mark.parametrize("text", ["a", "a = " + "[" * 5000, "a = " + "1" * 5000])
def test_what_is_no_toml_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_toml(text)
