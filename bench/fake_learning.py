"""Learning a hand without learning, for bench/disk_faults.py and bench/soak.py: the shipped model, with the
facts and the card of a learnt one, written in the same order. `python -m bench.fake_learning` is `ocr` that
learns so."""

import sys
import types
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import onnxruntime

from ocr import transcribe
from ocr.corrections.view import view_of
from ocr.engines import cursive
from ocr.engines.cursive import SHIPPED
from ocr.files import sha256_of, write_whole
from ocr.recipe import Recipe
from ocr.scan.scan_of import find_scan
from ocr.train.lesson import Lesson, LessonLearnt


def instead() -> None:
    """From now on, here and in forks, hands are learnt so. The reader's models are loaded for all forks."""
    _put_in_place()
    if onnxruntime.InferenceSession is not _session:
        vars(onnxruntime)["InferenceSession"] = _session
        for name in ("load_language", "load_vocabulary"):  # they lie with the package
            vars(cursive)[name] = cache(vars(cursive)[name])
    transcribe.reader_steps(Recipe(engine="cursive"))


_OPENING, _SESSIONS = onnxruntime.InferenceSession, dict[str, onnxruntime.InferenceSession]()


def _session(raw: bytes, *options: Any, **named: Any) -> onnxruntime.InferenceSession:
    """A net of the same bytes is made ready once: that takes longer than all else, and asks no drive."""
    key = sha256_of(raw)
    _SESSIONS[key] = _SESSIONS.get(key) or _OPENING(raw, *options, **named)
    return _SESSIONS[key]


def learn(name: str, lesson: Lesson, recipe: Recipe, folder: Path, facts: Mapping[str, str]) -> LessonLearnt:
    """See ocr.train.self_training.learn_lesson."""
    import onnx

    for page in lesson.pages:  # what cutting the lines asks of the drive
        find_scan(view_of(page.page.record).scan, [page.page.scan]).load()
    model = onnx.load(str(SHIPPED))
    known = {fact.key: fact.value for fact in model.metadata_props}
    learnt = {"lines": f"{lesson.lines} {lesson.corrections}"}
    onnx.helper.set_model_props(model, known | dict(facts) | learnt)
    path = folder / f"{name}.onnx"
    write_whole(path, model.SerializeToString())
    write_whole(path.with_suffix(".md"), f"| sha256 | {sha256_of(path.read_bytes())} |\n".encode())
    return LessonLearnt(path, "a little better")


def _put_in_place() -> None:
    module = types.ModuleType("ocr.train.self_training")
    vars(module)["learn_lesson"] = learn
    sys.modules[module.__name__] = module


if __name__ in {"__main__", "__mp_main__"}:  # in workers, too
    _put_in_place()
if __name__ == "__main__":
    from ocr.cli import app

    app.main()
