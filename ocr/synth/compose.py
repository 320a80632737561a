"""A leaf filled with writing: lines broken, words divided, struck and inserted, notes in the margin, a folio.

Flat frame of `paper`: pixels, y down.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.arrays import F32
from ocr.errors import SettingsError
from ocr.page import Kind
from ocr.synth.hand import Track, write
from ocr.synth.paper import Leaf
from ocr.synth.writer import Writer

Places = F32
_VOWELS = frozenset("аеёиоуыэюяѣіѵ")
_NOTES = (
    "проверить", "см. выше", "NB", "так ли?", "важно!", "переписать", "см. стр. 14", "о погоде", "спросить",
    "верно", "№ 7", "ср. § 3",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A track laid on the leaf."""

    track: Track
    places: Places
    """(n, 2) flat pixels."""
    widths: F32
    origin: tuple[float, float]
    """Where its baseline begins."""
    rise: float
    """How much the baseline climbs per pixel to the right."""
    strength: float
    """How dark its ink is, 0..1."""

    @property
    def left(self) -> float:
        """Where its ink begins."""
        return float(self.places[:, 0].min())

    @property
    def right(self) -> float:
        """Where its ink ends."""
        return float(self.places[:, 0].max())

    def base_at(self, x: float) -> float:
        """Row of the baseline at x."""
        return self.origin[1] - (x - self.origin[0]) * self.rise


@dataclass(frozen=True, slots=True)
class Written:
    """One line as it was written."""

    kind: Kind
    pieces: tuple[Piece, ...]
    """In order; a piece holds one or more words."""
    strokes: tuple[Places, ...]
    """Lines drawn under or through it, or a caret: flat pixels."""
    stroke_px: float
    baseline: Places
    """(2, 2): where it begins and ends."""

    @property
    def text(self) -> str:
        """What was written."""
        return " ".join(piece.track.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Habits:
    """How often things happen, per line."""

    struck: float = 0.04
    inserted: float = 0.04
    underlined: float = 0.04
    noted: float = 0.03
    divided: float = 0.6
    """Chance that a word that does not fit is divided with a hyphen."""


def compose(
    rng: np.random.Generator,
    writer: Writer,
    leaf: Leaf,
    words: Sequence[str],
    habits: Habits,
    most_lines: int | None = None,
) -> tuple[list[Written], list[str]]:
    """The lines on a leaf, insertions before the line they stand above, and the words that found no room.

    SettingsError when not one letter of a word fits beside its margins. The words must hold known letters.
    """
    x_px = leaf.pitch * float(rng.uniform(0.27, 0.38)) / max(writer.ascender * 0.6 + 0.4, 0.8)
    left = [word for word in words if word]
    lines: list[Written] = []
    advance = 0.9 * writer.aspect
    rise = float(rng.normal(0, 0.004))
    for number, row in enumerate(leaf.baselines[:most_lines]):
        if not left:
            break
        start = leaf.left + leaf.text_left + float(rng.normal(0, 0.5)) * x_px * 0.3
        indent = x_px * 4 if number == 0 else 0.0
        room = leaf.left + leaf.text_right - start - indent
        track, used, left = _fill(rng, writer, left, room / x_px, advance, habits)
        advance = (advance + track.length / max(len(track.text), 1)) / 2
        row += float(rng.normal(0, 0.04)) * x_px - 0.05 * x_px  # noqa: PLW2901  (nobody sits on the rule)
        made = _line(rng, writer, track, used, (start + indent, row), x_px, rise, habits)
        lines += made
        if leaf.text_left > 7 * x_px and rng.random() < habits.noted:
            lines.append(_note(rng, writer, leaf, row, x_px))
    return lines, left


def _fill(
    rng: np.random.Generator, writer: Writer, words: list[str], room: float, advance: float, habits: Habits
) -> tuple[Track, list[str], list[str]]:
    """As many words as fit a room of so many heights of small letters: written, which, and what is left."""
    want, count = max(int(room / advance), 1), 0
    while count < len(words) and len(" ".join(words[: count + 1])) <= want + 1:
        count += 1
    rest = words[count:]
    taken = words[:count]
    if rest and want - len(" ".join(taken)) > 4 and rng.random() < habits.divided:
        head, tail = _divide(rest[0], want - len(" ".join(taken)) - 2)
        if head:
            taken, rest = [*taken, head], [tail, *rest[1:]]
    while taken:
        track = write(rng, writer, " ".join(taken))
        if track.length <= room:
            return track, taken, rest
        last = taken.pop()
        if last.endswith("-") and rest and taken:
            rest[0] = last[:-1] + rest[0]
        else:
            rest.insert(0, last)
    return _squeeze(rng, writer, words, room)


def _squeeze(
    rng: np.random.Generator, writer: Writer, words: list[str], room: float
) -> tuple[Track, list[str], list[str]]:
    """A word that is wider than the line: as much of it as fits, with a hyphen."""
    word = words[0]
    for size in range(len(word), 0, -1):
        head = word if size == len(word) else word[:size] + "-"
        track = write(rng, writer, head)
        if track.length <= room:
            rest = words[1:] if size == len(word) else [word[size:], *words[1:]]
            return track, [head], rest
    raise SettingsError(
        f"Not one letter of “{word}” fits on a line; take larger paper, a finer hand or smaller margins."
    )


def _divide(word: str, most: int) -> tuple[str, str]:
    """The word's beginning of at most so many letters with a hyphen, and its end; '' when it has no seam."""
    for at in range(min(most, len(word) - 2), 1, -1):
        head, tail = word[:at], word[at:]
        if (
            head.isalpha()
            and tail.isalpha()
            and head[-1].lower() in _VOWELS
            and tail[0].lower() not in _VOWELS | {"ь", "ъ", "й"}
            and any(c.lower() in _VOWELS for c in tail)
        ):
            return head + "-", tail
    return "", word


def lay(track: Track, at: tuple[float, float], x_px: float, rise: float, strength: float = 1.0) -> Piece:
    """A track put down with its baseline's beginning at a flat point, climbing by so much per pixel."""
    places = track.places * np.array([x_px, -x_px], np.float32) + np.array(at, np.float32)
    places[:, 1] -= (places[:, 0] - np.float32(at[0])) * np.float32(rise)
    return Piece(track, places, track.widths * np.float32(x_px), at, rise, strength)


def _line(
    rng: np.random.Generator,
    writer: Writer,
    track: Track,
    words: list[str],
    at: tuple[float, float],
    x_px: float,
    rise: float,
    habits: Habits,
) -> list[Written]:
    """A line of text, with what was struck out of it or put in above it."""
    kinds: list[Written] = []
    pen = writer.pen * x_px * 1.4
    if rng.random() < habits.struck and len(words) > 3:
        return _with_struck(rng, writer, words, at, x_px, rise)
    piece = lay(track, at, x_px, rise)
    if rng.random() < habits.inserted and len(words) > 3:
        spot = int(rng.integers(1, len(words) - 1))
        # the caret stands where the word before ends
        end = len(" ".join(words[:spot]))
        x = float(piece.places[piece.track.letters < end, 0].max())
        word = words.pop(spot)
        full = write(rng, writer, " ".join(words))
        piece = lay(full, at, x_px, rise)
        above = lay(write(rng, writer, word), (x, at[1] - 1.55 * x_px), x_px * 0.7, rise)
        low = at[1] - 0.1 * x_px - (x - at[0]) * rise
        caret = np.array([[x - 0.3 * x_px, low], [x, low - 0.9 * x_px], [x + 0.3 * x_px, low]], np.float32)
        kinds.append(_written(Kind.INSERTION, (above,), (caret,), pen))
    strokes: tuple[Places, ...] = ()
    if rng.random() < habits.underlined:
        first = int(rng.integers(len(words)))
        begin = len(" ".join(words[:first])) + bool(first)
        of_word = (piece.track.letters >= begin) & (piece.track.letters < begin + len(words[first]))
        xs = piece.places[of_word, 0]
        low = at[1] + 0.3 * x_px
        strokes = (np.array([[xs.min(), low], [xs.mean(), low + 2], [xs.max(), low]], np.float32),)
    return [*kinds, _written(Kind.TEXT, (piece,), strokes, pen)]


def _with_struck(
    rng: np.random.Generator,
    writer: Writer,
    words: list[str],
    at: tuple[float, float],
    x_px: float,
    rise: float,
) -> list[Written]:
    """The line with one word wrongly begun and struck out; what does not fit any more is written closer."""
    spot = int(rng.integers(1, len(words)))
    wrong = words[spot][: max(len(words[spot]) // 2, 2)]
    wrong = "".join(c for c in wrong if c.isalpha()) or "но"
    pieces: list[Piece] = []
    x, scale = at[0], x_px * (1 - 0.9 * len(wrong) / (len(" ".join(words)) + len(wrong) + 1))
    for part in (" ".join(words[:spot]), wrong, " ".join(words[spot:])):
        track = write(rng, writer, part)
        shift = x - float(track.places[:, 0].min()) * scale
        pieces.append(lay(track, (shift, at[1] - (x - at[0]) * rise), scale, rise))
        x = pieces[-1].right + scale * 0.6
    before, struck, after = pieces
    low, high = struck.left, struck.right
    middle = struck.base_at(low) - 0.45 * scale
    through = np.array(
        [[low, middle + 2], [(low + high) / 2, middle - 0.1 * scale], [high, middle]], np.float32
    )
    pen = writer.pen * scale * 1.4
    return [
        _written(Kind.TEXT, (before, after), (), pen),
        _written(Kind.STRUCK, (struck,), (through,), pen),
    ]


def _note(rng: np.random.Generator, writer: Writer, leaf: Leaf, row: float, x_px: float) -> Written:
    """A word or two in the margin, small enough to stay there."""
    track = write(rng, writer, _NOTES[rng.integers(len(_NOTES))])
    scale = min(x_px * 0.7, (leaf.text_left - 2.5 * x_px) / max(track.length, 1.0))
    piece = lay(track, (leaf.left + x_px - float(track.places[:, 0].min()) * scale, row), scale, 0.0, 0.9)
    return _written(Kind.MARGIN, (piece,), (), writer.pen * scale)


def folio(rng: np.random.Generator, writer: Writer, leaf: Leaf, number: int) -> Written:
    """The leaf's number in its upper right corner, in an archivist's pencil."""
    size = leaf.pitch * 0.3
    track = write(rng, replace(writer, wave=0.0), str(number))
    x = leaf.left + leaf.width - leaf.pitch * 0.7 - track.length * size
    piece = lay(track, (x, leaf.pitch * float(rng.uniform(0.8, 1.1))), size, 0.0, 0.55)
    return _written(Kind.NUMBER, (piece,), (), writer.pen * size)


def _written(kind: Kind, pieces: tuple[Piece, ...], strokes: tuple[Places, ...], stroke_px: float) -> Written:
    first, last = pieces[0], pieces[-1]
    ends = [(x, piece.base_at(x)) for piece, x in ((first, first.left), (last, last.right))]
    return Written(kind, pieces, strokes, stroke_px, np.array(ends, np.float32))
