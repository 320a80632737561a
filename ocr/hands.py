"""The hands of a run: whose pages are whose, the model that each is read with, and learning it from them.

Pages of one folder are taken for one hand, unless notebook.toml names it. When all is read, a hand is learnt
from its own sure readings and from what persons corrected (ocr.train), in a process of its own. The model is
kept in DIR/models, with its card and a ledger, HAND.json, which says what it was learnt from; a model that no
ledger fits is not used, and one of somebody else's is not overwritten.
"""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ocr.errors import ComparisonError, DependencyError, EngineError, OcrError, RecordError, SettingsError
from ocr.faults import as_error
from ocr.files import MODELS, sha256_of, write_whole
from ocr.notation import object_from_json
from ocr.orders import HandOutcome, HandState, Job, Mode, RunSettings
from ocr.recipe import Recipe
from ocr.scan.load import digest_of
from ocr.tei.notebook import notebook_of
from ocr.transcribe import reader_steps
from ocr.workers import DiedError, Pending, Workers, workers

if TYPE_CHECKING:
    from ocr.train.lesson import Lesson, LessonLearnt

READERS = frozenset({"auto", "cursive", "both"})
"""Engines that read with our recogniser."""
FORMAT = 1
"""Raised when the same lines begin to teach another model, so that hands are learnt anew."""
BASIS = "basis"
"""The key in a model's metadata that says what learning began from; other models lack it."""
MORE = 1.5
"""A hand is learnt anew when so many times the lines can be learnt from."""
_TICK_S = 0.25
_LONGEST = 100
"""Letters of a hand's name: models are files of that name."""

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


@dataclass(slots=True)
class _Hand:
    """One hand while a run goes on."""

    name: str
    ledger: Ledger | None = None
    jobs: list[Job] = field(default_factory=list)
    lessons: Lessons | None = None
    seconds: float = 0.0

    @property
    def has_model(self) -> bool:
        return self.ledger is not None and bool(self.ledger.model)


def teach(order: HandOrder, learn: LessonLearner | None = None) -> Lessons:
    """Learns a hand, unless there is nothing new to learn from; to be called in a process of its own.

    Writes FOLDER/HAND.onnx, its card and, last, its ledger. A fault never raises.
    """
    try:
        return _teach(order, learn)
    except ComparisonError as error:  # too little to learn from
        return Lessons(order.ledger, HandState.NOT_LEARNT, str(error))
    except Exception as error:  # noqa: BLE001  as of a page: told, and the first readings stay
        spoken = as_error(error, str(order.folder / f"{order.hand}.onnx"))
        return Lessons(order.ledger, HandState.FAILED, str(spoken), spoken.exit_code)


def _teach(order: HandOrder, learn: LessonLearner | None) -> Lessons:
    from ocr.train.lesson import LessonPage, PageLines, lesson_of, lines_on

    pages: list[PageLines] = []
    for record, scan in order.pages:
        try:
            pages.append(lines_on(LessonPage(record, scan)))
        except RecordError:  # gone, or somebody else's: told where its page is told
            continue
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
        expected_cer([record for record, _ in order.pages]),
    )
    state = HandState.LEARNT if ledger.model else HandState.NOT_LEARNT
    if not ledger.model and known is not None and known.model:  # what helped before still does
        ledger, state = replace(ledger, model=known.model), HandState.KNOWN
    _write_ledger(order.folder, ledger)
    return Lessons(ledger, state, taught.reason)


def _refuse_stranger(order: HandOrder) -> None:
    """SettingsError when a model of the hand's name was made by somebody else, who may want to keep it."""
    from ocr.engines.cursive import load_model

    path = order.folder / f"{order.hand}.onnx"
    if not path.exists() or (order.ledger is not None and order.ledger.model):
        return
    try:
        ours = BASIS in dict(load_model(path).facts)
    except EngineError:
        ours = False
    if not ours:
        raise SettingsError(
            f"{path} was not written by --learn: it stays as it is, and so do the readings. Move it away, or "
            f"read with it (--model {path})."
        )


def expected_cer(records: Sequence[Path]) -> float | None:
    """The share of letters that records expect to be wrong; None when none tells."""
    from ocr.evaluate.calibration import page_confidence
    from ocr.evaluate.estimate import estimate
    from ocr.evaluate.pair import read
    from ocr.tei.flow import TextRules

    pages = []
    for record in records:
        with suppress(OcrError):
            pages.append(page_confidence(record.name, read(record, TextRules())))
    cer = estimate(pages).cer
    return None if cer is None else round(cer.rate, 4)


class Hands:
    """The hands of a run that learns. `run_of` tells with which model a sheet is read."""

    def __init__(self, output: Path, run: RunSettings, *, jobs: int = 1, learner: Learner = teach) -> None:
        """SettingsError when the settings leave nothing to learn; what opening the engine raises."""
        recipe = run.recipe
        if recipe.engine not in READERS:
            raise SettingsError(
                f"--learn teaches our recogniser, and --engine {recipe.engine} does not ask it."
            )
        if recipe.cursive.spelling == "none":
            raise SettingsError("--learn needs the language model, which --spelling none does without.")
        if run.mode is Mode.SKIP:
            raise SettingsError("--learn reads pages again, and --mode skip leaves them as they are.")
        self._output, self._run, self._jobs, self._learner = output, run, jobs, learner
        self._folder = output / MODELS
        self._basis = _basis(recipe)
        self._hands: dict[str, _Hand] = {}
        self._given: dict[Path, str] = {}

    def begin(self, files: Sequence[Job]) -> None:
        """Has the files that are going to be read. SettingsError when a notebook.toml cannot be read."""
        scans: dict[str, list[Path]] = {}
        named = set[str]()
        for file in files:
            name, by_person = self._name(file)
            scans.setdefault(name, []).append(file.scan)
            named |= {name} if by_person else set()
        for name, paths in scans.items():
            ledger = self._known(name)
            # another notebook may lie in a folder of that name by now
            if ledger is not None and name not in named and not _is_among(paths, ledger):
                ledger = None
            self._hands[name] = _Hand(name, ledger)

    def name_of(self, job: Job) -> str:
        """The name of a sheet's hand."""
        return self._name(job)[0]

    def run_of(self, job: Job) -> RunSettings:
        """How a sheet is read: with its hand's model where there is one, a corrected one, too."""
        hand = self._hands.get(self._name(job)[0])
        if hand is None or not hand.has_model:
            return self._run
        recipe = self._run.recipe
        model = replace(recipe.cursive, model=str(self._model(hand.name)))
        again = Mode.DEFAULT if self.is_new(job) else self._run.mode
        return replace(self._run, recipe=replace(recipe, cursive=model), mode=again, hands_own=True)

    def learn(self, jobs: Sequence[Job], scratch: Path) -> Iterator[str]:
        """Learns what can be learnt from these sheets; yields, while it waits, the name of a hand."""
        for job in jobs:
            if job.target.exists():
                self._hands[self._name(job)[0]].jobs.append(job)
        waiting = deque(hand for hand in self._hands.values() if hand.jobs)
        with workers(min(self._jobs, max(len(waiting), 1)), 0, scratch) as pool:
            begun = deque((hand, self._begin(pool, hand), time.monotonic()) for hand in waiting)
            while begun:
                hand, pending, since = begun[0]
                yield hand.name
                if not pending.done(_TICK_S):
                    continue
                begun.popleft()
                hand.lessons = _result(pending, hand)
                hand.ledger, hand.seconds = hand.lessons.ledger, round(time.monotonic() - since, 1)

    def is_new(self, job: Job) -> bool:
        """Was the hand of this sheet learnt in this run, so that the sheet is to be read again?"""
        hand = self._hands.get(self._name(job)[0])
        return hand is not None and hand.lessons is not None and hand.lessons.state is HandState.LEARNT

    def outcomes(self) -> Iterator[HandOutcome]:
        """What became of each hand, after its sheets were read with what was learnt."""
        for hand in self._hands.values():
            lessons, ledger = hand.lessons, hand.ledger
            if lessons is None:
                continue  # none of its sheets could be read
            if ledger is not None and ledger.model and ledger.expected_cer is None:
                ledger = replace(ledger, expected_cer=expected_cer([job.target for job in hand.jobs]))
                _write_ledger(self._folder, ledger)
            has_model = hand.has_model and ledger is not None
            yield HandOutcome(
                hand.name,
                lessons.state,
                lessons.reason,
                lessons.exit_code,
                str(self._model(hand.name)) if has_model else None,
                len(hand.jobs),
                None if ledger is None else ledger.lines,
                None if ledger is None else ledger.corrected_lines,
                None if ledger is None else ledger.expected_cer_before,
                None if ledger is None else ledger.expected_cer,
                hand.seconds,
            )

    def _begin(self, pool: Workers, hand: _Hand) -> Pending[Lessons]:
        pages = tuple((job.target, job.scan) for job in hand.jobs)
        order = HandOrder(hand.name, pages, self._run.recipe, self._folder, self._basis, hand.ledger)
        return pool.begin(self._learner, order, limit_s=None)

    def _model(self, name: str) -> Path:
        return self._folder / f"{name}.onnx"

    def _name(self, job: Job) -> tuple[str, bool]:
        """The name of a sheet's hand; and did a person give it?"""
        folder = job.scan.parent
        if folder not in self._given:
            self._given[folder] = notebook_of(job.scan).hand
        given = self._given[folder]
        place = job.target.parent.relative_to(self._output).parts
        name = given or "-".join(place) or job.scan.absolute().parent.name or "hand"
        return _file_name(name), bool(given)

    def _known(self, name: str) -> Ledger | None:
        """The ledger of a hand that began from what this run begins from, its model as it was written."""
        ledger = _read_ledger(self._folder, name)
        if ledger is None or ledger.basis != self._basis:
            return None
        if ledger.model:
            try:
                if sha256_of(self._model(name).read_bytes()) != ledger.model:
                    return None
            except OSError:
                return None
        return ledger


def _result(pending: Pending[Lessons], hand: _Hand) -> Lessons:
    try:
        return pending.result()
    except DiedError as error:
        spoken = error.as_error(Path(hand.name))
        return Lessons(hand.ledger, HandState.FAILED, str(spoken), spoken.exit_code)


def _file_name(name: str) -> str:
    """A name as it can stand in the name of a file, on any drive."""
    plain = (
        "".join(c if c.isprintable() and c not in '/\\:*?"<>|' else "_" for c in name).strip(" .") or "hand"
    )
    if plain == name and len(plain) <= _LONGEST:
        return plain
    return f"{plain[:_LONGEST]}-{sha256_of(name.encode('utf-8', 'surrogatepass'))[:8]}"


def _basis(recipe: Recipe) -> str:
    """What learning begins from, as a digest: the reader with its models and settings, and how it learns."""
    reader = next(step for step in reader_steps(recipe) if step.ident == "cursive")
    what = [FORMAT, reader.version, list(reader.settings), asdict(replace(recipe.cursive, model=""))]
    return sha256_of(json.dumps(what, sort_keys=True, ensure_ascii=False).encode())[:16]


def _is_among(scans: Sequence[Path], ledger: Ledger) -> bool:
    """Is a page among these scans that the hand was learnt from?"""
    digests = dict(ledger.pages)
    for scan in scans:
        if scan.name in digests:
            with suppress(OcrError):
                if digest_of(scan) == digests[scan.name]:
                    return True
    return False


def _read_ledger(folder: Path, name: str) -> Ledger | None:
    """None where there is none, or one that cannot be read."""
    try:
        kept = object_from_json((folder / f"{name}.json").read_bytes())
        pages = tuple((str(file), str(digest)) for file, digest in kept.pop("pages"))
        return Ledger(**kept, pages=pages)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _write_ledger(folder: Path, ledger: Ledger) -> None:
    content = json.dumps(asdict(ledger), ensure_ascii=False, indent=1) + "\n"
    write_whole(folder / f"{ledger.hand}.json", content.encode())
