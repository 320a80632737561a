"""The alignment of a page cut at the line ends: which line every error belongs to, and what became of it.

One alignment per profile is made for a whole leaf and cut, so the counts of the lines add up to those of
the leaf exactly, and a line broken at another place costs nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ocr.evaluate.align import Alignment, Kind, align
from ocr.evaluate.rates import Letters, Score, Tallies, Words, letters_of, tally, words_of
from ocr.text import Profile, squeeze

_Ints = npt.NDArray[np.intp]
_KINDS = {Kind.HIT: 0, Kind.SUBSTITUTION: 1, Kind.INSERTION: 2, Kind.DELETION: 3}  # as in Tallies


class Fate(StrEnum):
    """What became of a line on its way from the page into the found text."""

    READ = "read"
    """One found line lies against it, well or badly read."""
    MISSED = "missed"
    """No found line lies against it."""
    MERGED = "merged"
    """Its found line holds another line too."""
    SPLIT = "split"
    """Two found lines or more lie against it."""
    INVENTED = "invented"
    """A found line that lies against no line of the truth."""


@dataclass(frozen=True, slots=True)
class LineScore:
    """One line of the truth, or one found line that answers to none, under the first profile."""

    leaf: int
    """Leaf of the page, from 0."""
    truth_line: int | None
    """Line of the leaf's truth, from 0; None: invented."""
    found_lines: tuple[int, ...]
    """Lines of the found leaf, from 0, half of whose letters or of its own lie against it."""
    truth: str
    """As the profile sees it."""
    found: str
    """What lies against it, as the profile sees it; of an invented line all."""
    letters: Tallies
    """The sums over the lines of a leaf are the leaf's Tallies."""
    words: Tallies
    fate: Fate


@dataclass(frozen=True, slots=True)
class LeafScore:
    """One leaf under every profile, and cut into its lines."""

    scores: tuple[Score, ...]
    """One per profile."""
    lines: tuple[LineScore, ...]
    """In the order of the page; lines without text are left out."""
    blocks: tuple[tuple[Tallies, ...], ...]
    """Per profile the letters of each of `lines`."""
    word_blocks: tuple[tuple[Tallies, ...], ...]
    """Per profile the words of each of `lines`."""


def by_line(
    truth: str,
    found: str,
    profiles: Sequence[Profile],
    letters: Letters = Letters.GRAPHEMES,
    words: Words = Words.SPACE,
    leaf: int = 0,
) -> LeafScore:
    """The scores of one leaf and of its lines; each side is its lines parted by newlines.

    Which lines lie against which is decided once, by the letters of the first profile. An error between
    two lines belongs to the one that its found line lies against. Profiles that see the same two texts
    share one alignment.
    """
    cuts: list[_Cut] = []
    made: dict[tuple[str, str], _Cut] = {}
    links: _Links | None = None
    for profile in profiles:
        one, other = _Side.of(truth, profile, letters, words), _Side.of(found, profile, letters, words)
        seen = one.text, other.text
        if seen not in made:
            by_letter, by_word = align(one.letters, other.letters), align(one.words, other.words)
            links = links or _Links.of(by_letter, one, other)
            made[seen] = _Cut(
                one,
                other,
                by_letter,
                _counts(by_letter, one.letter_line, other.letter_line, links),
                _counts(by_word, one.word_line, other.word_line, links),
                Score("", tally(by_letter), tally(by_word)),
            )
        cuts.append(made[seen])
    if links is None:
        raise ValueError("no profile, no score")
    rows = _rows(cuts, links)
    blocks = {
        seen: (_tallies(c.letter_counts, rows), _tallies(c.word_counts, rows)) for seen, c in made.items()
    }
    own = [blocks[cut.one.text, cut.other.text] for cut in cuts]
    return LeafScore(
        tuple(Score(p.name, c.score.letters, c.score.words) for p, c in zip(profiles, cuts, strict=True)),
        tuple(_line_scores(rows, cuts[0], own[0], links, leaf)),
        tuple(letter for letter, _ in own),
        tuple(word for _, word in own),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """One side under one profile: its units, and the line that each stands on (or whose end it is)."""

    text: str
    letters: list[str]
    letter_line: _Ints
    words: list[str]
    word_line: _Ints
    lines: tuple[str, ...]
    """The lines as the profile sees them, empty ones too."""

    @staticmethod
    def of(text: str, profile: Profile, letters: Letters, words: Words) -> "_Side":
        """The side a text makes. Where a rule works across a line end, the cut may be off by its letters."""
        changed = profile.changed(text)
        whole = squeeze(changed)
        given = text.split("\n")
        lines, joined = changed.split("\n"), [False] * len(given)
        if len(lines) != len(given):  # the profile joins words parted at line ends
            lines = [profile.changed(line) for line in given]
            joined = [_joins(profile, *pair) for pair in pairwise(given)] + [False]
        lines = [squeeze(line) for line in lines]
        units = letters_of(whole, letters)
        lengths = [len(line) + (line != "" and not j) for line, j in zip(lines, joined, strict=True)]
        counts = [len(words_of(line, words)) for line in lines]
        for at, is_joined in enumerate(joined):
            if is_joined and counts[at] and counts[at + 1]:
                counts[at + 1] -= 1  # the whole word belongs to the line on which it begins
        starts = np.arange(len(units))
        if len(units) != len(whole):
            starts = np.cumsum([0, *map(len, units[:-1])])
        held = words_of(whole, words)
        return _Side(
            whole,
            units,
            _line_of(starts, lengths),
            held,
            _line_of(np.arange(len(held)), counts),
            tuple(lines),
        )


def _joins(profile: Profile, line: str, following: str) -> bool:
    """Does the profile take the line end between two lines away?"""
    end = line.rstrip()[-1:]
    return bool(end) and not end.isalnum() and "\n" not in profile.changed(f"{line}\n{following}")


def _line_of(starts: _Ints, lengths: list[int]) -> _Ints:
    """The line of each unit, from where it starts and how long the lines are; never a line without any."""
    last = max((at for at, length in enumerate(lengths) if length), default=0)
    return np.minimum(np.searchsorted(np.cumsum(lengths), starts, side="right"), last)


@dataclass(frozen=True, slots=True)
class _Links:
    """Which lines lie against each other, told as pairs (line of truth, line found)."""

    truth_lines: int
    found_lines: int
    codes: _Ints
    """truth line * found_lines + found line, sorted."""

    @staticmethod
    def of(alignment: Alignment, one: _Side, other: _Side) -> "_Links":
        """Pairs of which at least half the letters of the shorter line lie opposite each other."""
        many = len(other.lines)
        against, opposite = _opposite(alignment)
        codes, paired = np.unique(
            one.letter_line[against] * many + other.letter_line[opposite], return_counts=True
        )
        long = np.bincount(one.letter_line, minlength=len(one.lines))
        wide = np.bincount(other.letter_line, minlength=many)
        shorter = np.minimum(long[codes // many], wide[codes % many])
        return _Links(len(one.lines), many, codes[2 * paired >= shorter])

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """(line of truth, line found), in order."""
        return [divmod(code, self.found_lines) for code in self.codes.tolist()]

    def holds(self, truth_lines: _Ints, found_lines: _Ints) -> npt.NDArray[np.bool_]:
        """Which of these pairs lie against each other."""
        return np.isin(truth_lines * self.found_lines + found_lines, self.codes)

    def answered(self, found_lines: _Ints) -> npt.NDArray[np.bool_]:
        """Which of these found lines lie against any line of the truth."""
        return np.isin(found_lines, self.codes % self.found_lines)


def _columns(alignment: Alignment) -> tuple[_Ints, _Ints, _Ints, _Ints]:
    """Per stretch: kind, start in the truth, length in the truth, length in the found."""
    told = [(_KINDS[s[0]], s[1], s[2] - s[1], s[4] - s[3]) for s in alignment.stretches]
    table = np.array(told, dtype=np.intp).reshape(-1, 4)
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3]


def _opposite(alignment: Alignment) -> tuple[_Ints, _Ints]:
    """Indices of the units of both sides that lie opposite each other, right or wrong."""
    kinds, _, long, wide = _columns(alignment)
    return np.flatnonzero(np.repeat(kinds, long) < 2), np.flatnonzero(np.repeat(kinds, wide) < 2)


def _inserted(
    alignment: Alignment, truth_line: _Ints, found_line: _Ints, links: _Links
) -> tuple[_Ints, _Ints]:
    """The units found only, and the row of each: a line of the truth, or behind those an invented one."""
    kinds, starts, _, wide = _columns(alignment)
    units = np.flatnonzero(np.repeat(kinds, wide) == 2)
    lines = found_line[units]
    invented = links.truth_lines + lines
    if not len(truth_line):
        return units, invented
    at = np.repeat(starts[kinds == 2], wide[kinds == 2])
    before = truth_line[np.maximum(at - 1, 0)]
    after = truth_line[np.minimum(at, len(truth_line) - 1)]
    is_after = links.holds(after, lines) & ~links.holds(before, lines)
    return units, np.where(links.answered(lines), np.where(is_after, after, before), invented)


def _counts(alignment: Alignment, truth_line: _Ints, found_line: _Ints, links: _Links) -> _Ints:
    """Hits, substitutions, insertions and deletions (4 columns) of each truth line, then each found line."""
    kinds, _, long, _ = _columns(alignment)
    rows = links.truth_lines + links.found_lines
    counts = np.bincount(truth_line * 4 + np.repeat(kinds, long), minlength=4 * rows).reshape(rows, 4)
    _, owners = _inserted(alignment, truth_line, found_line, links)
    counts[:, 2] += np.bincount(owners, minlength=rows)
    return counts


@dataclass(frozen=True, slots=True)
class _Cut:
    """What one profile makes of a leaf."""

    one: _Side
    other: _Side
    by_letter: Alignment
    letter_counts: _Ints
    word_counts: _Ints
    score: Score


def _rows(cuts: list[_Cut], links: _Links) -> list[int]:
    """The lines worth telling, in the order of the page: k < truth lines, or truth lines + found line."""
    one, other = cuts[0].one, cuts[0].other
    has_text = np.array([line != "" for line in one.lines])
    has_letters = np.bincount(other.letter_line, minlength=links.found_lines) > 0
    told = np.concatenate([has_text, has_letters & ~links.answered(np.arange(links.found_lines))])
    for cut in cuts:
        told |= (cut.letter_counts.any(axis=1)) | (cut.word_counts.any(axis=1))
    last_before = np.full(links.found_lines, -1)
    np.maximum.at(last_before, links.codes % links.found_lines, links.codes // links.found_lines)
    last_before = np.maximum.accumulate(last_before)

    def place(row: int) -> tuple[int, int]:
        found = row - links.truth_lines
        return (row, -1) if found < 0 else (int(last_before[found]), found)

    return sorted(np.flatnonzero(told).tolist(), key=place)


def _tallies(counts: _Ints, rows: list[int]) -> tuple[Tallies, ...]:
    return tuple(Tallies(*row) for row in counts[rows].tolist())


def _line_scores(
    rows: list[int],
    cut: _Cut,
    tallies: tuple[tuple[Tallies, ...], tuple[Tallies, ...]],
    links: _Links,
    leaf: int,
) -> Iterator[LineScore]:
    found_of, truths_of = defaultdict(list), defaultdict(list)
    for k, j in links.pairs:
        found_of[k].append(j)
        truths_of[j].append(k)
    owned = _owned(cut, links)
    for row, letters, words in zip(rows, *tallies, strict=True):
        if row >= links.truth_lines:
            j = row - links.truth_lines
            yield LineScore(leaf, None, (j,), "", cut.other.lines[j], letters, words, Fate.INVENTED)
            continue
        held = tuple(found_of[row])
        if not held:
            fate = Fate.MISSED if letters.truth else Fate.READ
        elif len(held) > 1:
            fate = Fate.SPLIT
        else:
            fate = Fate.MERGED if len(truths_of[held[0]]) > 1 else Fate.READ
        yield LineScore(leaf, row, held, cut.one.lines[row], owned[row], letters, words, fate)


def _owned(cut: _Cut, links: _Links) -> list[str]:
    """Per line of the truth the found text that lies against it."""
    against, opposite = _opposite(cut.by_letter)
    owner = np.empty(len(cut.other.letters), dtype=np.intp)
    owner[opposite] = cut.one.letter_line[against]
    units, rows = _inserted(cut.by_letter, cut.one.letter_line, cut.other.letter_line, links)
    owner[units] = rows
    held: list[list[str]] = [[] for _ in range(links.truth_lines + links.found_lines)]
    for letter, row in zip(cut.other.letters, owner.tolist(), strict=True):
        held[row].append(letter)
    return ["".join(line).strip() for line in held]
