"""How good a run is when nobody has transcribed anything yet, and which page to transcribe next.

The confidences of a page foretell its errors. What they do not tell (how true they are, ink that was passed
over, how hands differ) is in the factors of a calibration table, measured on other pages, or assumed when
there is none; the intervals hold all of it: how unsure the table is, which all pages share, how far a page
lies from others, and chance.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ocr.arrays import F32
from ocr.evaluate.calibration import Shares
from ocr.evaluate.curves import Factor, hazard
from ocr.evaluate.recalibration import ASSUMED, Recalibration
from ocr.evaluate.trust import PageConfidence

Drawn = F32

SEED, DRAWS, LEVEL = 1, 1000, 0.95
_NEXT = 5
_LONG = 1.2
"""A page with as many times the rate of the run is doubtful rather than long."""

Because = Literal["unknown", "doubtful", "long"]


@dataclass(frozen=True, slots=True)
class Range:
    """An estimated rate with the bounds between which it lies `LEVEL` of the time."""

    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PageEstimate:
    """One page. Rates are None where the page tells no confidence, or holds no words."""

    name: str
    words: int
    letters: int
    cer: Range | None
    wer: Range | None
    unsure: int = 0
    """Words without a confidence, taken to be like the others."""
    gaps: int = 0
    """Places left unread, of which nothing is estimated."""


@dataclass(frozen=True, slots=True)
class NextPage:
    """A page worth transcribing by hand."""

    name: str
    because: Because
    gain: float
    """Share of the doubt about the run's CER (its variance) that goes once this page, after those before it
    on the list, is transcribed; 0 for a page of which nothing is known."""
    errors: float
    """Letters expected to be wrong."""
    letters: int

    @property
    def reason(self) -> str:
        """In words."""
        if self.because == "unknown":
            return "it tells no confidence, so nothing is known of it"
        why = "it is much less sure than the rest" if self.because == "doubtful" else "it holds much text"
        return (
            f"{why}: about {self.errors:.0f} of {self.letters} letters wrong; transcribed, it takes "
            f"{100 * self.gain:.0f} % of the doubt about the whole away"
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """A run without truth."""

    pages: tuple[PageEstimate, ...]
    cer: Range | None
    wer: Range | None
    measured: int
    """Pages the calibration was fitted on; 0: its doubt is assumed, not measured."""
    following: tuple[NextPage, ...]
    """What to transcribe next, best first."""
    seed: int
    draws: int

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {
            "level": LEVEL,
            "seed": self.seed,
            "draws": self.draws,
            "calibration_pages": self.measured,
            "cer": _told(self.cer),
            "wer": _told(self.wer),
            "pages": [
                {
                    "name": page.name,
                    "words": page.words,
                    "letters": page.letters,
                    "words_without_confidence": page.unsure,
                    "gaps": page.gaps,
                    "cer": _told(page.cer),
                    "wer": _told(page.wer),
                }
                for page in self.pages
            ],
            "transcribe_next": [
                {
                    "name": one.name,
                    "because": one.because,
                    "reason": one.reason,
                    "gain": one.gain,
                    "errors": one.errors,
                    "letters": one.letters,
                }
                for one in self.following
            ],
        }


def estimate(
    beliefs: Sequence[PageConfidence],
    table: Recalibration = ASSUMED,
    *,
    seed: int = SEED,
    draws: int = DRAWS,
    following: int = _NEXT,
    done: Collection[str] = (),
) -> Estimate:
    """CER and WER, per page and of all, with bounds; the same seed gives the same figures.

    `done`: pages, by name, that a person has accepted and that are not named to be transcribed next.

    Rates are of the strict profile. Without a table the confidences are believed as they are told.
    """
    known = [belief for belief in beliefs if len(belief.words)]
    true = [table.apply(belief.words) for belief in known]
    dice = np.random.default_rng([seed, 4])
    # one doubt for all pages, one for each: letters and words of a page err together
    shared = dice.standard_normal((draws, 1), np.float32)
    own = dice.standard_normal((draws, len(known)), np.float32)
    letters = np.array([belief.letters for belief in known], float)
    words = np.array([belief.found for belief in known], float)
    wrong_letters = np.array([b.wrong_letters(t) for b, t in zip(known, true, strict=True)])
    wrong_words = np.array([b.wrong_words(t) for b, t in zip(known, true, strict=True)])
    by_letter = _errors(table.letters, wrong_letters, letters, shared, own, dice)
    by_word = _errors(table.words, wrong_words, words, shared, own, dice)
    cers, wers = _ranges(by_letter, letters), _ranges(by_word, words)
    rates = {id(belief): pair for belief, pair in zip(known, zip(cers, wers, strict=True), strict=True)}
    pages = []
    for belief in beliefs:
        cer, wer = rates.get(id(belief), (None, None))
        pages.append(
            PageEstimate(belief.name, belief.found, belief.letters, cer, wer, belief.unsure, belief.gaps)
        )
    unknown = [
        NextPage(b.name, "unknown", 0.0, 0.0, b.letters)
        for b in beliefs
        if b.found and not len(b.words) and b.name not in done
    ]
    return Estimate(
        tuple(pages),
        _ranges(by_letter.sum(1, keepdims=True), letters.sum(keepdims=True))[0] if known else None,
        _ranges(by_word.sum(1, keepdims=True), words.sum(keepdims=True))[0] if known else None,
        table.letters.pages,
        tuple([*unknown, *_next(known, by_letter, letters, following, done)][:following]),
        seed,
        draws,
    )


def _errors(
    factor: Factor, foretold: Shares, found: Shares, shared: Drawn, own: Drawn, dice: np.random.Generator
) -> Drawn:
    """(draws, pages): how many errors there may be. A factor multiplies hazards, so no rate exceeds one."""
    units = np.maximum(found, 1)
    drawn = own * np.float32(factor.page_sd) + (factor.mean + factor.mean_sd * shared).astype(np.float32)
    np.exp(drawn, out=drawn)
    drawn *= -hazard(foretold / units).astype(np.float32)
    np.expm1(drawn, out=drawn)
    drawn *= -units.astype(np.float32)
    chance = drawn - drawn * drawn / units.astype(np.float32)  # the variance of a count
    np.maximum(chance, 0, out=chance)
    np.sqrt(chance, out=chance)
    chance *= dice.standard_normal(drawn.shape, np.float32)
    drawn += chance
    return np.clip(drawn, 0, found.astype(np.float32), out=drawn)


def _ranges(drawn: Drawn, found: Shares) -> list[Range]:
    tail = (1 - LEVEL) / 2
    bounds = np.quantile(drawn / np.maximum(found, 1).astype(np.float32), [tail, 0.5, 1 - tail], axis=0)
    return [Range(middle, low, high) for low, middle, high in bounds.T.tolist()]


def _next(
    known: Sequence[PageConfidence], drawn: Drawn, letters: Shares, wanted: int, done: Collection[str]
) -> list[NextPage]:
    """The pages that, once their errors are known, leave least doubt about the sum of all.

    Each in turn is the one whose errors tell most of what is still unknown of the sum: the share of its
    variance that a linear forecast from them explains (conditioning, as in kriging).
    """
    if not known:
        return []
    rest = drawn - drawn.mean(0)
    total = rest.sum(1)
    whole = float(total @ total)
    mean = drawn.mean(0)
    run = float(mean.sum() / max(letters.sum(), 1))
    listed: list[NextPage] = []
    open_pages = np.array([belief.name not in done for belief in known])
    for _ in range(min(wanted, len(known))):
        size = np.einsum("dp,dp->p", rest, rest)
        told = np.where(open_pages & (size > 1e-9), (total @ rest) ** 2 / np.maximum(size, 1e-9), -1.0)
        best = int(told.argmax())
        if told[best] < 0 or whole <= 0:
            break
        belief = known[best]
        doubtful = mean[best] / max(letters[best], 1) > _LONG * run
        gain = min(float(told[best]) / whole, 1.0)
        because: Because = "doubtful" if doubtful else "long"
        listed.append(NextPage(belief.name, because, gain, float(mean[best]), belief.letters))
        known_now = rest[:, best] / np.sqrt(size[best])
        total = total - known_now * (known_now @ total)
        rest -= np.outer(known_now, known_now @ rest)
        open_pages[best] = False
    return listed


def _told(held: Range | None) -> dict[str, float] | None:
    return None if held is None else {"rate": held.rate, "low": held.low, "high": held.high}
