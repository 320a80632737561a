"""Learning a hand without learning, for bench/disk_faults.py: the shipped model, with the facts and the card
of a learnt one, written in the same order."""

import sys
import types
from collections.abc import Mapping
from pathlib import Path

from ocr import transcribe
from ocr.engines.cursive import SHIPPED
from ocr.files import sha256_of, write_whole
from ocr.recipe import Recipe
from ocr.train.lesson import Lesson, LessonLearnt, cut


def instead() -> None:
    """From now on, here and in forks, hands are learnt so. The reader's models are loaded for all forks."""
    module = types.ModuleType("ocr.train.self_training")
    vars(module)["learn_lesson"] = learn
    sys.modules[module.__name__] = module
    transcribe.reader_steps(Recipe(engine="cursive"))


def learn(name: str, lesson: Lesson, recipe: Recipe, folder: Path, facts: Mapping[str, str]) -> LessonLearnt:
    """See ocr.train.self_training.learn_lesson."""
    import onnx

    list(cut(lesson, recipe))  # its scans are read
    model = onnx.load(str(SHIPPED))
    known = {fact.key: fact.value for fact in model.metadata_props}
    learnt = {"lines": f"{lesson.lines} {lesson.corrections}"}
    onnx.helper.set_model_props(model, known | dict(facts) | learnt)
    path = folder / f"{name}.onnx"
    write_whole(path, model.SerializeToString())
    write_whole(path.with_suffix(".md"), f"| sha256 | {sha256_of(path.read_bytes())} |\n".encode())
    return LessonLearnt(path, "a little better")
