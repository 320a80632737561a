"""A hand is learnt from what can be read of it, and only kept when two signs say that it helps."""

import errno
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr.arrays import GreyImage

pytest.importorskip("torch", reason="the extra `train` is not installed")

from ocr.engines.calibration import Calibration
from ocr.engines.cursive import SHIPPED, CursiveSettings, load_model, open_engine
from ocr.engines.decoding import Decoded
from ocr.errors import ComparisonError, OutputError
from ocr.recipe import Recipe
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import PROSE, Texts, read_text
from ocr.train import self_training
from ocr.train.fine_tuning import FineTuneSettings, Lesson, learn
from ocr.train.hands import KnownLine
from ocr.train.lesson import Lesson as PageLesson
from ocr.train.lesson import LessonPage, lines_on
from ocr.train.run import Run
from ocr.train.samples import encode, fits
from ocr.train.self_training import (
    Check,
    OwnReading,
    SelfTrainingSettings,
    confident_runs,
    learn_lesson,
    no_surer,
    self_train,
    steps_for,
    weighed,
    withheld,
)

QUICK = SelfTrainingSettings(steps=2, learning=FineTuneSettings(lines=2, others=1))


def pictures(greys: Iterable[GreyImage]) -> list[KnownLine]:
    return [KnownLine(Path(f"{n}.png"), "", grey, "") for n, grey in enumerate(greys)]


def made(count: int) -> list[KnownLine]:
    lines = StrokeLines(Texts([read_text(PROSE)])).strips(12, 14)
    return pictures(next(lines)[0] for _ in range(count))


def test_doubtful_words_are_cut_out() -> None:
    strip = np.zeros((48, 400), np.float32)
    strip[:] = np.arange(400)
    text = "один два три конь"
    spans = [(5 * n + 1, 5 * n + 4) for n in range(len(text))]
    words = [(0, 4, 0.9), (5, 8, 0.2), (9, 12, 0.8), (13, 17, 0.7)]
    lesson = confident_runs(
        [strip], [OwnReading(text, spans, 1.0, words)], "одинватрикь ", SelfTrainingSettings()
    )
    assert [part for _, part in lesson] == ["один", "три конь"]
    first, second = (part for part, _ in lesson)
    assert (first[0, 0], second[0, -1]) == (0, 399)  # what stands at an end goes to the end
    assert first.shape[1] == 90  # the middle of the gap after the word, four pixels a frame
    assert second[0, 0] == 170
    assert all(fits(part, encode(text, "одинватрикь ")) for part, text in lesson)


def test_nothing_is_cut_out_of_silence() -> None:
    strip = np.zeros((48, 80), np.float32)
    assert confident_runs([strip], [OwnReading("", [], 0.0, [])], "аб", SelfTrainingSettings()) == []


@pytest.mark.parametrize(
    ("apart", "doubt", "better"), [(0.1, 0.02, True), (0.1, 0.04, False), (0.2, 0.02, False)]
)
def test_both_signs_must_say_so(apart: float, doubt: float, *, better: bool) -> None:
    assert Check(apart, doubt).better_than(Check(0.15, 0.03)) is better


def test_too_few_lines_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ComparisonError, match="at least 8 lines"):
        self_train("few", made(3), SHIPPED, tmp_path, QUICK)


def test_blank_lines_teach_nothing(tmp_path: Path) -> None:
    blank = pictures([np.full((60, 400), 240, np.uint8)] * 9)
    with pytest.raises(ComparisonError, match="0 pieces"):
        self_train("blank", blank, SHIPPED, tmp_path, QUICK)


def test_what_does_not_help_is_not_written(tmp_path: Path) -> None:
    learnt = self_train("сам", made(8), SHIPPED, tmp_path, QUICK)
    path = learnt.model
    assert (path is None) == (not list(tmp_path.iterdir()))
    assert learnt.after.better_than(learnt.before) == (path is not None)
    assert 0 < learnt.believed <= 1
    if path is not None:
        assert load_model(path).alphabet == load_model(SHIPPED).alphabet
        assert "no person has seen them" in path.with_suffix(".md").read_text(encoding="utf-8")


def test_a_line_that_a_person_vouches_for_is_learnt_whole_and_more_often(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lessons: list[Lesson] = []

    def noted(lesson: Lesson, *given: Any, **named: Any) -> Run:
        lessons.append(lesson)
        return learn(lesson, *given, **named)

    monkeypatch.setattr(self_training, "learn", noted)
    monkeypatch.setattr(Check, "better_than", lambda *_: True)
    text = "это сказал человек"
    lines = [replace(line, text=text if n == 3 else "") for n, line in enumerate(made(8))]
    model = self_train("сам", lines, SHIPPED, tmp_path, QUICK).model
    first, second, whole = ([part for _, part in lesson].count(text) for lesson in lessons)
    assert sorted((first, second)) == [0, 3]  # in one of the halves
    assert whole == 3
    assert model is not None
    assert "1 of them as persons corrected them" in model.with_suffix(".md").read_text(encoding="utf-8")


def test_the_same_records_give_the_same_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(self_training, "steps_for", lambda _: 2)
    monkeypatch.setattr(Check, "better_than", lambda *_: True)
    root = Path(__file__).parents[2]
    place = LessonPage(
        root / "docs" / "example" / "page-0001.xml", root / "scans" / "notebook" / "page-0001.jpg"
    )
    page = lines_on(place)
    lesson = PageLesson((replace(page, read=page.read[:8]),))
    models = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        learnt = learn_lesson("почерк", lesson, Recipe(), folder, {"basis": "abc"})
        assert learnt.model is not None
        models.append(learnt.model)
    first, second = (model.read_bytes() for model in models)
    assert first == second != SHIPPED.read_bytes()
    assert dict(load_model(models[0]).facts) | {"basis": "abc", "hand": "почерк"} == dict(
        load_model(models[0]).facts
    )


def test_more_lines_are_learnt_in_more_steps_up_to_a_bound() -> None:
    assert [steps_for(lines) for lines in (8, 25, 100, 160, 10_000)] == [100, 100, 200, 250, 250]


def test_a_model_that_finds_no_room_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Check, "better_than", lambda *_: True)

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="the disk is full"):
        self_train("сам", made(8), SHIPPED, tmp_path, QUICK)
    assert list(tmp_path.iterdir()) == []


def test_of_the_doubt_that_went_by_learning_half_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pooled: list[OwnReading] = []

    def noted(calibration: Calibration, last: list[Decoded], others: list[OwnReading]) -> Calibration:
        pooled.extend(others)
        return no_surer(calibration, last, others)

    monkeypatch.setattr(self_training, "no_surer", noted)
    monkeypatch.setattr(Check, "better_than", lambda *_: True)
    learnt = self_train("сам", made(8), SHIPPED, tmp_path, QUICK)
    doubt = sum(read.doubt for read in pooled) / sum(len(read.text) for read in pooled)
    assert learnt.before.doubt != learnt.after.doubt
    assert doubt == pytest.approx((learnt.before.doubt + learnt.after.doubt) / 2, rel=0.02)


def test_a_net_is_no_surer_of_what_it_has_learnt_than_of_what_it_has_not() -> None:
    engine = open_engine(CursiveSettings())
    last = engine.reads([engine.model.look(line.grey) for line in made(8)])
    plain = [weighed(engine, read) for read in last]
    doubtful = [
        replace(
            read, doubt=read.doubt + 0.1 * len(read.text), words=[(a, b, c * 0.8) for a, b, c in read.words]
        )
        for read in plain
    ]
    known = engine.model.calibration
    assert no_surer(known, last, plain) == known
    modest = replace(engine, model=replace(engine.model, calibration=no_surer(known, last, doubtful)))
    now = [weighed(modest, read) for read in last]

    def doubts(reads: list[OwnReading]) -> tuple[float, float]:
        words = [chance for read in reads for _, _, chance in read.words]
        return sum(read.doubt for read in reads) / sum(len(read.text) for read in reads), 1 - float(
            np.mean(words)
        )

    assert doubts(now) == pytest.approx(doubts(doubtful), abs=1e-3)
    held = withheld(known, modest.model.calibration, last)
    words = [chance for read in now for _, _, chance in read.words]
    odds = np.log(words) - np.log1p(-np.array(words)) + held
    plainly = [chance for read in plain for _, _, chance in read.words]
    assert held > 0
    assert float((1 / (1 + np.exp(-odds))).mean()) == pytest.approx(float(np.mean(plainly)), abs=1e-3)
    assert withheld(known, known, last) == 0
