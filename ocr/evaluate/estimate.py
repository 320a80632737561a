"""How good a run is when nobody has transcribed anything yet, and which page to transcribe next.

The confidences of a page foretell its errors. What they do not tell (how true they are, ink that was passed
over, how hands differ) is in the factors of a calibration table, measured on other pages, or assumed when
there is none; the intervals hold all of it: how unsure the table is, which all pages share, how far a page
lies from others, and chance.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ocr.arrays import F32, F64
from ocr.evaluate.bootstrap import LEVEL, Range
from ocr.evaluate.calibration import PageConfidence
from ocr.evaluate.recalibration import ASSUMED, Factor, Recalibration, hazard

SEED, DRAWS = 1, 1000
_NEXT = 5
_LONG = 1.2
"""A page with as many times the rate of the run is doubtful rather than long."""

Because = Literal["unknown", "doubtful", "long"]


@dataclass(frozen=True, slots=True)
class PageEstimate:
    """One page. Rates are None where the page tells no confidence, or holds no words."""

    name: str
    words: int
    letters: int
    words_without_confidence: int
    """Taken to be like the others."""
    gaps: int
    """Places left unread, of which nothing is estimated."""
    cer: Range | None
    wer: Range | None


@dataclass(frozen=True, slots=True)
class NextPage:
    """A page worth transcribing by hand."""

    name: str
    because: Because
    reason: str
    """That in words."""
    gain: float
    """Share of the doubt about the run's CER (its variance) that goes once this page, after those before it
    on the list, is transcribed; 0 for a page of which nothing is known."""
    errors: float
    """Letters expected to be wrong."""
    letters: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A run without truth; `dataclasses.asdict` of it is its JSON."""

    level: float
    """How often the bounds hold the rate."""
    seed: int
    draws: int
    calibration_pages: int
    """Pages the calibration was fitted on; 0: its doubt is assumed, not measured."""
    cer: Range | None
    wer: Range | None
    pages: tuple[PageEstimate, ...]
    transcribe_next: tuple[NextPage, ...]
    """Best first."""


def estimate(
    pages: Sequence[PageConfidence],
    table: Recalibration = ASSUMED,
    *,
    seed: int = SEED,
    draws: int = DRAWS,
    done: Collection[str] = (),
) -> Estimate:
    """CER and WER, per page and of all, with bounds; the same seed gives the same figures.

    `done`: pages that a person has accepted, by name; they are not to be transcribed next. Rates are of the
    strict profile. Without a table the confidences are taken as they are told.
    """
    known = [page for page in pages if len(page.words)]
    true = [table.apply(page.words) for page in known]
    dice = np.random.default_rng([seed, 4])
    # one doubt for all pages, one for each: letters and words of a page err together
    shared = dice.standard_normal((draws, 1), np.float32)
    own = dice.standard_normal((draws, len(known)), np.float32)
    letters = np.array([page.letters for page in known], float)
    words = np.array([page.word_count for page in known], float)
    wrong_letters = np.array([page.wrong_letters(t) for page, t in zip(known, true, strict=True)])
    wrong_words = np.array([page.wrong_words(t) for page, t in zip(known, true, strict=True)])
    by_letter = _errors(table.letters, wrong_letters, letters, shared, own, dice)
    by_word = _errors(table.words, wrong_words, words, shared, own, dice)
    rates = zip(_ranges(by_letter, letters), _ranges(by_word, words), strict=True)
    return Estimate(
        LEVEL,
        seed,
        draws,
        table.letters.pages,
        _ranges(by_letter.sum(1, keepdims=True), letters.sum(keepdims=True))[0] if known else None,
        _ranges(by_word.sum(1, keepdims=True), words.sum(keepdims=True))[0] if known else None,
        tuple(
            PageEstimate(
                page.name,
                page.word_count,
                page.letters,
                page.words_without_confidence,
                page.gaps,
                *(next(rates) if len(page.words) else (None, None)),
            )
            for page in pages
        ),
        tuple([*_unknown(pages, done), *_next(known, by_letter, letters, done)][:_NEXT]),
    )


def _errors(
    factor: Factor, foretold: F64, found: F64, shared: F32, own: F32, dice: np.random.Generator
) -> F32:
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


def _ranges(drawn: F32, found: F64) -> list[Range]:
    tail = (1 - LEVEL) / 2
    bounds = np.quantile(drawn / np.maximum(found, 1).astype(np.float32), [tail, 0.5, 1 - tail], axis=0)
    return [Range(middle, low, high) for low, middle, high in bounds.T.tolist()]


def _unknown(pages: Sequence[PageConfidence], done: Collection[str]) -> list[NextPage]:
    reason = "it tells no confidence, so nothing is known of it"
    return [
        NextPage(page.name, "unknown", reason, 0.0, 0.0, page.letters)
        for page in pages
        if page.word_count and not len(page.words) and page.name not in done
    ]


def _next(
    known: Sequence[PageConfidence], drawn: F32, letters: F64, done: Collection[str]
) -> Iterator[NextPage]:
    """The pages that, once their errors are known, leave least doubt about the sum of all.

    Each in turn is the one whose errors tell most of what is still unknown of the sum: the share of its
    variance that a linear forecast from them explains (conditioning, as in kriging).
    """
    mean = drawn.mean(0)
    rest = drawn - mean
    total = rest.sum(1)
    whole = float(total @ total)
    run = float(mean.sum() / max(letters.sum(), 1))
    open_pages = np.array([page.name not in done for page in known])
    for _ in range(min(_NEXT, len(known))):
        size = np.einsum("dp,dp->p", rest, rest)
        explained = np.where(open_pages & (size > 1e-9), (total @ rest) ** 2 / np.maximum(size, 1e-9), -1.0)
        best = int(explained.argmax())
        if explained[best] < 0 or whole <= 0:
            break
        page, errors, gain = known[best], float(mean[best]), min(float(explained[best]) / whole, 1.0)
        doubtful = mean[best] / max(letters[best], 1) > _LONG * run
        why = "it is much less sure than the rest" if doubtful else "it holds much text"
        reason = (
            f"{why}: about {errors:.0f} of {page.letters} letters wrong; transcribed, it takes "
            f"{100 * gain:.0f} % of the doubt about the whole away"
        )
        yield NextPage(page.name, "doubtful" if doubtful else "long", reason, gain, errors, page.letters)
        known_now = rest[:, best] / np.sqrt(size[best])
        total = total - known_now * (known_now @ total)
        rest -= np.outer(known_now, known_now @ rest)
        open_pages[best] = False
