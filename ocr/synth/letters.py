"""The letters a hand can write: forms read from `letterforms`, points in letter units.

Frame: baseline y=0, small letters reach y=1, y up, upright.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ocr.arrays import F64
from ocr.errors import SettingsError
from ocr.synth import letterforms

Points = F64
"""Shape (n, 3): x, y, and 1 where the pen turns sharply."""

_BORROWED = dict(zip("acegmnouxyABCDEHKMOPTX", "аседтпоихуАВСДЕНКМОРТХ", strict=True))
"""Latin letter: the Russian letter whose forms it may share."""
_NOT_BORROWED = {"g": "de", "e": "", "m": "npt", "D": "bc", "E": "", "T": "ab"}
"""Tags of the forms it does not; with an empty string, it has its own forms only."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing one letter; what its fields mean is told in `ocr.synth.letterforms`."""

    letter: str
    tag: str
    entry: str
    exit: str
    weight: float
    lead_in: Points
    strokes: tuple[Points, ...]
    way_out: Points
    lead_out: Points
    marks: tuple[Points, ...]
    left: float
    """Where its body in the zone of small letters begins..."""
    right: float
    """...and ends (without leads)."""


def _points(text: str) -> Points:
    rows = [
        (*(float(v) for v in token.rstrip("!").split(",")), float(token.endswith("!")))
        for token in text.split()
    ]
    return np.array(rows, np.float64).reshape(-1, 3)


def _form(row: str) -> Form:
    head, _, path = row.partition(" : ")
    letter, tag, entry, way, weight = head.split()
    path, _, marks = path.partition("@")
    path, _, lead_out = path.partition(">")
    path, _, way_out = path.partition("+")
    lead_in, known, body = path.rpartition("<")
    strokes = tuple(_points(part) for part in body.split("|"))
    assert not known or lead_in.strip()
    core = np.concatenate(strokes)
    zone = core[(core[:, 1] > -0.15) & (core[:, 1] < 1.15)]
    if not len(zone):
        zone = core
    return Form(
        letter=letter,
        tag=tag,
        entry=entry,
        exit=way,
        weight=float(weight),
        lead_in=_points(lead_in),
        strokes=strokes,
        way_out=_points(way_out),
        lead_out=_points(lead_out),
        marks=tuple(_points(part) for part in marks.split("|") if part.strip()),
        left=float(zone[:, 0].min()),
        right=float(max(zone[:, 0].max(), core[-1, 0] if way == "_" else zone[:, 0].max())),
    )


@cache
def forms() -> dict[str, tuple[Form, ...]]:
    """All forms of every letter that a hand can write."""
    by_letter: dict[str, list[Form]] = {}
    folder = Path(letterforms.__file__).parent
    for name in ("lower", "upper", "latin", "signs"):
        for row in (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            form = _form(row)
            by_letter.setdefault(form.letter, []).append(form)
    for letter, lender in _BORROWED.items():
        barred = _NOT_BORROWED.get(letter)
        if barred != "":
            own = by_letter.setdefault(letter, [])
            own += [form for form in by_letter[lender] if form.tag not in (barred or "")]
    return {letter: tuple(rows) for letter, rows in by_letter.items()}


def unknown_letters(text: str) -> str:
    """The characters of a text that no hand can write, each once, in order."""
    return "".join(dict.fromkeys(c for c in text if not c.isspace() and c not in forms()))


def check_letters(text: str) -> None:
    """SettingsError that names the characters no hand can write."""
    strange = unknown_letters(text)
    if strange:
        listed = ", ".join(f"{c} (U+{ord(c):04X})" for c in strange[:8])
        raise SettingsError(
            f"No hand can write {listed}. Change the text, or leave such characters out (--skip-unknown)."
        )
