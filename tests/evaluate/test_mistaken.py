"""Sides and pages that may be exchanged, and lines that a rule leaves out, are told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from ocr.corrections.changes import AcceptLine, edit
from ocr.evaluate.findings import find
from ocr.evaluate.lines import LineOutcome
from ocr.evaluate.scores import EvaluateSettings, Report, evaluate
from ocr.page import Kind
from ocr.report.advice import advice
from ocr.report.page import worst
from ocr.report.pictures import strips
from ocr.scan.load import digest_of
from ocr.tei.flow import TextRules
from tests.drawn import TEXT
from tests.report.test_pictures import line, record

PAGES = {"p1": TEXT[:4], "p2": TEXT[4:8], "p3": TEXT[8:]}


def write(folder: Path, pages: Mapping[str, Sequence[str]]) -> Path:
    folder.mkdir()
    for name, lines in pages.items():
        (folder / f"{name}.txt").write_text("\n".join(lines), "utf-8")
    return folder


def misread(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line.replace("ѣ", "е").replace("и", "н") for line in lines)


def test_a_truth_that_nobody_corrected_is_told(tmp_path: Path) -> None:
    machine = tmp_path / "p.xml"
    machine.write_bytes(record(line("раз два", 20), line("три", 60)))
    (tmp_path / "q.txt").write_text("рез два\nтри", "utf-8")
    assert evaluate(tmp_path / "q.txt", machine).untouched_truth == ()
    exchanged = evaluate(machine, tmp_path / "q.txt")
    assert exchanged.untouched_truth == ("p",)
    assert "exchanged" in exchanged.remarks[0]
    machine.write_bytes(edit(machine.read_bytes(), [AcceptLine("s1_r1_l1")], "А. Б.", "2026-11-22T12:00:00Z"))
    assert evaluate(machine, tmp_path / "q.txt").untouched_truth == ()


def test_pages_that_are_exchanged_are_told(tmp_path: Path) -> None:
    truth = write(tmp_path / "truth", PAGES)
    found = {"p1": misread(PAGES["p2"]), "p2": misread(PAGES["p1"]), "p3": misread(PAGES["p3"])}
    held = evaluate(truth, write(tmp_path / "found", found))
    assert [(one.name, one.other) for one in held.fits_another] == [("p1", "p2"), ("p2", "p1")]
    assert all(one.other_cer < 0.3 and one.own_cer > 0.5 for one in held.fits_another)
    assert sum("exchanged" in remark for remark in held.remarks) == 2


@pytest.mark.parametrize("what", ["well read", "rubbish", "empty"])
def test_pages_in_their_place_are_not(tmp_path: Path, what: str) -> None:
    truth = write(tmp_path / "truth", PAGES)
    rubbish = {name: ["ждлорп"] * len(lines) for name, lines in PAGES.items()}
    read = {name: misread(lines) for name, lines in PAGES.items()}
    made: dict[str, Mapping[str, Sequence[str]]] = {
        "well read": read,
        "rubbish": rubbish,
        "empty": dict.fromkeys(PAGES, ()),
    }
    found = write(tmp_path / "found", made[what])
    assert evaluate(truth, found).fits_another == ()


def struck(folder: Path, rules: TextRules | None = None) -> Report:
    """Three lines, the second of which is read, and struck out by mistake."""
    scan = folder / "leaf.png"
    Image.new("RGB", (200, 200), "white").save(scan)
    texts = ("раз два", "три четыре пять", "шесть")
    lines = [line(text, 20 + 40 * n) for n, text in enumerate(texts)]
    lines[1] = replace(line("три четыри пять", 60), kind=Kind.STRUCK)
    (folder / "leaf.xml").write_bytes(record(*lines, sha256=digest_of(scan)))
    (folder / "t.txt").write_text("\n".join(texts), "utf-8")
    return evaluate(folder / "t.txt", folder / "leaf.xml", EvaluateSettings(rules=rules or TextRules()))


def test_a_line_struck_by_mistake_is_told_as_left_out_by_the_rule(tmp_path: Path) -> None:
    held = struck(tmp_path)
    lost = held.pages[0].lines[1]
    assert (lost.outcome, lost.struck_line, lost.truth) == (LineOutcome.MISSED, 1, "три четыре пять")
    assert "struck out (del)" in " ".join(held.remarks)
    assert "del=keep" in " ".join(held.remarks)
    assert advice(held, find(held))[0][0] == "next.struck"
    picture = strips(held, worst(held), None).strips[0, 1]
    assert not picture.guessed


def test_with_del_kept_the_line_is_compared(tmp_path: Path) -> None:
    held = struck(tmp_path, TextRules(deleted="keep"))
    assert [line.letters.errors for line in held.pages[0].lines] == [0, 1, 0]
    assert all(line.struck_line is None for line in held.pages[0].lines)
    assert "struck" not in " ".join(held.remarks)


def test_another_line_that_was_missed_stays_missed(tmp_path: Path) -> None:
    struck(tmp_path)
    (tmp_path / "t.txt").write_text("раз два\nчто-то совсем другое\nшесть", "utf-8")
    held = evaluate(tmp_path / "t.txt", tmp_path / "leaf.xml")
    assert [line.struck_line for line in held.pages[0].lines] == [None] * 3
