"""What @custom of PAGE says, in the manner of Transkribus: "unclear {offset:0; length:3; reason:blot;}"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ocr.formats.outside import number

_ENTRY = re.compile(r"(?<![\w.-])([\w.-]++)\s*+\{([^{}]*)\}")  # begins nowhere within a name: else n² steps
_NUMBERED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True, slots=True)
class CustomEntry:
    """One entry, with its values by their keys."""

    name: str
    values: dict[str, str]

    def number(self, key: str) -> float | None:
        """A value as a number; None when it is none."""
        return number(self.values.get(key))

    def whole(self, key: str) -> int | None:
        """A value as a whole number, 0 or more."""
        value = self.number(key)
        return None if value is None or value < 0 else int(value)

    def share(self, key: str) -> float | None:
        """A value as a probability, 0..1."""
        value = self.number(key)
        return value if value is not None and 0.0 <= value <= 1.0 else None


def entries_of(custom: str | None) -> Iterator[CustomEntry]:
    """The entries in their order; what is not spelt so is passed over."""
    for name, inner in _ENTRY.findall(custom or ""):
        pairs = (part.partition(":") for part in inner.split(";") if ":" in part)
        yield CustomEntry(name, {key.strip(): _plain(value.strip()) for key, _, value in pairs})


def _plain(value: str) -> str:
    return _NUMBERED.sub(lambda match: chr(int(match[1], 16)), value)
