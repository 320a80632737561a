"""Our own recogniser for handwriting: the onnxruntime door.

A model file says itself what it reads: alphabet and facts stand in its metadata (see ocr.train.export).
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
import regex

from ocr.engines import NO_TEXT
from ocr.engines.language import BeamSettings, CharModel, Spelling, beams, load_language, placed
from ocr.errors import DependencyError, EngineError, PageTimeoutError, SettingsError
from ocr.geometry import Affine, Box
from ocr.lines import strip
from ocr.page import Glyph, Line, Reading, Rival, Step, Word
from ocr.scan.leaf import Grey, Leaf
from ocr.scan.strip import fit_strip

if TYPE_CHECKING:
    import onnxruntime

SHIPPED = Path(__file__).parents[1] / "models" / "cursive.onnx"
KIND = "tetradi line reader 1"
"""What the metadata of our models call themselves; a new number when strips are fitted otherwise."""

_RIVAL = 0.1
"""Letters at least as likely as this are told as rivals."""

_OLD = regex.compile(r"[ѣіѳѵ]|\p{L}ъ(?!\p{L})", regex.IGNORECASE)
_OLD_SHARE = 0.12
"""With so many signs of old spelling per word, a leaf is taken to be in it (new spelling has hardly any)."""

LogProbs = npt.NDArray[np.float32]
"""Shape (frames, 1 + letters): natural logarithms; class 0 is silence, class k letter k - 1."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter read, its probability, and from where to where it stands, in pixels of the strip given."""

    text: str
    confidence: float
    left: float
    right: float
    rivals: tuple[Rival, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """A model in memory: its alphabet and what else it says of itself."""

    session: "onnxruntime.InferenceSession"
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
    # Imported when a model is opened: this module is also loaded for its settings alone.
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as refusals

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # pages are what is read in parallel
    options.log_severity_level = 3
    held = path.read_bytes()
    try:
        session = onnxruntime.InferenceSession(held, options, providers=["CPUExecutionProvider"])
    except (
        refusals.Fail,
        refusals.InvalidArgument,
        refusals.InvalidGraph,
        refusals.InvalidProtobuf,
    ) as error:
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
    return _letters(scores, runs, alphabet, frame)


def led(
    scores: LogProbs, alphabet: str, frame: float, spelling: Spelling, settings: BeamSettings
) -> list[Letter]:
    """The reading that strip and language model like best, no space at its ends."""
    codes = beams(scores, spelling, settings)[0].codes
    runs = [(a, b, code) for (a, b), code in zip(placed(scores, codes), codes, strict=True)]
    while runs and alphabet[runs[0][2] - 1] == " ":
        runs.pop(0)
    while runs and alphabet[runs[-1][2] - 1] == " ":
        runs.pop()
    return _letters(scores, runs, alphabet, frame)


def _letters(
    scores: LogProbs, runs: Sequence[tuple[int, int, int]], alphabet: str, frame: float
) -> list[Letter]:
    letters = []
    for n, (start, end, which) in enumerate(runs):
        left = (runs[n - 1][1] + start) / 2 if n else start - 1.0
        right = (end + runs[n + 1][0]) / 2 if n + 1 < len(runs) else end + 1.0
        left, right = max(left, start - 3, 0), min(right, end + 3, len(scores))
        sure = np.exp(scores[start:end].max(0))
        rivals = tuple(
            Rival(alphabet[other - 1], round(float(sure[other]), 4))
            for other in np.argsort(-sure)[:4].tolist()
            if other not in (0, which) and sure[other] >= _RIVAL
        )
        confidence = min(float(sure[which]), 1.0)
        letters.append(Letter(alphabet[which - 1], confidence, left * frame, right * frame, rivals))
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
    glyphs = tuple(
        Glyph(one.text, one.confidence, box, one.rivals) for one, box in zip(letters, boxes, strict=True)
    )
    around = home.box(Box(letters[0].left, 0, max(letters[-1].right, letters[0].left), height))
    sure = float(np.prod([one.confidence for one in letters]))
    return Word("".join(one.text for one in letters), around, sure, glyphs)


@dataclass(frozen=True, slots=True)
class CursiveSettings:
    """How our recogniser reads."""

    model: str = ""
    """File of the model; empty: the one that comes with the package."""
    spelling: str = "auto"
    """Spelling the language model expects: old, new, auto (by what a leaf shows), or none to do without it.
    It leads the reading and never rewrites it."""
    beams: int = 12
    """Readings kept while a strip is read."""
    language_weight: float = 0.7
    """How much the language model says beside the strip."""
    letter_bonus: float = 1.2
    """Added per letter, against the language model's liking for short lines."""

    def __post_init__(self) -> None:
        if self.spelling not in {"auto", "old", "new", "none"}:
            raise SettingsError(f"There is no spelling {self.spelling!r}; known: auto, old, new, none.")


@dataclass(frozen=True, slots=True)
class CursiveEngine:
    """Our recogniser as an Engine."""

    model: Model
    step: Step
    settings: CursiveSettings
    language: CharModel | None
    reads_hands: ClassVar[bool] = True
    """What it cannot read at all is hardly writing (see ocr.engines.legible)."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """It alone reads."""
        return (self.step,)

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        """One reading per line (see Engine)."""
        end = time.monotonic() + timeout_s if timeout_s else None
        seen: list[tuple[LogProbs, float, int, Affine]] = []
        for line in lines:
            if end is not None and time.monotonic() > end:
                raise PageTimeoutError(
                    "The recogniser did not finish in the time a page may take (--timeout)."
                )
            pixels, home = strip(leaf, line)
            seen.append((*self.model.scores(pixels), pixels.shape[0], home))
        read = self.decoded([(scores, frame) for scores, frame, _, _ in seen])
        readings = []
        for letters, (_, _, height, home) in zip(read, seen, strict=True):
            words = words_of(letters, height, home)
            known = [word.confidence for word in words if word.confidence is not None]
            if words:
                readings.append(Reading(self.step.ident, words, sum(known) / len(known) if known else None))
            else:
                readings.append(Reading(self.step.ident, failure=NO_TEXT))
        return readings

    def decoded(self, strips: Sequence[tuple[LogProbs, float]]) -> list[list[Letter]]:
        """The letters of the strips of one leaf, given their scores and frame widths."""
        alphabet = self.model.alphabet
        plain = [greedy(scores, alphabet, frame) for scores, frame in strips]
        if self.language is None:
            return plain
        name = self.settings.spelling
        if name == "auto":
            name = spelling_of(" ".join("".join(one.text for one in letters) for letters in plain))
        how = BeamSettings(self.settings.beams, self.settings.language_weight, self.settings.letter_bonus)
        spelling = self.language.spellings[name]
        return [led(scores, alphabet, frame, spelling, how) for scores, frame in strips]


def spelling_of(text: str) -> str:
    """Old or new, by the letters of old spelling and final hard signs among the words of a rough reading."""
    words = max(len(text.split()), 1)
    return "old" if len(_OLD.findall(text)) / words > _OLD_SHARE else "new"


def open_engine(settings: CursiveSettings) -> CursiveEngine:
    """Our recogniser, ready; DependencyError when its model is missing."""
    path = Path(settings.model).expanduser() if settings.model else SHIPPED
    model = load_model(path)
    language = None if settings.spelling == "none" else load_language()
    if language is not None and language.alphabet != model.alphabet:
        raise EngineError(f"{path.name} and the language model have different alphabets; use spelling none.")
    told = (
        ("model", path.name),
        ("model data", model.digest),
        ("language data", language.digest if language else "none"),
        ("spelling", settings.spelling),
        *model.facts,
    )
    version = dict(model.facts).get("version", "1")
    step = Step("cursive", "Cursive recogniser", version, told, reads=True)
    return CursiveEngine(model, step, settings, language)
