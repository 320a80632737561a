"""Recipes: what is told in a table reaches the stage it is told to, or is refused with the right table."""

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ocr.errors import SettingsError
from ocr.recipe import Recipe, load_recipe


def loaded(tmp_path: Path, text: str) -> Recipe:
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return load_recipe(path)


@pytest.mark.parametrize("stage", ["cursive", "tesseract"])
@pytest.mark.parametrize("inside", ["", "nothing = 1\n"])
def test_the_settings_of_an_engine_stand_in_its_own_table(tmp_path: Path, stage: str, inside: str) -> None:
    with pytest.raises(SettingsError, match=rf"write \[{stage}\]"):
        loaded(tmp_path, f"[auto.{stage}]\n{inside}")


def _numbers(settings: object, table: str = "") -> Iterator[tuple[str, str, float]]:
    """(table, key, value) of every number of a recipe that can be told."""
    for part in dataclasses.fields(settings):  # type: ignore[arg-type]
        value = getattr(settings, part.name)
        if dataclasses.is_dataclass(value):
            if not table or part.name not in {one.name for one in dataclasses.fields(Recipe)}:
                yield from _numbers(value, f"{table}.{part.name}" if table else part.name)
        elif isinstance(value, int | float) and not isinstance(value, bool) and value:
            yield table, part.name, value


@pytest.mark.parametrize(("table", "key", "value"), list(_numbers(Recipe())))
def test_every_number_told_is_what_the_engine_or_the_leaf_is_given(
    tmp_path: Path, table: str, key: str, value: float
) -> None:
    told = loaded(tmp_path, f'engine = "auto"\n[{table}]\n{key} = {value}\n')
    assert told == Recipe()
    stage: object = told
    for name in table.split("."):
        stage = getattr(stage, name)
    assert getattr(stage, key) == value


def test_both_engines_are_given_what_their_tables_tell(tmp_path: Path) -> None:
    told = loaded(tmp_path, '[cursive]\nspelling = "old"\n[tesseract]\npsm = 6\n[auto]\nprobes = 5\n')
    wanted = told.of_engine
    assert wanted == replace(told.auto, cursive=told.cursive, tesseract=told.tesseract)
    assert (told.cursive.spelling, told.tesseract.psm, told.auto.probes) == ("old", 6, 5)


def test_a_binarizer_is_chosen_in_the_table_of_ink(tmp_path: Path) -> None:
    assert loaded(tmp_path, '[ink]\nbinarizer = "sauvola"\n').leaf.ink.binarizer == "sauvola"
    with pytest.raises(SettingsError, match=r"\[ink\]: there is no binarizer 'otzu'. Did you mean 'otsu'"):
        loaded(tmp_path, '[ink]\nbinarizer = "otzu"\n')
