"""What stands in a journal, as values and as the JSON objects they are kept as."""

import base64
import dataclasses
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocr.corrections import changes
from ocr.corrections.changes import Change, CorrectLine, RereadLine
from ocr.corrections.letters import Part
from ocr.corrections.tokens import Gap, Token
from ocr.geometry import Box, Point
from ocr.page import Reading, Rival, Step, Word

_KINDS: dict[str, type] = {
    name: kind
    for name, kind in vars(changes).items()
    if isinstance(kind, type) and kind.__module__ == changes.__name__
}


@dataclass(frozen=True, slots=True)
class Base:
    """The whole file as it was found, with its sha256."""

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
    """A change that another program's work stood in the way of: what it wanted, what stood there (of a
    correction the words of the line), and why. Of words that both changed, the change was made."""

    who: str
    when: str
    change: Change
    theirs: tuple[Token, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Past:
    """What once stood on a line; who and when are empty for what was there first."""

    when: str
    who: str
    tokens: tuple[Token, ...]

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join(token.text for token in self.tokens if token.text)


@dataclass(frozen=True, slots=True)
class Settled:
    """A person looked at these conflicts, numbered as they stand in the journal, and chose."""

    who: str
    when: str
    conflicts: tuple[int, ...]


Entry = Base | Edit | Conflict | Settled


def value_of(entry: Entry) -> dict[str, Any]:
    """The entry as a JSON object."""
    match entry:
        case Base():
            packed = base64.b64encode(zlib.compress(entry.content)).decode("ascii")
            return {"entry": "base", "sha": entry.sha, "content": packed}
        case Edit():
            held = {"before": entry.before, "after": entry.after, "who": entry.who, "when": entry.when}
            return {"entry": "edit", **held, "changes": [_change_value(change) for change in entry.changes]}
        case Conflict():
            held = {"who": entry.who, "when": entry.when, "why": entry.why}
            theirs = [_value(token) for token in entry.theirs]
            return {"entry": "conflict", **held, "change": _change_value(entry.change), "theirs": theirs}
        case Settled():
            settled = {"conflicts": list(entry.conflicts)}
            return {"entry": "settled", "who": entry.who, "when": entry.when, **settled}


def _change_value(change: Change) -> dict[str, Any]:
    return {"change": type(change).__name__, **_value(change)}


def _value(held: Any) -> Any:
    """Points and boxes as lists of numbers, values of ours as objects without what is as by default."""
    if isinstance(held, Point | Box):
        return [held.x, held.y] if isinstance(held, Point) else [held.left, held.top, held.right, held.bottom]
    if isinstance(held, tuple | list):
        return [_value(one) for one in held]
    if dataclasses.is_dataclass(held) and not isinstance(held, type):
        fields = ((field, getattr(held, field.name)) for field in dataclasses.fields(held))
        return {field.name: _value(value) for field, value in fields if value != field.default}
    return held


def entry_of(held: Mapping[str, Any]) -> Entry:
    """The entry in a JSON object; KeyError, TypeError or ValueError when it is none."""
    match held["entry"]:
        case "base":
            return Base(held["sha"], zlib.decompress(base64.b64decode(held["content"])))
        case "edit":
            made = tuple(_change(one) for one in held["changes"])
            return Edit(held["before"], held["after"], held["who"], held["when"], made)
        case "conflict":
            theirs = tuple(_token(one) for one in held["theirs"])
            return Conflict(held["who"], held["when"], _change(held["change"]), theirs, held["why"])
        case "settled":
            return Settled(held["who"], held["when"], tuple(held["conflicts"]))
        case other:
            raise ValueError(f"no entry of a journal is called {other!r}")


def _change(held: Mapping[str, Any]) -> Change:
    rest = {key: value for key, value in held.items() if key != "change"}
    kind = _KINDS[held["change"]]
    if kind is CorrectLine:
        return CorrectLine(rest["line"], tuple(_token(one) for one in rest["tokens"]))
    if kind is RereadLine:
        rest["reading"], rest["reader"] = _reading(rest["reading"]), _step(rest["reader"])
        return RereadLine(**rest)
    for key in ("points", "outline", "baseline"):
        if key in rest:
            rest[key] = tuple(Point(x, y) for x, y in rest[key])
    for key in ("ids", "lines"):
        if key in rest:
            rest[key] = tuple(rest[key])
    change: Change = kind(**rest)
    return change


def _token(held: Mapping[str, Any]) -> Token:
    gap = held.get("gap")
    return Token(
        text=held["text"],
        id=held.get("id"),
        marks=tuple(held.get("marks", ())),
        expan=held.get("expan"),
        gap=None if gap is None else Gap(gap["reason"], gap.get("extent")),
        parts=tuple(Part(part["text"], tuple(part.get("marks", ()))) for part in held.get("parts", ())),
    )


def _reading(held: Mapping[str, Any]) -> Reading:
    words = tuple(
        Word(
            text=word["text"],
            box=Box(*word["box"]) if "box" in word else None,
            confidence=word.get("confidence"),
            rivals=tuple(Rival(one["text"], one["confidence"]) for one in word.get("rivals", ())),
        )
        for word in held.get("words", ())
    )
    return Reading(held["by"], words, held.get("confidence"), held.get("failure"))


def _step(held: Mapping[str, Any]) -> Step:
    settings = tuple((key, value) for key, value in held.get("settings", ()))
    rest = {key: value for key, value in held.items() if key != "settings"}
    return Step(**rest, settings=settings)
