"""Bad input, the quick part: bench/bad_input.py gives the whole of it to the real command line."""

import os
from pathlib import Path

import pytest
from PIL import Image

from bench import bad_files, bad_input
from ocr.batch import BatchSettings, transcribe
from ocr.errors import RecordError, SettingsError
from ocr.orders import Outcome, RunSettings
from ocr.recipe import Recipe, load_recipe
from ocr.tei.tree import load
from tests import drawn
from tests.cli.test_app import ocr
from tests.test_batch import outcomes_of

TABLE = RunSettings(Recipe(engine="tests.fakes:table"))
SLOW = ("bomb", "giant", "broken-page")


@pytest.fixture
def sheet() -> Image.Image:
    return Image.fromarray(drawn.page(drawn.TEXT[:2], size_px=(700, 180)).pixels)


@pytest.fixture
def scans(tmp_path: Path, sheet: Image.Image) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    sheet.save(folder / "good.png")
    return folder


def read(scans: Path, out: Path) -> list[Outcome]:
    return outcomes_of(transcribe([scans], out, TABLE, BatchSettings(jobs=1)))


def test_every_bad_file_has_its_sentence_and_the_good_page_is_read(
    scans: Path, tmp_path: Path, sheet: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bad_files, "zeros", lambda _: b"")  # large to make, slow to refuse: for the bench
    made = bad_files.bad_files(sheet.convert("RGB"))
    files = {name: what for name, what in made.items() if what[1] and not name.startswith(SLOW)}
    for name, (held, _) in files.items():
        (scans / name).write_bytes(held)
    (scans / "folder.jpg").mkdir()
    os.mkfifo(scans / "pipe.png")
    (scans / "dangling.png").symlink_to("nowhere")
    (scans / "loop.png").symlink_to("loop.png")
    told = {Path(one.scan).name: one for one in read(scans, tmp_path / "out")}
    assert told.pop("good.png").exit_code == 0
    assert len(told) == len(files) + 3
    for name, one in told.items():
        assert one.exit_code == (files[name][1] if name in files else 4), one.reason
        assert name in one.reason
        assert "fault of ours" not in one.reason
    assert [path.name for path in (tmp_path / "out").glob("*.xml")] == ["good.xml"]


def test_a_sheet_and_a_scan_for_one_record_are_refused(
    scans: Path, tmp_path: Path, sheet: Image.Image
) -> None:
    (scans / "good.png").rename(scans / "a.p0001.png")
    sheet.save(scans / "a.tif", save_all=True, append_images=[sheet])
    outcomes = read(scans, tmp_path / "out")
    done = [one.output for one in outcomes if one.exit_code == 0]
    assert len(set(done)) == len(done)


def test_a_name_that_is_not_utf8(scans: Path, tmp_path: Path) -> None:
    try:
        (scans / "good.png").rename(scans / os.fsdecode(b"\xebist.png"))
    except OSError:
        pytest.skip("this file system wants UTF-8")
    done = ocr("transcribe", scans, "-o", tmp_path / "out", "--engine", "tests.fakes:table", "-j", "1")
    assert "Traceback" not in done.stderr
    assert done.returncode == 0


def test_a_journal_that_cannot_be_written(scans: Path, tmp_path: Path) -> None:
    (tmp_path / "out/run.jsonl").mkdir(parents=True)
    done = ocr("transcribe", scans, "-o", tmp_path / "out", "--engine", "tests.fakes:table", "-j", "1")
    assert done.returncode == 5
    assert "run.jsonl" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("case", "declared"),
    [
        ("entity bomb", '[<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]'),
        ("outer entity", '[<!ENTITY a SYSTEM "file:///etc/hostname">]'),
        ("outer DTD", 'SYSTEM "{bad}"'),
        ("parameter entity", '[<!ENTITY % x SYSTEM "{bad}"> %x;]'),
    ],
)
def test_a_doctype_is_refused_and_nothing_outside_is_opened(case: str, declared: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.dtd"
    bad.write_text("<!ELEMENT ", encoding="utf-8")  # whoever opens it, complains of it
    record = tmp_path / "record.xml"
    tei = "<TEI xmlns='http://www.tei-c.org/ns/1.0'/>"
    record.write_text(f"<!DOCTYPE TEI {declared.replace('{bad}', bad.as_uri())}>{tei}", encoding="utf-8")
    with pytest.raises(RecordError, match="has a DOCTYPE"):
        load(record)


@pytest.mark.parametrize("case", bad_input.RECIPES)
def test_a_recipe_that_cannot_be_meant(case: str, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_bytes(bad_input.RECIPES[case].encode("utf-8", "surrogateescape"))
    with pytest.raises(SettingsError, match=r"recipe\.toml"):
        load_recipe(recipe)


def test_no_sheet_is_lost_when_a_tiff_is_called_jpg(scans: Path, tmp_path: Path, sheet: Image.Image) -> None:
    sheet.save(scans / "two.jpg", "TIFF", save_all=True, append_images=[sheet])
    assert [one.sheet for one in read(scans, tmp_path / "out") if one.scan.endswith("two.jpg")] == [1, 2]
