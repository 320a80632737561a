"""The command line: exit codes, words, run.jsonl, and what it loads."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from ocr.cli import app as room
from ocr.errors import SettingsError
from tests import drawn


def ocr(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "ocr", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "leaf.png"
    Image.fromarray(drawn.page(drawn.TEXT[:3], size_px=(900, 350)).pixels).save(path)
    return path


def test_transcribe_validate_and_evaluate(scan: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = ocr(
        "transcribe", scan, "-o", out, "--engine", "tests.fakes:table", "--format", "tei,txt", "--explain"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "1 done" in done.stderr
    told = [json.loads(row) for row in (out / "run.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(one["outcome"], one["lines"]) for one in told] == [("done", 3)]
    with Image.open(out / "leaf.explain.jpg") as picture:
        assert picture.width == 900
        assert picture.height > 350, "the legend stands below the scan"

    checked = ocr("validate", out / "leaf.xml")
    assert (checked.returncode, checked.stdout) == (0, f"{out / 'leaf.xml'}: valid\n")

    scored = ocr("evaluate", out / "leaf.txt", out / "leaf.xml", "--json")
    assert scored.returncode == 0, scored.stderr
    assert json.loads(scored.stdout)["totals"]["strict"]["micro"]["cer"]["errors"] == 0
    assert "strict" in ocr("evaluate", out / "leaf.txt", out / "leaf.xml").stdout


def test_a_failed_page_has_its_own_exit_code_and_several_reasons_have_one(scan: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_text("no picture", encoding="utf-8")
    done = ocr("transcribe", bad, scan, "-o", tmp_path / "out", "--engine", "tests.fakes:table")
    assert done.returncode == 4
    assert "bad.jpg" in done.stderr
    done = ocr("transcribe", bad, scan, "-o", tmp_path / "more", "--engine", "tests.fakes:refuse")
    assert done.returncode == 6
    rows = [json.loads(row) for row in (tmp_path / "more/run.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["exit_code"] for row in rows] == [4, 7]


def test_files_that_somebody_changed_are_named_and_kept(scan: Path, tmp_path: Path) -> None:
    words = (
        "transcribe",
        scan,
        "-o",
        tmp_path / "out",
        "--engine",
        "tests.fakes:table",
        "--format",
        "tei,txt",
    )
    ocr(*words)
    (tmp_path / "out/leaf.txt").write_text("Моё", encoding="utf-8")
    done = ocr(*words)
    assert done.returncode == 0
    assert "leaf.txt was written or changed by somebody else" in done.stderr
    (row,) = (tmp_path / "out/run.jsonl").read_text(encoding="utf-8").splitlines()
    told = json.loads(row)
    assert (told["outcome"], told["lines"]) == ("unchanged", 3)
    assert told["mean_confidence"] == pytest.approx(0.9)
    assert told["left_alone"] == [str(tmp_path / "out/leaf.txt")]


def test_a_run_is_halted_after_so_many_failed_pages(scan: Path, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_text("no picture", encoding="utf-8")
    scans = (tmp_path / "a.png", tmp_path / "b.png", scan)
    done = ocr(
        "transcribe", *scans, "-o", tmp_path / "out", "--engine", "tests.fakes:table", "--halt-after", "1"
    )
    assert done.returncode == 4
    assert "Stopped after 1 failed pages (--halt-after)" in done.stderr
    assert not (tmp_path / "out/leaf.xml").exists() or "1 done" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--lang", "klingon"), 3, "language data 'klingon'"),
        (("--lang", "rus+"), 9, "write rus, or several as rus+eng"),
        (("--engine", "nobody"), 9, "known: tesseract, cursive, auto"),
        (("--mode", "fresh"), 9, "no mode 'fresh'"),
        (("--format", "pdf"), 9, "no format 'pdf'"),
        (("--recipe", "gone.toml"), 9, "cannot be read"),
        (("--jobs", "many"), 2, "--jobs"),
    ],
)
def test_wrong_orders_are_refused_in_words(
    scan: Path, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = ocr("transcribe", scan, "-o", tmp_path / "out", *words)
    assert said in done.stderr
    assert done.returncode == code
    assert not (tmp_path / "out").exists()


def test_what_is_not_valid_or_has_no_partner_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<TEI><text></TEI>", encoding="utf-8")
    done = ocr("validate", tmp_path / "a.xml")
    assert done.returncode == 10
    assert "a.xml:1" in done.stdout
    (tmp_path / "truth").mkdir()
    (tmp_path / "found").mkdir()
    (tmp_path / "truth/1.txt").write_text("а", encoding="utf-8")
    (tmp_path / "found/2.txt").write_text("а", encoding="utf-8")
    assert ocr("evaluate", tmp_path / "truth", tmp_path / "found").returncode == 11


def test_a_drive_that_fails_where_a_file_is_only_looked_for_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), "leaf.xml")

    monkeypatch.setattr(room, "app", fails)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit, match="5"):
        room.main()
    assert capsys.readouterr().err.startswith("Error: leaf.xml cannot be used: Input/output error.")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_standard_output_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Кризис", encoding="utf-8")
    words: list[str | Path] = [
        sys.executable,
        "-m",
        "ocr",
        "evaluate",
        tmp_path / "a.txt",
        tmp_path / "a.txt",
    ]
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 5
    assert run.stderr.startswith("Error: the answer cannot be written to standard output")
    assert len(run.stderr.splitlines()) == 1


def test_an_interrupted_run_ends_cleanly_and_goes_on(scan: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    other = tmp_path / "other.png"
    other.write_bytes(scan.read_bytes())
    command = [sys.executable, "-m", "ocr", "transcribe", str(scan), str(other), "-o", str(out), "-j", "1"]
    run = subprocess.Popen([*command, "--engine", "tests.fakes:hang"], stderr=subprocess.PIPE, text=True)
    while not (out / ".tetradi.lock").exists():
        assert run.poll() is None
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "goes on from here" in said
    assert list(out.glob("*.xml")) == []
    done = ocr("transcribe", scan, other, "-o", out, "--engine", "tests.fakes:table")
    assert done.returncode == 0, done.stderr
    assert len(list(out.glob("*.xml"))) == 2


def test_recipes_are_closed(scan: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('engine = "tests.fakes:table"\n[record]\nreview_threshold = 1\n', encoding="utf-8")
    done = ocr("transcribe", scan, "-o", tmp_path / "out", "--recipe", recipe)
    assert done.returncode == 0, done.stderr
    assert "<unclear" in (tmp_path / "out/leaf.xml").read_text(encoding="utf-8")
    recipe.write_text("[record]\nreview_treshold = 0.5\n", encoding="utf-8")
    done = ocr("transcribe", scan, "-o", tmp_path / "out", "--recipe", recipe)
    assert done.returncode == 9
    assert "Did you mean 'review_threshold'?" in done.stderr
    recipe.write_text('[record]\nreview_threshold = "high"\n', encoding="utf-8")
    assert "wants float" in ocr("transcribe", scan, "-o", tmp_path / "out", "--recipe", recipe).stderr


def test_workers_end_with_a_killed_run(scan: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "ocr", "transcribe", str(scan), "-o", str(out), "-j", "1"]
    told = {**os.environ, "TMPDIR": str(tmp_path)}
    run = subprocess.Popen([*command, "--engine", "tests.fakes:hang"], env=told)
    marks: list[Path] = []
    while not marks:
        assert run.poll() is None
        time.sleep(0.05)
        marks = list(tmp_path.glob("tetradi-*/worker-*"))
    worker = int(marks[0].name.removeprefix("worker-"))
    os.kill(worker, 0)
    run.kill()
    run.wait()
    for _ in range(200):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("the worker outlived its run")


def test_the_day_of_a_run_is_today_or_the_one_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import datetime

    from ocr.cli.terminal import today

    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert (datetime.now().astimezone() - datetime.fromisoformat(today()).astimezone()).days <= 1
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert today() == "1970-01-01"
    for wrong in ("yesterday", "1" * 30):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", wrong)
        with pytest.raises(SettingsError, match="seconds since 1970"):
            today()
