"""A writer: a point in the space of hands, drawn by chance from the region of a style.

Lengths are in heights of small letters, angles in degrees, chances in 0..1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np

from ocr.arrays import F64
from ocr.synth.letters import Form, forms


class Style(StrEnum):
    """Regions of the space of hands."""

    SCHOOL = "school"
    CLERK = "clerk"
    QUICK = "quick"
    BALLPOINT = "ballpoint"
    PRINTED = "printed"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Writer:
    """How one person writes."""

    style: Style
    slant_deg: float
    """Lean to the right."""
    aspect: float
    """Width of letters over that of the model letters."""
    ascender: float
    """Height of what rises above small letters, over that of the models; so with what follows."""
    descender: float
    capital: float
    digit: float
    join: float
    """Chance that letters that can be joined are."""
    gap: float
    """Added between letters."""
    word_gap: float
    hook: float
    """Height of the hook before л, м, я, over that of the models."""
    over: float
    """Chance that the pen comes into an oval over its top instead of touching its side."""
    lead: float
    """Chance of a stroke that leads into a word..."""
    tail: float
    """...and of one that leads out of it."""
    rounding: int
    """Haste: how many times the path is smoothed."""
    soften: float
    """Share of sharp turns that this hand makes round."""
    flatten: float
    """How far runs of small letters sink into a wave, 0..1."""
    jitter: float
    """Unrest of single points."""
    unevenness: float
    """Unrest of size from letter to letter; slant and place follow it."""
    wave: float
    """Height of the wave of the baseline."""
    tilt: float
    """Words climb by so much per unit..."""
    drift: float
    """...and begin so far off the baseline, in unrest from word to word."""
    close: float
    """Chance that two words are written with hardly a gap."""
    flourish: float
    """Chance that a capital gets a stroke or a loop that leads into it, and a word's end a longer tail."""
    raised: bool
    """Writes what follows a number (2мя, 1го) small and high."""
    tremor: float
    late_marks: float
    """How far dots and bars fall to the right."""
    pen: float
    """Width of the finest line."""
    swell: float
    """Downstrokes are so much wider, 0 for a ballpoint."""
    nib_deg: float | None
    """Angle of a broad nib; None for a pointed one."""
    taper: float
    """How far strokes thin towards their ends, 0..1."""
    flow: float
    """Unrest of the ink along the stroke, 0..1."""
    skips: float
    """Share of the path where a dry pen leaves little."""
    habits: Mapping[str, tuple[tuple[Form, float], ...]]
    """Of every letter the forms this writer uses, with running sums of their shares."""
    tight: float
    """Least gap between joined letters; below zero they run into one another."""
    mood: float
    """How far the same letter strays from itself, in the same traits as `own`."""
    own: F64
    """Shape (letters, TRAITS): how far this writer's letters stray from the models, each its own way."""
    kinks: F64
    """Shape (letters, KINKS, 2): where this writer puts the points of each letter, beside the models' places;
    point k of a stroke takes entry k modulo KINKS."""


_REGIONS: dict[Style, dict[str, tuple[float, float]]] = {
    Style.SCHOOL: {
        "slant_deg": (8, 38), "aspect": (0.9, 1.5), "ascender": (0.8, 1.25), "descender": (0.75, 1.2),
        "capital": (0.70, 1.15), "digit": (0.6, 1.1),
        "join": (0.85, 1.0), "gap": (-0.06, 0.28), "word_gap": (0.8, 2.2),
        "hook": (0.6, 1.6), "over": (0, 1), "lead": (0.3, 1), "tail": (0.5, 1), "rounding": (0, 2.5),
        "soften": (0, 0.3), "flatten": (0, 0.1), "jitter": (0.006, 0.025), "unevenness": (0.01, 0.06),
        "wave": (0, 0.08), "tremor": (0, 0.006), "late_marks": (-0.05, 0.1), "pen": (0.04, 0.085),
        "swell": (0.1, 1.2), "taper": (0, 0.5), "flow": (0, 0.18), "skips": (0, 0.01),
        "tilt": (-0.02, 0.03), "drift": (0, 0.05), "close": (0, 0.06), "flourish": (0, 0.5),
        "own": (0, 0.7),
        "tight": (-0.08, 0.06), "mood": (0.05, 0.4), "kinks": (0, 0.05),
    },
    Style.CLERK: {
        "slant_deg": (28, 56), "aspect": (1.05, 1.95), "ascender": (0.8, 1.5), "descender": (0.8, 1.3),
        "capital": (0.65, 1.2), "digit": (0.6, 1.1),
        "join": (0.85, 1.0), "gap": (-0.04, 0.5), "word_gap": (1.0, 3.0),
        "hook": (0.3, 1.6), "over": (0, 1), "lead": (0.4, 1), "tail": (0.6, 1), "rounding": (0, 3),
        "soften": (0, 0.35), "flatten": (0, 0.15), "jitter": (0.005, 0.03), "unevenness": (0.01, 0.07),
        "wave": (0, 0.08), "tremor": (0, 0.005), "late_marks": (-0.1, 0.25), "pen": (0.02, 0.055),
        "swell": (0.1, 1.5), "taper": (0, 0.6), "flow": (0, 0.2), "skips": (0, 0.01),
        "tilt": (-0.02, 0.03), "drift": (0, 0.05), "close": (0, 0.12), "flourish": (0, 0.9),
        "own": (0.1, 0.9),
        "tight": (-0.08, 0.06), "mood": (0.05, 0.4), "kinks": (0, 0.06),
    },
    Style.QUICK: {
        "slant_deg": (-3, 48), "aspect": (0.85, 1.8), "ascender": (0.65, 1.35), "descender": (0.6, 1.3),
        "capital": (0.65, 1.25), "digit": (0.6, 1.1),
        "join": (0.65, 1.0), "gap": (-0.1, 0.38), "word_gap": (0.7, 2.6),
        "hook": (0.0, 1.2), "over": (0, 1), "lead": (0, 0.6), "tail": (0.1, 0.9), "rounding": (1.5, 6.5),
        "soften": (0.1, 0.8), "flatten": (0, 0.4), "jitter": (0.015, 0.055), "unevenness": (0.03, 0.13),
        "wave": (0, 0.16), "tremor": (0, 0.012), "late_marks": (-0.1, 0.5), "pen": (0.045, 0.12),
        "swell": (0, 0.7), "taper": (0, 0.7), "flow": (0, 0.28), "skips": (0, 0.03),
        "tilt": (-0.05, 0.07), "drift": (0, 0.12), "close": (0, 0.1), "flourish": (0, 0.4),
        "own": (0.2, 1.3),
        "tight": (-0.18, 0.06), "mood": (0.1, 0.7), "kinks": (0.01, 0.09),
    },
    Style.BALLPOINT: {
        "slant_deg": (-8, 36), "aspect": (0.85, 1.7), "ascender": (0.65, 1.15), "descender": (0.6, 1.15),
        "capital": (0.60, 1.1), "digit": (0.6, 1.1),
        "join": (0.5, 0.98), "gap": (-0.08, 0.32), "word_gap": (0.7, 2.6),
        "hook": (0.0, 1.3), "over": (0, 1), "lead": (0, 0.5), "tail": (0.1, 0.9), "rounding": (0.5, 5),
        "soften": (0, 0.7), "flatten": (0, 0.3), "jitter": (0.015, 0.05), "unevenness": (0.03, 0.12),
        "wave": (0, 0.15), "tremor": (0, 0.012), "late_marks": (-0.1, 0.4), "pen": (0.055, 0.14),
        "swell": (0, 0.12), "taper": (0, 0.3), "flow": (0, 0.25), "skips": (0, 0.04),
        "tilt": (-0.05, 0.06), "drift": (0, 0.12), "close": (0, 0.08), "flourish": (0, 0.2),
        "own": (0.2, 1.3),
        "tight": (-0.18, 0.06), "mood": (0.1, 0.7), "kinks": (0.01, 0.09),
    },
    Style.PRINTED: {
        "slant_deg": (-8, 25), "aspect": (0.85, 1.5), "ascender": (0.6, 1.05), "descender": (0.55, 1.05),
        "capital": (0.60, 1.0), "digit": (0.6, 1.1),
        "join": (0.0, 0.45), "gap": (-0.05, 0.32), "word_gap": (0.8, 2.4),
        "hook": (0.0, 1.2), "over": (0, 1), "lead": (0, 0.3), "tail": (0, 0.4), "rounding": (0, 3),
        "soften": (0, 0.5), "flatten": (0, 0.1), "jitter": (0.015, 0.05), "unevenness": (0.03, 0.12),
        "wave": (0, 0.14), "tremor": (0, 0.012), "late_marks": (-0.1, 0.2), "pen": (0.055, 0.14),
        "swell": (0, 0.3), "taper": (0, 0.4), "flow": (0, 0.25), "skips": (0, 0.03),
        "tilt": (-0.04, 0.05), "drift": (0, 0.1), "close": (0, 0.05), "flourish": (0, 0.1),
        "own": (0.2, 1.1),
        "tight": (-0.1, 0.06), "mood": (0.1, 0.6), "kinks": (0.01, 0.08),
    },
}  # fmt: skip
_SHARES = {
    Style.SCHOOL: 0.25,
    Style.CLERK: 0.32,
    Style.QUICK: 0.27,
    Style.BALLPOINT: 0.12,
    Style.PRINTED: 0.04,
}
KINKS = 16
"""Points of a stroke that a writer puts where they please."""
TRAITS = 12
"""Numbers that tell how a writer's letter strays from the model; `ocr.synth.own` tells what they mean."""
_FAVOURED = {
    Style.SCHOOL: "тm дg вa рa жa зa нa кa ѣb",
    Style.CLERK: "тm ѣade дdfgh сbef мe лef яgh йdef бef жcf зbcs Тaeg ъafg "
    "вabd чb хbd Кcd Еcd Вcd Сcd Нde Рcd Пcd Гd Бc Дde -de",
    Style.PRINTED: "тtp дdg вcb гc пc жd бbc рb уbc Тd Гc Пb Дc Вb Нb Кb Рb Хb Чb Жb Мb",
}
"""By style: letters, each with the tags of the forms that are four times as usual there."""


def draw_writer(rng: np.random.Generator, style: Style = Style.MIXED) -> Writer:
    """A new writer of that style."""
    if style is Style.MIXED:
        style = list(_SHARES)[rng.choice(len(_SHARES), p=list(_SHARES.values()))]
    region = _REGIONS[style]
    drawn = dict(zip(region, rng.uniform(*np.array(list(region.values())).T).tolist(), strict=True))
    broad = style in (Style.SCHOOL, Style.QUICK) and rng.random() < 0.3
    return Writer(
        style=style,
        rounding=round(drawn.pop("rounding")),
        nib_deg=float(rng.uniform(20, 60)) if broad else None,
        raised=rng.random() < (0.6 if style in (Style.CLERK, Style.SCHOOL) else 0.25),
        own=rng.normal(0, drawn.pop("own"), (len(forms()), TRAITS)),
        kinks=np.clip(rng.normal(0, 1, (len(forms()), KINKS, 2)), -2, 2) * drawn.pop("kinks"),
        habits=_habits(rng, style),
        **drawn,
    )


@cache
def _shares(style: Style) -> tuple[tuple[str, ...], F64]:
    """The letters, and of each the running sums of the shares of its forms in a style, one row a letter."""
    table = forms()
    liked = {word[0]: word[1:] for word in _FAVOURED.get(style, "").split()}
    sums = np.full((len(table), max(map(len, table.values()))), np.inf)
    for line, (letter, rows) in enumerate(table.items()):
        weights = np.cumsum([row.weight * (4.0 if row.tag in liked.get(letter, "") else 1.0) for row in rows])
        sums[line, : len(rows) - 1] = (weights / weights[-1])[:-1]
    return tuple(table), sums


def _habits(rng: np.random.Generator, style: Style) -> dict[str, tuple[tuple[Form, float], ...]]:
    """One form of each letter, of some letters two."""
    letters, sums = _shares(style)
    dice = rng.random((4, len(letters)))
    first, other = ((sums < die[:, None]).sum(axis=1).tolist() for die in dice[:2])
    shares = np.where(dice[2] < 0.3, 0.1 + 0.4 * dice[3], 0.0).tolist()
    table = forms()
    return {
        letter: ((table[letter][b], share), (table[letter][a], 1.0))
        for letter, a, b, share in zip(letters, first, other, shares, strict=True)
    }
