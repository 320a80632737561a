"""What settings say of themselves beside their type, and what is said of a name that none has."""

import difflib
from collections.abc import Iterable
from typing import NamedTuple


class Between(NamedTuple):
    """The range a number may be set in, both ends included; stands in Annotated[...] beside the setting."""

    low: float
    high: float


def nearest_name(name: str, known: Iterable[str]) -> str:
    """A sentence for a name that is not known: which known one may be meant, or else all there are."""
    names = list(known)
    near = difflib.get_close_matches(name[:80], names, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(names)}."
