"""The rules for del, add, unclear and the rest of TEI as a user writes them: del=keep,supplied=keep."""

from difflib import get_close_matches
from typing import Any

from ocr.errors import SettingsError
from ocr.tei.flow import Rules

_OF_ELEMENT = {
    "del": "deleted",
    "add": "added",
    "unclear": "unclear",
    "supplied": "supplied",
    "gap": "gap",
    "sic": "sic",
    "abbr": "abbr",
    "orig": "orig",
    "choice": "",
    "app": "app",
    "note": "note",
    "fw": "fw",
    "ink": "ink",
}
"""Names of elements, and the fields of Rules. choice sets the three pairs that stand in one."""
_CHOICES = {
    "diplomatic": {"sic": "sic", "abbr": "abbr", "orig": "orig"},
    "edited": {"sic": "corr", "abbr": "expan", "orig": "reg"},
}
_SHORT = {"drop": "leave out", "omit": "leave out", "leave-out": "leave out"}


def parse_rules(text: str) -> Rules:
    """The rules that a list like "del=keep,gap=mark,choice=edited" asks for; the rest as ever.

    keep and drop for del, add, unclear, supplied, note, fw; nothing and mark for gap; lem and rdg for app;
    all and main for ink (main leaves out what is written in another ink than the page);
    sic=corr, abbr=expan, orig=reg one by one, or choice=diplomatic or edited for all three. SettingsError
    names what is not known.
    """
    told: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        value = _SHORT.get(value, value)
        if not equals or not value:
            raise SettingsError(f"The rule {part!r} says nothing; write it as element=what, as in del=keep.")
        if key not in _OF_ELEMENT:
            near = get_close_matches(key, _OF_ELEMENT, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(_OF_ELEMENT)}."
            raise SettingsError(f"There is no rule for {key!r}; {hint}")
        if key == "choice":
            if value not in _CHOICES:
                raise SettingsError(f"choice cannot be {value!r}; it is diplomatic or edited.")
            told |= _CHOICES[value]
        else:
            told[_OF_ELEMENT[key]] = value
    return Rules(**told)
