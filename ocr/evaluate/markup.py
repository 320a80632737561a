"""HTML and SVG made of elements, never of strings: whatever is not markup is escaped, always."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

_VOID = frozenset({"meta", "input", "img", "br", "hr"})
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Markup:
    """A piece of a page, safe as it stands. Made by `tag` only."""

    text: str


Content = Markup | str | None
"""What an element may hold: markup, plain text (escaped), or nothing."""
Value = str | int | float | bool | None


def tag(name: str, /, *held: Content, **attributes: Value) -> Markup:
    """One element. Names of attributes: `class_` is class, `data_w` is data-w, `viewBox` stays.

    None and False leave an attribute out, True gives it without a value.
    """
    told = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{told}>")
    return Markup(f"<{name}{told}>{joined(held).text}</{name}>")


def joined(parts: Iterable[Content]) -> Markup:
    """Pieces one after the other."""
    return Markup("".join(_safe(part) for part in parts))


def seen(text: str) -> str:
    """Text whose characters all show: controls, marks of direction and the like by their numbers."""
    sound = text.encode("utf-8", "backslashreplace").decode("utf-8")  # file names may hold half characters
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", sound)


def _safe(part: Content) -> str:
    if isinstance(part, Markup):
        return part.text
    return "" if part is None else escape(seen(part), quote=False)


def _attribute(name: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    key = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {key}"
    told = f"{value:.4g}" if isinstance(value, float) else str(value)
    return f' {key}="{escape(seen(told))}"'
