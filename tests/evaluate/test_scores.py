from pathlib import Path

import pytest

from ocr.evaluate.findings import find
from ocr.evaluate.rates import Letters, Words
from ocr.evaluate.scores import EvaluateSettings, evaluate
from ocr.report.advice import advice

PETER = Path(__file__).parents[2] / "../shared/peers/digital-peter"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    texts = {
        "truth": {"p1": "С’ѣздъ рѣчь\nпар-\nтіи", "p2": "", "p3": "да"},
        "found": {"p1": "съездъ речь\nпартии", "p2": "кляксы", "p3": ""},
    }
    for side, pages in texts.items():
        (tmp_path / side).mkdir()
        for name, text in pages.items():
            (tmp_path / side / f"{name}.txt").write_text(text, "utf-8")
    return tmp_path / "truth", tmp_path / "found"


@pytest.mark.skipif(not PETER.exists(), reason="shared/peers is not here")
def test_the_published_rate_of_digital_peter() -> None:
    strict = evaluate(PETER / "true_dir", PETER / "pred_dir").totals[0]
    assert strict.micro.cer == pytest.approx(0.11267606, abs=5e-9)
    assert (strict.micro.letters.errors, strict.micro.letters.truth) == (8, 71)
    assert strict.micro.wer == pytest.approx(0.7)
    assert strict.macro_cer == pytest.approx(0.1237, abs=5e-5)


def test_three_profiles_side_by_side(folders: tuple[Path, Path]) -> None:
    report = evaluate(*folders)
    assert [page.name for page in report.pages] == ["p1", "p2", "p3"]
    first, empty, lost = (page.scores for page in report.pages)
    assert [one.profile for one in first] == ["strict", "lenient", "reading"]
    assert first[0].letters.errors > first[1].letters.errors > first[2].letters.errors == 0
    assert [one.cer for one in empty] == [None] * 3
    assert [one.cer for one in lost] == [1.0] * 3
    reading = report.totals[2]
    assert reading.micro.letters.errors == len("кляксы") + len("да")
    assert reading.macro_cer == pytest.approx(0.5)
    assert any("empty" in remark and "p2" in remark for remark in report.remarks)


def test_left_out_files_are_named(folders: tuple[Path, Path]) -> None:
    truth, found = folders
    (found / "p1.txt").unlink()
    report = evaluate(truth, found, EvaluateSettings(allow_missing=True))
    assert report.alone == (truth / "p1.txt",)
    assert any("p1.txt" in remark for remark in report.remarks)


def test_what_counts_as_a_letter_and_a_word(tmp_path: Path) -> None:
    truth, found = tmp_path / "t.txt", tmp_path / "f.txt"
    truth.write_text("мо\u0301й, дом", "utf-8")
    found.write_text("мой дом", "utf-8")
    usual = evaluate(truth, found).pages[0].scores[0]
    other = evaluate(truth, found, EvaluateSettings(letters=Letters.CODEPOINTS, words=Words.UAX29))
    assert (usual.letters.truth, usual.letters.errors, usual.words.errors) == (8, 2, 1)
    counts = other.pages[0].scores[0]
    assert (counts.letters.truth, counts.letters.errors, counts.words.errors) == (9, 2, 1)


@pytest.mark.parametrize(
    ("truth", "found", "key", "values"),
    [
        ("а б в г д", "абвгд", "next.lost", {"truth": "␣", "n": "4"}),
        ("абвгд", "а б в г д", "next.added", {"found": "␣", "n": "4"}),
        ("а-б а-в а-г", "а–б а–в а–г", "next.confusion", {"truth": "-", "found": "–", "n": "3"}),
        ("рама рама рама", "рима рима рима", "next.confusion", {"truth": "а", "found": "и", "n": "3"}),
    ],
)
def test_what_is_taken_for_what_counts_spaces_and_signs(
    tmp_path: Path, truth: str, found: str, key: str, values: dict[str, str]
) -> None:
    (tmp_path / "t.txt").write_text(truth, "utf-8")
    (tmp_path / "f.txt").write_text(found, "utf-8")
    held = evaluate(tmp_path / "t.txt", tmp_path / "f.txt")
    assert (key, values) in advice(held, find(held, draws=100))


def test_letters_of_a_missed_line_are_no_misreadings(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("молоко там\nззззззззз\nклюква", "utf-8")
    (tmp_path / "f.txt").write_text("малака там\nклюква", "utf-8")
    held = evaluate(tmp_path / "t.txt", tmp_path / "f.txt")
    said = dict(advice(held, find(held, draws=100)))
    assert said["next.confusion"] == {"truth": "о", "found": "а", "n": "3"}
