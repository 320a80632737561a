"""The scores of found texts against hand transcriptions, per page and in total."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ocr.evaluate.bag import Bag
from ocr.evaluate.lines import LineScore, by_line
from ocr.evaluate.pair import Pair, pair
from ocr.evaluate.rates import Letters, Score, Tallies, Words, macro
from ocr.evaluate.words import Words as InWords
from ocr.tei.parse import Rules
from ocr.text import PROFILES, Profile


@dataclass(frozen=True, slots=True)
class EvaluateSettings:
    """What is compared, and how it is counted."""

    allow_missing: bool = False
    """Leave out files without a partner, and say so, instead of stopping."""
    letters: Letters = Letters.GRAPHEMES
    """What counts as one letter."""
    words: Words = Words.SPACE
    """What counts as one word."""
    rules: Rules = field(default_factory=Rules)
    """What is read of del, add, unclear, gap, supplied, choice and app in TEI."""
    profiles: tuple[Profile, ...] = PROFILES
    """Side by side; lines and letters are looked at under the first."""


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page under every profile, in the order of the settings."""

    pair: Pair
    scores: tuple[Score, ...]
    lines: tuple[LineScore, ...] = ()
    """All its leaves cut into lines, under the first profile."""
    blocks: tuple[tuple[Tallies, ...], ...] = ()
    """Per profile the letters of each of `lines`; they add up to the profile's score."""
    word_blocks: tuple[tuple[Tallies, ...], ...] = ()
    """Per profile the words of each of `lines`."""
    bags: tuple[Bag, ...] = ()
    """Per profile the words of each leaf without their order."""

    @property
    def name(self) -> str:
        """The name both sides share."""
        return self.pair.name


@dataclass(frozen=True, slots=True)
class Total:
    """All pages under one profile: errors summed (micro), and the mean of the pages' rates (macro)."""

    micro: Score
    macro_cer: float | None
    macro_wer: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """What an evaluation gives."""

    settings: EvaluateSettings
    pages: tuple[PageScore, ...]
    alone: tuple[Path, ...] = ()
    """Files left out because they have no partner."""
    passed: tuple[Path, ...] = ()
    """XML files that hold no text of a page."""

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The profiles, the one that lines are cut under first."""
        return self.settings.profiles

    @property
    def totals(self) -> tuple[Total, ...]:
        """One per profile."""
        return tuple(self._total(place) for place in range(len(self.profiles)))

    def _total(self, place: int) -> Total:
        scores = [page.scores[place] for page in self.pages]
        return Total(
            sum(scores, Score(self.profiles[place].name)),
            macro(one.letters for one in scores),
            macro(one.words for one in scores),
        )

    @property
    def said(self) -> tuple[tuple[str, dict[str, str]], ...]:
        """What the figures do not show, as keys of words: gaps, empty truths, files left out."""
        told: list[tuple[str, dict[str, str]]] = []
        gaps = sum(page.pair.found.gaps for page in self.pages)
        if gaps:
            told.append(("remark.gaps", {"n": str(gaps)}))
        gaps = sum(page.pair.truth.gaps for page in self.pages)
        if gaps:
            told.append(("remark.truthgaps", {"n": str(gaps)}))
        empty = [page.name for page in self.pages if not page.scores[0].letters.truth]
        if empty:
            told.append(("remark.empty", {"pages": some(empty)}))
        if self.alone:
            told.append(("remark.alone", {"files": some([path.name for path in self.alone], 5)}))
        if self.passed:
            told.append(("remark.passed", {"files": some([str(path) for path in self.passed], 6)}))
        return tuple(told)

    @property
    def remarks(self) -> tuple[str, ...]:
        """The same as whole sentences in English."""
        words = InWords()
        return tuple(words.plain(key, **values) for key, values in self.said)


def evaluate(truth: Path, found: Path, settings: EvaluateSettings | None = None) -> Report:
    """The scores of `found` against `truth`, each a file or a folder of plain text or TEI.

    Raises ComparisonError for files without a partner and when nothing can be compared, ScanError for
    what is not UTF-8 text, RecordError for TEI that cannot be read.
    """
    settings = settings or EvaluateSettings()
    pairs, alone, passed = pair(truth, found, settings.rules, allow_missing=settings.allow_missing)
    return Report(settings, tuple(score_page(one, settings) for one in pairs), tuple(alone), passed)


def score_page(page: Pair, settings: EvaluateSettings) -> PageScore:
    """One page under every profile; the counts of its leaves are added."""
    leaves = [
        by_line(truth, found, settings.profiles, settings.letters, settings.words, leaf)
        for leaf, (truth, found) in enumerate(page.leaves)
    ]
    names = [profile.name for profile in settings.profiles]
    places = range(len(names))
    return PageScore(
        page,
        tuple(sum((leaf.scores[at] for leaf in leaves), Score(names[at])) for at in places),
        tuple(line for leaf in leaves for line in leaf.lines),
        tuple(tuple(one for leaf in leaves for one in leaf.blocks[at]) for at in places),
        tuple(tuple(one for leaf in leaves for one in leaf.word_blocks[at]) for at in places),
        tuple(sum((leaf.bags[at] for leaf in leaves), Bag()) for at in places),
    )


def some(names: Sequence[str], most: int = 10) -> str:
    """Some of the names, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} + {len(names) - most}"
