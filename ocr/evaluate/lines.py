"""The alignment of a page cut at the line ends: which line every error belongs to, and what became of it.

One alignment per profile is made for a whole leaf and cut, so the counts of the lines add up to those of
the leaf exactly, and a line broken at another place costs nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter

import numpy as np

from ocr.arrays import Mask
from ocr.evaluate.align import Chunks, EditKind, align
from ocr.evaluate.line_breaks import at_line_ends
from ocr.evaluate.rates import Bag, EditCounts, Letters, Score, Words, bag_of_words
from ocr.evaluate.side import Ints, Side, side_of
from ocr.text import Profile

_Errors = tuple[tuple[tuple[str, str], ...], tuple[int, ...]]
_KINDS = {kind: place for place, kind in enumerate(EditKind)}  # as in EditCounts


class LineOutcome(StrEnum):
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
    letters: EditCounts
    """The sums over the lines of a leaf are the leaf's EditCounts."""
    words: EditCounts
    outcome: LineOutcome
    wrong: tuple[tuple[str, str], ...] = ()
    """Each error in letters, in order: (letter of the truth, letter found), "" where there is none."""
    wrong_at: tuple[int, ...] = ()
    """The letter of `truth` that each of these is, or stands before."""
    struck_line: int | None = None
    """Of a missed line: the found line that has it, struck out, and that the rule for del leaves out."""


@dataclass(frozen=True, slots=True)
class LeafScore:
    """A leaf, or a page, under every profile, and cut into its lines."""

    scores: tuple[Score, ...]
    """One per profile."""
    lines: tuple[LineScore, ...]
    """Under the first profile, in the order of the page; lines without text are left out."""
    blocks: tuple[tuple[EditCounts, ...], ...]
    """Per profile the letters of each of `lines`; they add up to the profile's score."""
    word_blocks: tuple[tuple[EditCounts, ...], ...]
    """Per profile the words of each of `lines`."""
    bags: tuple[Bag, ...]
    """Per profile the words of each leaf without their order."""


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
    cuts: list[_LeafCut] = []
    made: dict[tuple[str, str], _LeafCut] = {}
    known: dict[tuple[str, str], Side] = {}
    links: _Links | None = None
    for profile in profiles:
        truth_side = side_of(truth, profile, letters, words, known)
        found_side = side_of(found, profile, letters, words, known)
        texts = truth_side.text, found_side.text
        if texts not in made:
            letter_chunks = align(truth_side.letters, found_side.letters)
            letter_chunks, truth_side, found_side = at_line_ends(letter_chunks, truth_side, found_side)
            by_letter = _Laid.of(letter_chunks)
            by_word = _Laid.of(align(truth_side.words, found_side.words))
            links = links or _Links.of(by_letter, truth_side, found_side)
            made[texts] = _LeafCut(
                truth_side,
                found_side,
                by_letter,
                _counts(by_letter, truth_side.letter_line, found_side.letter_line, links),
                _counts(by_word, truth_side.word_line, found_side.word_line, links),
                bag_of_words(truth_side.words, found_side.words),
            )
        cuts.append(made[texts])
    if links is None:
        raise ValueError("no profile, no score")
    rows = _rows(list(made.values()), links)
    blocks = {
        id(c): (_row_counts(c.letter_counts, rows), _row_counts(c.word_counts, rows)) for c in made.values()
    }
    own = [blocks[id(cut)] for cut in cuts]
    return LeafScore(
        tuple(cut.score(profile) for profile, cut in zip(profiles, cuts, strict=True)),
        tuple(_line_scores(rows, cuts[0], own[0], links, leaf)),
        tuple(letter for letter, _ in own),
        tuple(word for _, word in own),
        tuple(cut.bag for cut in cuts),
    )


@dataclass(frozen=True, slots=True)
class _Laid:
    """An alignment unit by unit; kinds are 0 to 3 as in EditCounts."""

    truth_kinds: Ints
    """Of each unit of the truth."""
    inserted: Ints
    """Units that stand in the found text only."""
    inserted_at: Ints
    """Where in the truth each of these was put."""
    against: Ints
    """Units of the truth that lie opposite a found one, right or wrong."""
    opposite: Ints
    """The found units that lie there."""

    @staticmethod
    def of(chunks: Chunks) -> "_Laid":
        """The same alignment, unit by unit."""
        if not chunks:
            return _Laid(*[np.zeros(0, dtype=np.intp)] * 5)
        edits, *places = zip(*chunks, strict=True)
        kinds = np.array([_KINDS[kind] for kind in edits], dtype=np.intp)
        starts, ends, found_starts, found_ends = (np.array(place, dtype=np.intp) for place in places)
        long, wide = ends - starts, found_ends - found_starts
        truth_kinds, found_kinds = np.repeat(kinds, long), np.repeat(kinds, wide)
        return _Laid(
            truth_kinds,
            np.flatnonzero(found_kinds == 2),
            np.repeat(starts, np.where(kinds == 2, wide, 0)),
            np.flatnonzero(truth_kinds < 2),
            np.flatnonzero(found_kinds < 2),
        )


@dataclass(frozen=True, slots=True)
class _Links:
    """Which lines lie against each other."""

    truth_lines: int
    found_lines: int
    codes: Ints
    """truth line * found_lines + found line, sorted."""
    answered: Mask
    """Which found lines lie against any line of the truth."""

    @staticmethod
    def of(laid: _Laid, truth: Side, found: Side) -> "_Links":
        """Pairs of which at least half the letters of the shorter line lie opposite each other."""
        many = len(found.lines)
        codes, paired = np.unique(
            truth.letter_line[laid.against] * many + found.letter_line[laid.opposite], return_counts=True
        )
        long = np.bincount(truth.letter_line, minlength=len(truth.lines))
        wide = np.bincount(found.letter_line, minlength=many)
        codes = codes[2 * paired >= np.minimum(long[codes // many], wide[codes % many])]
        answered = np.zeros(many, dtype=np.bool_)
        answered[codes % many] = True
        return _Links(len(truth.lines), many, codes, answered)

    def holds(self, truth_lines: Ints, found_lines: Ints) -> Mask:
        """Which of these pairs lie against each other."""
        if not len(self.codes):
            return np.zeros(len(found_lines), dtype=np.bool_)
        wanted = truth_lines * self.found_lines + found_lines
        near = np.minimum(np.searchsorted(self.codes, wanted), len(self.codes) - 1)
        matches: Mask = self.codes[near] == wanted
        return matches


def _owners(laid: _Laid, truth_line: Ints, found_line: Ints, links: _Links) -> Ints:
    """The row of each inserted unit: a line of the truth, or behind those an invented one."""
    lines = found_line[laid.inserted]
    invented = links.truth_lines + lines
    if not len(truth_line):
        return invented
    before = truth_line[np.maximum(laid.inserted_at - 1, 0)]
    after = truth_line[np.minimum(laid.inserted_at, len(truth_line) - 1)]
    is_after = links.holds(after, lines) & ~links.holds(before, lines)
    return np.where(links.answered[lines], np.where(is_after, after, before), invented)


def _counts(laid: _Laid, truth_line: Ints, found_line: Ints, links: _Links) -> Ints:
    """Hits, substitutions, insertions and deletions (4 columns) of each truth line, then each found line."""
    rows = links.truth_lines + links.found_lines
    counts = np.bincount(truth_line * 4 + laid.truth_kinds, minlength=4 * rows).reshape(rows, 4)
    counts[:, 2] += np.bincount(_owners(laid, truth_line, found_line, links), minlength=rows)
    return counts


@dataclass(frozen=True, slots=True)
class _LeafCut:
    """What one profile makes of a leaf."""

    truth: Side
    found: Side
    laid: _Laid
    letter_counts: Ints
    word_counts: Ints
    bag: Bag

    def score(self, profile: Profile) -> Score:
        """Of the whole leaf."""
        letters, words = (counts.sum(axis=0).tolist() for counts in (self.letter_counts, self.word_counts))
        return Score(profile.name, EditCounts(*letters), EditCounts(*words))


def _rows(cuts: list[_LeafCut], links: _Links) -> list[int]:
    """The lines worth telling, in the order of the page: k < truth lines, or truth lines + found line."""
    truth, other = cuts[0].truth, cuts[0].found
    has_text = np.array([line != "" for line in truth.lines])
    has_letters = np.bincount(other.letter_line, minlength=links.found_lines) > 0
    shown = np.concatenate([has_text, has_letters & ~links.answered])
    for cut in cuts:
        shown |= (cut.letter_counts.any(axis=1)) | (cut.word_counts.any(axis=1))
    last_before = np.full(links.found_lines, -1)
    np.maximum.at(last_before, links.codes % links.found_lines, links.codes // links.found_lines)
    last_before = np.maximum.accumulate(last_before)

    def place(row: int) -> tuple[int, int]:
        found = row - links.truth_lines
        return (row, -1) if found < 0 else (int(last_before[found]), found)

    return sorted(np.flatnonzero(shown).tolist(), key=place)


def _row_counts(counts: Ints, rows: list[int]) -> tuple[EditCounts, ...]:
    return tuple(_edit_counts(*row) for row in counts[rows].tolist())


_edit_counts = lru_cache(maxsize=65536)(EditCounts)  # lines with the same counts share them


def _line_scores(
    rows: list[int],
    cut: _LeafCut,
    tallies: tuple[tuple[EditCounts, ...], tuple[EditCounts, ...]],
    links: _Links,
    leaf: int,
) -> Iterator[LineScore]:
    found_of, truths_of = defaultdict(list), defaultdict(list)
    for code in links.codes.tolist():
        k, j = divmod(code, links.found_lines)
        found_of[k].append(j)
        truths_of[j].append(k)
    owners = _owners(cut.laid, cut.truth.letter_line, cut.found.letter_line, links)
    owned, wrong = _owned(cut, owners, links), _wrong(cut, owners, links)
    for row, letters, words in zip(rows, *tallies, strict=True):
        errors, places = wrong[row]
        if row >= links.truth_lines:
            j = row - links.truth_lines
            texts, outcome = ("", cut.found.lines[j]), LineOutcome.INVENTED
            yield LineScore(leaf, None, (j,), *texts, letters, words, outcome, errors, places)
            continue
        opposite, texts = tuple(found_of[row]), (cut.truth.lines[row], owned[row])
        if not opposite:
            outcome = LineOutcome.MISSED if letters.truth else LineOutcome.READ
        elif len(opposite) > 1:
            outcome = LineOutcome.SPLIT
        else:
            outcome = LineOutcome.MERGED if len(truths_of[opposite[0]]) > 1 else LineOutcome.READ
        yield LineScore(leaf, row, opposite, *texts, letters, words, outcome, errors, places)


def _owned(cut: _LeafCut, owners: Ints, links: _Links) -> list[str]:
    """Per line of the truth the found text that lies against it."""
    owner = np.empty(len(cut.found.letters), dtype=np.intp)
    owner[cut.laid.opposite] = cut.truth.letter_line[cut.laid.against]
    owner[cut.laid.inserted] = owners
    texts: list[list[str]] = [[] for _ in range(links.truth_lines + links.found_lines)]
    for letter, row in zip(cut.found.letters, owner.tolist(), strict=True):
        texts[row].append(letter)
    return ["".join(line).strip() for line in texts]


def _wrong(cut: _LeafCut, owners: Ints, links: _Links) -> dict[int, _Errors]:
    """The errors of each row in the order of the page, and where in its line each stands."""
    laid, truth, found = cut.laid, cut.truth.letters, cut.found.letters
    lines = cut.truth.letter_line.tolist()
    missed = np.flatnonzero(laid.truth_kinds == 3).tolist()
    misread = np.flatnonzero(laid.truth_kinds[laid.against] == 1)
    pairs = zip(laid.against[misread].tolist(), laid.opposite[misread].tolist(), strict=True)
    added = zip(laid.inserted_at.tolist(), laid.inserted.tolist(), owners.tolist(), strict=True)
    errors = [(t, 1, lines[t], truth[t], "") for t in missed]
    errors += [(t, 1, lines[t], truth[t], found[f]) for t, f in pairs]
    errors += [(at, 0, row, "", found[f]) for at, f, row in added]
    errors.sort(key=itemgetter(0, 1))
    starts = np.searchsorted(cut.truth.letter_line, np.arange(links.truth_lines)).tolist()
    # a line end that was lost belongs to the line after it, whose text does not show it
    starts = [at + (truth[at : at + 1] == [" "]) for at in starts]
    wrong: dict[int, list[tuple[str, str]]] = defaultdict(list)
    places: dict[int, list[int]] = defaultdict(list)
    for at, _, row, truth_letter, found_letter in errors:
        wrong[row].append(_pair(truth_letter, found_letter))
        places[row].append(max(at - starts[row], 0) if row < links.truth_lines else 0)
    return defaultdict(
        lambda: ((), ()),
        {row: (tuple(pairs_of_row), tuple(places[row])) for row, pairs_of_row in wrong.items()},
    )


@lru_cache(maxsize=65536)  # a pair is met thousands of times; each is kept once
def _pair(truth: str, found: str) -> tuple[str, str]:
    return truth, found
