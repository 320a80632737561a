"""The scores of found texts against hand transcriptions, per page and in total."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rapidfuzz import fuzz

from ocr.evaluate.line_breaks import with_lines
from ocr.evaluate.lines import LeafScore, LineOutcome, LineScore, by_line
from ocr.evaluate.mistaken import BetterFit, better_fits, machine_truths
from ocr.evaluate.pair import PageText, Pair, pair
from ocr.evaluate.rates import Bag, Letters, Score, Words, macro
from ocr.evaluate.wording import Wording, percent
from ocr.formats.found_lines import FoundLine
from ocr.tei.flow import TextRules
from ocr.text import PROFILES, STRICT, Profile

_ALIKE = 50.0
"""Likeness in per cent (rapidfuzz ratio) from which a struck line is the one that was missed."""


def with_struck(lines: Sequence[LineScore], found: Sequence[FoundLine]) -> Sequence[LineScore]:
    """The lines of a leaf, those missed that stand in `found` as struck out knowing where.

    Each struck line answers to one line of the truth, the likest.
    """
    struck = {at: STRICT.apply(piece.struck) for at, piece in enumerate(found) if piece.struck}
    if not struck:
        return lines
    scores = list(lines)
    likest = sorted(
        (-fuzz.ratio(line.truth, text), place, at)
        for place, line in enumerate(lines)
        if line.outcome is LineOutcome.MISSED
        for at, text in struck.items()
    )
    taken = set[int]()
    for unlike, place, at in likest:
        if -unlike >= _ALIKE and at not in taken and scores[place].struck_line is None:
            taken.add(at)
            scores[place] = replace(scores[place], struck_line=at)
    return scores


@dataclass(frozen=True, slots=True)
class EvaluateSettings:
    """What is compared, and how it is counted."""

    allow_missing: bool = False
    """Leave out files without a partner, and say so, instead of stopping."""
    letters: Letters = Letters.GRAPHEMES
    """What counts as one letter."""
    words: Words = Words.SPACE
    """What counts as one word."""
    rules: TextRules = field(default_factory=TextRules)
    """What is read of del, add, unclear, gap, supplied, choice and app in TEI."""
    profiles: tuple[Profile, ...] = PROFILES
    """Side by side; lines and letters are looked at under the first."""


@dataclass(frozen=True, slots=True)
class PageScore(LeafScore):
    """One page under every profile, in the order of the settings: all its leaves together."""

    pair: Pair

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
    passed_over: tuple[Path, ...] = ()
    """XML files that hold no text of a page."""
    untouched_truth: tuple[str, ...] = ()
    """Pages whose truth is TEI that no person has touched."""
    fits_another: tuple[BetterFit, ...] = ()
    """Pages whose reading fits the truth of another page much better."""

    @property
    def unbroken(self) -> tuple[str, ...]:
        """Pages of which one side has no line breaks, so that merged and split lines cannot be told."""
        return tuple(p.name for p in self.pages if p.pair.truth.given or p.pair.found.given)

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
            macro(score.letters for score in scores),
            macro(score.words for score in scores),
        )

    @property
    def remark_keys(self) -> tuple[tuple[str, dict[str, str]], ...]:
        """What the figures do not show, as keys of words: gaps, empty truths, files left out."""
        struck = [line for page in self.pages for line in page.lines if line.struck_line is not None]
        errors = sum(line.letters.errors for line in struck)
        found_gaps = sum(page.pair.found.gaps for page in self.pages)
        truth_gaps = sum(page.pair.truth.gaps for page in self.pages)
        empty = [page.name for page in self.pages if not page.scores[0].letters.truth]
        alone = some([path.name for path in self.alone], 5)
        passed_over = some([str(path) for path in self.passed_over], 6)
        fits = [
            {"n": percent(fit.other_cer, 0), "n1": percent(fit.own_cer, 0)}
            | {"page": fit.name, "other": fit.other}
            for fit in self.fits_another
        ]
        remarks: list[tuple[object, str, dict[str, str]]] = [
            (self.untouched_truth, "machine", {"pages": some(self.untouched_truth)}),
            *((True, "stranger", values) for values in fits),
            (self.unbroken, "unbroken", {"pages": some(self.unbroken)}),
            (struck, "struck", {"n": str(len(struck)), "n1": str(errors)}),
            (found_gaps, "gaps", {"n": str(found_gaps)}),
            (truth_gaps, "truthgaps", {"n": str(truth_gaps)}),
            (empty, "empty", {"pages": some(empty)}),
            (self.alone, "alone", {"files": alone}),
            (self.passed_over, "passed", {"files": passed_over}),
        ]
        return tuple((f"remark.{key}", values) for reason, key, values in remarks if reason)

    @property
    def remarks(self) -> tuple[str, ...]:
        """The same as whole sentences in English."""
        words = Wording()
        return tuple(words.plain(key, **values) for key, values in self.remark_keys)


def evaluate(
    truth: Path, found: Path, settings: EvaluateSettings | None = None, like: Report | None = None
) -> Report:
    """The scores of `found` against `truth`, each a file or a folder of plain text or TEI.

    A side without line breaks is cut into the lines of the other; a truth of which `like`, another run, has
    made lines already has the same again, so that both runs can be compared line by line.
    Raises ComparisonError for files without a partner and when nothing can be compared, ScanError for
    what is not UTF-8 text, RecordError for TEI that cannot be read.
    """
    settings = settings or EvaluateSettings()
    pairs, alone, passed = pair(truth, found, settings.rules, allow_missing=settings.allow_missing)
    known = {page.name: page.pair.truth for page in like.pages} if like else {}
    pages = tuple(score_page(_with_lines(page, known), settings) for page in pairs)
    strict = [page.scores[0] for page in pages]
    pairs = [page.pair for page in pages]
    return Report(settings, pages, tuple(alone), passed, machine_truths(pairs), better_fits(pairs, strict))


def _with_lines(page: Pair, known: Mapping[str, PageText]) -> Pair:
    """A page whose sides both have lines; a truth that is known in lines has those."""
    truth = known.get(page.name)
    if truth is not None and truth.given == page.truth:
        return replace(page, truth=truth)
    return with_lines(page)


def score_page(page: Pair, settings: EvaluateSettings) -> PageScore:
    """One page under every profile; the counts of its leaves are added."""
    leaves = [
        by_line(truth, found, settings.profiles, settings.letters, settings.words, leaf)
        for leaf, (truth, found) in enumerate(page.leaves)
    ]
    lines = tuple(
        line
        for leaf, (_, found) in zip(leaves, page.pieces, strict=True)
        for line in with_struck(leaf.lines, found)
    )
    names = [profile.name for profile in settings.profiles]
    places = range(len(names))
    return PageScore(
        tuple(sum((leaf.scores[at] for leaf in leaves), Score(names[at])) for at in places),
        lines,
        tuple(tuple(counts for leaf in leaves for counts in leaf.blocks[at]) for at in places),
        tuple(tuple(counts for leaf in leaves for counts in leaf.word_blocks[at]) for at in places),
        tuple(sum((leaf.bags[at] for leaf in leaves), Bag()) for at in places),
        page,
    )


def some(names: Sequence[str], most: int = 10) -> str:
    """Some of the names, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} + {len(names) - most}"
