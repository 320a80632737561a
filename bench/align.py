"""A transcription without line breaks laid onto lines as they were read: how many lines come out right.

    python bench/align.py TEXT [--pages 500] [--cer 0.05,0.1,0.2]
    python bench/align.py FOLDER [--seeds 5]

TEXT (plain prose): notebooks are made of it, 21 lines a page, words broken at line ends, and "read" with so
many letters misread. FOLDER: pages with hand transcriptions (NAME.txt, or NAME.1.txt for each leaf, beside
NAME.jpg), read by the program. Plain: line breaks and hyphens taken out. Hard: also pages shuffled, 5 % of
the words changed for others, a tenth of the sentences left out. A line is right when it was given the words
that the transcription has of it, or when words of it are missing there and it stays as it was read. Lines of
the transcription that were not read are not counted; one that was read in pieces, as a row of a table, is
right when its pieces together are. Words given to what is no line of the transcription are given wrongly.
"""

import argparse
import json
import lzma
import random
import time
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from ocr.alignment.laying import ReadLeaf, lay
from ocr.alignment.letters import HYPHENS, fold, letters_of
from ocr.alignment.placing import Index

ALPHABET = "оеаинтсрвлкмдпуяызбгчйхжшюцщэф"
VOWELS, SIGNS = "аеёиоуыэюя", "ьъй"
WIDTH, LINES = 42, 21
MOST_PIECES = 6
"""A line is read in so many pieces at most, as a row of a table."""
MISSING = "\0"
LEAST_LIKE = 0.4
"""What was read less like a line than this is not that line."""


@dataclass
class Word:
    """A word of the transcription: the lines it stands on with its pieces."""

    pieces: list[tuple[int, str]]
    text: str = ""
    missing: bool = False

    def __post_init__(self) -> None:
        self.text = "".join(
            piece.rstrip(HYPHENS) if n < len(self.pieces) - 1 else piece
            for n, (_, piece) in enumerate(self.pieces)
        )


@dataclass
class Leaf:
    """A leaf: its true lines, its lines as read and which of the true ones each is, or is a piece of."""

    lines: list[str]
    read: list[str]
    line_of: list[int | None]
    words: list[Word] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, line in enumerate(self.lines):
            for at, token in enumerate(line.split()):
                last = self.words[-1] if self.words else None
                goes_on = (
                    last is not None
                    and at == 0
                    and last.pieces[-1][0] < number
                    and _is_broken(last.pieces[-1][1])
                )
                if goes_on and last is not None:
                    self.words[-1] = Word([*last.pieces, (number, token)])
                else:
                    self.words.append(Word([(number, token)]))

    def wanted(self, number: int | None) -> str:
        """The words of a line, MISSING for those that the transcription does not have; none of no line."""
        tokens = []
        for word in self.words:
            pieces = [piece for line, piece in word.pieces if line == number]
            tokens += [MISSING] * len(pieces) if word.missing else pieces
        return " ".join(tokens)


def _is_broken(token: str) -> bool:
    return len(token) > 1 and token[-1] in "-‐¬=" and token[-2].isalpha()


def misread(line: str, cer: float, dice: random.Random) -> str:
    """The line with so many of its letters misread, left out or put in."""
    out = []
    for letter in line:
        chance = dice.random()
        if letter == " ":
            out.append("" if chance < cer / 3 else letter)
        elif chance < 0.7 * cer:
            out.append(dice.choice(ALPHABET))
        elif chance < 0.85 * cer:
            continue
        else:
            out.append(letter + (dice.choice(ALPHABET) if chance < cer else ""))
    return "".join(out)


def break_of(word: str, room: int) -> int:
    """Where a word is broken that has so much room; 0: nowhere. A vowel on both sides, no sign first, and a
    consonant goes with the vowel behind it (Правила русской орфографии и пунктуации 1956, § 117-119)."""
    low = word.casefold()
    for at in range(min(room, len(word) - 2), 1, -1):
        halves = low[:at], low[at:]
        torn = low[at] in VOWELS and low[at - 1] not in VOWELS + SIGNS
        if (
            low.isalpha()
            and all(set(half) & set(VOWELS) for half in halves)
            and low[at] not in SIGNS
            and not torn
        ):
            return at
    return 0


def made(text: str, pages: int, cer: float, dice: random.Random) -> list[Leaf]:
    """Leaves of running text."""
    words = iter(text.split())
    leaves, line = [], ""
    for _ in range(pages):
        lines: list[str] = []
        while len(lines) < LINES:
            word = next(words)
            room = WIDTH - len(line) - 2
            if len(line) + len(word) < WIDTH:
                line = f"{line} {word}".strip()
            elif len(lines) < LINES - 1 and dice.random() < 0.8 and (room := break_of(word, room)):
                lines.append(f"{line} {word[:room]}-")
                line = word[room:]
            else:
                lines.append(line)
                line = word
        leaves.append(Leaf(lines, [misread(each, cer, dice) for each in lines], [*range(LINES)]))
    return leaves


def read_leaves(folder: Path) -> list[Leaf]:
    """Leaves with a hand transcription, as the program reads them."""
    from ocr.door import read_image

    leaves = []
    for scan in sorted(folder.glob("*.jpg")):
        texts = sorted(folder.glob(f"{scan.stem}*.txt"))
        if not texts:
            continue
        surfaces = [surface for surface in read_image(scan).surfaces if surface.lines]
        for surface, path in zip(surfaces[: len(texts)], texts, strict=True):
            truth = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
            read = [line.text for line in surface.lines if line.text]
            leaves.append(Leaf(truth, read, lines_of(read, truth)))
    return leaves


def lines_of(read: Sequence[str], truth: Sequence[str]) -> list[int | None]:
    """Which line of a transcription each line that was read is, or is a piece of; None: it is none of them.

    Both in their order; what is left alone costs all its letters, what is paired those that differ.
    """
    best: dict[tuple[int, int], tuple[float, list[int | None]]] = {(0, 0): (0.0, [])}
    for row in range(len(read) + 1):
        for column in range(len(truth) + 1):
            ways = [best[row, column]] if row == column == 0 else []
            if row:
                cost, before = best[row - 1, column]
                ways.append((cost + len(read[row - 1]), [*before, None]))
            if column:
                cost, before = best[row, column - 1]
                ways.append((cost + len(truth[column - 1]), before))
            for pieces in range(1, min(row, MOST_PIECES) + 1) if column else ():
                joined = " ".join(read[row - pieces : row])
                if Levenshtein.normalized_similarity(joined, truth[column - 1]) >= LEAST_LIKE:
                    cost, before = best[row - pieces, column - 1]
                    distance = Levenshtein.distance(joined, truth[column - 1])
                    ways.append((cost + distance, [*before, *[column - 1] * pieces]))
            best[row, column] = min(ways, key=lambda way: way[0])
    return best[len(read), len(truth)][1]


def harden(leaves: Sequence[Leaf], dice: random.Random) -> None:
    """Words changed for others, sentences left out."""
    pool = [word.text for leaf in leaves for word in leaf.words if fold(word.text)]
    for leaf in leaves:
        sentence: list[Word] = []
        for word in leaf.words:
            if dice.random() < 0.05 and len(word.pieces) == 1 and fold(word.text):
                word.text = dice.choice(pool)
                word.pieces = [(word.pieces[0][0], word.text)]
            sentence.append(word)
            if word.text[-1:] in ".!?":
                if dice.random() < 0.1:
                    for each in sentence:
                        each.missing = True
                sentence = []


def measure(leaves: Sequence[Leaf], *, hard: bool, show: bool, dice: random.Random) -> dict[str, float]:
    """Lays the transcription onto the leaves and counts."""
    order = list(leaves)
    if hard:
        dice.shuffle(order)
    text = " ".join(word.text for leaf in order for word in leaf.words if not word.missing)
    begun = time.process_time()
    letters = letters_of(text)
    index = Index(letters.codes)
    lines = right = accepted = wrongly = 0
    stretches = [index.place(letters_of(" ".join(leaf.read)).codes) for leaf in leaves]
    laid_leaves = lay(
        [
            ReadLeaf(leaf.read, each.start, each.end) if each else ReadLeaf(leaf.read, 0, 0)
            for leaf, each in zip(leaves, stretches, strict=True)
        ],
        letters,
    )
    seconds = time.process_time() - begun
    for leaf, laid in zip(leaves, laid_leaves, strict=True):
        for number in (*sorted({each for each in leaf.line_of if each is not None}), None):
            pieces = [at for at, line in enumerate(leaf.line_of) if line == number]
            wanted = leaf.wanted(number)
            given = [laid[at].text for at in pieces if laid[at].accepted]
            is_given = number is not None and len(given) == len(pieces)
            is_wrong = (
                " ".join(given) != wanted
                if is_given
                else any(f" {each} " not in f" {wanted} " for each in given)
            )
            is_right = not is_wrong and (is_given or MISSING in wanted)
            lines += number is not None
            accepted += is_given
            right += is_right
            wrongly += is_wrong
            if show and (is_wrong or not (is_right or number is None)):
                print(f"    {wanted!r}")
                for at in pieces:
                    print(f"        {leaf.read[at]!r}: {laid[at]}")
    return {
        "lines": lines,
        "right": right / lines,
        "accepted": accepted / lines,
        "wrongly_accepted": wrongly / lines,
        "leaves_not_placed": stretches.count(None),
        "seconds": seconds,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--cer", default="0.05,0.1,0.2")
    parser.add_argument("--seeds", type=int, default=1, help="so many draws of the hard case of a folder")
    parser.add_argument("--show", action="store_true", help="print the lines that did not come out right")
    chosen = parser.parse_args()
    rows: dict[str, dict[str, float]] = {}
    if chosen.source.is_dir():
        read = read_leaves(chosen.source)
        for name, seed in [("plain", 1), *((f"hard {seed}", seed) for seed in range(1, chosen.seeds + 1))]:
            dice, hard = random.Random(seed), name != "plain"
            leaves = deepcopy(read)
            if hard:
                harden(leaves, dice)
            rows[f"real {name}"] = measure(leaves, hard=hard, show=chosen.show, dice=dice)
    else:
        opened = lzma.open if chosen.source.suffix == ".xz" else open
        with opened(chosen.source, "rt", encoding="utf-8") as file:
            text = file.read(200_000 + 2500 * chosen.pages)[100_000:]
        for cer in map(float, chosen.cer.split(",")):
            for hard in (False, True):
                dice = random.Random(1)
                leaves = made(text, chosen.pages, cer, dice)
                if hard:
                    harden(leaves, dice)
                rows[f"{cer:.0%} {'hard' if hard else 'plain'}"] = measure(
                    leaves, hard=hard, show=chosen.show, dice=dice
                )
    print(f"{'':16}{'lines':>8}{'right':>9}{'accepted':>10}{'wrongly':>9}{'not placed':>12}{'CPU s':>8}")
    for name, row in rows.items():
        print(
            f"{name:16}{row['lines']:8.0f}{row['right']:9.2%}{row['accepted']:10.2%}"
            f"{row['wrongly_accepted']:9.2%}{row['leaves_not_placed']:12.0f}{row['seconds']:8.1f}"
        )
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
