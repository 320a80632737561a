"""Learners of a hand for tests: one copies a model, one is not helped, one has no room, one is killed.

They are called in processes of their own, as the real one is.
"""

import errno
import os
import signal
from collections.abc import Mapping
from pathlib import Path

from ocr.engines.cursive import SHIPPED
from ocr.errors import OutputError
from ocr.files import why
from ocr.recipe import Recipe
from ocr.train.lesson import Lesson, LessonLearnt


def learns(hand: str, lesson: Lesson, recipe: Recipe, folder: Path, facts: Mapping[str, str]) -> LessonLearnt:
    """Learns nothing: the model is the shipped one by another name. Each call adds a line to `calls`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "calls").open("a") as calls:
        calls.write(f"{hand} {lesson.lines} {lesson.corrected}\n")
    model = folder / f"{hand}.onnx"
    model.write_bytes(SHIPPED.read_bytes())
    return LessonLearnt(model, "a little better")


def learns_in_vain(
    hand: str, lesson: Lesson, recipe: Recipe, folder: Path, facts: Mapping[str, str]
) -> LessonLearnt:
    """Is not helped by what it learns."""
    return LessonLearnt(None, "no better")


def learns_on_a_full_disk(
    hand: str, lesson: Lesson, recipe: Recipe, folder: Path, facts: Mapping[str, str]
) -> LessonLearnt:
    """Has no room for its model."""
    error = OSError(errno.ENOSPC, "No space left on device")
    raise OutputError(f"{folder / hand}.onnx cannot be written: {why(error)}") from error


def dies_learning(
    hand: str, lesson: Lesson, recipe: Recipe, folder: Path, facts: Mapping[str, str]
) -> LessonLearnt:
    """Is killed by the system."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
