"""What others' programs and files depend on, byte for byte: it changes only when somebody means it to.

`pytest tests/test_goldens.py --renew-goldens` writes tests/golden/ anew: look at the difference before you
commit it. What must differ from day to day or from machine to machine (clock, version, digests of what bears
a date, places that a net found) is replaced by its kind; digits after the sixth are rounded off.
"""

import base64
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from ocr import __version__
from ocr.batch import Progress
from ocr.cli.app import app
from ocr.cli.progress import follow
from ocr.corrections.changes import AcceptLine, CorrectLine, edit
from ocr.corrections.tokens import Token
from ocr.geometry import Box, Point
from ocr.orders import HandOutcome, HandState, Job, Mode, Outcome, RunSettings, SheetOutcome
from ocr.page import Kind, Line, Page, Reading, Region, Rival, Skew, Source, Step, Surface, Unread, Word
from ocr.recipe import Recipe
from ocr.scan.load import digest_of
from ocr.tei.validate import validate
from ocr.tei.write import to_tei
from ocr.transcribe import read_job
from tests import drawn

GOLDEN = Path(__file__).parent / "golden"
READER = Step("cursive", "Cursive recogniser", "1", (("spelling", "old"),), reads=True)

Golden = Callable[[str, str], None]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares a text with the golden of that name, or writes it."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        assert text.strip(), f"{name} would be empty"
        if request.config.getoption("--renew-goldens"):
            path.write_text(text, "utf-8", newline="\n")
        assert path.read_text("utf-8") == text, f"{name}: renew it with --renew-goldens if this is meant"

    return compare


def settled(text: str) -> str:
    """A text without what differs between two days or two machines."""
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)", "(moment)", text)
    text = re.sub(r"\b\d+\.\d{7,}(e-\d+)?\b", lambda found: f"{float(found[0]):.6f}", text)
    for number, digest in enumerate(dict.fromkeys(re.findall(r"\b[0-9a-f]{64}\b", text)), 1):
        text = text.replace(digest, f"(digest {number})")
    return text.replace(f'"{__version__}"', '"(version)"')


def spelt(value: object) -> str:
    """JSON for the eye: what is numbers only stands on one line."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return re.sub(r"\[[-\d.,\s[\]]+\]", lambda found: re.sub(r"\s+", " ", found[0]), text) + "\n"


# the record and what becomes of a sheet


def _placeless(record: str) -> str:
    """A record without what a net found: its digits differ from processor to processor, and so do digests."""
    head, facsimile, rest = record.partition("<facsimile>")
    head = re.sub(r":[0-9a-f]{8}\b", ":(digest)", head)
    rest = re.sub(r'\b(points|ulx|uly|lrx|lry|rotate|quantity)="[^"]*"', r'\1="(place)"', rest)
    rest = re.sub(r'(<note [^>]*cert=)"[^"]*"', r'\1"(number)"', rest)
    return head + facsimile + re.sub(r">-?[\d.]+( px|°)", r">(number)\1", rest)


def test_a_scan_becomes_a_record_and_redo_keeps_what_a_person_corrected(
    tmp_path: Path, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = drawn.page(drawn.TEXT[:4], size_px=(900, 400))
    Image.fromarray(page.pixels).save("leaf.bmp")
    Path("notebook.toml").write_text('title = "Тетрадь"\n', "utf-8")
    job = Job(Path("leaf.bmp"), Path("leaf.xml"))
    done = read_job(
        job, RunSettings(Recipe(engine="tests.fakes:table"), formats=("tei", "txt"), when="2026-01-02")
    )
    assert (done.outcome, done.lines) == (SheetOutcome.DONE, 4)
    golden("record.xml", _placeless(settled(job.target.read_text("utf-8"))))
    golden("record.txt", job.target.with_suffix(".txt").read_text("utf-8"))
    line = "s1_r1_l1"
    corrected = edit(
        job.target.read_bytes(),
        [CorrectLine(line, (Token("Каприз"),)), AcceptLine(line)],
        "А. Б.",
        "2026-01-03",
    )
    job.target.write_bytes(corrected)
    golden("record.corrected.xml", _placeless(settled(corrected.decode())))
    again = RunSettings(Recipe(engine="tests.fakes:thirds"), Mode.REDO, when="2026-01-04")
    assert read_job(job, again).outcome is SheetOutcome.MERGED
    golden("record.redone.xml", _placeless(settled(job.target.read_text("utf-8"))))


def test_run_jsonl(tmp_path: Path, golden: Golden, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [
        Outcome(
            f"scans/л. {n}.tif",
            n,
            f"out/л. {n}.p000{n}.xml",
            what,
            "" if what is SheetOutcome.DONE else "почему",
        )
        for n, what in enumerate(SheetOutcome, 1)
    ]
    numbers = {"lines": 4, "words": 9, "unread_lines": 1, "unread_places": 2, "seconds": 1.25}
    full = Outcome(
        "scans/a.tif", 1, "out/a.xml", SheetOutcome.PARTIAL, "read in part", 14, marked_ink_uncovered=0.0412,
        mean_confidence=0.8123, header_renewed=True, left_alone=("out/a.txt",), **numbers,  # type: ignore[arg-type]
    )  # fmt: skip
    steps = (Progress(8, outcome=outcome) for outcome in (*outcomes, full))
    code = follow(lambda: steps, tmp_path, jobs=1, halt_after=0)
    golden("run.jsonl", (tmp_path / "run.jsonl").read_text("utf-8"))
    told = capsys.readouterr().err.replace(str(tmp_path), "OUT")
    golden("run.screen.txt", f"{told}exit code {code}\n")


def test_run_jsonl_of_hands(tmp_path: Path, golden: Golden, capsys: pytest.CaptureFixture[str]) -> None:
    first = Outcome("scans/a.tif", 1, "out/a.xml", SheetOutcome.DONE, words=9)
    hands = (
        HandOutcome(
            "иванов", HandState.LEARNT, "it helps", model="out/models/иванов.onnx", pages=2, lines=40,
            corrected_lines=3, expected_cer_before=0.0812, expected_cer=0.0529, seconds=151.5,
        ),
        HandOutcome("писарь", HandState.KNOWN, model="out/models/писарь.onnx", pages=1, lines=160),
        HandOutcome("а", HandState.NOT_LEARNT, "too few lines", pages=1),
        HandOutcome("б", HandState.NOT_LEARNT, "too few lines", pages=2),
        HandOutcome("в", HandState.FAILED, "the disk is full", 5, pages=1),
    )  # fmt: skip
    steps = [
        Progress(2, first),
        Progress(2, learning="иванов"),
        Progress(2, replace(first, words=10)),  # read again
        *(Progress(2, hand=hand) for hand in hands),
    ]
    code = follow(lambda: (step for step in steps), tmp_path, jobs=1, halt_after=0)
    golden("run.hands.jsonl", (tmp_path / "run.jsonl").read_text("utf-8"))
    told = capsys.readouterr().err.replace(str(tmp_path), "OUT")
    golden("run.hands.screen.txt", f"{told}exit code {code}\n")


# the evaluator


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three pages of truth as text and two runs of them, as text and as TEI."""
    texts = {
        "truth": ("раз два\nтри четыре пять\nшесть", "Привeт, міръ\n\nвъ городѣ", "одна строка\nдругая"),
        "found": (
            "рез два\nтри четыре\nпять шесть",
            "Привет, мiр\nвъ город'ѣ\nлишнее",
            "другая\nодна строка",
        ),
    }
    for side, pages in texts.items():
        (tmp_path / side).mkdir()
        for n, text in enumerate(pages):
            (tmp_path / side / f"p{n}.txt").write_text(text, "utf-8")
    (tmp_path / "run").mkdir()
    for n, text in enumerate(texts["truth"]):
        lines = [part for part in text.split("\n") if part][::-1]
        (tmp_path / "run" / f"p{n}.xml").write_bytes(to_tei(_page(f"p{n}", tuple(lines[::-1]))))
    (tmp_path / "groups.csv").write_text("page,hand\np0,первый\np1,второй\np2,первый\n", "utf-8")
    (tmp_path / "equal.toml").write_text('[equal]\n"e" = "е"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _page(name: str, texts: tuple[str, ...], source: Source | None = None) -> Page:
    lines = tuple(_line(text, 20 + 50 * n) for n, text in enumerate(texts))
    box = Box(0, 0, 400, 400)
    region = Region(Box(10, 10, 390, 390).outline(), lines)
    surface = Surface(
        box,
        (region,),
        Skew(-0.8, 0.93, True),
        unread=(Unread(Box(300, 350, 380, 380).outline(), "looks like writing; no line was found here"),),
    )
    source = source or Source(f"{name}.bmp", "ab" * 32, 400, 400, "image/bmp")
    return Page(name, source, (surface,), (READER,), "f" * 64)


def _line(text: str, top: float) -> Line:
    """A line of words side by side; a long word is doubtful and has a rival."""
    words = []
    for n, word in enumerate(text.split()):
        sure = 0.95 if len(word) < 6 else 0.45
        rivals = (Rival(word[:-1] + "ь", 0.25),) if len(word) > 5 else ()
        words.append(Word(word, Box(20 + 90 * n, top, 100 + 90 * n, top + 30), sure, (), rivals))
    baseline = (Point(20, top + 24), Point(380, top + 25))
    box = Box(20, top, 380, top + 30)
    return Line(box.outline(), baseline, Kind.TEXT, (Reading("cursive", tuple(words), 0.9),))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("text", ("truth", "found")),
        ("tei", ("truth", "run")),
        (
            "all",
            ("truth", "found", "--against", "run", "--groups", "groups.csv", "--equal", "equal.toml",
             "--lint", "--rules", "del=keep", "--letters", "codepoints", "--words", "uax29"),
        ),
        ("agreement", ("truth", "found", "--agreement")),
        ("lint", ("truth", "--lint")),
        ("estimate", ("run",)),
    ],
)  # fmt: skip
def test_evaluate_json(folders: Path, golden: Golden, name: str, words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, ["evaluate", *words, "--json", "--draws", "100", "--seed", "7"])
    assert done.exit_code == 0, done.output
    golden(f"evaluate.{name}.json", _of_any_library(settled(done.stdout)))


@pytest.mark.parametrize("dialect", ["plain", "excel-ru"])
def test_evaluate_csv(folders: Path, golden: Golden, dialect: str) -> None:
    asked = ["evaluate", "truth", "found", "--draws", "100", "--csv", "a.csv", "--csv-dialect", dialect]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    held = Path("a.csv").read_bytes()
    assert held.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in held
    golden(
        f"evaluate.{dialect}.csv", _of_any_library(settled(held.decode("utf-8-sig").replace("\r\n", "\n")))
    )


def _of_any_library(text: str) -> str:
    from ocr.text import UNICODE_VERSION

    for name in ("tetradi", "rapidfuzz", "regex", "numpy"):
        text = re.sub(rf"({name}\W+){re.escape(version(name))}\b", r"\1(version)", text)
    return re.sub(rf"(unicode\W+){re.escape(UNICODE_VERSION)}\b", r"\1(version)", text)


# the desk


HOST = "127.0.0.1:8642"


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    """A browser at a desk with two pages, one of which has its scan; and another transcription of one."""
    pytest.importorskip("starlette", reason="the extra `review` is not installed")
    from starlette.testclient import TestClient

    from ocr.review.app import build
    from ocr.review.desk import Desk
    from ocr.review.guard import HostRules
    from ocr.review.tiles import Scans

    scan = tmp_path / "scans" / "книга" / "a.bmp"
    scan.parent.mkdir(parents=True)
    Image.new("L", (400, 400), 230).save(scan)
    source = Source("a.bmp", digest_of(scan), 400, 400, "image/bmp")
    texts = ("Въ исходѣ года", "отставному учителю", "разрѣшено открыть", "частный пансіонъ", "для дѣтей")
    for root, first in (("output", texts[0]), ("second", "Въ исходе года")):
        folder = tmp_path / root / "книга"
        folder.mkdir(parents=True)
        (folder / "a.xml").write_bytes(to_tei(_page("a", (first, *texts[1:]), source)))
    (tmp_path / "output" / "книга" / "b.xml").write_bytes(to_tei(_page("b", texts[:2])))
    stands = Desk(tmp_path / "output", (tmp_path / "scans",), (tmp_path / "second",))
    rules = HostRules(frozenset({HOST}))
    return TestClient(build(stands, Scans(), rules, "А. Б."), base_url=f"http://{HOST}")


def _changes(page: dict[str, Any]) -> list[dict[str, Any]]:
    """One change of every kind, as the page sends them."""
    lines = [line["id"] for line in page["lines"]]
    tokens = [dict(token) for token in page["lines"][0]["tokens"]]
    tokens[1]["text"] = "исходе"
    step = {"ident": "tesseract", "label": "Tesseract OCR", "version": "5", "settings": [], "reads": True}
    words = [
        {"text": "для", "box": [20, 220, 100, 250], "confidence": 0.5},
        {"text": "детей", "confidence": 0.9},
    ]
    reading = {"by": "tesseract", "words": words, "confidence": 0.7}
    corner = [[20, 300], [200, 300], [200, 330], [20, 330]]
    return [
        {"change": "CorrectLine", "line": lines[0], "tokens": tokens},
        {"change": "AcceptLine", "line": lines[0], "state": "verified"},
        {"change": "AcceptWords", "ids": [page["lines"][1]["tokens"][0]["id"]]},
        {"change": "SplitLine", "line": lines[1], "at": 1},
        {"change": "MergeLines", "line": lines[2], "other": lines[3]},
        {"change": "MoveBaseline", "line": lines[2], "points": [[20, 145], [380, 146]]},
        {"change": "RedrawOutline", "line": lines[0], "points": [[15, 15], [385, 15], [385, 55], [15, 55]]},
        {"change": "AddLine", "region": "s1_r1", "after": lines[4], "outline": corner, "text": "приписка"},
        {"change": "SetKind", "line": lines[4], "kind": "insertion"},
        {"change": "RereadLine", "line": lines[4], "reading": reading, "reader": step},
        {"change": "RemoveLine", "line": lines[0]},
        {"change": "RestoreLine", "line": lines[0]},
        {"change": "SetPageState", "state": "corrected"},
    ]


def test_answers_of_the_desk_and_what_they_leave_on_the_disk(
    desk: Any, tmp_path: Path, golden: Golden
) -> None:
    told: list[str] = []

    def ask(place: str, body: object = None, **headers: str) -> Any:
        method = "GET" if body is None else "POST"
        answer = desk.request(method, place, json=body, headers=headers)
        kind = answer.headers["content-type"]
        value = answer.json() if kind == "application/json" else None
        told.append(f"{method} {place}\n{answer.status_code} {kind}\n{'' if value is None else spelt(value)}")
        return value

    book = ask("/api/desk")["notebooks"][0]["id"]
    pages = ask(f"/api/notebooks/{book}/pages")
    first, second = (page["id"] for page in pages)
    ask("/api/queue?n=3")
    place = f"/api/pages/{first}"
    page = ask(place)
    ask(f"/api/pages/{second}")
    ask(f"{place}/compare?other=0")
    ask(f"/tiles/{first}.json")
    ask(f"/tiles/{first}/9/0_0.jpg")
    ask(f"/strips/{first}/{page['lines'][0]['id']}.jpg?h=40")
    record = tmp_path / "output" / "книга" / "a.xml"
    original, etag = record.read_bytes(), page["etag"]
    for change in _changes(page):
        answer = ask(f"{place}/changes", {"changes": [change], "by": "В. Г."}, **{"If-Match": etag})
        etag = answer.get("etag", etag)
    order = [line["id"] for line in desk.get(place).json()["lines"]]
    reorder = {"change": "Reorder", "region": "s1_r1", "lines": order[::-1]}
    ask(f"{place}/changes", {"changes": [reorder]}, **{"If-Match": etag})
    ask(f"{place}/history/{order[0]}")
    # what another program writes meanwhile is merged; what both changed is told
    stale = desk.get(place).json()["etag"]
    other = original.replace("года".encode(), "лѣта".encode()).replace("исходѣ".encode(), "исходъ".encode())
    assert other != original
    record.write_bytes(other)
    ask(place)
    ask(f"{place}/conflicts", {"conflicts": [0]})
    ask(f"{place}/changes", {"changes": [reorder]}, **{"If-Match": stale})
    # and what cannot be
    refused: tuple[dict[str, Any], ...] = (
        {}, {"changes": []}, {"changes": [{"change": "CorectLine"}]}, {"changes": [{"change": "AcceptLine"}]},
        {"changes": [{"change": "AcceptLine", "line": 3}]},
        {"changes": [{"change": "RemoveLine", "line": "x"}]},
        {"changes": [{"change": "MoveBaseline", "line": "s1_r1_l1", "points": [[0]]}]},
    )  # fmt: skip
    for wrong in refused:
        ask(f"{place}/changes", wrong, **{"If-Match": desk.get(place).json()["etag"]})
    ask(f"{place}/changes", {"changes": [reorder]})
    ask(f"{place}/reread", {"line": order[0], "engine": "nobody"})
    for nothing in (
        "/api/pages/0",
        "/api/notebooks/0/pages",
        f"/strips/{first}/x.jpg",
        "/api",
        "/api/queue?n=x",
    ):
        ask(nothing)
    assert validate(record) == []
    golden("desk.txt", re.sub(r"v=\w{12}|(?<=\"version\": \")\w{12}", "(scan)", settled("\n".join(told))))
    golden("desk.page.xml", _undated(settled(record.read_text("utf-8"))))
    golden("desk.journal.jsonl", settled(_unpacked(record, original)))


def _undated(record: str) -> str:
    return re.sub(r'when="\d{4}-\d\d-\d\d"', 'when="(day)"', record)


def _unpacked(record: Path, original: bytes) -> str:
    """The journal, its whole files told by their lengths: they are packed, and no two packers pack alike."""
    lines = []
    for line in record.with_name(f".{record.stem}.review.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        if "content" in entry:
            held = zlib.decompress(base64.b64decode(entry["content"]))
            entry["content"] = "(as it was)" if held == original else "(as another program wrote it)"
        lines.append(json.dumps(entry, ensure_ascii=False))
    return "\n".join(lines) + "\n"


# the commands


@pytest.mark.parametrize(
    "command",
    ["", "transcribe", "evaluate", "train", "review", "synth", "validate", "words",
     "export", "import", "align", "index", "search"],
)  # fmt: skip
def test_help(command: str, golden: Golden) -> None:
    words = [command, "--help"] if command else ["--help"]
    done = CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1"}).invoke(app, words, prog_name="ocr")
    assert done.exit_code == 0
    golden(f"help{'.' if command else ''}{command}.txt", done.output)


def test_every_command_has_a_golden_help() -> None:
    from typer.main import get_command

    commands: dict[str, object] = get_command(app).commands  # type: ignore[attr-defined]
    known = {path.name.split(".")[1] for path in GOLDEN.glob("help.*.txt")} - {"txt"}
    assert known == set(commands)
