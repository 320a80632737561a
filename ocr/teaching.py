"""A hand is learnt, in a process of its own: from its own sure readings and from what persons corrected.

Written are FOLDER/HAND.onnx, its card and, last, a ledger, HAND.json, which says what it was learnt from; a
model that no ledger fits is not used, and one of somebody else's is not overwritten.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ocr.errors import (
    ComparisonError,
    DependencyError,
    EngineError,
    OcrError,
    RecordError,
    SettingsError,
)
from ocr.faults import as_error
from ocr.files import given, refuse_drive, sha256_of, write_whole
from ocr.notation import object_from_json
from ocr.orders import HandState
from ocr.recipe import Recipe
from ocr.workers import DiedError, Pending, own_temporary_folder, workers

if TYPE_CHECKING:
    from ocr.train.lesson import Lesson, LessonLearnt

BASIS = "basis"
"""The key in a model's metadata that says what learning began from; other models lack it."""
MORE = 1.5
"""A hand is learnt anew when so many times the lines can be learnt from."""

NO_EXTRA = (
    "learning needs torch and onnx, which are not installed: pip install 'tetradi[train]'. On hands that "
    "were tried it took away a third of the misread letters"
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is known of a hand from earlier runs."""

    hand: str
    basis: str = ""
    """Digest of what learning began from: model, language, settings."""
    model: str = ""
    """sha256 of the model's file; empty: learning did not help."""
    lines: int = 0
    corrected_lines: int = 0
    corrections: str = ""
    """Digest of what persons had corrected."""
    pages: tuple[tuple[str, str], ...] = ()
    """The pages that it was learnt from: name of the scan's file, and its sha256."""
    reason: str = ""
    """What its check says."""
    expected_cer_before: float | None = None
    expected_cer: float | None = None


@dataclass(frozen=True, slots=True)
class HandOrder:
    """What is asked of whoever learns a hand."""

    hand: str
    pages: tuple[tuple[Path, Path], ...]
    """Records and their scans."""
    recipe: Recipe
    """With which the lines are cut, and the model to begin from."""
    folder: Path
    basis: str
    ledger: Ledger | None
    """What is known already."""

    @property
    def model(self) -> Path:
        """The file that is written."""
        return self.folder / f"{self.hand}.onnx"


@dataclass(frozen=True, slots=True)
class Lessons:
    """What became of learning a hand."""

    ledger: Ledger | None
    """What is known now; None: there was too little to learn from."""
    state: HandState
    reason: str = ""
    exit_code: int = 0


Learner = Callable[[HandOrder], Lessons]
LessonLearner = Callable[[str, "Lesson", Recipe, Path, Mapping[str, str]], "LessonLearnt"]
"""See ocr.train.self_training.learn_lesson."""


def teach(order: HandOrder, learn: LessonLearner | None = None) -> Lessons:
    """Learns a hand, unless there is nothing new to learn from; to be called in a process of its own.

    Writes FOLDER/HAND.onnx, its card and, last, its ledger. A fault never raises.
    """
    try:
        return _teach(order, learn)
    except ComparisonError as error:  # too little to learn from
        return Lessons(order.ledger, HandState.NOT_LEARNT, str(error))
    except Exception as error:  # noqa: BLE001  as of a page: told, and the first readings stay
        return not_taught(order, as_error(error, str(order.model)))


def _teach(order: HandOrder, learn: LessonLearner | None) -> Lessons:
    from ocr.train.lesson import LessonPage, PageLines, lesson_of, lines_on

    pages: list[PageLines] = []
    for record, scan in order.pages:
        try:
            pages.append(lines_on(LessonPage(record, scan)))
        except RecordError as error:  # gone, or somebody else's: told where its page is told
            refuse_drive(error)
    lesson, known = lesson_of(pages), order.ledger
    if known is not None and lesson.corrections == known.corrections and lesson.lines < MORE * known.lines:
        state = HandState.KNOWN if known.model else HandState.NOT_LEARNT
        return Lessons(known, state, "" if known.model else known.reason)
    if learn is None:
        if find_spec("torch") is None or find_spec("onnx") is None:
            return Lessons(known, HandState.NOT_LEARNT, NO_EXTRA, DependencyError.exit_code)
        from ocr.train.self_training import learn_lesson

        learn = learn_lesson
    _refuse_stranger(order)
    expected = expected_cer([record for record, _ in order.pages])
    taught = learn(order.hand, lesson, order.recipe, order.folder, {BASIS: order.basis})
    places = tuple((page.page.scan.name, page.sha256) for page in lesson.pages)
    ledger = Ledger(
        order.hand,
        order.basis,
        "" if taught.model is None else sha256_of(taught.model.read_bytes()),
        lesson.lines,
        lesson.corrected,
        lesson.corrections,
        places,
        taught.reason,
        expected,
    )
    state = HandState.LEARNT if ledger.model else HandState.NOT_LEARNT
    if not ledger.model and known is not None and known.model:  # what helped before still does
        ledger, state = replace(ledger, model=known.model), HandState.KNOWN
    write_ledger(order.folder, ledger)
    return Lessons(ledger, state, taught.reason)


def _refuse_stranger(order: HandOrder) -> None:
    """SettingsError when a model of the hand's name was made by somebody else, who may want to keep it."""
    from ocr.models import open_onnx

    path = order.model
    if not path.exists() or (order.ledger is not None and order.ledger.model):
        return
    try:
        # not held against its card: when writing the card failed, or was killed, that is of the model before
        ours = BASIS in open_onnx(path.read_bytes(), path.name).facts
    except EngineError:
        ours = False
    if not ours:
        raise SettingsError(
            f"{path} was not written by --learn: it stays as it is, and so do the readings. Move it away, or "
            f"read with it (--model {path})."
        )


def expected_cer(records: Sequence[Path]) -> float | None:
    """The share of letters that records expect to be wrong; None when none tells. RecordError when a record
    could not be read for a reason that passes: a figure of the others would stay."""
    from ocr.evaluate.calibration import page_confidence
    from ocr.evaluate.estimate import estimate
    from ocr.evaluate.pair import read
    from ocr.tei.flow import TextRules

    pages = []
    for record in records:
        try:
            pages.append(page_confidence(record.name, read(record, TextRules())))
        except OcrError as error:
            refuse_drive(error)
    cer = estimate(pages).cer
    return None if cer is None else round(cer.rate, 4)


@dataclass(frozen=True, slots=True)
class Teaching:
    """A hand that a process of this machine learns."""

    order: HandOrder
    pending: Pending[Lessons]

    def done(self, within_s: float) -> bool:
        """Whether it has ended, waiting so long at most."""
        return self.pending.done(within_s)

    def result(self) -> Lessons:
        """What became of it. OutputError when no process can be started."""
        try:
            return self.pending.result()
        except DiedError as error:
            return not_taught(self.order, error.as_error(Path(self.order.hand)))


def taught_apart(learner: Learner, order: HandOrder) -> Lessons:
    """Learns a hand in a process of its own and waits for it."""
    with own_temporary_folder() as scratch, workers(1, 0, scratch) as pool:
        return Teaching(order, pool.begin(learner, order, limit_s=None)).result()


def not_taught(order: HandOrder, error: OcrError) -> Lessons:
    """What became of a hand that could not be learnt."""
    return Lessons(order.ledger, HandState.FAILED, str(error), error.exit_code)


def read_ledger(folder: Path, name: str) -> Ledger | None:
    """None where there is none, or one that is none of ours. OutputError when the drive does not give it."""
    content = given(folder / f"{name}.json")
    try:
        kept = object_from_json(content or b"")
        pages = tuple((str(file), str(digest)) for file, digest in kept.pop("pages"))
        return Ledger(**kept, pages=pages)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def is_as_written(folder: Path, ledger: Ledger) -> bool:
    """Is a hand's model as it was written? OutputError when the drive does not give it."""
    content = given(folder / f"{ledger.hand}.onnx")
    return content is not None and sha256_of(content) == ledger.model


def write_ledger(folder: Path, ledger: Ledger) -> None:
    """Beside the model, whole."""
    content = json.dumps(asdict(ledger), ensure_ascii=False, indent=1) + "\n"
    write_whole(folder / f"{ledger.hand}.json", content.encode())
