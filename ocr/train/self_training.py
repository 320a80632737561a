"""A hand learnt without a person, from what can be read of it already.

A net alone misreads twice as much of a stranger's hand as net and language model do together, so their
readings teach it (self-training: Scudder, 1965), once lines are cut where a word is doubtful. Lines are
parted into two halves, and each is read by a net that has learnt the other: no net confirms what it has
been told, so the final net learns from better texts; and since both halves were read by strangers to them,
their readings also say, without a person, whether learning helps, and how much may be believed afterwards:
a net is far too sure of the very lines that it has learnt.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch

from ocr.arrays import log_odds
from ocr.engines import decoding
from ocr.engines.calibration import Calibration, Shares
from ocr.engines.cursive import SHIPPED, CursiveEngine, CursiveSettings, NetOutput, open_engine
from ocr.engines.decoding import word_places
from ocr.errors import ComparisonError
from ocr.evaluate.rates import compare
from ocr.lines.strips import Fitted, fit_strip
from ocr.page import MOST_WITHHELD, WITHHELD
from ocr.recipe import Recipe
from ocr.train.fine_tuning import FineTuneSettings, learn, origin_of, write_model
from ocr.train.hands import KnownLine
from ocr.train.lesson import Lesson, LessonLearnt, cut
from ocr.train.net import Net, begin_from
from ocr.train.run import Run
from ocr.train.samples import encode, fits

LEAST_LINES = 8
"""With fewer lines a half says too little."""
MOST_STEPS = 250
"""So many steps at most over the lines of a lesson."""
_HALVINGS = 16


@dataclass(frozen=True, slots=True)
class SelfTrainingSettings:
    """How a hand is learnt without a person."""

    believed: float = 0.5
    """Words less likely to be right than this are cut out."""
    shortest: int = 3
    """Letters that a piece between doubtful words has at least."""
    steps: int = 100
    """Steps over all lines; half as many over each half of them."""
    repeats: int = 3
    """A line that a person vouches for is learnt so many times as often as one that was only read."""
    share: float = 0.6
    """So far the weights go from the start's to the learnt ones: between both, little of the start is lost
    (robust fine-tuning: Wortsman et al., 2022)."""
    learning: FineTuneSettings = field(default_factory=FineTuneSettings)
    """Its `seconds` are for all of it: steps are left out when they would take longer."""


@dataclass(frozen=True, slots=True)
class Check:
    """What readings tell of themselves without a truth, in 0..1; both fall when a net gets better."""

    apart: float
    """How far the net alone is from what the start reads with its language model (character error rate): the
    start's mistakes are in it before and after, the net's own go when it learns."""
    doubt: float
    """Share of letters expected to be wrong by their calibrated confidences, read with the language model."""

    def better_than(self, other: "Check") -> bool:
        """Either alone is fooled: doubt by a net that grows too sure, the other by a wrong language model."""
        return self.apart < other.apart and self.doubt < other.doubt


@dataclass(frozen=True, slots=True)
class SelfTrained:
    """What came of it."""

    lines: int
    believed: float
    """Share of the letters of the start's reading that were sure enough to learn from."""
    before: Check
    """The start on all lines."""
    after: Check
    """On each half the net that has learnt the other."""
    steps: int
    """Over all lines."""
    model: Path | None
    """None when learning did not help: then nothing is written."""


@dataclass(frozen=True, slots=True)
class OwnReading:
    """A line as read: its letters with their frames, its words with their chances of being right."""

    text: str
    spans: list[tuple[int, int]]
    doubt: float
    """Letters expected to be wrong."""
    words: list[tuple[int, int, float]]


def self_train(
    name: str,
    lines: Sequence[KnownLine],
    start: Path,
    folder: Path,
    settings: SelfTrainingSettings,
    on_progress: Callable[[str], None] = lambda _: None,
    *,
    reader: CursiveSettings | None = None,
    facts: Mapping[str, str] = MappingProxyType({}),
) -> SelfTrained:
    """Learns a hand from lines that nobody has transcribed, and writes FOLDER/NAME.onnx with its card.

    Lines that have a text, for which a person vouches, are learnt as they stand. `reader`: how the lines are
    read, with the model `start`; `facts` go into the new model's metadata.
    ComparisonError when there are too few lines, or too little of them can be read.
    """
    torch.set_num_threads(settings.learning.threads)
    engine = open_engine(replace(reader or CursiveSettings(), model=str(start)))
    strips = [fit_strip(line.grey).fitted for line in lines]
    looks = [engine.model.look_at(strip) for strip in strips]
    alphabet, how = engine.model.alphabet, settings.learning
    order = np.random.default_rng(how.seed).permutation(len(strips)).tolist()
    reads = [weighed(engine, read) for read in engine.reads(looks)]
    truth = [line.text or read.text for line, read in zip(lines, reads, strict=True)]
    before = check(engine, looks, reads, truth)

    def lesson_of(numbers: Sequence[int], reads: Sequence[OwnReading]) -> list[tuple[Fitted, str]]:
        guessed = [n for n in numbers if not lines[n].text]
        runs = confident_runs([strips[n] for n in guessed], [reads[n] for n in guessed], alphabet, settings)
        vouched = [(strips[n], lines[n].text) for n in numbers if lines[n].text]
        return runs + settings.repeats * [
            (strip, text) for strip, text in vouched if fits(strip, encode(text, alphabet))
        ]

    crosswise, steps = list(looks), settings.steps // 2
    for seed, (half, rest) in enumerate(((order[::2], order[1::2]), (order[1::2], order[::2]))):
        lesson = lesson_of(half, reads)
        if len(lines) < LEAST_LINES or not lesson:
            raise ComparisonError(
                f"{len(lines)} lines, and {len(lesson)} pieces of them sure enough to learn from: too few. "
                f"Give at least {LEAST_LINES} lines, or correct some and learn from them (--hand)."
            )
        quick = replace(how, seed=how.seed + seed)
        run = learn(lesson, start, alphabet, quick, steps, seconds=how.seconds / 4)
        _draw_back(run, start, settings.share)
        net, steps = run.averaged(), run.step
        del run  # it holds three times as much as its net
        for n in rest:
            crosswise[n] = look_with(net, strips[n])
        del net  # so that no two nets are held at a time
        on_progress(f"half {seed + 1} of 2 learnt in {steps} steps")
    again = [weighed(engine, read) for read in engine.reads(crosswise)]
    after = check(engine, crosswise, again, truth)
    sure = sum(b - a for read in reads for a, b, chance in read.words if chance >= settings.believed)
    share = sure / max(sum(b - a for read in reads for a, b, _ in read.words), 1)
    if not after.better_than(before):
        return SelfTrained(len(lines), share, before, after, 0, None)
    run = learn(lesson_of(range(len(lines)), again), start, alphabet, how, 2 * steps, seconds=how.seconds / 2)
    _draw_back(run, start, settings.share)
    net = run.averaged()
    last = engine.reads([look_with(net, strip) for strip in strips])
    # mistakes in which net and language model agree are learnt, and then doubted by no half: of the doubt
    # that went, half is taken to have gone rightly
    modest = replace(engine.model, calibration=no_surer(engine.model.calibration, last, [*reads, *again]))
    corrected = sum(bool(line.text) for line in lines)
    whose = "as they were read; no person has seen them"
    if corrected:
        whose = f"{corrected} of them as persons corrected them, the others as they were read"
    card = [
        f"| learnt from | {origin_of(lines)}, {whose} |",
        f"| steps | {run.step} |",
        f"| net alone apart from the start's reading, lines not learnt | {before.apart:.3f} before, "
        f"{after.apart:.3f} after |",
        f"| letters expected to be wrong, lines not learnt | {before.doubt:.3f} before, "
        f"{after.doubt:.3f} after |",
    ]
    facts = {WITHHELD: f"{withheld(engine.model.calibration, modest.calibration, last):.3f}", **facts}
    path = write_model(name, folder, run, modest, card, **facts)
    return SelfTrained(len(lines), share, before, after, run.step, path)


def steps_for(lines: int) -> int:
    """Steps over so many lines. A page gets 100; more lines teach more, ever more slowly."""
    return min(max(round(100 * math.sqrt(lines / 25)), 100), MOST_STEPS)


def learn_lesson(
    name: str, lesson: Lesson, recipe: Recipe, folder: Path, facts: Mapping[str, str]
) -> LessonLearnt:
    """Learns a hand from the records of its pages; by steps and not by time, so that the same records give
    the same model on the same machine.

    Writes as `self_train` does. ComparisonError when too little can be read, ScanError when a scan cannot be
    opened, OutputError when nothing can be written.
    """
    lines, reader = list(cut(lesson, recipe)), recipe.cursive
    start = Path(reader.model).expanduser() if reader.model else SHIPPED
    settings = SelfTrainingSettings(steps=steps_for(len(lines)), learning=FineTuneSettings(seconds=math.inf))
    learnt = self_train(name, lines, start, folder, settings, reader=reader, facts=facts)
    before, after = learnt.before, learnt.after
    reason = (
        f"on lines not learnt, letters expected to be wrong go from {before.doubt:.1%} to "
        f"{after.doubt:.1%}, and what the net alone misreads of the first reading from {before.apart:.1%} "
        f"to {after.apart:.1%}"
    )
    return LessonLearnt(learnt.model, reason)


def weighed(engine: CursiveEngine, read: decoding.Decoded) -> OwnReading:
    """A line as read, and how far its words are to be believed."""
    text, spans, evidence = read.text, read.spans, read.evidence
    calibration, places = engine.model.calibration, word_places(text)
    chances = calibration.words(evidence, places).tolist()
    words = [(start, end, chance) for (start, end), chance in zip(places, chances, strict=True)]
    return OwnReading(text, spans, float((1 - calibration.letters(evidence)).sum()), words)


def no_surer(
    calibration: Calibration, last: Sequence[decoding.Decoded], others: Sequence[OwnReading]
) -> Calibration:
    """The calibration made as unsure of the readings `last`, on the average, as of other readings of the same
    lines: those by nets that had not learnt them. First of letters, then of words."""
    doubts = np.array([1 - chance for read in others for _, _, chance in read.words])
    letters = sum(read.doubt for read in others) / max(sum(len(read.text) for read in others), 1)

    def letters_with(shift: float) -> Calibration:
        first, *rest = calibration.by_letter
        return replace(calibration, by_letter=(first - shift, *rest))

    def doubt_of_letters(shift: float) -> float:
        changed = letters_with(shift)
        chances = np.concatenate([changed.letters(read.evidence) for read in last])
        return float(1 - chances.mean()) if len(chances) else 1.0

    calibration_of_letters = letters_with(_shift(doubt_of_letters, letters))

    def words_with(shift: float) -> Calibration:
        first, *rest = calibration_of_letters.by_word
        return replace(calibration_of_letters, by_word=(first - shift, *rest))

    def doubt_of_words(shift: float) -> float:
        changed = words_with(shift)
        chances = np.concatenate([changed.words(read.evidence, word_places(read.text)) for read in last])
        return float(1 - chances.mean()) if len(chances) else 1.0

    return words_with(_shift(doubt_of_words, float(doubts.mean()) if len(doubts) else 0.0))


def withheld(plain: Calibration, modest: Calibration, reads: Sequence[decoding.Decoded]) -> float:
    """How far the log-odds of words to be right must be raised again for a modest calibration to believe as
    much of these readings, on the average, as a plain one."""

    def words(calibration: Calibration) -> Shares:
        chances = [calibration.words(read.evidence, word_places(read.text)) for read in reads]
        return np.concatenate(chances) if chances else np.ones(1)

    odds = log_odds(words(modest))
    return _shift(lambda shift: float((1 / (1 + np.exp(-odds - shift))).mean()), float(words(plain).mean()))


def _shift(mean_at: Callable[[float], float], wanted: float) -> float:
    """How far log-odds must be moved for a mean that grows with it to be so much; 0 where it is already."""
    if mean_at(0.0) >= wanted - 1e-6:
        return 0.0
    low, high = 0.0, MOST_WITHHELD
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if mean_at(middle) < wanted else (low, middle)
    return high


def _draw_back(run: Run, start: Path, share: float) -> None:
    """Takes the run's averaged weights so far from the start's as the share tells."""
    net = Net(len(run.recipe.alphabet), dropout=0.0)
    begin_from(net, start, run.recipe.alphabet)
    run.average = {name: weights.lerp(run.average[name], share) for name, weights in net.state_dict().items()}


def check(
    engine: CursiveEngine,
    looks: Sequence[NetOutput],
    reads: Sequence[OwnReading],
    first: Sequence[str],
) -> Check:
    """What the scores of a net and its readings of some lines tell, beside the start's readings of them, or
    what persons say that they are."""
    letters = max(sum(map(len, first)), 1)
    apart = sum(
        compare(text.strip(), engine.decoder.rough(look.scores)).errors
        for look, text in zip(looks, first, strict=True)
    )
    doubt = sum(read.doubt for read in reads) / max(sum(len(read.text) for read in reads), 1)
    return Check(apart / letters, doubt)


def confident_runs(
    strips: Sequence[Fitted], reads: Sequence[OwnReading], alphabet: str, settings: SelfTrainingSettings
) -> list[tuple[Fitted, str]]:
    """Runs of words that are sure enough, and their texts. A cut goes through the middle of a gap."""
    runs = []
    for strip, read in zip(strips, reads, strict=True):
        run: list[tuple[int, int]] = []
        for n, (start, end, chance) in enumerate(read.words):
            if chance >= settings.believed:
                run.append((start, end))
                if n + 1 < len(read.words):
                    continue
            if run and run[-1][1] - run[0][0] >= settings.shortest:
                first, last = run[0][0], run[-1][1]
                whole_left, whole_right = first == read.words[0][0], last == read.words[-1][1]
                left = 0 if whole_left else sum(read.spans[first - 1]) * Net.frame_px // 2
                right = strip.shape[1] if whole_right else sum(read.spans[last]) * Net.frame_px // 2
                piece, text = np.ascontiguousarray(strip[:, left:right]), read.text[first:last]
                if fits(piece, encode(text, alphabet)):
                    runs.append((piece, text))
            run = []
    return runs


def look_with(net: Net, strip: Fitted) -> NetOutput:
    """A fitted strip as a net sees it."""
    with torch.inference_mode():
        features = net.features(torch.from_numpy(strip)[None, None])[0].float()
        scores = net.head(features).log_softmax(-1)
    return NetOutput(scores.numpy(), features.numpy(), float(Net.frame_px))
