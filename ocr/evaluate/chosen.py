"""The profiles a user chose by name."""

from collections.abc import Sequence
from difflib import get_close_matches

from ocr.errors import SettingsError
from ocr.text import PROFILES, Profile


def profiles_of(names: Sequence[str], more: Sequence[Profile] = ()) -> tuple[Profile, ...]:
    """The profiles of these names, in their order; all of them, and `more`, when none is named."""
    known = {profile.name: profile for profile in (*PROFILES, *more)}
    for name in names:
        if name not in known:
            near = _nearest(name, set(known))
            raise SettingsError(f"There is no profile {name!r}{near}; known: {', '.join(known)}.")
    return tuple(known[name] for name in dict.fromkeys(names or known))


def _nearest(name: str, known: set[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
