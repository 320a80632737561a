from dataclasses import dataclass, field

from ocr.settings import LATER, as_told, nearest_name


def test_a_name_close_to_a_known_one_is_asked_for() -> None:
    assert nearest_name("tesserakt", ["engine", "tesseract"]) == "Did you mean 'tesseract'?"


def test_of_a_name_close_to_none_all_are_named() -> None:
    assert nearest_name("quill", iter(["engine", "tesseract"])) == "Known: engine, tesseract."


def test_a_name_of_any_length_is_looked_up_soon() -> None:
    assert nearest_name("e" * 10_000_000, ["engine"]) == "Known: engine."


@dataclass(frozen=True)
class _Part:
    size: int = 1
    new: str = field(default="", metadata=LATER)


@dataclass(frozen=True)
class _Whole:
    part: _Part = field(default_factory=_Part)


def test_a_setting_that_came_later_is_told_only_when_it_is_changed() -> None:
    assert as_told(_Whole()) == {"part": {"size": 1}}
    assert as_told(_Whole(_Part(new="x"))) == {"part": {"size": 1, "new": "x"}}
