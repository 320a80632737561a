import json
from dataclasses import asdict
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocr.evaluate.agreement import Difference, agreement

texts = st.text(alphabet="абёъ \n-", max_size=30)


def written(folder: Path, name: str, *pages: str) -> Path:
    (folder / name).mkdir(exist_ok=True)
    for n, text in enumerate(pages):
        (folder / name / f"p{n}.txt").write_text(text, "utf-8")
    return folder / name


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, texts, texts)
def test_it_does_not_matter_who_comes_first(tmp_path: Path, a: str, b: str, c: str) -> None:
    one, other = written(tmp_path, "one", a, b), written(tmp_path, "other", b, c)
    forth, back = agreement(one, other, draws=50), agreement(other, one, draws=50)
    assert forth == back
    json.dumps(asdict(forth), allow_nan=False)


def test_by_hand(tmp_path: Path) -> None:
    one = written(tmp_path, "one", "об'явление\nеще", "да")
    other = written(tmp_path, "other", "объявление\nещё", "да")
    found = agreement(one, other)
    strict, lenient, _ = found.profiles.values()
    assert strict.letters is not None
    assert strict.letters.rate == 2 / 16
    assert strict.letters_apiece == 1 / 16
    assert lenient.letters is not None
    assert (lenient.letters.rate, lenient.letters.low) == (0, 0)
    assert lenient.letters.high > 0
    assert found.differences == (Difference("'", "ъ", 1), Difference("е", "ё", 1))
    assert [(page.name, page.letters, page.length) for page in found.pages] == [("p0", 2, 14), ("p1", 0, 2)]
    assert "differ by 12.50 % of letters" in found.sentence


def test_lengths_that_differ(tmp_path: Path) -> None:
    """Two letters against four: two errors by a mean of three."""
    found = agreement(written(tmp_path, "one", "да"), written(tmp_path, "other", "дада"))
    assert found.profiles["strict"].letters is not None
    assert found.profiles["strict"].letters.rate == 2 / 3


def test_nothing_agrees_about_nothing(tmp_path: Path) -> None:
    found = agreement(written(tmp_path, "one", ""), written(tmp_path, "other", ""))
    assert found.profiles["strict"].letters is None
    assert found.sentence.startswith("Both transcriptions are empty")
