"""The scores of found texts against hand transcriptions, per page and in total: values, JSON, a table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from ocr.evaluate.lines import LineScore, by_line
from ocr.evaluate.pair import Pair, pair
from ocr.evaluate.rates import Letters, Score, Tallies, Words, macro
from ocr.evaluate.words import Words as InWords
from ocr.tei.parse import Rules
from ocr.text import PROFILES, UNICODE_VERSION, Profile


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


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page under every profile, in the order of PROFILES."""

    pair: Pair
    scores: tuple[Score, ...]
    lines: tuple[LineScore, ...] = ()
    """All its leaves cut into lines, under the first profile."""
    blocks: tuple[tuple[Tallies, ...], ...] = ()
    """Per profile the letters of each of `lines`; they add up to the profile's score."""
    word_blocks: tuple[tuple[Tallies, ...], ...] = ()
    """Per profile the words of each of `lines`."""

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


class Table(NamedTuple):
    """Cells as text, for whoever prints them; the rows of a page follow each other, totals last."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What an evaluation gives."""

    settings: EvaluateSettings
    pages: tuple[PageScore, ...]
    alone: tuple[Path, ...] = ()
    """Files left out because they have no partner."""
    profiles: tuple[Profile, ...] = PROFILES

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
        return tuple(told)

    @property
    def remarks(self) -> tuple[str, ...]:
        """The same as whole sentences in English."""
        words = InWords()
        return tuple(words.plain(key, **values) for key, values in self.said)

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON: each rate beside its counts, null where there is no rate, never NaN."""
        return {
            "versions": {
                "tetradi": version("tetradi"),
                "rapidfuzz": version("rapidfuzz"),
                "regex": version("regex"),
                "unicode": UNICODE_VERSION,
            },
            "settings": asdict(self.settings),
            "profiles": {profile.name: list(profile.told) for profile in self.profiles},
            "pages": [
                {
                    "name": page.name,
                    "truth": [str(path) for path in page.pair.truth.files],
                    "found": [str(path) for path in page.pair.found.files],
                    "leaves": len(page.pair.leaves),
                    "truth_gaps": page.pair.truth.gaps,
                    "found_gaps": page.pair.found.gaps,
                    "profiles": {one.profile: _told(one) for one in page.scores},
                }
                for page in self.pages
            ],
            "totals": {
                total.micro.profile: {
                    "pages": len(self.pages),
                    "micro": _told(total.micro),
                    "macro": {"cer": total.macro_cer, "wer": total.macro_wer},
                }
                for total in self.totals
            },
            "alone": [str(path) for path in self.alone],
            "remarks": list(self.remarks),
        }

    def as_table(self) -> Table:
        """A row per page and profile with counts beside rates, then micro and macro averages."""
        headers = (
            "page",
            "profile",
            "CER",
            "errors/letters",
            "WER",
            "errors/words",
            "wrong",
            "left out",
            "added",
        )
        rows = [
            _row(page.name if place == 0 else "", one)
            for page in self.pages
            for place, one in enumerate(page.scores)
        ]
        rows += [
            _row("all, micro" if place == 0 else "", total.micro) for place, total in enumerate(self.totals)
        ]
        rows += [
            (
                "all, macro" if place == 0 else "",
                total.micro.profile,
                shown(total.macro_cer),
                "",
                shown(total.macro_wer),
                *[""] * 4,
            )
            for place, total in enumerate(self.totals)
        ]
        return Table(headers, tuple(rows))


def evaluate(truth: Path, found: Path, settings: EvaluateSettings | None = None) -> Report:
    """The scores of `found` against `truth`, each a file or a folder of plain text or TEI.

    Raises ComparisonError for files without a partner and when nothing can be compared, ScanError for
    what is not UTF-8 text, RecordError for TEI that cannot be read.
    """
    settings = settings or EvaluateSettings()
    pairs, alone = pair(truth, found, settings.rules, allow_missing=settings.allow_missing)
    return Report(settings, tuple(score_page(one, settings) for one in pairs), tuple(alone))


def score_page(page: Pair, settings: EvaluateSettings) -> PageScore:
    """One page under every profile; the counts of its leaves are added."""
    leaves = [
        by_line(truth, found, PROFILES, settings.letters, settings.words, leaf)
        for leaf, (truth, found) in enumerate(page.leaves)
    ]
    places = range(len(PROFILES))
    return PageScore(
        page,
        tuple(sum((leaf.scores[at] for leaf in leaves), Score(PROFILES[at].name)) for at in places),
        tuple(line for leaf in leaves for line in leaf.lines),
        tuple(tuple(one for leaf in leaves for one in leaf.blocks[at]) for at in places),
        tuple(tuple(one for leaf in leaves for one in leaf.word_blocks[at]) for at in places),
    )


def shown(rate: float | None) -> str:
    """A rate in per cent, a dash when there is none."""
    return "–" if rate is None else f"{100 * rate:.2f} %"


def _row(name: str, one: Score) -> tuple[str, ...]:
    return (
        name,
        one.profile,
        shown(one.cer),
        f"{one.letters.errors}/{one.letters.truth}",
        shown(one.wer),
        f"{one.words.errors}/{one.words.truth}",
        str(one.letters.substitutions),
        str(one.letters.deletions),
        str(one.letters.insertions),
    )


def _told(one: Score) -> dict[str, Any]:
    return {"cer": _counted(one.letters), "wer": _counted(one.words)}


def _counted(counts: Tallies) -> dict[str, Any]:
    return {
        "rate": counts.rate,
        "errors": counts.errors,
        "truth": counts.truth,
        "found": counts.found,
        **asdict(counts),
    }


def some(names: Sequence[str], most: int = 10) -> str:
    """Some of the names, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} + {len(names) - most}"
