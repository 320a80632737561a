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

import tomllib
from difflib import get_close_matches
from pathlib import Path

import regex

from ocr.errors import SettingsError, reason_of
from ocr.text import PROFILES, Profile, Rule, nfc

_KEYS = ("name", "from", "equal", "ignore")
_SHOWN = 12  # equivalences named in a rule's words; the rest is counted


def read_equal(path: Path) -> Profile:
    """The profile a TOML file describes.

    Replacements are made all at once, longest first, so that two can change places. SettingsError when the
    file cannot be read, holds an unknown key, or says something that is no equivalence.
    """
    try:
        told = tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({reason_of(error)}). Check the path.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not a TOML file: {reason_of(error)}. Mend that line.") from error
    for key in told:
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"it can be one of: {', '.join(_KEYS)}."
            raise SettingsError(f"{path}: there is no key {key!r}; {hint}")
    name = told.get("name", path.stem)
    if not isinstance(name, str) or not name.strip():
        raise SettingsError(f"{path}: name must be a word, not {name!r}.")
    known = {profile.name: profile for profile in PROFILES}
    if name in known:
        raise SettingsError(f"{path}: the name {name!r} is taken; choose another than {', '.join(known)}.")
    if told.get("from", "strict") not in known:
        raise SettingsError(f"{path}: from cannot be {told['from']!r}; it is one of: {', '.join(known)}.")
    return equal_profile(name.strip(), _changes(path, told), known[told.get("from", "strict")])


def equal_profile(name: str, changes: dict[str, str], base: Profile = PROFILES[0]) -> Profile:
    """The profile that does what `base` does, then takes each left side for its right side ("" : ignored)."""
    held = {nfc(left): nfc(right) for left, right in changes.items() if nfc(left) != nfc(right)}
    if not held:
        return Profile(name, base.rules)
    pattern = regex.compile("|".join(map(regex.escape, sorted(held, key=len, reverse=True))))
    shown = [f"{left} is {right}" if right else f"{left} is nothing" for left, right in held.items()]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""

    def change(text: str) -> str:
        return pattern.sub(lambda found: held[found[0]], text)

    return Profile(name, (*base.rules, Rule(", ".join(shown[:_SHOWN]) + more, change)))


def _changes(path: Path, told: dict[str, object]) -> dict[str, str]:
    equal, ignore = told.get("equal", {}), told.get("ignore", {})
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
