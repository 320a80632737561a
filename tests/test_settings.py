from ocr.settings import nearest_name


def test_a_name_close_to_a_known_one_is_asked_for() -> None:
    assert nearest_name("tesserakt", ["engine", "tesseract"]) == "Did you mean 'tesseract'?"


def test_of_a_name_close_to_none_all_are_named() -> None:
    assert nearest_name("quill", iter(["engine", "tesseract"])) == "Known: engine, tesseract."


def test_a_name_of_any_length_is_looked_up_soon() -> None:
    assert nearest_name("e" * 10_000_000, ["engine"]) == "Known: engine."
