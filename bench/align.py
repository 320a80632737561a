"""A transcription without line breaks laid onto lines as they were read: how many lines come out right.

    python bench/align.py TEXT [--pages 500] [--cer 0.05,0.1,0.2]
    python bench/align.py FOLDER

TEXT (plain prose): notebooks are made of it, 21 lines a page, words broken at line ends, and "read" with so
many letters misread. FOLDER: pages with hand transcriptions (NAME.txt, or NAME.1.txt for each leaf, beside
NAME.jpg), read by the program. Plain: line breaks and hyphens taken out. Hard: also pages shuffled, 5 % of
the words changed for others, a tenth of the sentences left out. A line is right when it was given the words
that the transcription has of it, or when words of it are missing there and it stays as it was read.
"""

import argparse
import json
import lzma
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ocr.alignment.laying import LaidLine, lay
from ocr.alignment.letters import HYPHENS, letters_of
from ocr.alignment.placing import Index

ALPHABET = "оеаинтсрвлкмдпуяызбгчйхжшюцщэф"
WIDTH, LINES = 42, 21


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
    """A leaf: its true lines, its lines as read, its words."""

    lines: list[str]
    read: list[str]
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

    def wanted(self, number: int) -> str | None:
        """What a line is to be given; None when words of it are missing in the transcription."""
        tokens = []
        for word in self.words:
            pieces = [piece for line, piece in word.pieces if line == number]
            if pieces and word.missing:
                return None
            tokens += pieces
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
    """Where a word is broken that has so much room: a vowel on both sides, no sign first; 0: nowhere."""
    low = word.casefold()
    for at in range(min(room, len(word) - 2), 1, -1):
        halves = low[:at], low[at:]
        if low.isalpha() and all(set(half) & set("аеёиоуыэюя") for half in halves) and low[at] not in "ьъй":
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
        leaves.append(Leaf(lines, [misread(each, cer, dice) for each in lines]))
    return leaves


def read_leaves(folder: Path) -> list[Leaf]:
    """Leaves with a hand transcription, as the program reads them; lines are paired by place in the text."""
    from rapidfuzz.distance import Levenshtein

    from ocr.door import read_image

    leaves = []
    for scan in sorted(folder.glob("*.jpg")):
        texts = sorted(folder.glob(f"{scan.stem}*.txt"))
        if not texts:
            continue
        page = read_image(scan)
        surfaces = [surface for surface in page.surfaces if surface.lines]
        if len(surfaces) != len(texts):
            surfaces = surfaces[: len(texts)]
        for surface, path in zip(surfaces, texts, strict=True):
            truth = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
            read = [line.text for line in surface.lines if line.text]
            # the read lines in the order of the page, each with the true line that is most like it
            distances = sorted(
                (Levenshtein.normalized_distance(best, line), at, number)
                for at, line in enumerate(read)
                for number, best in enumerate(truth)
            )
            of: dict[int, int] = {}
            for distance, at, number in distances:  # the likest first; no true line stands on two lines
                if distance < 0.6 and at not in of and number not in of.values():
                    of[at] = number
            pairs = [(truth[of[at]], line) for at, line in enumerate(read) if at in of]
            leaves.append(Leaf([best for best, _ in pairs], [line for _, line in pairs]))
    return leaves


def harden(leaves: Sequence[Leaf], dice: random.Random) -> None:
    """Words changed for others, sentences left out."""
    pool = [word.text for leaf in leaves for word in leaf.words]
    for leaf in leaves:
        sentence: list[Word] = []
        for word in leaf.words:
            if dice.random() < 0.05 and len(word.pieces) == 1:
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
    lines = right = accepted = wrongly = lost = 0
    for leaf in leaves:
        stretch = index.place(letters_of(" ".join(leaf.read)).codes)
        laid = (
            [LaidLine("", 0.0, False)] * len(leaf.read)
            if stretch is None
            else lay(leaf.read, letters, stretch.start, stretch.end)
        )
        lost += stretch is None
        for number, line in enumerate(laid):
            wanted = leaf.wanted(number)
            lines += 1
            accepted += line.accepted
            is_right = (line.accepted and line.text == wanted) or (wanted is None and not line.accepted)
            right += is_right
            wrongly += line.accepted and not is_right
            if line.accepted and not is_right and show:
                print(f"    {wanted!r}\n    {leaf.read[number]!r}\n    {line.text!r} {line.likeness:.2f}")
    return {
        "lines": lines,
        "right": right / lines,
        "accepted": accepted / lines,
        "wrongly_accepted": wrongly / lines,
        "leaves_not_placed": lost,
        "seconds": time.process_time() - begun,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--cer", default="0.05,0.1,0.2")
    parser.add_argument("--show", action="store_true", help="print the lines that were wrongly accepted")
    chosen = parser.parse_args()
    rows: dict[str, dict[str, float]] = {}
    if chosen.source.is_dir():
        for hard in (False, True):
            dice = random.Random(1)
            leaves = read_leaves(chosen.source)
            if hard:
                harden(leaves, dice)
            rows[f"real {'hard' if hard else 'plain'}"] = measure(
                leaves, hard=hard, show=chosen.show, dice=dice
            )
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
