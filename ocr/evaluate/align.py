"""How two sequences of letters or words lie against each other: the alignment as data, rendered elsewhere."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import chain, pairwise
from typing import NamedTuple, cast

from rapidfuzz.distance import Levenshtein

_STEP = 20_000
"""Units from one anchor looked for to the next."""
_TRIES = 60
"""Stretches looked at for one anchor; at 10 % errors one in four stands unharmed in both texts."""
_FEW_SIGNS = 2000
"""An alphabet has fewer different units than this, a vocabulary more."""


def anchors(first: str, other: str) -> list[tuple[int, int]]:
    """Places (in both) of equal stretches that stand once in each text, rising in both.

    Texts without such stretches, those that say the same over and over, have none.
    """
    long = 12 if len(set(first)) < _FEW_SIGNS else 3
    shared = []
    for start in range(_STEP, len(first) - _STEP // 2, _STEP):
        for at in range(start, start + _TRIES * long, long):
            sample = first[at : at + long]
            at_other = other.find(sample)
            if at_other < 0 or other.find(sample, at_other + 1) >= 0:
                continue
            if first.find(sample) == at and first.find(sample, at + 1) < 0:
                shared.append((at, at_other))
                break
    return _rising(shared)


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs whose second numbers rise too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for at, (_, second) in enumerate(pairs):
        place = bisect_left(ends, second)
        before.append(last[place - 1] if place else -1)
        ends[place:] = [second, *ends[place + 1 :]]
        last[place:] = [at, *last[place + 1 :]]
    chain = []
    at = last[-1] if last else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


class EditKind(StrEnum):
    """What happened to a stretch of the truth."""

    HIT = "hit"
    SUBSTITUTION = "substitution"
    INSERTION = "insertion"
    """Stands in the found text only."""
    DELETION = "deletion"
    """Stands in the truth only."""


_KINDS = dict(zip(("equal", "replace", "insert", "delete"), EditKind, strict=True))
_MIRRORED = {**_KINDS, "insert": EditKind.DELETION, "delete": EditKind.INSERTION}


_Opcode = tuple[str, int, int, int, int]
Units = Sequence[int] | str
_LONG = 200_000


class Chunk(NamedTuple):
    """A run of one kind: truth[truth_start:truth_end] lies against found[found_start:found_end]."""

    kind: EditKind
    truth_start: int
    truth_end: int
    found_start: int
    found_end: int

    @property
    def length(self) -> int:
        """Units it spans; both sides of a hit or a substitution are equally long."""
        return max(self.truth_end - self.truth_start, self.found_end - self.found_start)


Chunks = tuple[Chunk, ...]
"""An alignment: stretches in order that together cover both sequences, each unit once."""


def align(truth: Sequence[str], found: Sequence[str]) -> Chunks:
    """The Levenshtein alignment of two sequences of units (letters, words or lines): as few errors as can be.

    Several alignments can be equally short; the one chosen for (found, truth) is always the mirror of
    the one for (truth, found), so that counts do not depend on who is called the truth. When both are longer
    than 200,000 units, they are cut where a stretch that stands once in each lies: the time then grows with
    the length, not with its square, and the errors may, by a hair, be more than the least.
    """
    is_mirrored = _comes_first(found, truth)
    first, other = _interned(found, truth) if is_mirrored else _interned(truth, found)
    opcodes = [code for part in _parts(first, other) for code in part]
    if is_mirrored:
        return tuple([Chunk(_MIRRORED[tag], c, d, a, b) for tag, a, b, c, d in opcodes])
    return tuple([Chunk(_KINDS[tag], a, b, c, d) for tag, a, b, c, d in opcodes])


def _parts(first: Units, other: Units) -> Iterator[list[_Opcode]]:
    """The opcodes of both, in parts when they are very long."""
    if min(len(first), len(other)) <= _LONG:
        yield _opcodes(first, other)
        return
    cuts = anchors(_as_text(first), _as_text(other))
    for (a, c), (b, d) in pairwise([(0, 0), *cuts, (len(first), len(other))]):
        part = _opcodes(first[a:b], other[c:d])
        yield [(tag, s + a, t + a, u + c, v + c) for tag, s, t, u, v in part]


def _as_text(units: Units) -> str:
    return units if isinstance(units, str) else "".join(chr(number % 0x110000) for number in units)


def _opcodes(first: Units, other: Units) -> list[_Opcode]:
    # Rates near one in eight are what is met; a hint too small costs a second pass, one too large costs time.
    hint = max(len(first), len(other)) // 8
    # the stub says list[int | str]
    return cast("list[_Opcode]", Levenshtein.opcodes(first, other, score_hint=hint).as_list())


def _comes_first(first: Sequence[str], other: Sequence[str]) -> bool:
    return len(first) < len(other) or (len(first) == len(other) and list(first) < list(other))


def _interned(first: Sequence[str], other: Sequence[str]) -> tuple[Units, Units]:
    """Equal units as equal small numbers, so that no two different units are ever taken for one by a hash."""
    if set(map(len, first)) | set(map(len, other)) <= {1}:  # single characters are such numbers already
        return "".join(first), "".join(other)
    numbers = {unit: number for number, unit in enumerate(dict.fromkeys(chain(first, other)))}
    return [numbers[unit] for unit in first], [numbers[unit] for unit in other]
