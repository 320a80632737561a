"""Text and picture follow the record, and what somebody else wrote is never overwritten."""

import errno
import os
import shutil
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from ocr.derived import FOLDER, renew_text
from ocr.errors import OutputError, RecordError
from ocr.files import write_whole
from ocr.orders import Job, Mode, Outcome, RunSettings, SheetOutcome
from ocr.page import Hand
from ocr.recipe import Recipe
from ocr.tei.flow import Ink
from ocr.tei.parse import parse_tei
from ocr.tei.plain import to_text
from ocr.tei.write import to_tei
from ocr.transcribe import read_job
from tests import drawn

ORDERS = RunSettings(Recipe(engine="tests.fakes:table"), formats=("tei", "txt"), explain=True)
BY_HAND = "Мой собственный текст\n"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page read once: its scan, record, text and picture."""
    folder = tmp_path_factory.mktemp("pristine")
    Image.fromarray(drawn.page(drawn.TEXT[:3], size_px=(900, 350)).pixels).save(folder / "leaf.png")
    assert read(folder).outcome is SheetOutcome.DONE
    return folder


@pytest.fixture
def place(pristine: Path, tmp_path: Path) -> Path:
    shutil.copytree(pristine, tmp_path / "place")
    return tmp_path / "place"


def read(place: Path, orders: RunSettings = ORDERS, scan: str = "leaf.png") -> Outcome:
    return read_job(Job(place / scan, place / "out/leaf.xml"), orders)


def correct(place: Path, before: str = ">Кризис<", after: str = ">Каприз<") -> None:
    record = place / "out/leaf.xml"
    text = record.read_text(encoding="utf-8")
    assert before in text
    write_whole(record, text.replace(before, after, 1).encode())


def text_of(place: Path) -> str:
    return (place / "out/leaf.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("asked", [True, False])
def test_the_text_is_the_corrected_one_after_every_kind_of_run(place: Path, mode: Mode, asked: bool) -> None:
    assert text_of(place).startswith("Кризис")
    correct(place)
    outcome = read(place, replace(ORDERS, mode=mode, formats=("tei", "txt") if asked else ("tei",)))
    assert outcome.exit_code == 0
    assert text_of(place).startswith("Каприз")
    assert outcome.left_alone == ()


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("corrected", [True, False])
def test_what_is_missing_is_made_when_asked_for(place: Path, mode: Mode, corrected: bool) -> None:
    if corrected:
        correct(place)
    for name in ("leaf.txt", "leaf.explain.jpg"):
        (place / "out" / name).unlink()
    read(place, replace(ORDERS, mode=mode, formats=("tei",), explain=False))
    assert sorted(path.name for path in (place / "out").glob("leaf.*")) == ["leaf.xml"]
    read(place, replace(ORDERS, mode=mode))
    assert text_of(place).startswith("Каприз" if corrected else "Кризис")
    assert (place / "out/leaf.explain.jpg").exists()


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("name", ["leaf.txt", "leaf.explain.jpg"])
def test_a_file_that_somebody_changed_stays_and_is_named(place: Path, mode: Mode, name: str) -> None:
    mine = place / "out" / name
    mine.write_text(BY_HAND, encoding="utf-8")
    correct(place)
    for _ in range(2):
        outcome = read(place, replace(ORDERS, mode=mode))
        assert outcome.exit_code == 0
        assert outcome.left_alone == (str(mine),)
        assert mine.read_text(encoding="utf-8") == BY_HAND


def test_a_picture_shows_what_the_record_says_now(place: Path) -> None:
    picture = place / "out/leaf.explain.jpg"
    before = picture.read_bytes()
    assert read(place).outcome is SheetOutcome.UNCHANGED
    assert picture.read_bytes() == before
    correct(place, "<lb ", '<lb type="margin" ')
    assert read(place, replace(ORDERS, explain=False)).outcome is SheetOutcome.CORRECTED
    assert picture.read_bytes() != before


def test_no_picture_is_drawn_on_another_scan(place: Path) -> None:
    correct(place)
    (place / "out/leaf.explain.jpg").unlink()
    Image.new("L", (900, 350), 255).save(place / "leaf.png")
    assert read(place).outcome is SheetOutcome.CORRECTED
    assert not (place / "out/leaf.explain.jpg").exists()


def test_a_text_from_before_there_was_a_ledger_is_known_by_what_the_machine_wrote(place: Path) -> None:
    shutil.rmtree(place / "out" / FOLDER)
    assert renew_text(place / "out/leaf.xml")
    shutil.rmtree(place / "out" / FOLDER)
    machine = text_of(place)
    who = 'respStmt xml:id="anna"><resp>corrected by</resp><persName>Анна</persName></respStmt></titleStmt>'
    correct(place, "</titleStmt>", f"<{who}")
    text = (place / "out/leaf.xml").read_text(encoding="utf-8")
    at = text.index(">Кризис</w>")
    start = text.rindex("<w", 0, at)
    word = text[start : at + len(">Кризис</w>")]
    lem = word.replace("Кризис", "Каприз").replace('xml:id="', 'xml:id="new-')
    correct(place, word, f'<app><lem resp="#anna">{lem}</lem><rdg resp="#table">{word}</rdg></app>')
    assert text_of(place) == machine
    assert renew_text(place / "out/leaf.xml")
    assert text_of(place) == machine.replace("Кризис", "Каприз", 1)


def test_a_save_killed_between_ledger_and_file_is_made_good(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = place / "out/leaf.xml"

    def killed(path: Path, content: bytes) -> None:
        if path.suffix == ".txt":
            raise KeyboardInterrupt
        write_whole(path, content)

    for after in ("Каприз", "Сюрприз"):
        correct(place, ">Кризис<" if after == "Каприз" else ">Каприз<", f">{after}<")
        monkeypatch.setattr("ocr.derived.write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            renew_text(record)
        monkeypatch.undo()
    assert renew_text(record)
    assert text_of(place).startswith("Сюрприз")


def test_a_text_that_is_not_there_is_not_made_by_a_save(place: Path) -> None:
    (place / "out/leaf.txt").unlink()
    assert renew_text(place / "out/leaf.xml")
    assert not (place / "out/leaf.txt").exists()


def test_many_savers_at_once_end_with_the_text_of_the_record(place: Path) -> None:
    record = place / "out/leaf.xml"
    words = ["Кризис", *(f"Каприз{n}" for n in range(12))]
    savers = []
    for before, after in pairwise(words):
        correct(place, f">{before}<", f">{after}<")
        savers.append(threading.Thread(target=renew_text, args=(record,)))
        savers[-1].start()
    for saver in savers:
        saver.join()
    assert renew_text(record)
    assert text_of(place).startswith("Каприз11")


def test_tei_of_another_program_has_its_text_and_no_picture(place: Path) -> None:
    for path in (place / "out").glob("leaf.*"):
        path.unlink()
    foreign = (
        "<TEI xmlns='http://www.tei-c.org/ns/1.0'><teiHeader/><text><body><p>Чужое</p></body></text></TEI>"
    )
    (place / "out/leaf.xml").write_text(foreign, encoding="utf-8")
    outcome = read(place)
    assert (outcome.outcome, outcome.exit_code) == (SheetOutcome.CORRECTED, 0)
    assert text_of(place) == "Чужое\n"
    assert not (place / "out/leaf.explain.jpg").exists()


def test_a_record_that_is_broken_is_told(place: Path) -> None:
    (place / "out/leaf.xml").write_text("<TEI", encoding="utf-8")
    with pytest.raises(RecordError, match=r"leaf\.xml"):
        renew_text(place / "out/leaf.xml")
    outcome = read(place, replace(ORDERS, mode=Mode.SKIP))
    assert outcome.exit_code == RecordError.exit_code
    assert "leaf.xml" in outcome.reason


@pytest.mark.parametrize("mode", list(Mode))
def test_numbers_of_a_page_are_told_whether_it_was_read_or_not(place: Path, mode: Mode) -> None:
    outcome = read(place, replace(ORDERS, mode=mode))
    assert (outcome.lines, outcome.words, outcome.unread_lines) == (3, 3, 0)
    assert outcome.mean_confidence == pytest.approx(0.9)
    correct(place)
    outcome = read(place, replace(ORDERS, mode=mode))
    assert (outcome.lines, outcome.words, outcome.unread_lines) == (3, 3, 0)


def test_the_longest_name_of_a_scan_has_its_text(place: Path) -> None:
    name = "n" * 251
    (place / "leaf.png").rename(place / f"{name}.png")
    job = Job(place / f"{name}.png", place / f"out/{name}.xml")
    assert read_job(job, replace(ORDERS, explain=False)).exit_code == 0
    assert (place / f"out/{name}.txt").exists()
    assert parse_tei(job.target).name == name


def test_the_text_can_leave_out_what_is_written_in_another_ink(place: Path) -> None:
    """The choice is kept until another is made: the desk, which is asked nothing, follows it."""
    page = parse_tei(place / "out/leaf.xml")
    (surface,) = page.surfaces
    other = replace(surface.regions[0], hand="ink-red")
    hands = (Hand("ink-red", "red ink", (200, 30, 40)),)
    page = replace(page, hands=hands, surfaces=(replace(surface, regions=(surface.regions[0], other)),))
    record = place / "record.xml"
    record.write_bytes(to_tei(page))
    both, one = to_text(page), to_text(page, ink=Ink.MAIN)
    assert both != one
    for choice, wanted in ((None, both), (Ink.MAIN, one), (None, one), (Ink.ALL, both)):
        assert renew_text(record, make=True, ink=choice)
        assert (place / "record.txt").read_text("utf-8") == wanted


@pytest.mark.parametrize("what", ["out/leaf.txt", f"out/{FOLDER}/*.json"])
def test_a_drive_that_fails_for_once_is_no_stranger(
    place: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    correct(place)
    failing = set(place.glob(what))
    whole = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path in failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    with pytest.raises(OutputError, match="Input/output error"):
        renew_text(place / "out/leaf.xml")
    monkeypatch.undo()
    assert renew_text(place / "out/leaf.xml")
    assert "Каприз" in text_of(place)
