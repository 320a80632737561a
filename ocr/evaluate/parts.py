"""Parts of an evaluation that are made when asked for: each for JSON, for the page, and in a sentence."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ocr.evaluate import further
from ocr.evaluate.advice import Said
from ocr.evaluate.against import against
from ocr.evaluate.bootstrap import Comparison
from ocr.evaluate.further import Duel
from ocr.evaluate.markup import Markup
from ocr.evaluate.report import Report
from ocr.evaluate.words import Words


@dataclass(frozen=True, slots=True)
class Part:
    """One part, under its key."""

    key: str
    told: Any
    """For JSON."""
    show: Callable[[Words], Markup]
    """Its section of the page."""
    said: tuple[Said, ...] = ()
    """What it says in short, for the terminal."""


def other_run(report: Report, other: Report, sides: tuple[str, str], *, seed: int, draws: int) -> Part:
    """A second run against the first, under every profile."""
    duels, alone = [], tuple[str, ...]()
    for at, profile in enumerate(report.profiles):
        letters, alone = against(report, other, at, "letters", seed=seed, draws=draws)
        words, _ = against(report, other, at, "words", seed=seed, draws=draws)
        if letters is not None:
            duels.append(Duel(profile.name, letters, words))
    told = {
        "other": sides[1],
        "alone": list(alone),
        "profiles": {
            duel.profile: {"cer": _compared(duel.letters), "wer": _compared(duel.words)} for duel in duels
        },
    }
    return Part("against", told, lambda w: further.against(duels, sides, alone, w), further.verdict(duels))


def _compared(held: Comparison | None) -> dict[str, Any] | None:
    if held is None:
        return None
    return {**asdict(held), "swapped": held.swapped, "contests": [
        {**asdict(one), "better": str(one.better)} for one in held.contests
    ]}  # fmt: skip


def told_of(parts: Sequence[Part]) -> dict[str, Any]:
    """All of them for JSON."""
    return {part.key: part.told for part in parts}
