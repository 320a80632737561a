"""A model that knows one hand: learnt, judged, written with its card."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr.engines.cursive import Model, load_model
from ocr.errors import ComparisonError
from ocr.files import write_whole
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import Texts, read_text
from ocr.train.adapt import Adapted, AdaptSettings, adapt
from ocr.train.export import export
from ocr.train.hands import KnownLine, strange, told

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
    with_more: float | None
    """Rate to be expected with MORE lines more; None when it cannot be told."""


def learn_hand(
    name: str,
    lines: Sequence[KnownLine],
    start: Path,
    folder: Path,
    settings: AdaptSettings,
    shown: Callable[[int, float], None] = lambda _steps, _rate: None,
) -> Learnt:
    """Learns a hand and writes FOLDER/NAME.onnx and its card NAME.md.

    Lines that look mistranscribed are left out and told. ComparisonError when too few lines are left.
    """
    model = load_model(start)
    odd = strange(lines, model)
    used = [line for line in lines if line not in odd]
    others = StrokeLines(Texts([read_text(PROSE)]))
    try:
        found = adapt(start, model, [(line.grey, line.text) for line in used], others, settings, shown)
    except ComparisonError as error:
        why = f" Left out because their text looks like another line's: {told(odd)}." if odd else ""
        raise ComparisonError(f"{error}{why}") from error
    path = None
    if found.steps:
        path = folder / f"{name}.onnx"
        folder.mkdir(parents=True, exist_ok=True)
        # the start's trust is kept: a few lines are too few to fit it anew
        export(found.run, path, calibration=model.calibration.told(), hand=name, start=model.digest)
        write_whole(path.with_suffix(".md"), _card(name, used, model, found, path).encode())
    return Learnt(len(used), tuple(odd), found, path, _with_more(len(used), found))


def _with_more(lines: int, found: Adapted) -> float | None:
    """Error falls as a power of the number of lines (Hestness et al., 2017), seen from half to all."""
    if found.held_half is None or not 0 < found.held_after < found.held_half:
        return None
    power = min(math.log2(found.held_half / found.held_after), 1.0)
    return float(found.held_after * ((lines + MORE) / lines) ** -power)


def _card(name: str, lines: Sequence[KnownLine], start: Model, found: Adapted, path: Path) -> str:
    files = sorted({line.file.name for line in lines})
    return "\n".join(
        [
            f"# {name}.onnx",
            "",
            f"Our recogniser after learning one hand; use it with `ocr transcribe --model {path}`.",
            "",
            "| | |",
            "|---|---|",
            f"| began from | model data {start.digest} |",
            f"| learnt from | {len(lines)} lines of {len(files)} files: {', '.join(files[:20])} |",
            f"| steps | {found.steps} |",
            f"| error of letters, net alone, lines held back | {found.held_before:.3f} before, "
            f"{found.held_after:.3f} after |",
            f"| sha256 | {hashlib.sha256(path.read_bytes()).hexdigest()} |",
            "| licence | scans and texts learnt from keep theirs; the card of the start is in the package |",
            "",
        ]
    )
