"""HTML and SVG made of elements, never of strings: whatever is not markup is escaped, always."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from ocr.evaluate.wording import Wording, decimal_comma

_VOID = frozenset({"meta", "input", "img", "br", "hr"})
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Markup:
    """A piece of a page, safe as it stands. Made by `tag` only."""

    text: str


Content = Markup | str | None
"""What an element may hold: markup, plain text (escaped), or nothing."""
Value = str | int | float | bool | None


def tag(name: str, /, *content: Content, **attributes: Value) -> Markup:
    """One element. Names of attributes: `class_` is class, `data_w` is data-w, `viewBox` stays.

    None and False leave an attribute out, True gives it without a value.
    """
    start = name + "".join(_attribute(key, value) for key, value in attributes.items())
    return Markup(f"<{start}>" if name in _VOID else f"<{start}>{joined(content).text}</{name}>")


def joined(parts: Iterable[Content]) -> Markup:
    """Pieces one after the other."""
    return Markup("".join(_safe(part) for part in parts))


def visible_controls(text: str) -> str:
    """Text whose characters all show: controls, marks of direction and the like by their numbers."""
    sound = text.encode("utf-8", "backslashreplace").decode("utf-8")  # file names may hold half characters
    return _UNSEEN.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", sound)


def _safe(part: Content) -> str:
    if isinstance(part, Markup):
        return part.text
    return "" if part is None else escape(visible_controls(part), quote=False)


def _attribute(name: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    key = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {key}"
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return f' {key}="{escape(visible_controls(text))}"'


class HtmlWording(Wording):
    """Says things as elements, marked so that the page can say them in the other language."""

    def say(self, key: str, **values: str) -> Markup:
        """The words as a piece of a page."""
        return self.element("span", key, values)

    def element(
        self, name: str, key: str, values: dict[str, str] | None = None, /, **attributes: Value
    ) -> Markup:
        """The words as an element of that name (also of SVG)."""
        attributes = {"data_w": key, "data_a": _as_json(values), **attributes}
        return tag(name, self.plain(key, **(values or {})), **attributes)

    def label(self, key: str, **values: str) -> dict[str, Any]:
        """Attributes that name an element for those who cannot see it."""
        return {"aria_label": self.plain(key, **values), "data_wl": key, "data_a": _as_json(values)}

    def number(self, figure: str, name: str = "span", /, **attributes: Value) -> Markup:
        """A figure."""
        shown = decimal_comma(figure) if self.lang == "ru" else figure
        return tag(name, shown, **{"data_n": figure, **attributes})


def _as_json(values: dict[str, str] | None) -> str | None:
    return json.dumps(values, ensure_ascii=False) if values else None


def letter_mark(letter: str) -> str:
    """A letter as it is shown: ∅ for none, ␣ for a space."""
    return {"": "∅", " ": "␣"}.get(letter, letter)
