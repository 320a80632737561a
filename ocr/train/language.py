"""Builds the character language model from plain texts: python -m ocr.train.language TEXT... -o FILE.

Interpolated Kneser-Ney (Kneser and Ney, 1995; Chen and Goodman, 1999) over letters, in new and in old
spelling, pruned by count. The reading side is ocr.engines.language.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ocr.arrays import F64, I64
from ocr.engines.language import CharModel, Level
from ocr.synth.lists import list_line
from ocr.synth.spelling import apostrophe, old_spelling
from ocr.synth.text import ALPHABET, Texts, read_text

Codes = npt.NDArray[np.uint8]
Keys = npt.NDArray[np.uint64]
Counts = I64

ORDER = 7
"""Letters looked at, the one foretold included. A key holds eight bytes, so eight is the most."""


def wrapped(text: str, rng: np.random.Generator) -> Iterator[str]:
    """The text as lines of 18 to 60 letters, some words broken with a hyphen, as on a page."""
    at = 0
    while at < len(text):
        end = at + int(rng.integers(18, 60))
        line = text[at:end]
        broken = text[end - 1 : end + 1].isalpha() and rng.random() < 0.4
        if not broken and " " in line[1:] and end < len(text):
            line = line[: line.rindex(" ")]
        at += len(line)
        if kept := line.strip():
            yield kept + "-" if broken else kept


def coded(text: str, rng: np.random.Generator) -> Codes:
    """The codes of a text cut into lines (see `wrapped`)."""
    return as_codes("\n".join(wrapped(text, rng)))


def as_codes(lines: str) -> Codes:
    """Letters as 1 + place in the alphabet, 0 where a line ends or begins; nothing for no lines."""
    if not lines:
        return np.zeros(0, np.uint8)
    table = {ord(letter): chr(place) for place, letter in enumerate(ALPHABET, 1)} | {ord("\n"): "\0"}
    return np.frombuffer(f"\n{lines}\n".translate(table).encode("latin-1"), np.uint8)


def grams(codes: Codes, order: int) -> tuple[Keys, Counts]:
    """The different runs of `order` codes, packed with the first one highest, and how often each stands."""
    keys = np.zeros(len(codes) - order + 1, np.uint64)
    for place in range(order):
        keys = (keys << np.uint64(8)) | codes[place : len(codes) - order + 1 + place].astype(np.uint64)
    inside = np.ones(len(keys), bool)  # nothing reaches over the end of a line
    for place in range(1, order - 1):
        inside &= codes[place : len(codes) - order + 1 + place] != 0
    return np.unique(keys[inside], return_counts=True)


def build(codes: Codes, least: int) -> list[Level]:
    """The levels of a model: level k foretells a letter from the k before it.

    `least`: runs of five letters and more that stand less often are left to the shorter ones.
    """
    runs = [grams(codes, order) for order in range(1, ORDER + 1)]
    # Below the longest, what counts is before how many different letters a run stands.
    counted: list[tuple[Keys, Counts]] = []
    for order in range(1, ORDER):
        longer = runs[order][0]
        mask = np.uint64((1 << (8 * order)) - 1)
        keys, counts = np.unique(longer & mask, return_counts=True)
        starts = runs[order - 1][0]  # runs at the beginning of a line have no letter before them
        first = (starts >> np.uint64(8 * (order - 1))) == 0
        keys = np.concatenate([keys, starts[first]])
        counts = np.concatenate([counts, runs[order - 1][1][first]])
        keys, back = np.unique(keys, return_inverse=True)
        counted.append((keys, np.bincount(back, counts).astype(np.int64)))
    counted.append(runs[-1])
    kept = _kept(counted, [1, 1, 1, 2, least, least, least])
    return [_level(counted[place], kept, place) for place in range(ORDER)]


def _kept(counted: list[tuple[Keys, Counts]], least: list[int]) -> list[Keys]:
    """The runs that stay: often enough, and every beginning of one that stays."""
    kept: list[Keys] = []
    for (keys, counts), limit in zip(reversed(counted), reversed(least), strict=True):
        enough = keys[counts >= limit]
        if kept:
            enough = np.union1d(enough, np.unique(kept[-1] >> np.uint64(8)))
        kept.append(enough)
    return kept[::-1]


def _level(counted: tuple[Keys, Counts], kept: list[Keys], place: int) -> Level:
    keys, counts = counted
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    discount = once / (once + 2 * twice) if once and twice else 0.5
    _, inverse = np.unique(keys >> np.uint64(8), return_inverse=True)
    sums = np.bincount(inverse, counts)
    shares = np.maximum(counts - discount, 0) / sums[inverse]
    here = kept[place]
    at = np.searchsorted(keys, here)
    there = (at < len(keys)) & (keys[np.minimum(at, len(keys) - 1)] == here)
    share = np.where(there, shares[np.minimum(at, len(keys) - 1)], 0.0)
    # What the kept runs do not foretell is left to the level below.
    owners = here >> np.uint64(8)
    parents = kept[place - 1] if place else np.zeros(1, np.uint64)
    where = np.searchsorted(parents, owners)
    foretold = np.bincount(where, share, minlength=len(parents))
    children = np.bincount(where, minlength=len(parents))
    return Level(
        (here & np.uint64(255)).astype(np.uint8),
        _quantised(share),
        _quantised(np.clip(1 - foretold, 1e-6, 1)),
        children.astype(np.uint8),
    )


def _quantised(share: F64) -> npt.NDArray[np.uint8]:
    """Minus the natural logarithm in sixteenths, 255 for nothing."""
    with np.errstate(divide="ignore"):
        return np.minimum(np.round(-16 * np.log(share)), 255).astype(np.uint8)


def jottings(texts: Sequence[str], lines: int, old: float, rng: np.random.Generator) -> str:
    """Lines of notebooks and offices: dates, sums, names, phrases; prose has few of these."""
    source = Texts(texts, old=old)
    return " ".join(source.line(rng, int(rng.integers(12, 60))) for _ in range(lines))


def main() -> None:
    """The command."""
    words = argparse.ArgumentParser(prog="python -m ocr.train.language", description=__doc__)
    words.add_argument("texts", type=Path, nargs="+")
    words.add_argument("-o", "--output", type=Path, required=True)
    words.add_argument("--least", type=int, default=2, help="how often a long run must stand to be kept")
    words.add_argument("--jottings", type=int, default=150_000, help="lines of numbers, names and office")
    words.add_argument(
        "--lists", type=int, default=0, help="lines of lists of souls; for a teacher, not for all"
    )
    asked = words.parse_args()
    rng = np.random.default_rng(5)
    texts = [read_text(path) for path in asked.texts]
    new = " ".join(texts)
    new = " ".join([new, apostrophe(new[: len(new) // 3]), new[len(new) // 2 :].replace("ё", "е")])
    old = old_spelling(" ".join(texts))
    new = f"{new} {jottings(texts, asked.jottings, 0.0, rng)}"
    old = f"{old} {jottings(texts, asked.jottings, 1.0, rng)}"
    rolls = "\n".join(list_line(rng) for _ in range(asked.lists))
    model = CharModel(
        ALPHABET,
        {
            name: build(np.concatenate([coded(text, rng), as_codes(lines)]), asked.least)
            for name, text, lines in (("new", new, rolls), ("old", old, old_spelling(rolls)))
        },
    )
    model.save(asked.output)


if __name__ == "__main__":
    main()
