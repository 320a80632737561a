"""The batch: order, outcomes, resume, and what happens when a page goes wrong. Engines are fakes."""

import errno
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ocr.batch import NO_LOCKS, BatchSettings, Progress, transcribe
from ocr.cluster.shards import Shard
from ocr.errors import DependencyError, OutputError, ScanError, SettingsError
from ocr.locks import sole_run
from ocr.orders import Mode, Outcome, RunSettings, SheetOutcome
from ocr.recipe import Recipe
from ocr.tei.parse import parse_tei
from ocr.tei.validate import validate
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


def orders(engine: str = "table", **changes: object) -> RunSettings:
    return replace(RunSettings(Recipe(engine=f"tests.fakes:{engine}")), **changes)  # type: ignore[arg-type]


def run(scans: Path, output: Path, wanted: RunSettings, **settings: Any) -> list[Outcome]:
    return outcomes_of(transcribe([scans], output, wanted, BatchSettings(**settings)))


def outcomes_of(steps: Iterable[Progress]) -> list[Outcome]:
    return [step.outcome for step in steps if step.outcome is not None]


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
        assert parse_tei(path).lines[0].text == "Кризис"


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
    assert whats(run(scans, out, RunSettings(other))) == ["done"] * 3
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
    assert page.lines[0].text == "Каприз"
    assert page.steps[-1].ident == "thirds"
    assert validate(record) == []


def test_what_notebook_toml_says_renews_headers_and_reads_nothing_again(scans: Path, tmp_path: Path) -> None:
    out, told = tmp_path / "out", scans / "notebook.toml"
    told.write_text('title = "Тетрадь"\n', "utf-8")
    assert not any(one.header_renewed for one in run(scans, out, orders()))
    record = out / "leaf2.xml"
    assert "<title>Тетрадь</title>" in record.read_text("utf-8")
    corrected = record.read_text("utf-8").replace(">Кризис<", ">Каприз<", 1)
    record.write_text(corrected, "utf-8")
    told.write_text('title = "Другая"\n', "utf-8")
    skipped = run(scans, out, orders("crash", mode=Mode.SKIP))
    assert (whats(skipped), record.read_text("utf-8")) == (["skipped"] * 3, corrected)
    renewed = run(scans, out, orders())
    assert whats(renewed) == ["unchanged", "corrected", "unchanged"]
    assert all(one.header_renewed for one in renewed)
    assert record.read_text("utf-8") == corrected.replace("Тетрадь", "Другая")
    assert not any(one.header_renewed for one in run(scans, out, orders()))
    merged = run(scans, out, orders("thirds", mode=Mode.REDO))
    assert whats(merged) == ["done", "merged", "done"]
    assert all("Другая" in path.read_text("utf-8") for path in out.glob("*.xml"))


def test_a_slip_in_notebook_toml_stops_the_run_before_a_page_is_read(scans: Path, tmp_path: Path) -> None:
    (scans / "notebook.toml").write_text("titel = 'a'\n", "utf-8")
    with pytest.raises(SettingsError, match="Did you mean 'title'"):
        run(scans, tmp_path / "out", orders())
    assert not list(tmp_path.rglob("*.xml"))


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
    assert [one.sheet for one in outcomes_of(steps)] == [1, 2, 3]
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
    outcomes = outcomes_of(transcribe([tmp_path / "gone.jpg"], tmp_path, orders(), BatchSettings()))
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


def test_pictures_in_a_folder_are_read_or_told(tmp_path: Path, sheet: Image.Image) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    for name in ("page1.jpg", "page2.jfif", "page3.gif", "page4.bmp", "page6.jpg"):
        sheet.convert("L").save(scans / name, {"j": "JPEG", "g": "GIF", "b": "BMP"}[name[6]])
    sheet.save(scans / "page5", "PNG")  # what a file holds decides
    (scans / "IMG_7.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    (scans / "book.djvu").write_bytes(b"AT&TFORM" + bytes(100))
    shutil.copy(scans / "page1.jpg", scans / "page1.jpg_original")
    (scans / "page6.CR2").write_bytes(b"II*\0" + bytes(100))
    for name, held in (
        ("notes.txt", b"BM text"),
        ("Thumbs.db", b"\xd0\xcf"),
        ("page1.xml", b"<x/>"),
        ("a", b"BMW"),
    ):
        (scans / name).write_bytes(held)
    os.mkfifo(scans / "pipe")
    outcomes = {Path(one.scan).name: one for one in run(scans, tmp_path / "out", orders())}
    assert sorted(name for name, one in outcomes.items() if one.outcome is SheetOutcome.DONE) == [
        "page1.jpg", "page2.jfif", "page3.gif", "page4.bmp", "page5", "page6.jpg"
    ]  # fmt: skip
    assert outcomes["book.djvu"].outcome is SheetOutcome.FAILED
    assert "book.djvu: pictures of this kind (.djvu) cannot be read" in outcomes["book.djvu"].reason
    assert outcomes["IMG_7.HEIC"].exit_code == ScanError.exit_code
    assert (outcomes["page6.CR2"].outcome, outcomes["page6.CR2"].exit_code) == (SheetOutcome.SKIPPED, 0)
    assert "page6.jpg is read" in outcomes["page6.CR2"].reason
    assert outcomes["page1.jpg_original"].outcome is SheetOutcome.SKIPPED
    assert len(outcomes) == 10


def test_another_scan_of_the_same_name_replaces_no_record(tmp_path: Path, sheet: Image.Image) -> None:
    out, first, second = tmp_path / "out", tmp_path / "A", tmp_path / "B"
    for folder, picture in ((first, sheet), (second, sheet.transpose(Image.Transpose.FLIP_LEFT_RIGHT))):
        folder.mkdir()
        picture.save(folder / "1.png")
        os.utime(folder / "1.png", ns=(10**18, 10**18))
    assert whats(run(first, out, orders())) == ["done"]
    before = records(out)
    for mode in (Mode.DEFAULT, Mode.REDO):
        (refused,) = run(second, out, orders(mode=mode))
        assert (refused.outcome, refused.exit_code) == (SheetOutcome.FAILED, ScanError.exit_code)
        assert "1.xml was read from another scan" in refused.reason
        assert "--mode force" in refused.reason
    assert records(out) == before
    # An earlier run has told where the scan lay: then the time of the file does not matter.
    entry = {"scan": str(first / "1.png"), "output": str(out / "1.xml"), "outcome": "done"}
    (out / "run.jsonl").write_text(json.dumps(entry) + "\n", "utf-8")
    os.utime(second / "1.png")
    (refused,) = run(second, out, orders())
    assert f"another scan ({first / '1.png'})" in refused.reason
    shutil.copy(second / "1.png", first / "1.png")  # scanned anew
    os.utime(first / "1.png", ns=(10**18, 10**18))
    assert whats(run(first, out, orders())) == ["done"]
    sheet.save(second / "1.png")
    assert whats(run(second, out, orders(mode=Mode.FORCE))) == ["done"]


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
        done.extend(
            outcome
            for step in transcribe([scans], small_disk, orders(), BatchSettings())
            for outcome in outcomes_of([step])
        )
    written = records(small_disk)
    assert written
    assert all(validate(small_disk / name) == [] for name in written)
    assert list(small_disk.glob(".tetradi-part-*")) == []


def test_outcomes_are_plain_json(scans: Path, tmp_path: Path) -> None:
    import dataclasses

    for outcome in run(scans, tmp_path / "out", orders()):
        assert outcome.outcome is SheetOutcome.DONE
        assert json.loads(json.dumps(dataclasses.asdict(outcome)))["outcome"] == "done"


def test_numbers_that_are_known_stay_in_run_jsonl(scans: Path, tmp_path: Path) -> None:
    def numbers(outcomes: list[Outcome]) -> list[tuple[object, ...]]:
        return [(one.lines, one.words, one.unread_lines, one.mean_confidence) for one in outcomes]

    first = run(scans, tmp_path / "out", orders("thirds"))
    assert numbers(first) == [(4, 3, 1, 0.9)] * 3
    for mode in (Mode.DEFAULT, Mode.SKIP, Mode.FORCE):
        assert numbers(run(scans, tmp_path / "out", orders("thirds", mode=mode))) == numbers(first)


def test_how_the_run_stands_is_told_before_anything_is_read(scans: Path, tmp_path: Path) -> None:
    steps = transcribe([scans], tmp_path / "out", orders("nobody"), BatchSettings())
    assert next(steps) == Progress(3)
    with pytest.raises(DependencyError):
        next(steps)


def test_the_page_that_is_waited_for_is_named(scans: Path, tmp_path: Path) -> None:
    steps = list(transcribe([scans], tmp_path / "out", orders("hang", timeout_s=1.0), BatchSettings()))
    told = [(step.awaited.scan.name if step.awaited else None, step.outcome is None) for step in steps]
    assert told.index(("leaf1.png", True)) < told.index((None, False)) < told.index(("leaf2.png", True))


def test_sheets_are_counted_while_a_page_is_read(scans: Path, tmp_path: Path, sheet: Image.Image) -> None:
    for name in ("leaf3.tif", "leaf4.tif"):
        sheet.save(scans / name, save_all=True, append_images=[sheet] * 4)
    (scans / "leaf5.tif").write_bytes(b"II*\0 broken")
    steps = transcribe([scans], tmp_path / "out", orders("hang"), BatchSettings())  # the first page hangs
    known = [next(steps).known]
    while not (step := next(steps)).counted:
        known.append(step.known)
    steps.close()
    assert step.outcome is None
    assert (known[0], step.known) == (6, 14)


@pytest.mark.parametrize("halt_after", [1, 2])
def test_a_run_that_goes_wrong_is_halted_and_keeps_what_is_done(
    scans: Path, tmp_path: Path, sheet: Image.Image, halt_after: int
) -> None:
    for name in ("leaf3.png", "leaf5.png", "leaf7.png"):
        (scans / name).write_text("no picture")
    outcomes = run(scans, tmp_path / "out", orders(), halt_after=halt_after)
    assert whats(outcomes)[: 2 + halt_after] == ["done", "done", *["failed"] * halt_after]
    assert whats(outcomes).count("failed") == halt_after
    assert len(records(tmp_path / "out")) >= 2
    again = run(scans, tmp_path / "out", orders(), halt_after=4)
    assert whats(again)[:5] == ["unchanged"] * 2 + ["failed"] * 3
    assert whats(again)[5:] in (["done"], ["unchanged"])


def test_an_output_folder_that_is_taken_away_stops_the_run(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    steps = transcribe([scans], out, orders(), BatchSettings())
    next(step for step in steps if step.outcome is not None)
    shutil.rmtree(out)
    with pytest.raises(OutputError, match="removed or emptied"):
        list(steps)


def test_a_drive_that_cannot_lock_is_told_once(
    scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", flock)
    steps = list(transcribe([scans], tmp_path / "out", orders(), BatchSettings()))
    assert whats(outcomes_of(steps)) == ["done"] * 3
    assert [step.remark for step in steps if step.remark] == [NO_LOCKS.format(tmp_path / "out")]


def test_a_reader_is_given_less_than_the_page_may_take(scans: Path, tmp_path: Path) -> None:
    """So that it ends by itself, and says why, before its process is killed."""
    outcomes = run(scans, tmp_path / "out", orders("slow", timeout_s=5.0))
    assert {one.reason for one in outcomes} == {"The reader saw its time end."}
    assert all(one.seconds < 5.0 for one in outcomes)


@pytest.mark.parametrize("memory_mb", [1, 100, 200])
def test_too_little_memory_is_told_as_that(scans: Path, tmp_path: Path, memory_mb: int) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells what a process has taken")
    outcomes = run(scans, tmp_path / "out", orders(), memory_mb=memory_mb)
    assert {one.exit_code for one in outcomes} == {13}
    assert all("--memory" in one.reason and "or more" in one.reason for one in outcomes)


def without_seconds(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [replace(outcome, seconds=0.0, output="") for outcome in outcomes]


def test_shards_read_each_page_once_and_give_the_bytes_of_one_machine(
    scans: Path, tmp_path: Path, sheet: Image.Image
) -> None:
    for number in range(20, 24):
        sheet.save(scans / f"leaf{number}.png")
    sheet.save(scans / "book.tiff", save_all=True, append_images=[sheet] * 3)
    (scans / "leaf3.jpg").write_text("no picture")
    (scans / "leaf4.psd").write_bytes(b"8BPS" + bytes(100))
    whole = run(scans, tmp_path / "whole", orders())
    shared: list[Outcome] = []
    for number in range(1, 4):
        settings = BatchSettings(shard=Shard(number, 3))
        steps = list(transcribe([scans], tmp_path / "out", orders(), settings))
        assert steps[-1].known == len(outcomes_of(steps))
        shared += outcomes_of(steps)
    order = [(outcome.scan, outcome.sheet) for outcome in whole]
    shared.sort(key=lambda outcome: order.index((outcome.scan, outcome.sheet)))
    assert without_seconds(shared) == [
        replace(outcome, reason=outcome.reason.replace("whole", "out")) for outcome in without_seconds(whole)
    ]
    assert records(tmp_path / "out") == records(tmp_path / "whole")


def test_shards_run_side_by_side_but_not_beside_a_run_of_all(scans: Path, tmp_path: Path) -> None:
    with sole_run(tmp_path / "out", "1-of-2"):
        part = tmp_path / "out/.tetradi-part-0"
        part.touch()  # what the other shard is writing
        list(transcribe([scans], tmp_path / "out", orders(), BatchSettings(shard=Shard(2, 2))))
        assert part.exists()
        for settings in (BatchSettings(), BatchSettings(shard=Shard(1, 2))):
            with pytest.raises(OutputError, match="Another run"):
                list(transcribe([scans], tmp_path / "out", orders(), settings))
