"""What a user chose by short words: rules of TEI, profiles."""

from collections.abc import Sequence
from dataclasses import fields
from difflib import get_close_matches

from ocr.errors import SettingsError
from ocr.tei.flow import Rules
from ocr.text import PROFILES, Profile

_FIELDS = {"del": "deleted", "add": "added"}
_LEFT_OUT = {"leave-out", "leave", "drop", "omit"}


def rules_of(told: str) -> Rules:
    """The rules of `del=keep,supplied=keep,choice...`: the defaults with these changes.

    Names are those of the elements of TEI (del, add, unclear, supplied, gap, sic, abbr, orig, app, note, fw).
    """
    chosen: dict[str, str] = {}
    known = {_element(one.name) for one in fields(Rules)}
    for part in filter(None, (part.strip() for part in told.split(","))):
        element, equals, value = (piece.strip() for piece in part.partition("="))
        if element not in known or not equals:
            raise SettingsError(
                f"There is no rule {part!r}{_nearest(element, known)}; "
                f"rules look like del=keep, for: {', '.join(sorted(known))}."
            )
        chosen[_FIELDS.get(element, element)] = "leave out" if value in _LEFT_OUT else value
    return Rules(**chosen)  # type: ignore[arg-type]  # it checks the values itself


def profiles_of(names: Sequence[str], more: Sequence[Profile] = ()) -> tuple[Profile, ...]:
    """The profiles of these names, in their order; all of them, and `more`, when none is named."""
    known = {profile.name: profile for profile in (*PROFILES, *more)}
    for name in names:
        if name not in known:
            near = _nearest(name, set(known))
            raise SettingsError(f"There is no profile {name!r}{near}; known: {', '.join(known)}.")
    return tuple(known[name] for name in dict.fromkeys(names or known))


def _element(name: str) -> str:
    return next((element for element, field in _FIELDS.items() if field == name), name)


def _nearest(name: str, known: set[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
