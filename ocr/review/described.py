"""The changes as JSON Schema, made from the values themselves, so that the description cannot lag behind."""

import dataclasses
import types
import typing
from enum import StrEnum
from typing import Any

from ocr.geometry import Box, Outline, Point
from ocr.review.decode import CHANGES, MOST_ITEMS, MOST_TEXT

Value = dict[str, Any]

_NUMBER: Value = {"type": "number", "exclusiveMinimum": -1e6, "exclusiveMaximum": 1e6}


def change_schema() -> Value:
    """Any one change."""
    return {"oneOf": [_object(kind, {"change": {"const": name}}) for name, kind in sorted(CHANGES.items())]}


def schema_of(kind: Any, within: tuple[type, ...] = ()) -> Value:
    """What decode.read takes for that type. A value with values of its own kind in it is told once."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        return {
            "anyOf": [
                *(schema_of(one, within) for one in arguments if one is not type(None)),
                {"type": "null"},
            ]
        }
    if origin in {tuple, list} or kind is Outline:
        inner = Point if kind is Outline else arguments[0]
        least, most = (3 if kind is Outline else 0), MOST_ITEMS
        if len(arguments) > 1 and arguments[1] is not Ellipsis:
            least = most = len(arguments)
        return {"type": "array", "items": schema_of(inner, within), "maxItems": most, "minItems": least}
    if kind in {Point, Box}:
        count = 2 if kind is Point else 4
        return {"type": "array", "items": _NUMBER, "minItems": count, "maxItems": count}
    if kind is bool:
        return {"type": "boolean"}
    if kind is int:
        return {"type": "integer", "exclusiveMinimum": -1e6, "exclusiveMaximum": 1e6}
    if kind is float:
        return _NUMBER
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"enum": [one.value for one in kind]}
    if dataclasses.is_dataclass(kind):
        inside = typing.cast(type, kind)
        return {"type": "object"} if inside in within else _object(inside, {}, within)
    return {"type": "string", "maxLength": MOST_TEXT}


def _object(kind: type, more: Value, within: tuple[type, ...] = ()) -> Value:
    hints = typing.get_type_hints(kind)
    needed = [
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]
    properties = more | {name: schema_of(hint, (*within, kind)) for name, hint in hints.items()}
    return {
        "type": "object",
        "title": kind.__name__,
        "properties": properties,
        "required": [*more, *needed],
        "additionalProperties": False,
    }
