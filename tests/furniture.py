"""What stands beside the text of a drawn page: page numbers, notes in the margin, and what looks like them.

A short last line, a sum, a mark with its word, a date, a signature, a chapter's number: text, wherever it is.
"""

from dataclasses import replace

import numpy as np

from ocr.page import Kind
from ocr.synth.compose import Piece, Written, lay
from ocr.synth.hand import write
from ocr.synth.paper import Leaf
from ocr.synth.writer import Style, Writer, draw_writer
from tests.notebook import WORDS

_ENDS = ("12", "144", "3 р.", "и т. д.", "конец", "1868", "его", "№ 5", "такъ", "да")
_SUMS = ("125", "3 45", "40 к.", "всего 12", "7 р. 20 к.", "1044", "Итого 96")
_MARKS = ("Оценка 4", "Отлично", "Хорошо 5", "3", "видел", "верно", "Оценка 5", "чит.")
_DATES = ("12 мая", "5 июня 1868", "1868 г.", "3 марта", "Москва", "суббота", "17", "8/III")
_HEADS = ("Глава 2", "II", "5", "§ 4", "Мой день", "№ 12", "Песня", "1865 год")
_NAMES = ("Иванов", "А. Петров", "твой Н.", "писарь", "вашъ другъ", "И. К.")
_NOTES = (
    "проверить", "см. выше", "так ли?", "важно!", "о погоде", "спросить", "верно", "№ 7", "продано", "взято",
    "уплачено", "въ дѣло", "письмо", "умеръ", "справка",
)  # fmt: skip


def furnished(rng: np.random.Generator, writer: Writer, leaf: Leaf, lines: list[Written]) -> list[Written]:
    """The lines of a side with what may stand beside them; text may end early, lines may be short."""
    text = [line for line in lines if line.kind is Kind.TEXT]
    if len(text) < 5:
        return lines
    x_px = _letter_px(text)
    first, last = _row(text[0]), _row(text[-1])
    if rng.random() < 0.5:
        last = _row(text[int(rng.integers(4, len(text)))])
    if rng.random() < 0.25:
        first = _row(text[int(rng.integers(1, 4))])
    struck = {_row_key(line) for line in lines if line.kind is not Kind.TEXT}
    kept: list[Written] = []
    for line in lines:
        if not first - 2.5 * x_px <= _row(line) <= last + 0.5 * x_px or line.kind is Kind.MARGIN:
            continue
        shortened = line.kind is Kind.TEXT and _row_key(line) not in struck and len(line.pieces) == 1
        kept.append(_short(rng, writer, leaf, line, x_px) if shortened and rng.random() < 0.2 else line)

    def put(
        told: str,
        place: float,
        row: float,
        kind: Kind = Kind.TEXT,
        size: float = 1.0,
        by: Writer | None = None,
    ) -> None:
        """`place` 0 begins at the left end of the lines, 1 ends at their right end."""
        track = write(rng, by or writer, told)
        scale = x_px * size
        room = leaf.text_right - leaf.text_left - track.length * scale
        at = (leaf.left + leaf.text_left + place * room, row)
        kept.append(_written(kind, lay(track, at, scale, 0.0, 0.9 if kind is Kind.TEXT else 0.75)))

    below = last + leaf.pitch * float(rng.uniform(0.9, 1.2))
    if below < leaf.height - 0.8 * leaf.pitch:
        chance = rng.random()
        if chance < 0.14:
            put(str(rng.choice(_ENDS)), float(rng.choice([0, 0, 0.05, 0.15])), below)
        elif chance < 0.3:
            put(str(rng.choice(_SUMS)), float(rng.uniform(0.8, 1.0)), below)
        elif chance < 0.45:
            low = below + leaf.pitch * float(rng.uniform(0, 2))
            if low < leaf.height - 0.5 * leaf.pitch:
                put(
                    str(rng.choice(_MARKS)),
                    float(rng.uniform(0.2, 1.0)),
                    low,
                    by=draw_writer(rng, Style.QUICK),
                )
        elif chance < 0.6:
            put(str(rng.choice(_NAMES)), float(rng.uniform(0.6, 1.0)), below)
            if rng.random() < 0.4 and below + leaf.pitch < leaf.height - 0.5 * leaf.pitch:
                put(str(rng.choice(_DATES)), float(rng.uniform(0, 1.0)), below + leaf.pitch)
    above = first - leaf.pitch * float(rng.uniform(0.9, 1.3))
    if above > 1.2 * leaf.pitch:
        chance = rng.random()
        if chance < 0.3:
            put(str(rng.choice(_DATES)), float(rng.choice([0.0, 0.5, 0.9, 1.0])), above)
        elif chance < 0.55:
            put(str(rng.choice(_HEADS)), float(rng.uniform(0.4, 0.6)), above)
        elif chance < 0.7 and above > 2.2 * leaf.pitch:
            for k in (1, 0):  # to whom it is written
                words = " ".join(str(rng.choice(WORDS)) for _ in range(2))
                put(words, 1.0, above - k * leaf.pitch)
    if rng.random() < 0.6:
        kept = _number(rng, leaf, kept, x_px)
    if leaf.text_left > 7 * x_px and rng.random() < 0.7:
        kept += _notes(rng, writer, leaf, (first, last), x_px)
    return kept


def _number(rng: np.random.Generator, leaf: Leaf, lines: list[Written], x_px: float) -> list[Written]:
    """A page number where there is room for one, in the writer's hand or an archivist's pencil."""
    writer = replace(draw_writer(rng, Style.BALLPOINT), wave=0.0)
    told = str(rng.choice(["{}", "{}", "{}", "{}", "{}.", "- {} -", "л. {}"])).format(
        int(rng.integers(1, 400))
    )
    track = write(rng, writer, told)
    size = float(rng.uniform(0.8, 1.2)) * x_px
    wide = track.length * size
    place = float(rng.choice([0, 0.5, 1], p=[0.2, 0.25, 0.55]))
    edge = leaf.pitch * float(rng.uniform(0.3, 0.9))
    x = leaf.left + edge + place * (leaf.width - 2 * edge - wide)
    rows = [_row(line) for line in lines]
    low = leaf.height - leaf.pitch * float(rng.uniform(0.35, 0.6))
    row = leaf.pitch * float(rng.uniform(0.65, 1.1))
    if rng.random() < 0.3:
        row = low
    if min(abs(row - other) for other in rows) < 0.75 * leaf.pitch:
        return lines
    made = _written(Kind.NUMBER, lay(track, (x, row), size, 0.0, float(rng.uniform(0.5, 1.0))))
    return [made, *lines] if row < rows[0] else [*lines, made]


def _notes(
    rng: np.random.Generator, writer: Writer, leaf: Leaf, rows: tuple[float, float], x_px: float
) -> list[Written]:
    """Notes of one line or several in the left margin, smaller than the text."""
    made: list[Written] = []
    row = rows[0] + leaf.pitch * float(rng.uniform(0, 3))
    by = writer if rng.random() < 0.5 else draw_writer(rng, Style.QUICK)
    while row < rows[1] and rng.random() < 0.85:
        step = leaf.pitch * float(rng.uniform(0.55, 0.8))
        for _ in range(int(rng.integers(1, 5))):
            track = write(rng, by, str(rng.choice(_NOTES)))
            scale = min(x_px * float(rng.uniform(0.6, 0.8)), (leaf.text_left - 2.5 * x_px) / track.length)
            left = leaf.left + x_px - float(track.places[:, 0].min()) * scale
            made.append(_written(Kind.MARGIN, lay(track, (left, row), scale, 0.0, 0.9)))
            row += step
            if row > rows[1]:
                break
        row += leaf.pitch * float(rng.uniform(1, 6))
    return made


def _short(rng: np.random.Generator, writer: Writer, leaf: Leaf, line: Written, x_px: float) -> Written:
    """A line of a word or two: the end of a paragraph at the margin, or one that is set in."""
    words = line.text.split()[: int(rng.integers(1, 4))]
    x = leaf.left + leaf.text_left + float(rng.choice([0, 0, 0, 4, 10])) * x_px
    return _written(Kind.TEXT, lay(write(rng, writer, " ".join(words)), (x, _row(line)), x_px, 0.0))


def _letter_px(lines: list[Written]) -> float:
    """Pixels of one height of small letters."""
    scales = [
        float(np.ptp(piece.places[:, 0])) / max(float(np.ptp(piece.track.places[:, 0])), 1e-6)
        for line in lines
        for piece in line.pieces
    ]
    return float(np.median(scales))


def _row(line: Written) -> float:
    return float(line.baseline[0, 1])


def _row_key(line: Written) -> int:
    return round(_row(line) / 20)


def _written(kind: Kind, piece: Piece) -> Written:
    ends = np.array([[x, piece.base_at(x)] for x in (piece.left, piece.right)], np.float32)
    return Written(kind, (piece,), (), 1.0, ends)
