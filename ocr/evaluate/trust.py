"""What a record believes of its words, letters and lines, and, where there is a truth, what of it was right.

Counted strictly, whatever the profiles of a report: a word is right when it is a hit of the alignment that
gives the word error rate, a letter when it is one of the letters' alignment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from ocr.evaluate.align import Alignment, EditKind, align
from ocr.evaluate.calibration import ConfidenceOutcomes, Shares
from ocr.evaluate.pair import PageText
from ocr.evaluate.rates import Score, count_edits
from ocr.evaluate.scores import PageScore
from ocr.formats.found_lines import FoundLine, FoundWord
from ocr.text import STRICT, graphemes, words_by_space


@dataclass(frozen=True, slots=True, eq=False)
class PageConfidence:
    """What one found page believes of itself. Arrays of one number per word that has a confidence."""

    name: str
    words: Shares
    """Confidence, 0..1."""
    lengths: Shares
    """Letters."""
    unsure: int = 0
    """Words without a confidence."""
    letters: int = 0
    """All letters of the page, spaces among them."""
    gaps: int = 0
    """Places that the record calls unread."""

    @property
    def found(self) -> int:
        """All words of the page."""
        return len(self.words) + self.unsure

    def wrong_words(self, words: Shares) -> float:
        """How many words are wrong, with these confidences for `words`; the unsure are like the rest."""
        return float((1 - words).sum()) * self.found / max(len(self.words), 1)

    def wrong_letters(self, words: Shares) -> float:
        """How many letters are wrong, if those of one word err alike and each for itself."""
        told = float(self.lengths.sum())
        wrong = float((self.lengths * (1 - words ** (1 / np.maximum(self.lengths, 1)))).sum())
        return wrong * self.letters / max(told, 1)


@dataclass(frozen=True, slots=True, eq=False)
class PageOutcomes:
    """A page with its truth: what it believed and what was right."""

    belief: PageConfidence
    words: ConfidenceOutcomes
    letters: ConfidenceOutcomes
    """Where a record tells no letter's confidence, a word's stands for its letters, each an equal share."""
    lines: ConfidenceOutcomes
    """The confidence of the line, or the mean of its words', against the share of its words that is right."""
    score: Score
    """Under the strict profile."""


def page_confidence(name: str, found: PageText) -> PageConfidence:
    """What a found page believes."""
    pieces = list(chain(*found.pieces))
    tokens = [token for piece in pieces for token in _tokens(piece)]
    told = [(t.confidence, len(graphemes(t.text))) for t in tokens if t.confidence is not None]
    table = np.array(told, float).reshape(-1, 2)
    letters = sum(len(graphemes(t.text)) for t in tokens) + max(len(tokens) - 1, 0)
    return PageConfidence(name, table[:, 0], table[:, 1], len(tokens) - len(told), letters, found.gaps)


def page_outcomes(page: PageScore) -> PageOutcomes:
    """What a page believed, held against its truth."""
    words, letters, lines = (
        list[tuple[float, bool]](),
        list[tuple[float, bool]](),
        list[tuple[float, float]](),
    )
    score = Score(STRICT.name)
    for (truth, _), (_, pieces) in zip(page.pair.leaves, page.pair.pieces, strict=True):
        held = [_tokens(piece) for piece in pieces]
        tokens = list(chain(*held))
        text = STRICT.apply(truth)
        found = [STRICT.apply(token.text) for token in tokens]
        by_word = align(words_by_space(text), found)
        spelt = graphemes(" ".join(found))
        by_letter = align(graphemes(text), spelt)
        right, right_letters = _hits(by_word, len(found)), _hits(by_letter, len(spelt))
        score += Score(STRICT.name, count_edits(by_letter), count_edits(by_word))
        words += [(t.confidence, r) for t, r in zip(tokens, right, strict=True) if t.confidence is not None]
        letters += _letters(tokens, found, right_letters)
        lines += _lines(pieces, held, right)
    return PageOutcomes(
        page_confidence(page.name, page.pair.found),
        _trust(words, "word"),
        _trust(letters, "letter"),
        _trust(lines, "line"),
        score,
    )


def joined(parts: Iterable[ConfidenceOutcomes], level: str) -> ConfidenceOutcomes:
    """All of them as one."""
    held = [part for part in parts if len(part.believed)]
    if not held:
        return ConfidenceOutcomes(np.empty(0), np.empty(0), level)
    return ConfidenceOutcomes(
        np.concatenate([part.believed for part in held]), np.concatenate([part.right for part in held]), level
    )


def _trust(pairs: Sequence[tuple[float, float]], level: str) -> ConfidenceOutcomes:
    table = np.array(pairs, float).reshape(-1, 2)
    return ConfidenceOutcomes(table[:, 0], table[:, 1], level)


def _tokens(piece: FoundLine) -> tuple[FoundWord, ...]:
    return piece.words or tuple(FoundWord(word) for word in piece.text.split())


def _hits(alignment: Alignment, count: int) -> list[bool]:
    """Which of the found units are right."""
    right = [False] * count
    for stretch in alignment.chunks:
        if stretch.kind is EditKind.HIT:
            right[stretch.found_start : stretch.found_end] = [True] * stretch.length
    return right


def _letters(
    tokens: Sequence[FoundWord], found: Sequence[str], right: Sequence[bool]
) -> Iterable[tuple[float, bool]]:
    place = 0
    for token, text in zip(tokens, found, strict=True):
        long = len(graphemes(text))
        told = _each(token, long)
        yield from zip(told, right[place : place + len(told)], strict=True)
        place += long + 1  # and the space


def _each(token: FoundWord, long: int) -> list[float]:
    """The confidence of each letter, what is not told being shared out; nothing when nothing is known."""
    known = token.letters if len(token.letters) == long else (None,) * long
    if all(one is not None for one in known):
        return [one for one in known if one is not None]
    if token.confidence is None:
        return []
    product = float(np.prod([one for one in known if one is not None]))
    rest = min(token.confidence / product, 1.0) if product > 0 else 1.0
    share = rest ** (1 / known.count(None))
    return [share if one is None else one for one in known]


def _lines(
    pieces: Sequence[FoundLine], held: Sequence[tuple[FoundWord, ...]], right: Sequence[bool]
) -> Iterable[tuple[float, float]]:
    place = 0
    for piece, tokens in zip(pieces, held, strict=True):
        own = right[place : place + len(tokens)]
        place += len(tokens)
        told = [token.confidence for token in tokens if token.confidence is not None]
        believed = (
            piece.confidence if piece.confidence is not None else sum(told) / len(told) if told else None
        )
        if believed is not None and own:
            yield believed, sum(own) / len(own)
