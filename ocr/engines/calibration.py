"""How likely a letter or a word of ours is to be right.

What a net says of itself is not enough: where the language model overrules it, most letters that it gave
little are right. So the evidence is taken after reading: each letter
against its rivals with all others as read, strip and language together; how far the other readings of
the beam agree; how clear the line is as a whole. A word is right when all of its letters are, when the beam
agrees on the whole of it, and less likely when it holds a turn that the language does not know. A logistic
function (Platt, 1999) weighs it and an isotonic curve (Zadrozny and Elkan, 2002) makes probabilities of that;
both are fitted on lines that the net has not learnt from (ocr.train.calibrate) and stand in the model's file.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr.arrays import F32, F64, I64, log_odds
from ocr.engines.beam_search import Beam, BeamSettings
from ocr.engines.language import NextLetter
from ocr.errors import EngineError
from ocr.notation import object_from_json

Scores = F32
Shares = F64

_TRIED = math.log(1e-3)
_MOST = 3
"""So many rivals of a letter are weighed, each with the two letters that follow it."""


class Evidence(NamedTuple):
    """What speaks for each letter of a reading: arrays of one number per letter."""

    against: Shares
    """Probability against its rivals, in 0..1."""
    agreed: Shares
    """Share of the beam's readings, by their weight, that have the letter too, in 0..1."""
    clear: Shares
    """Mean natural logarithm of what the net believes best, over the line: at most 0."""
    log_p: Shares
    """Natural logarithm of the probability of the letter in the language model; 0 without one."""
    rivals: list[list[tuple[int, float]]]
    """Per letter the codes of its rivals and their probabilities."""
    agreements: list["BeamAgreement"]
    """How far other readings have the same letters, stretch by stretch."""

    def agreed_on(self, start: int, end: int) -> float:
        """Share of the other readings, by their weight, that have all these letters and both neighbours."""
        place = next((span for span in self.agreements if span.first <= start < span.last), None)
        if place is None:
            return 1.0
        first, last = max(start - 1, place.first), min(end + 1, place.last)
        return sum(
            weight for weight, runs in place.readings if any(a <= first and last <= b for a, b in runs)
        )


class BeamAgreement(NamedTuple):
    """What other readings make of a stretch of letters."""

    first: int
    last: int
    """The letter after its last."""
    readings: list[tuple[float, list[tuple[int, int]]]]
    """Weight (together 1), and the runs of letters (first, after the last) shared with the reading chosen."""


GRID = np.linspace(-7, 7, 29)
"""Log-odds at which a curve tells its probabilities; straight between them, level beyond."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the logistic functions, and the curve that makes what they give true. The defaults are for
    models that tell none of their own: they were fitted on such a one."""

    by_letter: tuple[float, ...] = (0.278, 0.208, 0.267, 4.43)
    """Beside one: log-odds of `against`, log-odds of `agreed`, `clear`."""
    by_word: tuple[float, ...] = (0.238, 0.06, 0.908, 0.032)
    """Beside one: log-odds of `agreed_on`, log-odds of all letters being right each for itself, least of
    `log_p`."""
    letter_curve: tuple[float, ...] = tuple((1 / (1 + np.exp(-GRID))).tolist())
    """Probabilities at GRID."""
    word_curve: tuple[float, ...] = tuple((1 / (1 + np.exp(-GRID))).tolist())

    def letters(self, evidence: Evidence) -> Shares:
        """Probability of each letter to be right."""
        return _on(self.letter_curve, letter_features(evidence) @ np.array(self.by_letter))

    def words(self, evidence: Evidence, places: Sequence[tuple[int, int]]) -> Shares:
        """Probability of the letters of each word (first, after the last) to be right all together."""
        return _on(self.word_curve, self.word_features(evidence, places) @ np.array(self.by_word))

    def word_features(self, evidence: Evidence, places: Sequence[tuple[int, int]]) -> Shares:
        """Shape (words, 4): what `by_word` weighs."""
        sure = self.letters(evidence)
        rows = [
            (1.0, evidence.agreed_on(a, b), float(sure[a:b].prod()), float(evidence.log_p[a:b].min()))
            for a, b in places
        ]
        features = np.array(rows).reshape(len(rows), 4)
        features[:, 1:3] = log_odds(features[:, 1:3])
        return features

    def to_json(self) -> str:
        """As it stands in a model's metadata."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> "Calibration":
        """From a model's metadata. EngineError when it is no calibration."""
        try:
            stored = object_from_json(text)
            if "word" in stored:  # weights of other features, from before words were weighed by these
                return Calibration()
            values = {f.name: tuple(float(x) for x in stored[f.name]) for f in fields(Calibration)}
            sizes = {name: len(v) for name, v in asdict(Calibration()).items()}
            right = all(len(v) == sizes[n] and all(map(math.isfinite, v)) for n, v in values.items())
        except (ValueError, KeyError, TypeError) as error:
            raise EngineError("The model's calibration cannot be read; fetch the model again.") from error
        if not right:
            raise EngineError("The model's calibration has wrong numbers; fetch the model again.")
        return Calibration(**values)


def letter_features(evidence: Evidence) -> Shares:
    """Shape (letters, 4): what `Calibration.by_letter` weighs."""
    ones = np.ones(len(evidence.against))
    return np.stack([ones, log_odds(evidence.against), log_odds(evidence.agreed), evidence.clear], 1)


class ReadLine(NamedTuple):
    """A strip and a reading of it."""

    scores: Scores
    """Shape (frames, 1 + letters): natural logarithms."""
    codes: bytes
    spans: Sequence[tuple[int, int]]
    """Frames of each letter."""
    agreements: list[BeamAgreement]


class _Tried(NamedTuple):
    """What may stand at the places of a line: its letters, then their rivals, place by place."""

    place: I64
    code: I64
    score: Shares
    """Natural logarithm: what the strip and the language make of it."""


def evidence_of(
    lines: Sequence[ReadLine], spelling: NextLetter | None, settings: BeamSettings
) -> list[Evidence]:
    """The evidence for the letters of the readings of lines. Without a spelling the net alone speaks."""
    tried = [_tried(line) for line in lines]
    log_p = [np.zeros(len(line.codes)) for line in lines]
    if spelling is not None and lines:
        log_p = _add_language(lines, tried, spelling, settings.language)
    return [_evidence(*parts) for parts in zip(lines, tried, log_p, strict=True)]


def _tried(line: ReadLine) -> _Tried:
    """The letters of a line and their likeliest rivals, as the strip alone sees them."""
    codes = np.frombuffer(line.codes, np.uint8).astype(np.int64)
    places = np.arange(len(codes))
    if not len(codes):
        return _Tried(places, codes, np.zeros(0))
    padded = np.concatenate([line.scores, line.scores[-1:]])  # a span may end where the strip does
    best = np.maximum.reduceat(padded, np.array(line.spans).ravel())[::2]
    allowed = best > _TRIED
    allowed[:, 0] = allowed[places, codes] = False
    place, code = np.nonzero(allowed)
    count = np.bincount(place, minlength=len(codes))
    order = np.lexsort((-best[place, code], place))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - (np.cumsum(count) - count)[place]
    few = rank < _MOST
    place, code, rank = place[few], code[few], np.where(count[place] > _MOST, rank, code)[few]
    order = np.lexsort((rank, place))
    place, code = np.concatenate([places, place[order]]), np.concatenate([codes, code[order]])
    return _Tried(place, code, best[place, code].astype(np.float64))


def _add_language(
    lines: Sequence[ReadLine], tried: Sequence[_Tried], spelling: NextLetter, weight: float
) -> list[Shares]:
    """Adds to the score of each letter that has rivals, and of these, what the language says of it and of the
    two letters that follow. Returns for each line the natural logarithm of the probability of each letter."""
    states = spelling.begin([line.codes[:n] for line in lines for n in range(len(line.codes))])
    firsts = np.cumsum([0, *(len(line.codes) for line in lines)])
    row = np.concatenate([first + rivals.place for first, rivals in zip(firsts[:-1], tried, strict=True)])
    ends = np.repeat(firsts[1:], [len(rivals.place) for rivals in tried])
    codes = np.frombuffer(b"".join(line.codes for line in lines), np.uint8).astype(np.int64)
    own_log_p, after = spelling.follow(states[row], np.concatenate([rivals.code for rivals in tried]))
    total = own_log_p.astype(np.float64)
    for step in (1, 2):
        on = np.flatnonzero(row + step <= ends)
        place = row[on] + step
        following = np.where(place < ends[on], codes[np.minimum(place, len(codes) - 1)], 0)
        logs, after[on] = spelling.follow(after[on], following)
        total[on] += logs
    result, start = [], 0
    for rivals, line in zip(tried, lines, strict=True):
        end, letters = start + len(rivals.place), len(line.codes)
        contested = np.bincount(rivals.place, minlength=letters)[rivals.place] > 1
        rivals.score[contested] += weight * total[start:end][contested]
        result.append(own_log_p[start : start + letters].astype(np.float64))
        start = end
    return result


def _evidence(line: ReadLine, tried: _Tried, log_p: Shares) -> Evidence:
    letters, place = len(line.codes), tried.place
    top = np.full(letters, -np.inf)
    np.maximum.at(top, place, tried.score)
    shares = np.exp(tried.score - top[place])
    # what is left of certainty when no rival is tried is what the net keeps back
    alone = np.bincount(place, minlength=letters) == 1
    kept = np.where(alone, np.maximum(1 - np.exp(tried.score[:letters]), 0.0), 0.0)
    shares /= (np.bincount(place, shares, letters) + kept)[place]
    rivals: list[list[tuple[int, float]]] = [[] for _ in range(letters)]
    for at, code, share in zip(
        *(part[letters:].tolist() for part in (place, tried.code, shares)), strict=True
    ):
        rivals[at].append((code, share))
    best = line.scores.max(1)[line.scores.argmax(1) > 0]
    clear = float(best.mean()) if len(best) else 0.0
    agreed = agreed_by_letter(letters, line.agreements)
    return Evidence(shares[:letters], agreed, np.full(letters, clear), log_p, rivals, line.agreements)


def agreed_by_letter(letters: int, agreements: Sequence[BeamAgreement]) -> Shares:
    """Of each letter the share of the readings, by their weight, that have it too; 1 between stretches."""
    agreed = np.ones(letters)
    for stretch in agreements:
        agreed[stretch.first : stretch.last] = 0.0
        for weight, runs in stretch.readings:
            for start, end in runs:
                agreed[start:end] += weight
    return agreed


def agreement_of(readings: Sequence[tuple[bytes, float]], first: int = 0) -> BeamAgreement:
    """How far readings (codes, probability) agree with the first of them, which begins at letter `first`."""
    codes = readings[0][0]
    shared = [
        [
            (first + op.src_start, first + op.src_end)
            for op in Levenshtein.opcodes(codes, other)
            if op.tag == "equal"
        ]
        for other, _ in readings
    ]
    weights = [weight for _, weight in readings]
    return BeamAgreement(first, first + len(codes), list(zip(weights, shared, strict=True)))


def beam_agreement(readings: Sequence[Beam]) -> BeamAgreement:
    """How far the readings of a beam agree with its best."""
    weights = np.exp([beam.score - readings[0].score for beam in readings])
    weights /= weights.sum()
    return agreement_of([(beam.codes, share) for beam, share in zip(readings, weights.tolist(), strict=True)])


def _on(curve: tuple[float, ...], odds: Shares) -> Shares:
    return np.asarray(np.interp(odds, GRID, curve))
