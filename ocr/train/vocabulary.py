"""Builds the vocabulary from plain texts: python -m ocr.train.vocabulary TEXT... -o FILE [--forms LIST].

A form is kept when it stands twice, a pair when it stands three times; a list of forms (a spelling
dictionary, one form a line) adds what the texts happen not to have, each as if it stood once.
"""

import argparse
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import regex

from ocr.engines.vocabulary import START, Vocabulary, forms, from_shares
from ocr.synth.text import read_text

LEAST_WORD, LEAST_PAIR = 2, 3
LISTED = 1.0
"""A listed form counts as so many occurrences."""
_SENTENCE = regex.compile(r"[.!?…\n]+")


def build(texts: Iterable[str], listed: Iterable[str] = ()) -> Vocabulary:
    """The vocabulary of some texts and a list of forms."""
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    first: Counter[str] = Counter()
    for text in texts:
        for sentence in _SENTENCE.split(text):
            row = [START, *forms(sentence)]
            words.update(row[1:])
            first.update(row[:-1])
            pairs.update(pairwise(row))
    total = max(sum(words.values()), 1)
    kept = {form: float(count) for form, count in words.items() if count >= LEAST_WORD}
    for form in {folded for line in listed for folded in forms(line)}:
        kept[form] = kept.get(form, 0.0) + LISTED
    return from_shares(
        ((form, count / total) for form, count in kept.items()),
        (
            (before, form, count / first[before])
            for (before, form), count in pairs.items()
            if count >= LEAST_PAIR
        ),
    )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m ocr.train.vocabulary", description=__doc__)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--forms", type=Path, help="a list of forms, one a line")
    asked = parser.parse_args()
    listed = asked.forms.read_text(encoding="utf-8").splitlines() if asked.forms else []
    build((read_text(path) for path in asked.texts), listed).save(asked.output)


if __name__ == "__main__":
    main()
