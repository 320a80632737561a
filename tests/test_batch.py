"""The batch: order, outcomes, resume, and what happens when a page goes wrong. Engines are fakes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from ocr.batch import BatchSettings, list_scans, transcribe
from ocr.errors import DependencyError, OutputError, ScanError
from ocr.files import sole_run
from ocr.recipe import Recipe
from ocr.tei.parse import parse_tei
from ocr.tei.validate import validate
from ocr.text import natural
from ocr.transcribe import Mode, Orders, Outcome, What
from tests import drawn


@pytest.fixture(scope="session")
def sheet() -> Image.Image:
    return Image.fromarray(drawn.page(drawn.TEXT[:4], size_px=(900, 400)).pixels)


@pytest.fixture
def scans(tmp_path: Path, sheet: Image.Image) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("leaf10.png", "leaf2.png", "leaf1.png"):
        sheet.save(folder / name)
    return folder


def orders(engine: str = "table", **changes: object) -> Orders:
    return replace(Orders(Recipe(engine=f"tests.fakes:{engine}")), **changes)  # type: ignore[arg-type]


def run(scans: Path, output: Path, wanted: Orders, **settings: int) -> list[Outcome]:
    return [step.outcome for step in transcribe([scans], output, wanted, BatchSettings(**settings))]


def whats(outcomes: list[Outcome]) -> list[str]:
    return [str(one.outcome) for one in outcomes]


def records(output: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(output.rglob("*.xml"))}


def test_pages_come_in_natural_order_and_are_valid(scans: Path, tmp_path: Path) -> None:
    outcomes = run(scans, tmp_path / "out", orders(), jobs=2)
    assert [Path(one.scan).name for one in outcomes] == ["leaf1.png", "leaf2.png", "leaf10.png"]
    assert whats(outcomes) == ["done"] * 3
    assert outcomes[0].lines == 4
    for path in (tmp_path / "out").glob("*.xml"):
        assert validate(path) == []
        assert next(parse_tei(path).lines).text == "Кризис"


def test_a_second_run_finds_everything_done_and_bytes_stay(scans: Path, tmp_path: Path) -> None:
    run(scans, tmp_path / "out", orders())
    before = records(tmp_path / "out")
    assert whats(run(scans, tmp_path / "out", orders())) == ["unchanged"] * 3
    assert whats(run(scans, tmp_path / "out", orders(mode=Mode.FORCE))) == ["done"] * 3
    assert records(tmp_path / "out") == before


def test_changed_scan_settings_or_engine_mean_redo(scans: Path, tmp_path: Path, sheet: Image.Image) -> None:
    out = tmp_path / "out"
    run(scans, out, orders())
    sheet.transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(scans / "leaf2.png")
    assert whats(run(scans, out, orders())) == ["unchanged", "done", "unchanged"]
    other = Recipe(engine="tests.fakes:table")
    other = replace(other, record=replace(other.record, review_threshold=0.95))
    assert whats(run(scans, out, Orders(other))) == ["done"] * 3
    assert whats(run(scans, out, orders("thirds"))) == ["done"] * 3
    assert whats(run(scans, out, orders("table", mode=Mode.SKIP))) == ["skipped"] * 3


def test_a_corrected_file_is_never_overwritten_and_redo_keeps_the_correction(
    scans: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(scans, out, orders())
    record = out / "leaf2.xml"
    corrected = record.read_text(encoding="utf-8").replace(">Кризис<", ">Каприз<", 1)
    assert corrected != record.read_text(encoding="utf-8")
    record.write_text(corrected, encoding="utf-8")
    for mode in (Mode.DEFAULT, Mode.FORCE, Mode.SKIP):
        run(scans, out, orders("thirds", mode=mode))
        assert record.read_text(encoding="utf-8") == corrected
    outcomes = run(scans, out, orders("thirds", mode=Mode.REDO))
    assert whats(outcomes) == ["done", "merged", "done"]
    page = parse_tei(record)
    assert next(page.lines).text == "Каприз"
    assert page.steps[-1].ident == "thirds"
    assert validate(record) == []


def test_a_line_that_fails_is_a_gap_with_its_reason(scans: Path, tmp_path: Path) -> None:
    outcomes = run(scans, tmp_path / "out", orders("thirds"))
    assert [one.unread_lines for one in outcomes] == [1, 1, 1]
    assert "out of ink" in (tmp_path / "out/leaf1.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("engine", "changes", "code", "words"),
    [
        ("refuse", {}, 7, "refused"),
        ("crash", {}, 1, "died (exit code 3)"),
        ("hang", {"timeout_s": 0.5}, 12, "took longer than 0.5 s"),
        ("glutton", {}, 13, "memory"),
    ],
)
def test_a_page_that_goes_wrong_is_an_outcome(
    scans: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    engine: str,
    changes: dict[str, float],
    code: int,
    words: str,
) -> None:
    monkeypatch.setattr("ocr.batch._GRACE_S", 0.5)
    outcomes = run(scans, tmp_path / "out", orders(engine, **changes), jobs=2, memory_mb=3000)
    assert whats(outcomes) == ["failed"] * 3
    assert {one.exit_code for one in outcomes} == {code}
    assert all(words in one.reason for one in outcomes)
    assert records(tmp_path / "out") == {}


def test_a_bad_scan_among_good_ones_stops_nothing(scans: Path, tmp_path: Path) -> None:
    (scans / "leaf3.jpg").write_text("not a picture", encoding="utf-8")
    (scans / "leaf4.png").write_bytes((scans / "leaf1.png").read_bytes()[:300])
    (scans / "leaf5.tif").touch()
    outcomes = run(scans, tmp_path / "out", orders(), jobs=2)
    assert whats(outcomes) == ["done", "done", "failed", "failed", "failed", "done"]
    for one in outcomes[2:5]:
        assert one.exit_code == ScanError.exit_code
        assert Path(one.scan).name in one.reason


def test_every_sheet_of_a_file_has_its_own_record(tmp_path: Path, sheet: Image.Image) -> None:
    scan = tmp_path / "book.tiff"
    sheet.save(scan, save_all=True, append_images=[sheet, sheet])
    steps = list(transcribe([scan], tmp_path / "out", orders(), BatchSettings()))
    assert [step.outcome.sheet for step in steps] == [1, 2, 3]
    assert steps[-1].known == 3
    assert list(records(tmp_path / "out")) == ["book.p0001.xml", "book.p0002.xml", "book.p0003.xml"]
    assert parse_tei(tmp_path / "out/book.p0002.xml").source.sheet == 2


def test_two_scans_for_one_record_are_refused_by_name(
    scans: Path, tmp_path: Path, sheet: Image.Image
) -> None:
    sheet.save(scans / "leaf1.jpg")
    outcomes = run(scans, tmp_path / "out", orders())
    assert whats(outcomes) == ["done", "failed", "done", "done"]
    assert "leaf1.jpg" in outcomes[1].reason
    assert "leaf1.png" in outcomes[1].reason


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="No scans found"):
        run(tmp_path, tmp_path / "out", orders())
    outcomes = [
        step.outcome for step in transcribe([tmp_path / "gone.jpg"], tmp_path, orders(), BatchSettings())
    ]
    assert outcomes[0].exit_code == ScanError.exit_code
    assert "no such file" in outcomes[0].reason


def test_an_engine_that_is_not_there_stops_before_anything_is_written(scans: Path, tmp_path: Path) -> None:
    with pytest.raises(DependencyError):
        run(scans, tmp_path / "out", orders("nobody"))
    assert not (tmp_path / "out").exists()


def test_a_second_run_into_the_same_folder_is_refused(scans: Path, tmp_path: Path) -> None:
    with sole_run(tmp_path / "out"), pytest.raises(OutputError, match="Another run"):
        run(scans, tmp_path / "out", orders())


def test_the_output_folder_is_not_searched_for_scans(scans: Path, sheet: Image.Image) -> None:
    run(scans, scans / "out", orders(explain=True))
    assert (scans / "out/leaf1.explain.jpg").exists()
    assert whats(run(scans, scans / "out", orders())) == ["unchanged"] * 3


def test_natural_order() -> None:
    names = ["л. 10", "л. 9", "л. 1 об.", "Л. 1", "л. 100"]
    assert sorted(names, key=natural) == ["Л. 1", "л. 1 об.", "л. 9", "л. 10", "л. 100"]
    assert list_scans([], Path("out")) == []


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 64 kB, where we may mount one."""
    folder = Path("/dev/shm") / f"tetradi-small-{os.getpid()}"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        folder.rmdir()
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs is Linux's")
def test_a_full_disk_stops_the_run_and_keeps_what_was_written(
    tmp_path: Path, sheet: Image.Image, small_disk: Path
) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    for number in range(12):
        sheet.save(scans / f"{number}.png")
    done: list[Outcome] = []
    with pytest.raises(OutputError, match="the disk is full"):
        done.extend(step.outcome for step in transcribe([scans], small_disk, orders(), BatchSettings()))
    written = records(small_disk)
    assert written
    assert all(validate(small_disk / name) == [] for name in written)
    assert list(small_disk.glob(".tetradi-part-*")) == []


def test_outcomes_are_plain_json(scans: Path, tmp_path: Path) -> None:
    import dataclasses

    for outcome in run(scans, tmp_path / "out", orders()):
        assert outcome.outcome is What.DONE
        assert json.loads(json.dumps(dataclasses.asdict(outcome)))["outcome"] == "done"
