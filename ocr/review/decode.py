"""What the browser sends, made into values of our own: typed, closed, bounded, or refused with a sentence."""

import dataclasses
import json
import types
import typing
from enum import StrEnum
from typing import Any

from ocr.corrections.changes import Change
from ocr.errors import SettingsError
from ocr.geometry import Box, Outline, Point
from ocr.review.responses import RefusedError
from ocr.settings import nearest_name

MOST_TEXT = 4000
"""Characters in one string: fifty lines of writing."""
MOST_ITEMS = 5000
"""Things in one list: words of a line, lines of a page, points of an outline."""
MOST_PX = 1e6

CHANGES: dict[str, type] = {kind.__name__: kind for kind in typing.get_args(Change)}
"""Every change by its name."""


def body_of(held: bytes) -> dict[str, Any]:
    """The JSON object in a body; RefusedError for anything else."""
    try:
        value = json.loads(held, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RefusedError(400, "The body is not JSON that can be read.") from error
    if not isinstance(value, dict):
        raise RefusedError(400, "The body must be a JSON object.")
    return value


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def part(body: dict[str, Any], key: str, kind: Any) -> Any:
    """One named value of a body, of that type."""
    if key not in body:
        raise RefusedError(400, f"The body wants {key!r}.")
    return read(body[key], kind, key)


def change(value: object, place: str) -> Change:
    """A change: {"change": "AcceptLine", "line": "s1_r1_l3", "state": "verified"}."""
    if not isinstance(value, dict) or not isinstance(value.get("change"), str):
        raise RefusedError(400, f"{place} must be an object with the name of a change in 'change'.")
    name = value["change"]
    if name not in CHANGES:
        raise RefusedError(400, f"{place}: there is no change {_near(name, CHANGES)}")
    rest = {key: held for key, held in value.items() if key != "change"}
    made: Change = _made(CHANGES[name], rest, place)
    return made


def read(value: object, kind: Any, place: str) -> Any:
    """The value as that type; RefusedError says where it does not fit."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        if value is None and type(None) in arguments:
            return None
        fitting = [one for one in arguments if one is not type(None)]
        return read(value, fitting[0], place)
    if origin in {tuple, list} or kind is Outline:
        inner = Point if kind is Outline else arguments[0]
        items = _items(value, place)
        if len(arguments) > 1 and arguments[1] is not Ellipsis and len(items) != len(arguments):
            raise RefusedError(400, f"{place} must be a list of {len(arguments)}.")
        made = tuple(read(item, inner, f"{place}[{at}]") for at, item in enumerate(items))
        return _outline(made, place) if kind is Outline else made
    if kind in {Point, Box}:
        return _place(value, kind, place)
    if kind is bool or kind is int:
        if type(value) is kind and abs(value) < MOST_PX:
            return value
        raise RefusedError(400, f"{place} must be {'true or false' if kind is bool else 'a whole number'}.")
    if kind is float:
        return _number(value, place)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if value not in set(kind):
            raise RefusedError(400, f"{place} must be one of: {', '.join(kind)}.")
        return kind(str(value))
    if kind is str:
        return _text(value, place)
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, dict):
            raise RefusedError(400, f"{place} must be an object.")
        return _made(typing.cast(type, kind), value, place)
    raise TypeError(f"{place}: no way to read {kind}")


def _made(kind: type, value: dict[str, Any], place: str) -> Any:
    hints = typing.get_type_hints(kind)
    for key in value:
        if key not in hints:
            raise RefusedError(400, f"{place}: {kind.__name__} has no {_near(key, hints)}")
    held = {key: read(value[key], hints[key], f"{place}.{key}") for key in value}
    try:
        return kind(**held)
    except TypeError as error:
        missing = [
            field.name
            for field in dataclasses.fields(kind)
            if field.name not in held
            and field.default is dataclasses.MISSING
            and field.default_factory is dataclasses.MISSING
        ]
        raise RefusedError(400, f"{place}: {kind.__name__} wants {', '.join(missing)}.") from error
    except (ValueError, SettingsError) as error:
        raise RefusedError(400, f"{place}: {error}.") from error


def _near(name: str, known: typing.Iterable[str]) -> str:
    return f"{name[:80]!r}. {nearest_name(name, known)}"


def _items(value: object, place: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST_ITEMS:
        raise RefusedError(400, f"{place} must be a list of {MOST_ITEMS} things at most.")
    return value


def _number(value: object, place: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MOST_PX:
        return float(value)
    raise RefusedError(400, f"{place} must be a number.")


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise RefusedError(400, f"{place} must be text of {MOST_TEXT} characters at most.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise RefusedError(400, f"{place} holds half a character.") from error
    return value


def _place(value: object, kind: type[Point] | type[Box], place: str) -> Point | Box:
    wanted = 2 if kind is Point else 4
    numbers = [_number(item, place) for item in _items(value, place)]
    if len(numbers) != wanted:
        raise RefusedError(400, f"{place} must be {wanted} numbers.")
    try:
        return kind(*numbers)
    except ValueError as error:
        raise RefusedError(400, f"{place}: {error}.") from error


def _outline(points: tuple[Point, ...], place: str) -> Outline:
    try:
        return Outline(points)
    except ValueError as error:
        raise RefusedError(400, f"{place}: {error}.") from error
