"""A user's own equivalences: a small TOML file that says what is not to count as a difference.

name = "monastery"              # as it is named in reports; the file's name when left out
from = "lenient"                # the rules of strict (the default), lenient or reading come first

[equal]                         # each on the left is taken for what stands on the right
"ꙋ" = "у"
"ѡ" = "о"
"i" = "і"

[ignore]                        # characters that do not count at all
characters = "⊕⊗×"
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import regex

from ocr.errors import SettingsError, reason_of
from ocr.notation import from_toml
from ocr.settings import nearest_name
from ocr.tei.flow import TextRules
from ocr.text import PROFILES, Profile, Rule, nfc

_ELEMENTS = (
    "del", "add", "unclear", "supplied", "gap", "sic", "abbr", "orig", "choice", "app", "note", "fw", "ink",
)  # fmt: skip
_OF_ELEMENT = {name: name for name in _ELEMENTS} | {"del": "deleted", "add": "added", "choice": ""}
"""Names of elements, and the fields of TextRules. choice sets the three pairs that stand in one."""
_CHOICES = {
    "diplomatic": {"sic": "sic", "abbr": "abbr", "orig": "orig"},
    "edited": {"sic": "corr", "abbr": "expan", "orig": "reg"},
}
_SHORT = {"drop": "leave out", "omit": "leave out", "leave-out": "leave out"}


def parse_rules(text: str) -> TextRules:
    """The rules that a list like "del=keep,gap=mark,choice=edited" asks for; the rest as ever.

    keep and drop for del, add, unclear, supplied, note, fw; nothing and mark for gap; lem and rdg for app;
    all and main for ink (main leaves out what is written in another ink than the page);
    sic=corr, abbr=expan, orig=reg one by one, or choice=diplomatic or edited for all three. SettingsError
    names what is not known.
    """
    fields: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        value = _SHORT.get(value, value)
        if not equals or not value:
            raise SettingsError(f"The rule {part!r} says nothing; write it as element=what, as in del=keep.")
        if key not in _OF_ELEMENT:
            raise SettingsError(f"There is no rule for {key!r}. {nearest_name(key, _OF_ELEMENT)}")
        if key == "choice":
            if value not in _CHOICES:
                raise SettingsError(f"choice cannot be {value!r}; it is diplomatic or edited.")
            fields |= _CHOICES[value]
        else:
            fields[_OF_ELEMENT[key]] = value
    return TextRules(**fields)


def profiles_of(names: Sequence[str], more: Sequence[Profile] = ()) -> tuple[Profile, ...]:
    """The profiles of these names, in their order; all of them, and `more`, when none is named.

    SettingsError names the nearest when one is not known.
    """
    known = {profile.name: profile for profile in (*PROFILES, *more)}
    for name in names:
        if name not in known:
            raise SettingsError(f"There is no profile {name!r}. {nearest_name(name, known)}")
    return tuple(known[name] for name in dict.fromkeys(names or known))


def text_of(path: Path, encoding: str = "utf-8") -> str:
    """The text of a file that a user wrote for the evaluation. SettingsError when it cannot be read."""
    try:
        return path.read_bytes().decode(encoding)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({reason_of(error)}). Check the path.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error


_KEYS = ("name", "from", "equal", "ignore")
_SHOWN = 12  # equivalences named in a rule's words; the rest is counted


def read_equal(path: Path) -> Profile:
    """The profile a TOML file describes.

    Replacements are made all at once, longest first, so that two can change places. SettingsError when the
    file cannot be read, holds an unknown key, or says something that is no equivalence.
    """
    try:
        table = from_toml(text_of(path))
    except ValueError as error:
        raise SettingsError(f"{path} is not a TOML file: {reason_of(error)}. Mend that line.") from error
    for key in table:
        if key not in _KEYS:
            raise SettingsError(f"{path}: there is no key {key!r}. {nearest_name(key, _KEYS)}")
    name = table.get("name", path.stem)
    if not isinstance(name, str) or not name.strip():
        raise SettingsError(f"{path}: name must be a word, not {name!r}.")
    known = {profile.name: profile for profile in PROFILES}
    if name in known:
        raise SettingsError(f"{path}: the name {name!r} is taken; choose another than {', '.join(known)}.")
    base = table.get("from", "strict")
    if not isinstance(base, str) or base not in known:
        raise SettingsError(f"{path}: from cannot be {base!r}; it is one of: {', '.join(known)}.")
    return equal_profile(name.strip(), _changes(path, table), known[base])


def equal_profile(name: str, changes: dict[str, str], base: Profile = PROFILES[0]) -> Profile:
    """The profile that does what `base` does, then takes each left side for its right side ("" : ignored)."""
    equivalents = {nfc(left): nfc(right) for left, right in changes.items() if nfc(left) != nfc(right)}
    if not equivalents:
        return Profile(name, base.rules)
    pattern = regex.compile("|".join(map(regex.escape, sorted(equivalents, key=len, reverse=True))))
    shown = [f"{left} is {right}" if right else f"{left} is nothing" for left, right in equivalents.items()]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""

    def change(text: str) -> str:
        return pattern.sub(lambda match: equivalents[match[0]], text)

    return Profile(name, (*base.rules, Rule(", ".join(shown[:_SHOWN]) + more, change)))


def _changes(path: Path, table: dict[str, object]) -> dict[str, str]:
    equal, ignore = table.get("equal", {}), table.get("ignore", {})
    if not isinstance(equal, dict) or not isinstance(ignore, dict):
        raise SettingsError(
            f"{path}: equal and ignore are tables; write [equal] and [ignore] above their lines."
        )
    for left, right in equal.items():
        if not isinstance(right, str) or not left or set(left + right) & set("\n\r\t "):
            raise SettingsError(
                f"{path}: {left!r} = {right!r} is no equivalence; both sides are letters, no spaces."
            )
    marks = ignore.get("characters", "")
    if set(ignore) - {"characters"} or not isinstance(marks, str):
        raise SettingsError(f'{path}: [ignore] holds one line, characters = "...".')
    return {**equal, **dict.fromkeys((mark for mark in nfc(marks) if not mark.isspace()), "")}
