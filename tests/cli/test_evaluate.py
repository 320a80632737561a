"""The evaluate command as a user gives it."""

import csv
import hashlib
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from ocr.corrections.changes import SetPageState, edit
from tests.report.test_pictures import line, record


def ocr(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "ocr", "evaluate", *map(str, words)]
    # a log of the tests must not be coloured by the terminal they run in
    plain = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, env=plain)


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for side, texts in {"truth": ("раз два\nтри", "Привeт"), "found": ("рез два\nтри", "Привет")}.items():
        (tmp_path / side).mkdir()
        for n, text in enumerate(texts):
            (tmp_path / side / f"p{n}.txt").write_text(text, "utf-8")
    (tmp_path / "run").mkdir()
    for n, words in enumerate(("рас два", "Привет")):
        (tmp_path / "run" / f"p{n}.xml").write_bytes(record(line(words, 20)))
    return tmp_path


def test_everything_at_once(folders: Path) -> None:
    (folders / "g.csv").write_text("page,hand\np0,первый\np1,второй\n", "utf-8")
    (folders / "e.toml").write_text('[equal]\n"e" = "е"\n', "utf-8")
    done = ocr(
        folders / "truth", folders / "found", "--against", folders / "run", "--groups", folders / "g.csv",
        "--equal", folders / "e.toml", "--html", folders / "r.html", "--csv", folders / "r.csv", "--json",
        "--lint", "--lang", "ru", "--draws", "100", "--seed", "7", "--rules", "del=keep",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    held = json.loads(done.stdout)
    assert held["settings"]["seed"] == 7
    assert held["settings"]["rules"]["deleted"] == "keep"
    assert [held["totals"][name]["micro"]["cer"]["errors"] for name in ("strict", "e")] == [2, 1]
    assert held["groups"]["hand"].keys() == {"первый", "второй"}
    assert held["against"]["profiles"]["strict"]["cer"]["difference"]["rate"] > 0
    other = held["against"]["rates"]["other"]
    assert (other["cer"]["errors"], other["pages"]) == (6, 2)
    assert other["cer"]["interval"]["low"] <= other["cer"]["rate"] <= other["cer"]["interval"]["high"]
    assert [flaw["kind"] for flaw in held["lint"]] == ["alphabet"]
    assert "p1:1:1:5" in done.stderr
    page = (folders / "r.html").read_text("utf-8")
    assert '<html lang="ru">' in page
    for section in ("brief", "stages", "letters", "pages", "groups", "against", "lines", "lint", "how"):
        assert f'<section id="{section}"' in page
    assert (folders / "r.csv").read_bytes().startswith(b"\xef\xbb\xbflevel,page")


def test_the_table_and_what_it_says(folders: Path) -> None:
    done = ocr(folders / "truth", folders / "found", "--draws", "100", "--profile", "strict")
    assert done.returncode == 0, done.stderr
    assert "11.76" in done.stdout
    assert "lenient" not in done.stdout
    assert "1 suspicious place" in done.stdout
    assert "--html" in done.stderr


def test_without_a_truth(folders: Path) -> None:
    done = ocr(folders / "run", "--html", folders / "e.html", "--draws", "200")
    assert done.returncode == 0, done.stderr
    assert "Transcribe next: 1." in done.stdout
    assert '<section id="next"' in (folders / "e.html").read_text("utf-8")
    held = json.loads(ocr(folders / "run", "--json").stdout)
    assert held["cer"]["low"] <= held["cer"]["rate"] <= held["cer"]["high"]
    assert "nothing can be estimated" in ocr(folders / "truth").stdout


def test_a_calibration_is_fitted_and_used(folders: Path) -> None:
    done = ocr(folders / "truth", folders / "run", "--fit-calibration", folders / "c.json", "--draws", "100")
    assert done.returncode == 0, done.stderr
    assert json.loads(ocr(folders / "run", "--calibration", folders / "c.json", "--json").stdout)[
        "calibration_pages"
    ]


def test_two_transcribers(folders: Path) -> None:
    done = ocr(folders / "truth", folders / "found", "--agreement", "--html", folders / "a.html")
    assert "Two transcribers differ by" in done.stdout
    assert '<section id="differences"' in (folders / "a.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--profile", "strct"), 9, "Did you mean 'strict'"),
        (("--lang", "de"), 9, "en, ru"),
        (("--scans", "nowhere"), 9, "nowhere"),
        (("--rules", "dell=keep"), 9, "del"),
        (("--letters", "runes"), 9, "graphemes"),
        (("--normal-form", "NFX"), 9, "NFKD"),
        (("--csv", "r.csv", "--csv-dialect", "excel-fr"), 9, "excel-ru"),
        (("--groups", "hnad"), 9, "hnad"),
        (("--fit-calibration", "c.json"), 11, "confidence"),
        (("--against", "nowhere"), 11, "nowhere"),
    ],
)
def test_what_cannot_be_is_said(folders: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = ocr(folders / "truth", folders / "found", *words)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_the_other_run_has_a_rate_of_its_own(folders: Path) -> None:
    done = ocr(folders / "truth", folders / "found", "--against", folders / "run", "--draws", "100")
    assert done.returncode == 0, done.stderr
    assert "FOUND: " in done.stdout
    assert "OTHER: " in done.stdout
    assert "6/17" in done.stdout


@pytest.mark.parametrize(("form", "errors", "letters"), [("NFC", 2, 4), ("nfd", 2, 4), ("NFKC", 0, 5)])
def test_the_normal_form_is_chosen_and_told(folders: Path, form: str, errors: int, letters: int) -> None:
    (folders / "a.txt").write_text("\ufb01й ²", "utf-8")
    (folders / "b.txt").write_text("fi\u0438\u0306 2", "utf-8")
    done = ocr(folders / "a.txt", folders / "b.txt", "--normal-form", form, "--json", "--draws", "100")
    held = json.loads(done.stdout)
    assert held["settings"]["normal_form"] == form.upper()
    assert held["profiles"]["strict"][0] == f"Unicode {form.upper()}"
    counts = held["totals"]["strict"]["micro"]["cer"]
    assert (counts["errors"] > 0, counts["truth"]) == (errors > 0, letters)


def test_a_table_for_a_russian_excel(folders: Path) -> None:
    words = (folders / "truth", folders / "found", "--draws", "100", "--csv")
    assert ocr(*words, folders / "a.csv").returncode == 0
    assert ocr(*words, folders / "b.csv", "--csv-dialect", "excel-ru").returncode == 0
    plain, russian = ((folders / name).read_bytes() for name in ("a.csv", "b.csv"))
    assert russian.startswith(b"\xef\xbb\xbflevel;page;")
    tables = [
        list(csv.reader(StringIO(held.decode("utf-8-sig")), delimiter=sign))
        for held, sign in ((plain, ","), (russian, ";"))
    ]
    at = tables[0][0].index("cer")
    assert tables[0][1][at].replace(".", ",") == tables[1][1][at]
    assert "," in tables[1][1][at]
    assert [len(row) for row in tables[0]] == [len(row) for row in tables[1]]
    assert tables[0][-1] == tables[1][-1]  # settings are words


def test_json_tells_the_bytes_and_the_reader(folders: Path) -> None:
    held = json.loads(ocr(folders / "truth", folders / "run", "--json", "--draws", "100").stdout)
    page = held["pages"][0]
    for side in ("truth", "found"):
        (path,) = map(Path, page[side])
        assert page[f"{side}_sha256"] == [hashlib.sha256(path.read_bytes()).hexdigest()]
    assert [(one["name"], one["version"]) for one in page["found_made_by"]] == [("Tesseract", "5.3.0")]


def test_a_page_that_a_person_accepted_is_not_to_be_transcribed(folders: Path) -> None:
    done = folders / "run" / "p0.xml"
    done.write_bytes(edit(done.read_bytes(), [SetPageState("verified")], "А. Б.", "2026-11-22T12:00:00Z"))
    held = json.loads(ocr(folders / "run", "--json").stdout)
    assert [one["name"] for one in held["transcribe_next"]] == ["p1"]
    assert {page["name"] for page in held["pages"]} == {"p0", "p1"}
