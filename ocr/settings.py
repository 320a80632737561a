"""What settings say of themselves beside their type, and what is said of a name that none has."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Any, NamedTuple


class Between(NamedTuple):
    """The range a number may be set in, both ends included; stands in Annotated[...] beside the setting."""

    low: float
    high: float


LATER: Mapping[str, bool] = MappingProxyType({"later": True})
"""Metadata of a field that came later: it is told only where it is not at its default, so that records that
were made before it came still fit what they were made with."""


def as_told(settings: Any) -> dict[str, Any]:
    """All settings of a dataclass by name, those of its parts below theirs; see LATER."""
    by_name = {}
    for each in fields(settings):
        value = getattr(settings, each.name)
        if not (each.metadata.get("later") and value == each.default):
            by_name[each.name] = as_told(value) if is_dataclass(value) else value
    return by_name


def nearest_name(name: str, known: Iterable[str]) -> str:
    """A sentence for a name that is not known: which known one may be meant, or else all there are."""
    names = list(known)
    near = difflib.get_close_matches(name[:80], names, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(names)}."
