"""The base model's samples: their sources by share, and the fields of a recipe that a command changes."""

from argparse import Namespace
from itertools import islice
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra `train` is not installed")

from ocr.synth.strokes import StrokeLines
from ocr.synth.text import PROSE
from ocr.train.pretraining import FontsAndTexts, fields_of
from ocr.train.run import TrainSettings


def test_without_fonts_hands_of_strokes_write_all(tmp_path: Path) -> None:
    source = FontsAndTexts(tmp_path, (PROSE,), strokes=1.0)()
    assert isinstance(source, StrokeLines)
    assert all(text for _, text in islice(source.strips(1, 20), 3))


def test_fields_of_a_recipe_keep_their_types() -> None:
    fields = fields_of(Namespace(set=["warm_steps=50", "clip=2", "half=0"]))
    assert fields == {"warm_steps": 50, "clip": 2.0, "half": False}
    recipe = TrainSettings("аб", **fields)
    assert (type(recipe.warm_steps), type(recipe.clip), type(recipe.half)) == (int, float, bool)
    with pytest.raises(AttributeError):
        fields_of(Namespace(set=["no_such=1"]))
