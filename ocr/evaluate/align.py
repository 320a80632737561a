"""How two sequences of letters or words lie against each other: the alignment as data, rendered elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import NamedTuple, cast

from rapidfuzz.distance import Levenshtein


class Kind(StrEnum):
    """What happened to a stretch of the truth."""

    HIT = "hit"
    SUBSTITUTION = "substitution"
    INSERTION = "insertion"
    """Stands in the found text only."""
    DELETION = "deletion"
    """Stands in the truth only."""


_KINDS = {
    "equal": Kind.HIT,
    "replace": Kind.SUBSTITUTION,
    "insert": Kind.INSERTION,
    "delete": Kind.DELETION,
}
_MIRROR = {
    Kind.HIT: Kind.HIT,
    Kind.SUBSTITUTION: Kind.SUBSTITUTION,
    Kind.INSERTION: Kind.DELETION,
    Kind.DELETION: Kind.INSERTION,
}


_Opcode = tuple[str, int, int, int, int]


class Stretch(NamedTuple):
    """A run of one kind: truth[truth_start:truth_end] lies against found[found_start:found_end]."""

    kind: Kind
    truth_start: int
    truth_end: int
    found_start: int
    found_end: int

    @property
    def length(self) -> int:
        """Units it spans; both sides of a hit or a substitution are equally long."""
        return max(self.truth_end - self.truth_start, self.found_end - self.found_start)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Stretches in order that together cover both sequences, each unit once; as few errors as can be."""

    stretches: tuple[Stretch, ...]

    def mirrored(self) -> "Alignment":
        """The same with truth and found exchanged."""
        return Alignment(
            tuple(
                Stretch(_MIRROR[s.kind], s.found_start, s.found_end, s.truth_start, s.truth_end)
                for s in self.stretches
            )
        )


def align(truth: Sequence[str], found: Sequence[str]) -> Alignment:
    """The Levenshtein alignment of two sequences of units (letters, words or lines).

    Several alignments can be equally short; the one chosen for (found, truth) is always the mirror of
    the one for (truth, found), so that counts do not depend on who is called the truth.
    """
    is_mirrored = _comes_first(found, truth)
    one, other = _interned(found, truth) if is_mirrored else _interned(truth, found)
    # Rates near one in eight are what is met; a hint too small costs a second pass, one too large costs time.
    hint = max(len(one), len(other)) // 8
    # the stub says list[int | str]
    opcodes = cast("list[_Opcode]", Levenshtein.opcodes(one, other, score_hint=hint).as_list())
    if is_mirrored:
        return Alignment(tuple(Stretch(_MIRROR[_KINDS[tag]], c, d, a, b) for tag, a, b, c, d in opcodes))
    return Alignment(tuple(Stretch(_KINDS[tag], a, b, c, d) for tag, a, b, c, d in opcodes))


def _comes_first(one: Sequence[str], other: Sequence[str]) -> bool:
    return len(one) < len(other) or (len(one) == len(other) and list(one) < list(other))


def _interned(one: Sequence[str], other: Sequence[str]) -> tuple[Sequence[int] | str, Sequence[int] | str]:
    """Equal units as equal small numbers, so that no two different units are ever taken for one by a hash."""
    if set(map(len, one)) | set(map(len, other)) <= {1}:  # single characters are such numbers already
        return "".join(one), "".join(other)
    numbers = {unit: number for number, unit in enumerate(dict.fromkeys(chain(one, other)))}
    return [numbers[unit] for unit in one], [numbers[unit] for unit in other]
