"""Bad input of every kind, given to the real command line: python bench/bad_input.py FOLDER [WORD].

FOLDER holds one or more good scans; a piece of the first is the good page that must be read all the same.
With WORD only the cases with that word in their name are run. Each case asks: the right exit code; one
sentence that names the file; no traceback and no "fault of ours"; no half-written file; the good page read.
Cases that need root (a small disk, another user) are left out, and said so, where we are not root.
Last line: {"cases", "clear", "unclear": [...]}.
"""

import argparse
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from bench.bad_files import ODD_NAMES, bad_files, saved
from bench.bad_machine import drive_cases, memory_cases, run_cases
from bench.bad_run import Place, Seen, ended, family, fill, judge, kill_one, reading, small, start
from ocr.scan.listing import list_scans

Image.MAX_IMAGE_PIXELS = None
ROOT = os.getuid() == 0


def files_case(place: Place) -> Iterator[Seen]:
    """All bad files in one batch beside the good page; one row each."""
    with Image.open(place.scans / "good.png") as good:
        files = bad_files(good.convert("RGB"))
    for name, (held, _) in files.items():
        (place.scans / name).write_bytes(held)
    (place.scans / "folder.jpg").mkdir()
    os.mkfifo(place.scans / "pipe.png")
    (place.scans / "dangling.png").symlink_to("nowhere")
    (place.scans / "loop.png").symlink_to("loop.png")
    (place.scans / "device.tif").symlink_to("/dev/zero")
    expected = {name: code for name, (_, code) in files.items()}
    expected |= dict.fromkeys(("pipe.png", "dangling.png", "loop.png", "device.tif"), 4)
    batch = reading(place, "files: the batch", {6}, "empty.jpg")
    yield batch
    absent: dict[str, Any] = {"exit_code": None, "reason": "(no row)"}
    rows: list[dict[str, Any]] = [
        json.loads(row) for row in (place.out / "run.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    for name, code in expected.items():
        mine = [row for row in rows if Path(row["scan"]).name == name]
        worst = max(mine, key=lambda row: row["exit_code"], default=absent)
        wrong = (
            [] if worst["exit_code"] in ({code} if code is not None else {0, 4, 12, 13}) else ["exit code"]
        )
        if "fault of ours" in worst["reason"]:
            wrong.append("taken for a fault of ours")
        yield Seen(f"file {name}", worst["exit_code"], worst["reason"], tuple(wrong))


def names_case(place: Place) -> Iterator[Seen]:
    """The good page under odd names, each in a run of its own kind: every one must be read."""
    held = (place.scans / "good.png").read_bytes()
    with Image.open(io.BytesIO(held)) as good:
        two = saved(good.convert("L"), "TIFF", save_all=True, append_images=[good.convert("L")])
    for kind, name in ODD_NAMES.items():
        folder = place.folder / "names" / kind
        folder.mkdir(parents=True)
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(
            two if name.endswith(b".tif") else held
        )
        out = place.folder / "out-of-names" / kind
        run = ended(start("transcribe", folder, "-o", out, "-j", 1))
        codes = {4, 5} if kind == "255 bytes tif" else {4} if name.startswith(b".") else {0}
        yield judge(f"name: {kind}", run, codes, "", out)


def clash_case(place: Place) -> Iterator[Seen]:
    """Sheet 1 of a.tif and a.p0001.png want the same record: one of them must be refused, not lost."""
    with Image.open(place.scans / "good.png") as good:
        page = good.convert("L")
        page.save(place.scans / "a.tif", save_all=True, append_images=[page])
    shutil.copyfile(place.scans / "good.png", place.scans / "a.p0001.png")
    yield reading(place, "two scans for one record", {4}, "a.p0001")
    renamed = Place(place.folder, place.folder / "renamed", place.out / "renamed")
    renamed.scans.mkdir()
    shutil.copyfile(place.scans / "a.tif", renamed.scans / "two.jpg")
    seen = reading(renamed, "two sheets under another name", {0}, "", good=False)
    found = len(list(renamed.out.glob("two*.xml")))
    yield Seen(seen.case, seen.code, seen.sentence, seen.wrong if found == 2 else ("a sheet is lost",))


def output_cases(place: Place) -> Iterator[Seen]:
    """Output that cannot be used."""
    whole = place.out

    def at(name: str) -> Place:
        return Place(place.folder, place.scans, whole / name)

    (whole / "journal/run.jsonl").mkdir(parents=True)
    yield reading(at("journal"), "run.jsonl is a folder", {5}, "run.jsonl", good=False)
    (whole / "file").touch()
    yield reading(at("file"), "output is a file", {5}, "file", good=False)
    (whole / "taken/good.xml").mkdir(parents=True)
    yield reading(at("taken"), "a folder where the record goes", {5, 10}, "good.xml", good=False)
    inside = Place(place.folder, place.scans, place.scans)
    yield reading(inside, "output is the input", {0}, "", "--explain")
    yield reading(inside, "the same again", {0}, "", "--explain")
    more = [path.name for path in place.scans.glob("*.explain.xml")]
    yield Seen("our own pictures are no scans", 0, ", ".join(more), ("read as scans",) if more else ())
    for path in place.scans.glob("good.[!p]*"):
        path.unlink()


def small_disk_cases(place: Place) -> Iterator[Seen]:
    """64 kB for the output, for the journal alone, and for temporary files."""
    for number in range(8):
        shutil.copyfile(place.scans / "good.png", place.scans / f"good{number}.png")
    for number in range(40):
        (place.scans / f"empty{number}.png").touch()
    with small(place.folder / "disk") as disk:
        full = Place(place.folder, place.scans, disk)
        yield reading(full, "full disk", {5}, "full", good=False)
        torn = ended(start("validate", *sorted(disk.glob("*.xml"))))
        yield judge("full disk: what was written is valid", torn, {0}, "")
    with small(place.folder / "disk") as disk:
        (disk / "run.jsonl").write_text("{}\n", encoding="utf-8")
        fill(disk)
        yield reading(
            Place(place.folder, place.scans, disk), "full disk: the journal", {5}, "full", good=False
        )
    for path in place.scans.glob("*[0-9].png"):
        path.unlink()
    with small(place.folder / "tmp") as disk:
        environment = os.environ | {"TMPDIR": str(disk)}
        yield reading(place, "TMPDIR on a full disk", {5}, "full", good=False, env=environment)


def closed_cases(place: Place) -> Iterator[Seen]:
    """What may not be read or written by one who is not allowed everything."""
    # root without its power to overlook permissions
    bare = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if ROOT else ()

    def run(case: str, codes: set[int], naming: str, out: Path) -> Seen:
        words = (sys.executable, "-m", "ocr", "transcribe", str(place.scans), "-o", str(out), "-j", "2")
        pipe = subprocess.PIPE
        return judge(
            case, ended(subprocess.Popen([*bare, *words], stdout=pipe, stderr=pipe, text=True)), codes, naming
        )

    closed = place.scans / "closed.png"
    shutil.copyfile(place.scans / "good.png", closed)
    closed.chmod(0)
    yield run("a scan that may not be read", {4}, "closed.png", place.out / "1")
    closed.chmod(0o600)
    closed.unlink()
    for case, name, mode in (
        ("output folder read-only", "", 0o555),
        ("run.jsonl read-only", "run.jsonl", 0o444),
    ):
        out = place.out / case
        out.mkdir(parents=True)
        if name:
            (out / name).touch()
        (out / name).chmod(mode)
        yield run(case, {5}, name or case, out)
        (out / name).chmod(0o755)


def environment_cases(place: Place) -> Iterator[Seen]:
    """What is missing, and limits that are too tight."""
    nowhere = os.environ | {"PATH": "/nonexistent"}
    yield reading(place, "no tesseract", {3}, "Tesseract", good=False, env=nowhere)
    yield reading(place, "-l rus+", {9}, "rus+", "-l", "rus+", good=False)
    yield reading(place, "no language data", {3}, "zzz", "-l", "zzz", good=False)
    empty = os.environ | {"TESSDATA_PREFIX": "/nonexistent"}
    yield reading(place, "language data elsewhere", {3}, "rus", good=False, env=empty)
    yield reading(place, "--timeout 0.001", {12}, "--timeout", "--timeout", 0.001, good=False)
    program = "import multiprocessing, sys; multiprocessing.set_executable('/nonexistent/python'); "
    program += "from ocr.cli.app import main; main()"
    words = ["-c", program, "transcribe", str(place.scans), "-o", str(place.out)]
    yield judge("workers have no Python", ended(start(*words, module=())), {5}, "/nonexistent/python")
    yield reading(place, "--engine os:system", {3, 9}, "os:system", "--engine", "os:system", good=False)


RECIPES = {
    "unknown key": "[tesserakt]\npsm = 7",
    "wrong type": "[tesseract]\nlanguage = 5",
    "no table": "tesseract = 3",
    "table below another": "[auto.cursive]\nbeams = 9",
    "empty table below another": "[auto.tesseract]",
    "psm -1": "[tesseract]\npsm = -1",
    "psm 99": "[tesseract]\npsm = 99",
    "strip of 0": "[tesseract]\nstrip_height_px = 0",
    "threshold nan": "[record]\nreview_threshold = nan",
    "threshold 9": "[record]\nreview_threshold = 9.0",
    "dpi inf": "[scan]\ndpi = inf",
    "dpi -1": "[scan]\ndpi = -1.0",
    "deep": "a = " + "[" * 5000 + "]" * 5000,
    "long number": "[tesseract]\npsm = " + "9" * 5000,
    "long float": "[scan]\ndpi = " + "9" * 400,
    "coarse 0": "[skew]\ncoarse_deg = 0.0",
    "widest -3": "[skew]\nwidest_deg = -3.0",
    "fine -3": "[skew]\nfine_deg = -3.0",
    "paper 0": "[ink]\npaper_scale_strokes = 0.0",
    "median 1e6": "[ink]\nmedian_strokes = 1e6",
    "bytes": "\udcff",
}


def recipe_cases(place: Place) -> Iterator[Seen]:
    """Recipes that cannot be meant: exit code 9 and the file's name."""
    for case, text in RECIPES.items():
        recipe = place.folder / "recipe.toml"
        recipe.write_bytes(text.encode("utf-8", "surrogateescape"))
        options = ("--recipe", recipe, "--mode", "force")
        run = start("transcribe", place.scans, "-o", place.out, "-j", 1, *options)
        yield judge(f"recipe: {case}", ended(run, 30), {9}, "recipe.toml", place.out)


def record_cases(place: Place) -> Iterator[Seen]:
    """XML that a stranger or a slip of the hand made: refused, left alone, and never a way to other files."""
    yield reading(place, "a first run", {0}, "")
    record = place.out / "good.xml"
    with Path("/dev/full").open("w") as full:
        for command in (("validate", record), ("evaluate", record, record)):
            run = start(*command, stdout=full)
            yield judge(f"{command[0]} to a full disk", ended(run), {5}, "standard output")
    good = record.read_bytes()
    body = good[good.index(b"?>") + 2 :]
    pipe = place.folder / "pipe.dtd"
    os.mkfifo(pipe)  # who opens it waits for ever
    lol = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    strange = {
        "cut": good[: len(good) // 2],
        "empty": b"",
        "noise": bytes(range(256)),
        "html": b"<html/>",
        "no namespace": b"<TEI/>",
        "unknown encoding": b'<?xml version="1.0" encoding="koi-99"?>' + body,
        "deep": b"<a>" * 100_000 + b"</a>" * 100_000,
        "entity bomb": b'<!DOCTYPE TEI [<!ENTITY e0 "aaaaaaaaaa">'
        + lol
        + b"]>"
        + body.replace(b"</title>", b"&e9;</title>", 1),
        "outer entity": b'<!DOCTYPE TEI [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        + body.replace(b"</title>", b"&x;</title>", 1),
        "outer DTD": b'<!DOCTYPE TEI SYSTEM "%s">' % os.fsencode(pipe.as_uri()) + body,
        "parameter entity": b'<!DOCTYPE TEI [<!ENTITY %% x SYSTEM "%s"> %%x;]>' % os.fsencode(pipe.as_uri())
        + body,
        "network DTD": b'<!DOCTYPE TEI SYSTEM "http://127.0.0.1:9/x.dtd">' + body,
    }
    for case, held in strange.items():
        record.write_bytes(held)
        for command in (("validate", record), ("evaluate", record, record)):
            yield judge(
                f"{command[0]}: {case}",
                ended(start(*command), 15),
                {10},
                "" if command[0] == "validate" else "good.xml",
            )
        if case not in {"outer DTD", "parameter entity"}:
            yield reading(place, f"redo: {case}", {10}, "good.xml", "--mode", "redo")
        if record.read_bytes() != held:
            yield Seen(f"redo: {case}", None, "", ("the file was changed",))


def stop_cases(place: Place) -> Iterator[Seen]:
    """Killed, interrupted, met by a second run; then the same command goes on and all is read."""
    for number in range(6):
        shutil.copyfile(place.scans / "good.png", place.scans / f"good{number}.png")

    def begun() -> "subprocess.Popen[str]":
        shutil.rmtree(place.out, ignore_errors=True)
        run = start("transcribe", place.scans, "-o", place.out, "-j", 2)
        ends = time.monotonic() + 60
        while not any(place.out.glob("*.xml")) and time.monotonic() < ends:
            time.sleep(0.02)
        return run

    for case, signals in (
        ("Ctrl-C", [signal.SIGINT]),
        ("Ctrl-C twice", [signal.SIGINT] * 2),
        ("SIGTERM twice", [signal.SIGTERM] * 2),
        ("SIGHUP", [signal.SIGHUP]),
    ):
        run = begun()
        for number in signals:
            run.send_signal(number)
            time.sleep(0.05)
        yield judge(case, ended(run), {130, -signals[0]}, "", place.out)
    for case, part, codes in (
        ("a worker killed", "spawn_main", {1}),
        ("tesseract killed", "tesseract ", {7}),
    ):
        run = begun()
        done = False
        while not done and run.poll() is None:
            done = kill_one(run.pid, part)
        yield judge(case, ended(run), codes if done else {0}, "good")
    run = begun()
    second = ended(start("transcribe", place.scans, "-o", place.out, "-j", 1))
    yield judge("a second run into the same folder", second, {5}, str(place.out))
    yield judge("the first run, met by a second", ended(run), {0}, "", place.out)
    run = begun()
    run.kill()
    ended(run)
    time.sleep(2)
    left = family(place.out)
    yield Seen("kill -9: no process is left", None, " ".join(map(str, left)), ("orphans",) if left else ())
    yield reading(place, "kill -9: the same command goes on", {0}, "")


CASES: dict[str, Callable[[Place], Iterator[Seen]]] = {
    "files": files_case,
    "names": names_case,
    "clash": clash_case,
    "output": output_cases,
    "closed": closed_cases,
    "disk": small_disk_cases,
    "environment": environment_cases,
    "recipe": recipe_cases,
    "record": record_cases,
    "drive": drive_cases,
    "memory": memory_cases,
    "run": run_cases,
    "stop": stop_cases,
}


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs do not hear Ctrl-C
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nor, under nohup, that the terminal is gone
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("word", nargs="?", default="")
    asked = parser.parse_args()
    wanted = asked.word
    scan = list_scans([asked.folder], Path("none"))[0].scan
    seen: list[Seen] = []
    with tempfile.TemporaryDirectory() as name, Image.open(scan) as whole:
        left, top = max(0, whole.width // 2 - 450), max(0, whole.height // 2 - 250)
        good = whole.convert("L").crop(
            (left, top, min(left + 900, whole.width), min(top + 500, whole.height))
        )
        for kind, cases in CASES.items():
            if wanted not in kind:
                continue
            if kind == "disk" and not ROOT:
                print("disk: left out, mounting a small disk needs root")
                continue
            place = Place(Path(name) / kind, Path(name) / kind / "scans", Path(name) / kind / "out")
            place.scans.mkdir(parents=True)
            good.save(place.scans / "good.png")
            for one in cases(place):
                seen.append(one)
                sentence = (
                    one.sentence.replace(f"{place.folder}/", "").encode("unicode_escape").decode()[:200]
                )
                verdict = f"  UNCLEAR: {'; '.join(one.wrong)}" if one.wrong else ""
                print(f"{one.case:40} {one.code!s:>5}  {sentence}{verdict}", flush=True)
    unclear = [one.case for one in seen if one.wrong]
    print(json.dumps({"cases": len(seen), "clear": len(seen) - len(unclear), "unclear": unclear}))


if __name__ == "__main__":
    main()
