"""Hands are learnt in the batch: named, taught, read again; nothing is lost, nothing is done twice.

The learner is a fake that copies the shipped model, so that what is read does not change but who read it.
"""

import errno
import json
import os
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from ocr import hands as hands_room
from ocr import teaching as room
from ocr.batch import BatchSettings, Progress, transcribe
from ocr.corrections.changes import CorrectLine, edit
from ocr.corrections.tokens import Token
from ocr.corrections.view import view
from ocr.engines.cursive import SHIPPED
from ocr.errors import OcrError, OutputError, RecordError, ScanError, SettingsError
from ocr.files import MODELS
from ocr.hands import Hands
from ocr.orders import HandOutcome, HandState, Job, Mode, RunSettings, SheetOutcome
from ocr.recipe import Recipe
from ocr.teaching import BASIS, HandOrder, Learner, Lessons, read_ledger, teach
from tests import drawn
from tests import fake_learners as fakes

RUN = RunSettings(Recipe(engine="cursive"))
LEARNS = partial(teach, learn=fakes.learns)


@pytest.fixture(scope="session")
def sheet() -> Image.Image:
    return Image.fromarray(drawn.page(drawn.TEXT[:3], size_px=(900, 330)).pixels)


@pytest.fixture
def scans(tmp_path: Path, sheet: Image.Image) -> Path:
    for name in ("иванов/1.png", "иванов/2.png", "петров/1.png"):
        path = tmp_path / "scans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        sheet.save(path)
    return tmp_path / "scans"


def run(scans: Path, out: Path, learner: Learner = LEARNS, wanted: RunSettings = RUN) -> Generator[Progress]:
    return transcribe([scans], out, wanted, BatchSettings(), Hands(out, wanted, learner=learner))


def whole(steps: Iterator[Progress]) -> tuple[list[str], dict[str, HandOutcome]]:
    """What became of the sheets, in order, and of the hands."""
    steps_made = list(steps)
    return (
        [str(step.outcome.outcome) for step in steps_made if step.outcome],
        {step.hand.hand: step.hand for step in steps_made if step.hand},
    )


def models(out: Path) -> dict[str, list[str]]:
    """Which models each record names."""
    return {
        str(path.relative_to(out)): re.findall(r"<p>model=([^<]*)</p>", path.read_text("utf-8"))
        for path in sorted(out.rglob("*.xml"))
    }


def calls(out: Path) -> list[str]:
    return (out / MODELS / "calls").read_text().splitlines()


def test_hands_are_learnt_read_again_and_known_the_next_time(
    scans: Path, tmp_path: Path, sheet: Image.Image
) -> None:
    out = tmp_path / "out"
    sheets, hands = whole(run(scans, out))
    assert sheets == ["done"] * 6  # each read twice
    assert {name: (hand.outcome, hand.pages, hand.lines) for name, hand in hands.items()} == {
        "иванов": (HandState.LEARNT, 2, 6),
        "петров": (HandState.LEARNT, 1, 3),
    }
    assert all(hand.expected_cer == hand.expected_cer_before for hand in hands.values())
    assert models(out) == {
        "иванов/1.xml": ["иванов.onnx"],
        "иванов/2.xml": ["иванов.onnx"],
        "петров/1.xml": ["петров.onnx"],
    }
    before = {path: path.read_bytes() for path in out.rglob("*") if path.suffix in {".xml", ".json", ".onnx"}}

    sheets, hands = whole(run(scans, out))
    assert sheets == ["unchanged"] * 3
    assert {hand.outcome for hand in hands.values()} == {HandState.KNOWN}
    assert len(calls(out)) == 2
    assert {path: path.read_bytes() for path in before} == before

    sheet.save(scans / "петров" / "2.png")  # a new page begins with the hand's model; twice the lines: again
    corrected = out / "иванов" / "2.xml"
    line = view(corrected.read_bytes()).lines[0].ident
    tokens = (Token("Другія", id=None), Token("слова", id=None))
    corrected.write_bytes(
        edit(corrected.read_bytes(), [CorrectLine(line, tokens)], "А. Б.", "2026-11-22T12:00:00Z")
    )
    steps = run(scans, out)
    first = next(step.outcome for step in steps if step.outcome)
    assert first.outcome is SheetOutcome.UNCHANGED
    sheets, hands = whole(steps)
    assert sheets[:3] == ["corrected", "unchanged", "done"]
    assert calls(out)[2:] == ["иванов 6 1", "петров 6 0"]
    assert hands["иванов"].corrected_lines == 1
    assert "Другія" in corrected.read_text("utf-8")
    assert models(out)["петров/2.xml"] == ["петров.onnx"]


def test_what_is_stopped_in_the_second_reading_goes_on(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    steps = run(scans, out)
    read = [next(step.outcome for step in steps if step.outcome) for _ in range(4)]
    steps.close()
    assert read[0].scan == read[3].scan  # the first is read again by now
    assert models(out)["иванов/1.xml"] == ["иванов.onnx"]
    sheets, hands = whole(run(scans, out))
    assert sheets[0] == "unchanged"
    assert list(models(out).values()) == [["иванов.onnx"], ["иванов.onnx"], ["петров.onnx"]]
    assert {hand.outcome for hand in hands.values()} == {HandState.KNOWN}
    assert len(calls(out)) == 2


def test_what_is_expected_of_a_hand_is_told_when_all_its_pages_have_been_read_again(
    scans: Path, tmp_path: Path
) -> None:
    """A figure over readings of two models would stay in the ledger for good."""
    out = tmp_path / "out"
    lost, hands = out / "иванов/2.xml", dict[str, HandOutcome]()
    for step in run(scans, out):
        if step.learning == "петров" and lost.is_file():  # the other hand has been learnt
            lost.unlink()
            lost.mkdir()
        if step.hand:
            hands[step.hand.hand] = step.hand
    assert (hands["иванов"].outcome, hands["иванов"].expected_cer) == (HandState.LEARNT, None)
    assert hands["петров"].expected_cer is not None
    lost.rmdir()
    _, hands = whole(run(scans, out))
    assert (hands["иванов"].outcome, hands["иванов"].expected_cer) == (
        HandState.KNOWN,
        hands["иванов"].expected_cer_before,
    )


def expected(out: Path, hand: str) -> float | None:
    """What a hand's ledger says of its readings."""
    ledger = read_ledger(out / MODELS, hand)
    assert ledger is not None
    return ledger.expected_cer


@pytest.mark.parametrize(
    ("asked", "error"),
    [("expected_cer", RecordError("it is not given")), ("write_ledger", OutputError("the disk is full"))],
)
def test_a_drive_that_fails_when_all_is_read_is_told_with_its_hand(
    scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, error: OcrError
) -> None:
    """What is expected is missing in the ledger, and exit code 0 would have said that all is well."""
    out, well = tmp_path / "out", getattr(hands_room, asked)

    def fails_once(*given: object) -> object:
        monkeypatch.setattr(hands_room, asked, well)
        raise error

    monkeypatch.setattr(hands_room, asked, fails_once)
    sheets, hands = whole(run(scans, out))
    assert "failed" not in sheets
    assert [(hand.outcome, hand.exit_code) for hand in hands.values()] == [
        (HandState.LEARNT, error.exit_code),
        (HandState.LEARNT, 0),
    ]
    assert hands["иванов"].reason == str(error)
    assert expected(out, "иванов") is None
    _, hands = whole(run(scans, out))
    assert {(hand.outcome, hand.exit_code) for hand in hands.values()} == {(HandState.KNOWN, 0)}
    assert expected(out, "иванов") is not None


def test_a_scan_that_the_drive_does_not_give_makes_no_hand_unknown(
    scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken for another notebook's, the hand would be learnt anew, and its model overwritten."""
    out = tmp_path / "out"
    whole(run(scans, out))

    def fails(path: Path) -> str:
        raise ScanError(f"{path} cannot be read.") from OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(hands_room, "digest_of", fails)
        with pytest.raises(ScanError, match="cannot be read"):
            whole(run(scans, out))
    _, hands = whole(run(scans, out))
    assert {hand.outcome for hand in hands.values()} == {HandState.KNOWN}
    assert len(calls(out)) == 2


@pytest.fixture
def order(tmp_path: Path) -> HandOrder:
    """A page of ours, read before, of which a hand is to be learnt."""
    root = Path(__file__).parents[1]
    record = tmp_path / "page-0001.xml"
    record.write_bytes((root / "docs" / "example" / record.name).read_bytes())
    scan = root / "scans" / "notebook" / "page-0001.jpg"
    return HandOrder("почерк", ((record, scan),), Recipe(), tmp_path / MODELS, "a basis", None)


def test_what_does_not_help_is_not_tried_again(order: HandOrder) -> None:
    lessons = teach(order, fakes.learns_in_vain)
    assert (lessons.state, lessons.reason, lessons.exit_code) == (HandState.NOT_LEARNT, "no better", 0)
    assert not list(order.folder.glob("*.onnx"))
    again = teach(replace(order, ledger=lessons.ledger), fakes.dies_learning)  # it is not asked
    assert again == lessons


def test_a_model_that_helped_stays_when_a_longer_lesson_does_not(order: HandOrder) -> None:
    ledger = teach(order, fakes.learns).ledger
    assert ledger is not None
    fewer = replace(order, ledger=replace(ledger, lines=3))
    lessons = teach(fewer, fakes.learns_in_vain)
    assert lessons.state is HandState.KNOWN
    assert lessons.ledger is not None
    assert lessons.ledger.model == ledger.model
    assert (order.folder / "почерк.onnx").exists()


def test_a_full_disk_is_told_and_the_first_readings_stay(order: HandOrder) -> None:
    before = order.pages[0][0].read_bytes()
    lessons = teach(order, fakes.learns_on_a_full_disk)
    assert (lessons.state, lessons.exit_code) == (HandState.FAILED, 5)
    assert "disk is full" in lessons.reason
    assert lessons.ledger is None
    assert order.pages[0][0].read_bytes() == before


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_drive_that_fails_once_is_no_reason_to_learn_from_less(
    order: HandOrder, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Which opening of the record it is, of those of the lesson and of the one for what is expected."""
    read_bytes, (record, _), opened = Path.read_bytes, order.pages[0], [0]

    def fails_once(path: Path) -> bytes:
        opened[0] += path == record
        if path == record and opened[0] == times:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return read_bytes(path)

    whole_lessons = teach(replace(order, folder=order.folder.with_name("whole")), fakes.learns)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", fails_once)
        lessons = teach(order, fakes.learns)
    if opened[0] >= times:
        assert (lessons.state, lessons.exit_code) == (HandState.FAILED, RecordError.exit_code)
        assert "nput/output error" in lessons.reason
        lessons = teach(order, fakes.learns)
    assert lessons.ledger == whole_lessons.ledger


def test_without_the_extra_one_line_says_what_is_missing(
    order: HandOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "find_spec", lambda name: None)
    lessons = teach(order)
    assert (lessons.state, lessons.exit_code) == (HandState.NOT_LEARNT, 3)
    assert "pip install 'tetradi[train]'" in lessons.reason
    assert "a third of the misread letters" in lessons.reason


def test_a_model_of_somebody_else_is_neither_used_nor_overwritten(order: HandOrder) -> None:
    order.folder.mkdir()
    theirs = order.folder / "почерк.onnx"
    theirs.write_bytes(b"a model of theirs")
    lessons = teach(order, fakes.learns)
    assert (lessons.state, lessons.exit_code) == (HandState.FAILED, SettingsError.exit_code)
    assert "not written by --learn" in lessons.reason
    assert theirs.read_bytes() == b"a model of theirs"


def test_a_model_of_ours_whose_card_could_not_be_written_is_learnt_anew(order: HandOrder) -> None:
    """Killed, or out of room, between model and card: the card tells the hash of the model before."""
    onnx = pytest.importorskip("onnx", reason="the extra `train` is not installed")
    model = onnx.load(str(SHIPPED))
    facts = {fact.key: fact.value for fact in model.metadata_props}
    onnx.helper.set_model_props(model, facts | {BASIS: "abc"})
    order.folder.mkdir()
    onnx.save(model, str(order.model))
    order.model.with_suffix(".md").write_text(f"| sha256 | {'0' * 64} |\n", "utf-8")
    assert teach(order, fakes.learns).state is HandState.LEARNT


def test_pages_that_hold_nothing_to_learn_are_told(order: HandOrder, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the extra `train` is not installed")
    record = order.pages[0][0]
    record.write_bytes(
        record.read_bytes().replace(b'"#cursive"', b'"#other"').replace(b'"cursive"', b'"other"')
    )
    lessons = teach(order)
    assert (lessons.state, lessons.exit_code) == (HandState.NOT_LEARNT, 0)
    assert "0 lines" in lessons.reason
    record.unlink()  # taken away under the run
    assert teach(order).state is HandState.NOT_LEARNT


def test_a_learner_that_dies_costs_no_page(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sheets, hands = whole(run(scans / "петров", out, partial(teach, learn=fakes.dies_learning)))
    assert sheets == ["done"]
    (hand,) = hands.values()
    assert hand.outcome is HandState.FAILED
    assert hand.exit_code
    assert models(out) == {"1.xml": ["cursive.onnx"]}


def begun(out: Path, *scans: Path, wanted: RunSettings = RUN) -> tuple[Hands, list[Job]]:
    jobs = [Job(scan, out / scan.parent.name / f"{scan.stem}.xml") for scan in scans]
    hands = Hands(out, wanted)
    hands.begin(jobs)
    return hands, jobs


@pytest.fixture
def known(order: HandOrder, tmp_path: Path) -> Callable[[str], Path]:
    """Has a hand learnt from the page of the notebook; gives the output folder."""

    def learn(hand: str) -> Path:
        out = tmp_path / "out"
        basis = Hands(out, RUN)._basis
        teach(replace(order, hand=hand, folder=out / MODELS, basis=basis), fakes.learns)
        return out

    return learn


def model_of(hands: Hands, job: Job) -> str:
    return Path(hands.run_of(job).recipe.cursive.model).name


def test_new_pages_of_a_known_hand_are_read_with_its_model(known: Callable[[str], Path]) -> None:
    out = known("notebook")
    root = Path(__file__).parents[1]
    pages = [root / "scans" / "notebook" / f"page-000{n}.jpg" for n in (1, 2)]
    hands, jobs = begun(out, *pages)
    assert [model_of(hands, job) for job in jobs] == ["notebook.onnx"] * 2
    assert hands.run_of(jobs[1]).hands_own
    hands, jobs = begun(out, pages[1])  # none that it was learnt from: another notebook of that name
    assert model_of(hands, jobs[0]) == ""


def test_a_hand_that_a_person_names_goes_from_folder_to_folder(
    known: Callable[[str], Path], tmp_path: Path, sheet: Image.Image
) -> None:
    out = known("писарь")
    scan = tmp_path / "1865" / "1.png"
    scan.parent.mkdir()
    sheet.save(scan)
    (scan.parent / "notebook.toml").write_text('hand = "писарь"\n', "utf-8")
    hands, jobs = begun(out, scan)
    assert model_of(hands, jobs[0]) == "писарь.onnx"


@pytest.mark.parametrize("damage", ["model", "ledger", "basis"])
def test_a_model_that_its_ledger_does_not_fit_is_not_used(
    known: Callable[[str], Path], damage: str, tmp_path: Path
) -> None:
    out = known("notebook")
    wanted = RUN
    if damage == "model":  # killed between model and ledger, or exchanged
        (out / MODELS / "notebook.onnx").write_bytes(b"half of")
    elif damage == "ledger":
        (out / MODELS / "notebook.json").write_text('{"hand": "notebook", "lines": 3}')
    else:
        wanted = replace(RUN, recipe=replace(RUN.recipe, cursive=replace(RUN.recipe.cursive, beams=20)))
    page = Path(__file__).parents[1] / "scans" / "notebook" / "page-0001.jpg"
    hands, jobs = begun(out, page, wanted=wanted)
    assert model_of(hands, jobs[0]) == ""


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("scans/1.png", "scans"),
        ("out/иванов/1.png", "иванов"),
        ('out/a:b?/"c"/1.png', "a_b_-_c_-"),
        (f"out/{'щ' * 110}/1.png", "щ" * 100),
    ],
)
def test_hands_bear_the_names_of_their_folders(tmp_path: Path, place: str, name: str) -> None:
    hands = Hands(tmp_path / "out", RUN)
    below = Path(place).relative_to("out") if place.startswith("out/") else Path(Path(place).name)
    given, by_person = hands._name(Job(tmp_path / place, tmp_path / "out" / below))
    assert given.startswith(name)
    assert len(given) < 120
    assert not by_person


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (RunSettings(Recipe(engine="tesseract")), "does not ask it"),
        (RunSettings(Recipe(engine="tests.fakes:table")), "does not ask it"),
        (
            RunSettings(replace(Recipe(), cursive=replace(Recipe().cursive, spelling="none"))),
            "language model",
        ),
        (RunSettings(mode=Mode.SKIP), "--mode skip"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, wanted: RunSettings, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        Hands(tmp_path, wanted)


def test_the_ledger_is_a_json_file_for_people_too(order: HandOrder) -> None:
    lessons: Lessons = teach(order, fakes.learns)
    kept = json.loads((order.folder / "почерк.json").read_text("utf-8"))
    assert kept["hand"] == "почерк"
    assert lessons.ledger is not None
    assert kept["lines"] == lessons.ledger.lines > 10
    assert kept["pages"][0][0] == "page-0001.jpg"
