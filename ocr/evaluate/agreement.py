"""How far two people who transcribed the same pages agree: the ceiling for any reader measured against one.

Neither is the truth, so nothing here depends on who comes first: errors are divided by the mean length of
both. What a reader has more than two people differ by is its own; below that, the truth is the limit.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocr.evaluate.bootstrap import DRAWS, SEED, Interval, interval
from ocr.evaluate.pair import Pair, pair
from ocr.evaluate.rates import EditCounts
from ocr.evaluate.scores import EvaluateSettings, score_page

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

    profile: str
    letters: Interval | None
    """Differing letters per letter, by the mean length of both sides; None when both are empty."""
    words: Interval | None

    @property
    def apiece(self) -> float | None:
        """What one of them alone errs by in letters, if both err alike and not together."""
        return None if self.letters is None else self.letters.rate / 2


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
    """Two transcriptions of the same pages."""

    profiles: tuple[ProfileAgreement, ...]
    pages: tuple[PageAgreement, ...]
    """In the order of their names."""
    differences: tuple[Difference, ...]
    """Under the first profile, most frequent first."""
    alone: tuple[Path, ...]
    """Files that only one of them has."""
    seed: int
    draws: int

    @property
    def sentence(self) -> str:
        """The ceiling in words."""
        first = self.profiles[0]
        if first.letters is None:
            return "Both transcriptions are empty; they tell no ceiling."
        rate, low, high = (100 * x for x in (first.letters.rate, first.letters.low, first.letters.high))
        return (
            f"Two transcribers differ by {rate:.2f} % of letters ({low:.2f} to {high:.2f}, {first.profile}): "
            "a reader with no more errors than that against one of them reads as well as a person."
        )

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {
            "seed": self.seed,
            "draws": self.draws,
            "sentence": self.sentence,
            "profiles": {
                one.profile: {
                    "letters": _told(one.letters),
                    "words": _told(one.words),
                    "letters_apiece": one.apiece,
                }
                for one in self.profiles
            },
            "pages": [
                {"name": page.name, "letters": page.letters, "length": page.length} for page in self.pages
            ],
            "differences": [
                {"one": one.one, "other": one.other, "count": one.count} for one in self.differences
            ],
            "alone": [str(path) for path in self.alone],
        }


def agreement(
    one: Path,
    other: Path,
    settings: EvaluateSettings | None = None,
    *,
    seed: int = SEED,
    draws: int = DRAWS,
) -> Agreement:
    """How far two transcriptions differ, each a file or a folder; exchanged, they give the same.

    Raises what `report.evaluate` raises.
    """
    settings = settings or EvaluateSettings()
    pairs, alone, _ = pair(one, other, settings.rules, allow_missing=settings.allow_missing)
    # lines are cut at those of one side: let the texts say which, not the order they were given in
    pages = [score_page(_ordered(held), settings) for held in pairs]
    profiles = tuple(
        ProfileAgreement(
            profile.name,
            _interval([page.blocks[at] for page in pages], seed, draws),
            _interval([page.word_blocks[at] for page in pages], seed, draws),
        )
        for at, profile in enumerate(settings.profiles)
    )
    counts: Counter[tuple[str, str]] = Counter()
    for line in (line for page in pages for line in page.lines):
        counts.update((min(two), max(two)) for two in line.wrong)
    most = sorted(counts.items(), key=lambda held: (-held[1], held[0]))[:_LISTED]
    return Agreement(
        profiles,
        tuple(
            PageAgreement(
                page.name,
                page.scores[0].letters.errors,
                (page.scores[0].letters.truth + page.scores[0].letters.found) / 2,
            )
            for page in pages
        ),
        tuple(Difference(*letters, count) for letters, count in most),
        tuple(sorted(alone)),
        seed,
        draws,
    )


def _ordered(held: Pair) -> Pair:
    """The same whoever was named first."""
    sides = sorted((held.truth, held.found), key=lambda side: (len(side.text), side.text))
    return Pair(held.name, sides[1], sides[0])


def _interval(pages: Sequence[Sequence[EditCounts]], seed: int, draws: int) -> Interval | None:
    """Errors by the mean of both lengths: twice the errors by their sum."""
    if not any(one.errors for page in pages for one in page):
        return interval([[(0, one.truth) for one in page] for page in pages], seed=seed, draws=draws)
    rows = [[(2 * one.errors, one.truth + one.found) for one in page] for page in pages]
    return interval(rows, seed=seed, draws=draws)


def _told(held: Interval | None) -> dict[str, float] | None:
    return None if held is None else {"rate": held.rate, "low": held.low, "high": held.high}
