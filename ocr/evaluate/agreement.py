"""How far two people who transcribed the same pages agree: the ceiling for any reader measured against one.

Neither is the truth, so nothing here depends on who comes first: errors are divided by the mean length of
both. What a reader has more than two people differ by is its own; below that, the truth is the limit.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr.evaluate.bootstrap import DRAWS, SEED, Range, interval
from ocr.evaluate.findings import most_first
from ocr.evaluate.pair import Pair, pair
from ocr.evaluate.rates import EditCounts
from ocr.evaluate.scores import EvaluateSettings, PageScore, score_page

_LISTED = 30


@dataclass(frozen=True, slots=True)
class Difference:
    """Two letters that the transcribers put for one another; "" for one that only one of them has."""

    one: str
    other: str
    count: int


@dataclass(frozen=True, slots=True)
class ProfileAgreement:
    """How far they differ under one profile."""

    letters: Range | None
    """Differing letters per letter, by the mean length of both sides; None when both are empty."""
    words: Range | None
    letters_apiece: float | None
    """What one of them alone errs by in letters, if both err alike and not together."""


@dataclass(frozen=True, slots=True)
class PageAgreement:
    """One page."""

    name: str
    letters: int
    """Letters that differ, under the first profile."""
    length: float
    """Mean letters of both."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two transcriptions of the same pages; `dataclasses.asdict` of it is its JSON."""

    seed: int
    draws: int
    sentence: str
    """The ceiling in words."""
    profiles: Mapping[str, ProfileAgreement]
    """By name, in the order of the settings."""
    pages: tuple[PageAgreement, ...]
    """In the order of their names."""
    differences: tuple[Difference, ...]
    """Under the first profile, most frequent first."""
    alone: tuple[str, ...]
    """Files that only one of them has."""


def agreement(
    first: Path,
    other: Path,
    settings: EvaluateSettings | None = None,
    *,
    seed: int = SEED,
    draws: int = DRAWS,
) -> Agreement:
    """How far two transcriptions differ, each a file or a folder; exchanged, they give the same.

    Raises what `scores.evaluate` raises: ComparisonError, ScanError, RecordError.
    """
    settings = settings or EvaluateSettings()
    pairs, alone, _ = pair(first, other, settings.rules, allow_missing=settings.allow_missing)
    # lines are cut at those of one side: let the texts say which, not the order they were given in
    pages = [score_page(_ordered(page), settings) for page in pairs]
    profiles = {
        profile.name: _profile(pages, at, seed, draws) for at, profile in enumerate(settings.profiles)
    }
    counts: Counter[tuple[str, str]] = Counter()
    strict = [(page.name, page.scores[0].letters) for page in pages]
    for line in (line for page in pages for line in page.lines):
        counts.update((min(letters), max(letters)) for letters in line.wrong)
    return Agreement(
        seed,
        draws,
        _sentence(*next(iter(profiles.items()))),
        profiles,
        tuple(PageAgreement(name, of.errors, (of.truth + of.found) / 2) for name, of in strict),
        tuple(Difference(*letters, count) for letters, count in most_first(counts)[:_LISTED]),
        tuple(str(path) for path in sorted(alone)),
    )


def _ordered(page: Pair) -> Pair:
    """The same whoever was named first."""
    shorter, longer = sorted((page.truth, page.found), key=lambda side: (len(side.text), side.text))
    return Pair(page.name, longer, shorter)


def _profile(pages: Sequence[PageScore], at: int, seed: int, draws: int) -> ProfileAgreement:
    letters = _range([page.blocks[at] for page in pages], seed, draws)
    words = _range([page.word_blocks[at] for page in pages], seed, draws)
    return ProfileAgreement(letters, words, None if letters is None else letters.rate / 2)


def _sentence(profile: str, differ: ProfileAgreement) -> str:
    if differ.letters is None:
        return "Both transcriptions are empty; they tell no ceiling."
    rate, low, high = (100 * x for x in (differ.letters.rate, differ.letters.low, differ.letters.high))
    return (
        f"Two transcribers differ by {rate:.2f} % of letters ({low:.2f} to {high:.2f}, {profile}): "
        "a reader with no more errors than that against one of them reads as well as a person."
    )


def _range(pages: Sequence[Sequence[EditCounts]], seed: int, draws: int) -> Range | None:
    """Errors by the mean of both lengths: twice the errors by their sum."""
    rows = [[(2 * line.errors, line.truth + line.found) for line in page] for page in pages]
    if not any(errors for page in rows for errors, _ in page):
        rows = [[(0, line.truth) for line in page] for page in pages]
    whole = interval(rows, seed=seed, draws=draws)
    return None if whole is None else Range(whole.rate, whole.low, whole.high)
