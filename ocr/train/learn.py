"""A model that knows one hand: learnt, judged, written with its card."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocr.arrays import F64
from ocr.engines.cursive import CursiveSettings, Model, load_model, open_engine
from ocr.errors import ComparisonError
from ocr.evaluate.bootstrap import DRAWS, SEED, Interval, Range, interval
from ocr.files import write_whole
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import Texts, read_text
from ocr.train.adapt import Adapted, AdaptSettings, LineCounts, adapt, rate_of
from ocr.train.export import export
from ocr.train.hands import KnownLine, places_of, suspect
from ocr.train.loop import Run
from ocr.train.self_training import SelfTrained, SelfTrainingSettings, self_train

PROSE = Path(__file__).parents[1] / "synth" / "prose.txt"
MORE = 20
"""Lines of which it is told what they would likely bring."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of it. Rates are of the net alone, on lines held back, in 0..1."""

    lines: int
    strange: tuple[KnownLine, ...]
    adapted: Adapted
    model: Path | None
    """None when learning did not help: then nothing is written."""
    with_more: Range | None
    """Rate to be expected with MORE lines more; None when it cannot be told."""

    @property
    def sure(self) -> Interval | None:
        """The rate after learning with its bounds; None when there are no letters."""
        return _interval(self.adapted.after)


def learn_hand(
    name: str,
    lines: Sequence[KnownLine],
    start: Path,
    folder: Path,
    settings: AdaptSettings,
    on_progress: Callable[[int, float], None] = lambda _steps, _rate: None,
) -> Learnt:
    """Learns a hand and writes FOLDER/NAME.onnx and its card NAME.md.

    Lines that look mistranscribed are left out and named. ComparisonError when too few lines are left.
    """
    model = load_model(start)
    odd = suspect(lines, model)
    used = [line for line in lines if line not in odd]
    try:
        adapted = adapt(
            start, model, [(line.grey, line.text) for line in used], _others(), settings, on_progress
        )
    except ComparisonError as error:
        why = f" Left out because their text looks like another line's: {places_of(odd)}." if odd else ""
        raise ComparisonError(f"{error}{why}") from error
    path = None
    if adapted.steps:
        rates = f"{adapted.held_before:.3f} before, {adapted.held_after:.3f} after"
        path = _kept(
            name,
            folder,
            adapted.run,
            model,
            [
                f"| learnt from | {_from(used)} |",
                f"| steps | {adapted.steps} |",
                f"| error of letters, net alone, lines held back | {rates} |",
            ],
        )
    return Learnt(len(used), tuple(odd), adapted, path, with_more(len(used), adapted.half, adapted.after))


def learn_without_person(
    name: str,
    lines: Sequence[KnownLine],
    start: Path,
    folder: Path,
    settings: SelfTrainingSettings,
    on_progress: Callable[[str], None] = lambda _: None,
) -> tuple[SelfTrained, Path | None]:
    """Learns a hand from lines that nobody has transcribed, and writes FOLDER/NAME.onnx with its card.

    The path is None when learning did not help: then nothing is written. ComparisonError when too little can
    be read.
    """
    engine = open_engine(CursiveSettings(model=str(start)))
    adapted = self_train(start, engine, [line.grey for line in lines], _others(), settings, on_progress)
    if adapted.run is None:
        return adapted, None
    before, after = adapted.before, adapted.after
    told_of = [
        f"| learnt from | {_from(lines)}, as they were read; no person has seen them |",
        f"| steps | {adapted.steps} |",
        f"| net alone apart from the start's reading, lines not learnt | {before.apart:.3f} before, "
        f"{after.apart:.3f} after |",
        f"| letters expected to be wrong, lines not learnt | {before.doubt:.3f} before, "
        f"{after.doubt:.3f} after |",
    ]
    return adapted, _kept(name, folder, adapted.run, engine.model, told_of)


def _others() -> StrokeLines:
    return StrokeLines(Texts([read_text(PROSE)]))


def with_more(lines: int, half: LineCounts | None, after: LineCounts) -> Range | None:
    """Error falls as a power of the number of lines (Hestness et al., 2017), seen from half to all.

    `half` and `after` are counts of the same held-back lines; the bounds come of drawing these anew.
    """
    if half is None or not 0 < rate_of(after) < rate_of(half):
        return None
    table = np.array(
        [(few.errors, few.truth, every.errors, every.truth) for few, every in zip(half, after, strict=True)],
        np.int64,
    )
    dice = np.random.default_rng(SEED)
    drawn = table[dice.integers(len(table), size=(DRAWS, len(table)))].sum(1)
    of_half, of_all = (drawn[:, at] / np.maximum(drawn[:, at + 1], 1) for at in (0, 2))
    growth = (lines + MORE) / lines

    def expected(half: F64, after: F64) -> F64:
        power = np.clip(np.log2(np.maximum(half, 1e-9) / np.maximum(after, 1e-9)), 0.0, 1.0)
        return np.asarray(after * growth**-power, np.float64)

    low, high = np.quantile(expected(of_half, of_all), [0.025, 0.975])
    rate = float(expected(np.array([rate_of(half)]), np.array([rate_of(after)]))[0])
    # drawing anew shows no error where few were met: what was counted may be as bad as its own bounds
    sure = _interval(after)
    return Range(rate, min(float(low), rate), max(float(high), rate, sure.high / growth if sure else 0.0))


def _interval(counts: LineCounts) -> Interval | None:
    return interval([[(line.errors, line.truth) for line in counts]])


def _from(lines: Sequence[KnownLine]) -> str:
    files = sorted({line.file.name for line in lines})
    return f"{len(lines)} lines of {len(files)} files: {', '.join(files[:20])}"


def _kept(name: str, folder: Path, run: Run, start: Model, learnt: Sequence[str]) -> Path:
    """Writes the model and its card; `learnt`: rows of the card."""
    path = folder / f"{name}.onnx"
    folder.mkdir(parents=True, exist_ok=True)
    # the start's trust is kept: a few lines are too few to fit it anew
    export(run, path, calibration=start.calibration.to_json(), hand=name, start=start.digest)
    card = [
        f"# {name}.onnx",
        "",
        f"Our recogniser after learning one hand; use it with `ocr transcribe --model {path}`.",
        "",
        "| | |",
        "|---|---|",
        f"| began from | model data {start.digest} |",
        *learnt,
        f"| sha256 | {hashlib.sha256(path.read_bytes()).hexdigest()} |",
        "| licence | scans and texts learnt from keep theirs; the card of the start is in the package |",
        "",
    ]
    write_whole(path.with_suffix(".md"), "\n".join(card).encode())
    return path
