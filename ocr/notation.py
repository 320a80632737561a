"""JSON and TOML of anybody: a value, or ValueError and nothing else. The only room that reads them.

Python's readers also raise RecursionError, of nests without end.
"""

import json
import tomllib
from typing import Any


def from_json(text: bytes | str, *, is_strict: bool = False) -> Any:
    """The value of a JSON text; ValueError when it is none. Strict: NaN and Infinity are no numbers."""
    try:
        return json.loads(text, parse_constant=_refused if is_strict else None)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def object_from_json(text: bytes | str) -> dict[str, Any]:
    """The object of a JSON text; ValueError when it is none."""
    value = from_json(text)
    if not isinstance(value, dict):
        raise ValueError("it is no object")  # noqa: TRY004  (one error for all that is wrong with a text)
    return value


def from_toml(text: str) -> dict[str, Any]:
    """The table of a TOML text; ValueError when it is none."""
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _refused(name: str) -> float:
    raise ValueError(f"{name} is no number")
