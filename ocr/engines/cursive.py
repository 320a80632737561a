"""Our own recogniser for handwriting.

A model file says itself what it reads: alphabet and facts stand in its metadata (see ocr.train.export).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, NamedTuple

from ocr.arrays import GreyImage
from ocr.engines import NO_TEXT, Recognition, mean_confidence
from ocr.engines.beam_search import BeamSettings
from ocr.engines.calibration import Calibration
from ocr.engines.decoding import AgreedLetters, Decoded, DecodedLine, Decoder, LogProbs, spelling_of, words_of
from ocr.engines.language import CharModel, NextLetter, SpellingMixture, load_language
from ocr.engines.lattice import LatticeSettings, rescore
from ocr.engines.leaf_adaptation import Features, LeafStrip, adapt_to_leaf
from ocr.engines.legible import legibility
from ocr.engines.vocabulary import Vocabulary, load_vocabulary
from ocr.engines.word_marks import with_marks
from ocr.errors import DependencyError, EngineError, PageTimeoutError, SettingsError
from ocr.lines import StripCut, strips_with_margin
from ocr.lines.strips import Fitted, fit_strip
from ocr.models import FOLDER, Onnx, open_onnx, weights_of
from ocr.page import Line, Reading, Step
from ocr.scan.leaf import Leaf
from ocr.settings import Between

SHIPPED = FOLDER / "cursive.onnx"
KIND = "tetradi line reader 1"
"""What the metadata of our models call themselves; a new number when strips are fitted otherwise."""

_LAST_STAGE = {"samples": "last_stage_samples", "training_hours": "last_stage_hours"}
"""What models told before by names that promise more: a model may have learnt in stages before its last."""


class NetOutput(NamedTuple):
    """A strip as the net sees it."""

    scores: LogProbs
    features: Features | None
    """None: a model that tells none."""
    frame: float
    """So many pixels of the strip one frame spans."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model in memory: its alphabet and what else it says of itself."""

    net: Onnx
    alphabet: str
    frame_px: int
    calibration: Calibration
    facts: tuple[tuple[str, str], ...]
    digest: str

    def look(self, grey: GreyImage) -> NetOutput:
        """A strip (uint8, height by width) as the net sees it."""
        strip = fit_strip(grey)
        return self.look_at(strip.fitted, 1 / strip.scale_x)

    def look_at(self, fitted: Fitted, pixel: float = 1.0) -> NetOutput:
        """The same of a strip that is fitted already; one of its pixels spans `pixel` pixels before.

        EngineError when the net cannot be run, or answers otherwise than a reader of this alphabet.
        """
        outputs = self.net.run(strips=fitted[None, None])
        shapes, classes = [output.shape for output in outputs], 1 + len(self.alphabet)
        if not (shapes and shapes[0] == (1, *shapes[0][1:2], classes) and shapes[0][1]) or any(
            shape != (*shapes[0][:2], *shape[2:3]) for shape in shapes[1:]
        ):
            raise self.net.unfit(f"it answers in shapes {shapes} where letters and blank are {classes}")
        scores, *features = outputs
        return NetOutput(scores[0], features[0][0] if features else None, self.frame_px * pixel)


def load_model(path: Path) -> Model:
    """A model from its file. DependencyError when there is none, EngineError when it is not one of ours, or
    not the one that a card beside it tells the hash of."""
    if not path.is_file():
        raise DependencyError(
            f"There is no model {path}; name another with --model, or reinstall the package."
        )
    raw, digest = weights_of(path)
    net = open_onnx(raw, path.name)
    facts = net.facts
    if facts.get("kind") != KIND or "alphabet" not in facts:
        raise EngineError(f"{path.name} is no model of ours: it does not call itself {KIND!r}. Name another.")
    alphabet, frame_px = facts["alphabet"], facts.get("frame_px", "")
    if not (frame_px.isascii() and frame_px.isdigit() and 0 < int(frame_px[:4]) < 1000):
        raise EngineError(f"{path.name} is damaged: its frame_px is {frame_px[:20]!r}; fetch it again.")
    calibration = Calibration.from_json(facts["calibration"]) if "calibration" in facts else Calibration()
    kept = {k: v for k, v in facts.items() if k not in {"kind", "alphabet", "calibration"}}
    rest = tuple(sorted((_LAST_STAGE.get(k, k), v) for k, v in kept.items()))
    return Model(net, alphabet, int(frame_px), calibration, rest, digest[:16])


@dataclass(frozen=True, slots=True)
class CursiveSettings:
    """How our recogniser reads."""

    model: str = ""
    """File of the model; empty: the one that comes with the package."""
    spelling: str = "auto"
    """Spelling the language model expects: old, new, auto (by what a leaf shows), or none to do without it.
    It leads the reading and never rewrites it."""
    beams: int = 40
    """Readings kept at most while a strip is read."""
    language_weight: float = 0.5
    """How much the language model says beside the strip."""
    vocabulary_weight: Annotated[float, Between(0, 5)] = 0.55
    """How much the vocabulary says beside both; 0: nothing."""
    vocabulary: str = ""
    """A text file of a project's own words (names, villages), in either spelling, that the reader favours."""
    letter_bonus: float = 1.9
    """Added per letter, against the language model's liking for short lines."""
    accustomed: bool = True
    """Reads a leaf twice, the second time with what the first told of its hand."""

    def __post_init__(self) -> None:
        if self.spelling not in {"auto", "old", "new", "none"}:
            raise SettingsError(f"There is no spelling {self.spelling!r}; known: auto, old, new, none.")


@dataclass(frozen=True, slots=True)
class CursiveEngine:
    """Our recogniser as an Engine."""

    model: Model
    steps: tuple[Step, ...]
    """It alone reads."""
    settings: CursiveSettings
    language: CharModel | None
    decoder: Decoder
    vocabulary: Vocabulary | None = None
    """Which words there are; None: nobody asks."""
    reads_hands: ClassVar[bool] = True
    """What it cannot read at all is hardly writing (see ocr.engines.legible)."""

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        """One reading per line (see Engine)."""
        return [line.reading for line in self.recognise(leaf, lines, timeout_s=timeout_s)]

    def recognise(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Recognition]:
        """The readings, with how legible each line is to the net. PageTimeoutError: no time was left."""
        end = time.monotonic() + timeout_s if timeout_s else None
        outputs: list[tuple[NetOutput, StripCut]] = []
        for cut in strips_with_margin(leaf, lines):
            if end is not None and time.monotonic() > end:
                raise PageTimeoutError(
                    "The recogniser did not finish in the time a page may take (--timeout)."
                )
            outputs.append((self.model.look(cut.grey), cut))
        decoded = self.decoded([output for output, _ in outputs])
        recognitions = []
        for writing, (output, cut) in zip(decoded, outputs, strict=True):
            words = with_marks(words_of(writing, len(cut.grey), cut), cut, writing)
            failure = None if words else NO_TEXT
            reading = Reading(self.steps[0].ident, words, mean_confidence(words), failure)
            recognitions.append(Recognition(reading, legibility(output.scores)))
        return recognitions

    def decoded(self, leaf: Sequence[NetOutput]) -> list[DecodedLine]:
        """The strips of one leaf as read."""
        reads = self.reads(leaf)
        return [self.decoder.writing(read, look.frame) for look, read in zip(leaf, reads, strict=True)]

    def reads(self, leaf: Sequence[NetOutput]) -> list[Decoded]:
        """The strips of one leaf decoded: twice, where the first time tells enough of the leaf's hand.

        Where the net sees no letter by itself nothing is read: it would be the language model's alone.
        """
        scores = [look.scores for look in leaf]
        spelling = self.spelling(scores)
        if spelling is None:
            return [self.decoder.read(own, None) for own in scores]
        first = self.decoder.agreed(scores, spelling)
        reads = self._by_words(self.adapted(leaf, first), first, spelling)
        return [
            read if self.decoder.rough(look.scores) else self.decoder.read(look.scores, None)
            for look, read in zip(leaf, reads, strict=True)
        ]

    def adapted(self, leaf: Sequence[NetOutput], first: Sequence[AgreedLetters]) -> list[LogProbs]:
        """The scores of the strips of one leaf with its hand learnt from their first reading; as they were
        where too little is known of it, or it is not to be learnt."""
        scores = [look.scores for look in leaf]
        features = [look.features for look in leaf if look.features is not None]
        if not self.settings.accustomed or len(features) < len(leaf):
            return scores
        return adapt_to_leaf(list(map(LeafStrip, scores, features, first))) or scores

    def _by_words(
        self, leaf: Sequence[LogProbs], first: Sequence[AgreedLetters], spelling: NextLetter
    ) -> list[Decoded]:
        """The strips of one leaf read with the vocabulary, where there is one, between the spaces of their
        first reading."""
        if self.vocabulary is None:
            return [self.decoder.read(scores, spelling) for scores in leaf]
        lines = self.decoder.stretches(leaf, first, spelling)
        alphabet, how = self.model.alphabet, LatticeSettings(weight=self.settings.vocabulary_weight)
        chosen = rescore(lines, alphabet, self.vocabulary, how)
        return self.decoder.chosen(leaf, spelling, chosen)

    def spelling(self, leaf: Sequence[LogProbs]) -> NextLetter | None:
        """The language to read the strips of a leaf with; None: without any."""
        if self.language is None:
            return None
        shown = spelling_of(" ".join(self.decoder.rough(scores) for scores in leaf))
        asked, spellings = self.settings.spelling, self.language.spellings
        if asked in {"auto", shown}:
            return spellings[shown]
        return SpellingMixture(spellings[asked], spellings[shown])


def open_engine(settings: CursiveSettings) -> CursiveEngine:
    """Our recogniser, ready; DependencyError without its model, EngineError when models do not match."""
    path = Path(settings.model).expanduser() if settings.model else SHIPPED
    model = load_model(path)
    language = None if settings.spelling == "none" else load_language()
    if language is not None and language.alphabet != model.alphabet:
        raise EngineError(f"{path.name} and the language model have different alphabets; use spelling none.")
    vocabulary = None
    if language is not None and settings.vocabulary_weight:
        vocabulary = load_vocabulary()
        if settings.vocabulary:
            vocabulary = vocabulary.with_own(Path(settings.vocabulary).expanduser())
    provenance = (
        ("model", path.name),
        ("model data", model.digest),
        ("language data", language.digest if language else "none"),
        ("vocabulary data", vocabulary.digest if vocabulary else "none"),
        ("spelling", settings.spelling),
        *model.facts,
    )
    version = dict(model.facts).get("version", "1")
    step = Step("cursive", "Cursive recogniser", version, provenance, reads=True)
    how = BeamSettings(width=settings.beams, language=settings.language_weight, letter=settings.letter_bonus)
    return CursiveEngine(
        model, (step,), settings, language, Decoder(model.alphabet, model.calibration, how), vocabulary
    )
