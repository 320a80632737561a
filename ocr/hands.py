"""The hands of a run: whose pages are whose, the model that each is read with, and learning it from them.

Pages of one folder are taken for one hand, unless notebook.toml names it. When all is read, each hand is
learnt (ocr.teaching); its model is kept in DIR/models.
"""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from ocr.cluster.crew import Work
from ocr.errors import OutputError, RecordError, ScanError, SettingsError
from ocr.files import MODELS, refuse_drive, sha256_of
from ocr.orders import HandOutcome, HandState, Job, Mode, Outcome, RunSettings, SheetOutcome
from ocr.recipe import Recipe
from ocr.scan.load import digest_of
from ocr.teaching import (
    HandOrder,
    Learner,
    Ledger,
    Lessons,
    expected_cer,
    is_as_written,
    read_ledger,
    teach,
    write_ledger,
)
from ocr.tei.notebook import notebook_of
from ocr.transcribe import reader_steps

READERS = frozenset({"auto", "cursive", "both"})
"""Engines that read with our recogniser."""
FORMAT = 2
"""Raised when the same lines begin to teach another model, so that hands are learnt anew."""
_TICK_S = 0.25
_LONGEST = 100
"""Letters of a hand's name: models are files of that name."""

Teachers = Callable[[int], AbstractContextManager[Callable[[Learner, HandOrder], Work[Lessons]]]]
"""Those who learn, for so many hands at most: a hand is given to one of them."""


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


class Hands:
    """The hands of a run that learns. `run_of` tells with which model a sheet is read."""

    def __init__(self, output: Path, run: RunSettings, *, learner: Learner = teach) -> None:
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
        self._output, self._run, self._learner = output, run, learner
        self._folder = output / MODELS
        self._basis = _basis(recipe)
        self._hands: dict[str, _Hand] = {}
        self._given: dict[Path, str] = {}
        self._unread: set[str] = set()

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

    def learn(self, jobs: Sequence[Job], teachers: Teachers) -> Iterator[str]:
        """Learns what can be learnt from these sheets; yields, while it waits, the name of a hand."""
        for job in jobs:
            if job.target.exists():
                self._hands[self._name(job)[0]].jobs.append(job)
        waiting = [hand for hand in self._hands.values() if hand.jobs]
        with teachers(max(len(waiting), 1)) as begin:
            since = time.monotonic()
            begun = deque((hand, begin(self._learner, self._order(hand))) for hand in waiting)
            while begun:
                hand, lessons = begun[0]
                yield hand.name
                if not lessons.done(_TICK_S):
                    continue
                begun.popleft()
                hand.lessons = lessons.result()
                hand.ledger, hand.seconds = hand.lessons.ledger, round(time.monotonic() - since, 1)

    def is_new(self, job: Job) -> bool:
        """Was the hand of this sheet learnt in this run, so that the sheet is to be read again?"""
        hand = self._hands.get(self._name(job)[0])
        return hand is not None and hand.lessons is not None and hand.lessons.state is HandState.LEARNT

    def read_again(self, outcome: Outcome) -> None:
        """Has what became of a sheet when it was read with what was learnt."""
        if outcome.outcome is SheetOutcome.FAILED:
            self._unread.add(outcome.output)

    def outcomes(self) -> Iterator[HandOutcome]:
        """What became of each hand, after its sheets were read with what was learnt."""
        for hand in self._hands.values():
            lessons, ledger = hand.lessons, hand.ledger
            if lessons is None:
                continue  # none of its sheets could be read
            is_read = not any(str(job.target) in self._unread for job in hand.jobs)
            reason, exit_code = lessons.reason, lessons.exit_code
            if ledger is not None and ledger.model and ledger.expected_cer is None and is_read:
                try:
                    ledger = replace(ledger, expected_cer=expected_cer([job.target for job in hand.jobs]))
                    write_ledger(self._folder, ledger)
                except (RecordError, OutputError) as error:  # the drive fails: the next run asks again
                    reason, exit_code = str(error), error.exit_code
            has_model = hand.has_model and ledger is not None
            yield HandOutcome(
                hand.name,
                lessons.state,
                reason,
                exit_code,
                str(self._model(hand.name)) if has_model else None,
                len(hand.jobs),
                None if ledger is None else ledger.lines,
                None if ledger is None else ledger.corrected_lines,
                None if ledger is None else ledger.expected_cer_before,
                None if ledger is None else ledger.expected_cer,
                hand.seconds,
            )

    def _order(self, hand: _Hand) -> HandOrder:
        pages = tuple((job.target, job.scan) for job in hand.jobs)
        return HandOrder(hand.name, pages, self._run.recipe, self._folder, self._basis, hand.ledger)

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
        ledger = read_ledger(self._folder, name)
        if ledger is None or ledger.basis != self._basis:
            return None
        return ledger if not ledger.model or is_as_written(self._folder, ledger) else None


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
    """Is a page among these scans that the hand was learnt from? ScanError of a drive that fails."""
    digests = dict(ledger.pages)
    for scan in scans:
        try:
            if scan.name in digests and digest_of(scan) == digests[scan.name]:
                return True
        except ScanError as error:  # told where it is to be read
            refuse_drive(error)
    return False
