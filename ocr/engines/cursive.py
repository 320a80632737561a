"""Our own recogniser for handwriting: the onnxruntime door.

A model file says itself what it reads: alphabet and facts stand in its metadata (see ocr.train.export).
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph, InvalidProtobuf

from ocr.errors import DependencyError, EngineError, PageTimeoutError
from ocr.geometry import Affine, Box
from ocr.lines import strip
from ocr.page import Glyph, Line, Reading, Step, Word
from ocr.scan.leaf import Grey, Leaf
from ocr.scan.strip import fit_strip

SHIPPED = Path(__file__).parents[1] / "models" / "cursive.onnx"
KIND = "tetradi line reader 1"
"""What the metadata of our models call themselves; a new number when strips are fitted otherwise."""

LogProbs = npt.NDArray[np.float32]
"""Shape (frames, 1 + letters): natural logarithms; class 0 is silence, class k letter k - 1."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter read, its probability, and from where to where it stands, in pixels of the strip given."""

    text: str
    confidence: float
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Model:
    """A model in memory: its alphabet and what else it says of itself."""

    session: onnxruntime.InferenceSession
    alphabet: str
    frame_px: int
    facts: tuple[tuple[str, str], ...]
    digest: str

    def scores(self, grey: Grey) -> tuple[LogProbs, float]:
        """Scores of a strip (uint8, height by width), and how many of its pixels one frame spans."""
        fitted = fit_strip(grey)
        found = self.session.run(None, {"strips": fitted.fitted[None, None]})[0][0]
        return np.asarray(found, np.float32), self.frame_px / fitted.scale_x

    def read(self, grey: Grey) -> list[Letter]:
        """The letters of a strip, from left to right, spaces among them, none at the ends."""
        scores, frame = self.scores(grey)
        return greedy(scores, self.alphabet, frame)


def load_model(path: Path) -> Model:
    """A model from its file. DependencyError when there is none, EngineError when it is not one of ours."""
    if not path.is_file():
        raise DependencyError(
            f"There is no model {path}; name another with --model, or reinstall the package."
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # pages are what is read in parallel
    options.log_severity_level = 3
    held = path.read_bytes()
    try:
        session = onnxruntime.InferenceSession(held, options, providers=["CPUExecutionProvider"])
    except (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf) as error:
        raise EngineError(f"{path.name} is damaged or no ONNX model; fetch it again.") from error
    facts = session.get_modelmeta().custom_metadata_map
    if facts.get("kind") != KIND or "alphabet" not in facts:
        raise EngineError(f"{path.name} is no model of ours: it does not call itself {KIND!r}. Name another.")
    alphabet = facts["alphabet"]
    rest = tuple(sorted((k, v) for k, v in facts.items() if k not in {"kind", "alphabet"}))
    return Model(session, alphabet, int(facts["frame_px"]), rest, hashlib.sha256(held).hexdigest()[:16])


def greedy(scores: LogProbs, alphabet: str, frame: float) -> list[Letter]:
    """The best class of each frame, doubles joined, silence dropped. A frame spans `frame` pixels.

    A letter's probability is the highest that it has in its frames; it reaches to half way to its neighbours.
    """
    best = scores.argmax(1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    ends = np.append(starts[1:], len(best))
    runs = [(int(a), int(b), int(best[a])) for a, b in zip(starts, ends, strict=True) if best[a]]
    runs = [r for n, r in enumerate(runs) if alphabet[r[2] - 1] != " " or 0 < n < len(runs) - 1]
    letters = []
    for n, (start, end, which) in enumerate(runs):
        left = (runs[n - 1][1] + start) / 2 if n else start - 1.0
        right = (end + runs[n + 1][0]) / 2 if n + 1 < len(runs) else end + 1.0
        left, right = max(left, start - 3, 0), min(right, end + 3, len(best))
        confidence = min(float(np.exp(scores[start:end, which].max())), 1.0)
        letters.append(Letter(alphabet[which - 1], confidence, left * frame, right * frame))
    return letters


def words_of(letters: Sequence[Letter], height: float, home: Affine) -> tuple[Word, ...]:
    """Letters cut into words at spaces, with boxes in scan pixels; `home` leads there from the strip's."""
    words: list[list[Letter]] = [[]]
    for letter in letters:
        if letter.text == " ":
            words.append([])
        else:
            words[-1].append(letter)
    return tuple(_word(word, height, home) for word in words if word)


def _word(letters: Sequence[Letter], height: float, home: Affine) -> Word:
    boxes = [home.box(Box(one.left, 0, max(one.right, one.left), height)) for one in letters]
    glyphs = tuple(Glyph(one.text, one.confidence, box) for one, box in zip(letters, boxes, strict=True))
    around = home.box(Box(letters[0].left, 0, max(letters[-1].right, letters[0].left), height))
    sure = float(np.prod([one.confidence for one in letters]))
    return Word("".join(one.text for one in letters), around, sure, glyphs)


@dataclass(frozen=True, slots=True)
class CursiveSettings:
    """How our recogniser reads."""

    model: str = ""
    """File of the model; empty: the one that comes with the package."""


@dataclass(frozen=True, slots=True)
class CursiveEngine:
    """Our recogniser as an Engine."""

    model: Model
    step: Step

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        """One reading per line (see Engine)."""
        end = time.monotonic() + timeout_s if timeout_s else None
        readings = []
        for line in lines:
            if end is not None and time.monotonic() > end:
                raise PageTimeoutError(f"The recogniser did not finish in {timeout_s:.0f} s.")
            pixels, home = strip(leaf, line)
            words = words_of(self.model.read(pixels), pixels.shape[0], home)
            known = [word.confidence for word in words if word.confidence is not None]
            readings.append(Reading(self.step.ident, words, sum(known) / len(known) if known else None))
        return readings


def open_engine(settings: CursiveSettings) -> CursiveEngine:
    """Our recogniser, ready; DependencyError when its model is missing."""
    path = Path(settings.model).expanduser() if settings.model else SHIPPED
    model = load_model(path)
    told = (("model", path.name), ("model data", model.digest), *model.facts)
    version = dict(model.facts).get("version", "1")
    return CursiveEngine(model, Step("cursive", "Cursive recogniser", version, told, reads=True))
