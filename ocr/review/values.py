"""What is sent to the desk and kept in its journals: values of our own, and the JSON they are spelt as.

One walk over the types of the values writes them (`plain`) and reads them (`read`): typed, closed, bounded,
or refused with a sentence that names the place.
"""

import base64
import dataclasses
import json
import types
import typing
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from ocr.corrections.changes import Change
from ocr.corrections.tokens import Token
from ocr.errors import OcrError, SettingsError
from ocr.geometry import Box, Outline, Point
from ocr.notation import from_json
from ocr.settings import nearest_name

MOST_TEXT = 4000
"""Characters in one string that is sent: fifty lines of writing."""
MOST_ITEMS = 5000
"""Things in one list that is sent: words of a line, lines of a page, points of an outline."""
MOST_PX = 1e6

CHANGES: dict[str, type] = {kind.__name__: kind for kind in typing.get_args(Change)}
"""Every change by its name."""
_NAMES = {kind: name for name, kind in CHANGES.items()}
_MACHINES = frozenset({"cert", "box", "rivals", "machine", "by"})
"""What the record says of a word and a person cannot: old journals hold it, spelt as it was then."""


class UnfitError(OcrError):
    """JSON that is not the value it should be; the sentence says where."""


@dataclass(frozen=True, slots=True)
class Base:
    """The whole file as it was when somebody first saved here, with its sha256."""

    sha: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes that one person made at once, and the sha256 of the file before and after."""

    before: str
    after: str
    who: str
    when: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A change that another program's work stood in the way of: why, what it wanted, what stood there (of a
    correction the words of the line). Of words that both changed, the change was made."""

    who: str
    when: str
    why: str
    change: Change
    theirs: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """A person looked at these conflicts, numbered as they stand in the journal, and chose."""

    who: str
    when: str
    conflicts: tuple[int, ...]


Entry = Base | Edit | Conflict | Settled
_ENTRIES: dict[str, type] = {kind.__name__.lower(): kind for kind in typing.get_args(Entry)}


def entry_json(entry: Entry) -> bytes:
    """The entry as a line of a journal, without its end."""
    value = {"entry": type(entry).__name__.lower(), **plain(entry)}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def entry_of(line: bytes) -> Entry:
    """The entry in a line of a journal; UnfitError or ValueError when it holds none."""
    value = from_json(line)
    name = value.get("entry") if isinstance(value, dict) else None
    if not isinstance(name, str) or name not in _ENTRIES:
        raise UnfitError("no entry of a journal has that name.")
    parts = {key: part for key, part in value.items() if key != "entry"}
    entry: Entry = _made(_ENTRIES[name], parts, "entry", sent=False)
    return entry


def plain(value: Any) -> Any:
    """A value as JSON that `read` takes back: points and boxes as lists of numbers, bytes packed, values of
    ours as objects without what is as by default, a change with its name."""
    if isinstance(value, Point):
        return [value.x, value.y]
    if isinstance(value, Box):
        return [value.left, value.top, value.right, value.bottom]
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(zlib.compress(value)).decode("ascii")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        name = {"change": _NAMES[type(value)]} if type(value) in _NAMES else {}
        fields = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
        return name | {field.name: plain(part) for field, part in fields if part != field.default}
    return value


def body_of(sent: bytes) -> dict[str, Any]:
    """The JSON object in a body; UnfitError for anything else."""
    try:
        value = from_json(sent, is_strict=True)
    except ValueError as error:
        raise UnfitError("The body is not JSON that can be read.") from error
    if not isinstance(value, dict):
        raise UnfitError("The body must be a JSON object.")
    return value


def part(body: Mapping[str, Any], key: str, kind: Any) -> Any:
    """One named value of a body, of that type. UnfitError when it is missing or another."""
    if key not in body:
        raise UnfitError(f"The body wants {key!r}.")
    return read(body[key], kind, key)


def read(value: object, kind: Any, place: str, *, sent: bool = True) -> Any:
    """The value as that type; UnfitError says at which place it does not fit.

    A change is an object with its name: {"change": "AcceptLine", "line": "s1_r1_l3", "state": "verified"}.
    What was `sent` is bounded and closed; what we kept ourselves is not, so that old journals are read.
    """
    if kind is str:  # first: most parts are
        return _text(value, place, sent=sent)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind == Change:
        return _change(value, place, sent=sent)
    if origin in {typing.Union, types.UnionType}:
        if value is None and type(None) in arguments:
            return None
        return read(value, next(fit for fit in arguments if fit is not type(None)), place, sent=sent)
    if origin in {tuple, list} or kind is Outline:
        inner = Point if kind is Outline else arguments[0]
        items = _items(value, place, sent=sent)
        if len(arguments) > 1 and arguments[1] is not Ellipsis and len(items) != len(arguments):
            raise UnfitError(f"{place} must be a list of {len(arguments)}.")
        values = tuple(read(item, inner, f"{place}[{at}]", sent=sent) for at, item in enumerate(items))
        return _shape(Outline, (values,), place) if kind is Outline else values
    if kind in {Point, Box}:
        count = 2 if kind is Point else 4
        numbers = [_number(item, place) for item in _items(value, place, sent=sent)]
        if len(numbers) != count:
            raise UnfitError(f"{place} must be {count} numbers.")
        return _shape(kind, numbers, place)
    if kind is bool or kind is int:
        if type(value) is kind and abs(value) < MOST_PX:
            return value
        raise UnfitError(f"{place} must be {'true or false' if kind is bool else 'a whole number'}.")
    if kind is float:
        return _number(value, place)
    if kind is bytes:
        return _unpacked(value, place)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if value not in set(kind):
            raise UnfitError(f"{place} must be one of: {', '.join(kind)}.")
        return kind(str(value))
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, dict):
            raise UnfitError(f"{place} must be an object.")
        return _made(typing.cast(type, kind), value, place, sent=sent)
    raise TypeError(f"{place}: no way to read {kind}")


def _change(value: object, place: str, *, sent: bool) -> Any:
    if not isinstance(value, dict) or not isinstance(value.get("change"), str):
        raise UnfitError(f"{place} must be an object with the name of a change in 'change'.")
    name = value["change"]
    if name not in CHANGES:
        raise UnfitError(f"{place}: there is no change {_near(name, CHANGES)}")
    parts = {key: part for key, part in value.items() if key != "change"}
    return _made(CHANGES[name], parts, place, sent=sent)


def _made(kind: type, value: dict[str, Any], place: str, *, sent: bool) -> Any:
    hints = _hints(kind)
    if sent:
        for key in value:
            if key not in hints:
                raise UnfitError(f"{place}: {kind.__name__} has no {_near(key, hints)}")
    else:
        left_out = _MACHINES if kind is Token else frozenset[str]()
        value = {key: part for key, part in value.items() if key in hints and key not in left_out}
    parts = {key: read(part, hints[key], f"{place}.{key}", sent=sent) for key, part in value.items()}
    try:
        return kind(**parts)
    except TypeError as error:
        missing = [
            field.name
            for field in dataclasses.fields(kind)
            if field.name not in parts
            and field.default is dataclasses.MISSING
            and field.default_factory is dataclasses.MISSING
        ]
        raise UnfitError(f"{place}: {kind.__name__} wants {', '.join(missing)}.") from error
    except (ValueError, SettingsError) as error:
        raise UnfitError(f"{place}: {error}.") from error


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _near(name: str, known: Iterable[str]) -> str:
    return f"{name[:80]!r}. {nearest_name(name, known)}"


def _items(value: object, place: str, *, sent: bool) -> list[Any]:
    if not isinstance(value, list) or (sent and len(value) > MOST_ITEMS):
        raise UnfitError(f"{place} must be a list of {MOST_ITEMS} things at most.")
    return value


def _number(value: object, place: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MOST_PX:
        return float(value)
    raise UnfitError(f"{place} must be a number.")


def _text(value: object, place: str, *, sent: bool) -> str:
    if not isinstance(value, str) or (sent and len(value) > MOST_TEXT):
        raise UnfitError(f"{place} must be text of {MOST_TEXT} characters at most.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise UnfitError(f"{place} holds half a character.") from error
    return value


def _unpacked(value: object, place: str) -> bytes:
    try:
        return zlib.decompress(base64.b64decode(str(value)))
    except (ValueError, zlib.error) as error:
        raise UnfitError(f"{place} is not packed as a file is.") from error


def _shape(kind: Any, parts: Iterable[Any], place: str) -> Any:
    try:
        return kind(*parts)
    except ValueError as error:
        raise UnfitError(f"{place}: {error}.") from error
