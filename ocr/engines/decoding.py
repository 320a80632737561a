"""From a net's scores to letters with places, probabilities and rivals, and to words."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np
import regex

from ocr.arrays import F32, F64
from ocr.engines.alignment import Spans, forced_alignment
from ocr.engines.beam_search import Beam, BeamSettings, Strip, beam_search
from ocr.engines.calibration import (
    BeamAgreement,
    Calibration,
    Evidence,
    ReadLine,
    agreed_by_letter,
    agreement_of,
    beam_agreement,
    evidence_of,
)
from ocr.engines.language import NextLetter
from ocr.engines.lattice import WordHypotheses, WordSpan, word_spans
from ocr.geometry import Box
from ocr.page import Glyph, Rival, Word, beside

LogProbs = F32
"""Shape (frames, 1 + letters): natural logarithms; class 0 is the blank, class k letter k - 1."""

_HAND_LEAST, _HAND_WIDTH, _HAND_BEHIND = 3e-3, 20, 6.0
"""Where a hand is learnt from what the readings agree on, the least likely of them tell nothing."""
MOST_RIVALS, LEAST_RIVAL = 5, 0.0005
"""So many other words are told, none less likely than this."""
TEMPER, LONGER = 0.6, 0.8
"""Nets believe too much in what they like best, and what is read wrong lacks a letter or a mark more often
than it has one too many. So the shares of rivals are raised to the one, and weighed by e to the other for
each letter that they have more than the text: likeliest for what is read wrong on made leaves
(bench/rivals.py)."""
_RIVAL = 0.1
"""Letters at least as likely as this are told as rivals."""

_OLD = regex.compile(r"[ѣіѳѵ]|\p{L}ъ(?!\p{L})", regex.IGNORECASE)
_WORD = regex.compile(r"[^ ]+")
_OLD_SHARE = 0.12
"""With so many signs of old spelling per word, a leaf is taken to be in it (new spelling has hardly any)."""


@dataclass(frozen=True, slots=True)
class DecodedLetter:
    """One letter read, its probability, and from where to where it stands, in pixels of the strip given."""

    text: str
    confidence: float
    left: float
    right: float
    rivals: tuple[Rival, ...] = ()


@dataclass(frozen=True, slots=True)
class DecodedLine:
    """A strip as read: its letters from left to right, spaces among them, none at the ends."""

    letters: tuple[DecodedLetter, ...] = ()
    words: tuple["DecodedWord", ...] = ()

    @property
    def text(self) -> str:
        """The letters in a row."""
        return "".join(letter.text for letter in self.letters)


class DecodedWord(NamedTuple):
    """A word of a strip."""

    start: int
    """Its first letter."""
    end: int
    """The one after its last."""
    confidence: float
    """Probability that all of it is right."""
    rivals: tuple[Rival, ...] = ()
    """What else may stand there, likeliest first."""


class Decoded(NamedTuple):
    """A strip as decoded."""

    text: str
    codes: bytes
    """Of each letter its class."""
    spans: Spans
    evidence: Evidence
    frames: int
    """How many there are."""
    others: Mapping[int, list[tuple[str, float]]] = {}
    """By the first letter of a word: what else was thought of in its place, with probabilities."""


class AgreedLetters(NamedTuple):
    """The best reading of a strip."""

    codes: bytes
    spans: Spans
    agreed: F64
    """Of each letter the share of the beam's readings, by their weight, that have it too, in 0..1."""


class StripToScan(Protocol):
    """Leads from a strip to the scan."""

    def box(self, box: Box, /) -> Box:
        """The box in scan pixels that holds a box of the strip."""
        ...


@dataclass(frozen=True, slots=True)
class Decoder:
    """How scores become letters; a frame of the net, an alphabet, and what is known of the letters' trust."""

    alphabet: str
    calibration: Calibration
    settings: BeamSettings

    def rough(self, scores: LogProbs) -> str:
        """What the net alone reads: the best class of each frame, doubles joined, blanks dropped."""
        return "".join(self.alphabet[code - 1] for code in greedy(scores).codes).strip()

    def read(self, scores: LogProbs, spelling: NextLetter | None) -> Decoded:
        """The reading that strip and language model like best; without a spelling, that of the net alone."""
        readings = [greedy(scores)]
        if spelling is not None:
            readings = beam_search([Strip(scores)], spelling, self.settings)[0]
        codes = readings[0].codes
        spans = forced_alignment([scores], [codes])[0]
        line = ReadLine(scores, codes, spans, [beam_agreement(readings)])
        evidence = evidence_of([line], spelling, self.settings)[0]
        return Decoded(self._text(codes), codes, spans, evidence, len(scores))

    def agreed(self, leaf: Sequence[LogProbs], spelling: NextLetter) -> list[AgreedLetters]:
        """Of each strip of a leaf the best reading, and how far the beam agrees on each of its letters."""
        lines = beam_search(list(map(Strip, leaf)), spelling, self._for_hand)
        spans = forced_alignment(leaf, [readings[0].codes for readings in lines])
        return [
            AgreedLetters(
                readings[0].codes,
                own,
                agreed_by_letter(len(readings[0].codes), [beam_agreement(readings)]),
            )
            for readings, own in zip(lines, spans, strict=True)
        ]

    def stretches(
        self, leaf: Sequence[LogProbs], first: Sequence[AgreedLetters], spelling: NextLetter
    ) -> list[list[WordSpan]]:
        """Of each strip of a leaf what may stand between the spaces of its first reading."""
        best, spans = [line.codes for line in first], [line.spans for line in first]
        return word_spans(leaf, best, spans, spelling, self.alphabet, self.settings)

    def chosen(
        self, leaf: Sequence[LogProbs], spelling: NextLetter, lines: Sequence[Sequence[WordHypotheses]]
    ) -> list[Decoded]:
        """Of each strip of a leaf the reading made of the likeliest reading of each stretch, single spaces
        between them."""
        joined = [self._joined(line) for line in lines]
        spans = forced_alignment(leaf, [codes for codes, _, _ in joined])
        read = [
            ReadLine(scores, codes, own, agreements)
            for scores, own, (codes, agreements, _) in zip(leaf, spans, joined, strict=True)
        ]
        return [
            Decoded(self._text(line.codes), line.codes, own, evidence, len(line.scores), others)
            for line, own, evidence, (_, _, others) in zip(
                read, spans, evidence_of(read, spelling, self.settings), joined, strict=True
            )
        ]

    def _joined(
        self, line: Sequence[WordHypotheses]
    ) -> tuple[bytes, list[BeamAgreement], dict[int, list[tuple[str, float]]]]:
        """The likeliest readings of stretches in a row, what agrees with each, and what else may stand there,
        by its first letter."""
        codes, agreements, others = b"", [], dict[int, list[tuple[str, float]]]()
        space = bytes((self._space,))
        for stretch in line:
            readings = stretch.readings
            if not readings[0][0]:
                continue
            codes += space if codes else b""
            agreements.append(agreement_of(readings, len(codes)))
            for place, rivals in _rivals_by_place(readings, space):
                others[len(codes) + place] = [(self._text(rival), share) for rival, share in rivals]
            codes += readings[0][0]
        return codes, agreements, others

    @property
    def _for_hand(self) -> BeamSettings:
        return replace(
            self.settings,
            least=max(_HAND_LEAST, self.settings.least),
            width=min(_HAND_WIDTH, self.settings.width),
            behind=min(_HAND_BEHIND, self.settings.behind),
        )

    @property
    def _space(self) -> int:
        return 1 + self.alphabet.index(" ")

    def _text(self, codes: bytes) -> str:
        return "".join([self.alphabet[code - 1] for code in codes])

    def writing(self, read: Decoded, frame: float) -> DecodedLine:
        """A reading with places, trust and rivals.

        A frame spans `frame` pixels of the strip; a letter reaches half way to its neighbours.
        """
        text, spans, evidence = read.text, read.spans, read.evidence
        first, last = len(text) - len(text.lstrip(" ")), len(text.rstrip(" "))
        if first >= last:
            return DecodedLine()
        sure = self.calibration.letters(evidence)
        letters = []
        for n in range(first, last):
            start, end = spans[n]
            left = (spans[n - 1][1] + start) / 2 if n > first else start - 1.0
            right = (end + spans[n + 1][0]) / 2 if n + 1 < last else end + 1.0
            left, right = max(left, start - 3, 0), min(right, end + 3, read.frames)
            own = float(sure[n])
            letters.append(
                DecodedLetter(text[n], own, left * frame, right * frame, self._rivals(evidence, n, own))
            )
        words = word_places(text)
        chances = self.calibration.words(evidence, words).tolist()
        return DecodedLine(
            tuple(letters),
            tuple(
                DecodedWord(
                    a - first, b - first, chance, _rivals_of_word(chance, b - a, read.others.get(a, ()))
                )
                for (a, b), chance in zip(words, chances, strict=True)
            ),
        )

    def _rivals(self, evidence: Evidence, place: int, own: float) -> tuple[Rival, ...]:
        """The rivals of a letter: what its calibrated probability leaves, parted as the evidence parts it."""
        likely = [(code, share) for code, share in evidence.rivals[place] if share >= _RIVAL]
        if not likely:
            return ()
        against = 1 - float(evidence.against[place])
        rivals = [Rival(self.alphabet[code - 1], (1 - own) * share / against) for code, share in likely]
        return beside(own, rivals)


def _rivals_by_place(
    readings: Sequence[tuple[bytes, float]], space: bytes
) -> Iterator[tuple[int, list[tuple[bytes, float]]]]:
    """Of each word of the first reading of a stretch its first letter, and what the other readings of as many
    words have in its place, likeliest first."""
    first, *rest = [(codes.split(space), share) for codes, share in readings]
    place = 0
    for n, word in enumerate(first[0]):
        shares = defaultdict[bytes, float](float)
        for words, share in rest:
            if len(words) == len(first[0]) and words[n] != word:
                shares[words[n]] += share
        yield place, sorted(shares.items(), key=lambda rival: -rival[1])
        place += len(word) + 1


def _rivals_of_word(own: float, length: int, others: Sequence[tuple[str, float]]) -> tuple[Rival, ...]:
    """What the calibrated probability of a word of so many letters leaves, parted among its likeliest rivals
    of one word."""
    weights = [
        (text, share**TEMPER * math.exp(LONGER * (len(text) - length)))
        for text, share in others
        if text and share  # one that is too unlikely for a number has no weight
    ]
    words = sorted(weights, key=lambda rival: -rival[1])[:MOST_RIVALS]
    total = sum(weight for _, weight in words)
    rivals = beside(own, [Rival(text, (1 - own) * weight / total) for text, weight in words])
    return tuple(rival for rival in rivals if rival.confidence >= LEAST_RIVAL)


def word_places(text: str) -> list[tuple[int, int]]:
    """Of each word between spaces its first letter and the one after its last."""
    return [(word.start(), word.end()) for word in _WORD.finditer(text)]


def greedy(scores: LogProbs) -> Beam:
    """The best class of each frame, doubles joined, blanks dropped."""
    best = scores.argmax(1)
    starts = np.diff(best, prepend=-1) != 0
    return Beam(bytes(best[starts & (best > 0)].tolist()), float(scores.max(1).sum()))


def words_of(writing: DecodedLine, height: float, to_scan: StripToScan) -> tuple[Word, ...]:
    """The words of a strip so high, with boxes in scan pixels."""
    words = []
    for start, end, sure, rivals in writing.words:
        letters = writing.letters[start:end]
        glyphs = tuple(
            Glyph(letter.text, letter.confidence, to_scan.box(_box([letter], height)), letter.rivals)
            for letter in letters
        )
        text = "".join(letter.text for letter in letters)
        words.append(Word(text, to_scan.box(_box(letters, height)), sure, glyphs, rivals))
    return tuple(words)


def _box(letters: Sequence[DecodedLetter], height: float) -> Box:
    return Box(letters[0].left, 0, max(letters[-1].right, letters[0].left), height)


def spelling_of(text: str) -> str:
    """Old or new, by the letters of old spelling and final hard signs among the words of a rough reading."""
    words = max(len(text.split()), 1)
    return "old" if len(_OLD.findall(text)) / words > _OLD_SHARE else "new"
