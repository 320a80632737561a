"""A drive that fails at every k-th call: python bench/disk_faults.py [WORD] [--every N] [--fault NAME].

Batch, redo, learning, desk, exports and import work on a drive that fails (bench/failing_drive.py) at its
1st, 2nd, ... call of open, read, write, fsync, rename, truncate, mkdir, unlink; full, over quota, read-only,
out of inodes, failing once, gone for good; as long as there is a call to fail. After each: every record and
text is the old or the new one, whole; every correction that was acknowledged is there; the exit code is that
of the fault; what is said gives the true reason; nothing is said to be well that is not; and the same command
on the drive as it was before ends in the bytes of a run without faults.

With WORD only the work of that name, or those with that word in theirs; with --every N only each N-th call.
A rerun of files that were rerun already is not made again. Last line: {"works", "faults", "torn", "lost",
"wrong", ...}.
"""

import argparse
import errno
import hashlib
import importlib
import itertools
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bench import fake_learning, forked
from bench.failing_drive import FAULTS, Drive, Fault, failing_drive
from bench.forked import read_once, start
from ocr.files import PART
from ocr.models import open_onnx

LIMIT_S = 900.0  # a run takes seconds; on a busy machine nobody is to blame for waiting
_CORRECTIONS = ((0, "первое"), (1, "второе"), (0, "третье"))
WHEN = "2026-11-22T10:00:00+00:00"
_REASONS = {
    errno.ENOSPC: re.compile("disk is full|No space left"),
    errno.EDQUOT: re.compile("quota"),
    errno.EROFS: re.compile("read-only", re.IGNORECASE),
    errno.EIO: re.compile("Input/output error"),
}
_UNTRUE = re.compile(r"Traceback|fault of ours|damaged|no picture|not a picture|is not JSON|not well-formed")
_NO_RECORDS = (
    "run.jsonl",
    "lock",
    ".tetradi.lock",
    "search.sqlite",
    "search.sqlite-journal",
)


@dataclass(frozen=True, slots=True)
class Work:
    """What is done on the drive."""

    name: str
    prepare: Callable[[Path], None]
    run: Callable[[Path], int]
    """In a process of its own; gives the exit code, or raises SystemExit."""
    versions: list[dict[str, bytes]] = field(default_factory=list)
    """Files that may be there besides those before and after."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a run."""

    code: int | None
    """None: it hung and was ended."""
    printed: str

    @property
    def acknowledged(self) -> set[str]:
        """What the desk said is saved."""
        return set(re.findall(r"^acknowledged (\S+)$", self.printed, re.MULTILINE))


# the works


def command(*words: object) -> Callable[[Path], int]:
    """Our command line in this process; {} in a word is the place of the drive."""

    def run(place: Path) -> int:
        forked.command(*(str(word).replace("{}", str(place)) for word in words))()
        return 0

    return run


def _scans(place: Path) -> None:
    from PIL import Image

    from tests import drawn

    (place / "scans").mkdir()
    for number, name in enumerate(("one", "two")):
        texts = drawn.TEXT[2 * number : 2 * number + 2]
        Image.fromarray(drawn.page(texts, size_px=(860, 200)).pixels).save(place / "scans" / f"{name}.png")


def _read(place: Path) -> None:
    """Scans, their records, one word corrected."""
    _scans(place)
    words = ("transcribe", "{}/scans", "-o", "{}/out", "-j", 1, "--engine", "tests.fakes:table")
    ran = _forked(command(*words, "--format", "tei,txt"), place)
    assert ran.code == 0, ran.printed
    _corrected_line(place)


def _corrected_line(place: Path, folder: str = "out") -> None:
    from ocr.corrections.changes import CorrectLine
    from ocr.corrections.tokens import Token
    from ocr.review.journal import Journal

    record = Journal(place / folder / "one.xml")
    change = CorrectLine("s1_r1_l1", (Token("исправлено"),))
    assert record.save({record.current().sha}, [change], "А. Б.", WHEN)


def _desk(place: Path) -> int:
    """Two lines of a page corrected one after the other, unless they are already."""
    from ocr.review import writing
    from tests.review.desks import opened

    writing._now = lambda: WHEN
    (place / "output").is_dir() or (place / "out").rename(place / "output")
    desk = opened(place)
    page = f"/api/pages/{desk.first()}"
    code = 0
    for line, word in _CORRECTIONS:
        shown = desk.client.get(page)
        if shown.status_code != 200:
            print(shown.json()["error"])
            code = 5
            continue
        value = shown.json()
        ident = value["lines"][line]["id"]
        print("present", *(token["text"] for row in value["lines"] for token in row["tokens"]))
        change = {"change": "CorrectLine", "line": ident, "tokens": [{"text": word}, {"text": "слово"}]}
        saved = desk.client.post(
            f"{page}/changes", json={"changes": [change]}, headers={"If-Match": value["etag"]}
        )
        if saved.status_code == 200:
            print("acknowledged", word)
        else:
            print(saved.json()["error"])
            code = 5
    return code


def _desk_ready(place: Path) -> None:
    _read(place)
    (place / "out").rename(place / "output")


def works() -> list[Work]:
    from ocr.exports.formats import FORMATS

    table = ("--engine", "tests.fakes:table", "-j", 1)
    batch = ("transcribe", "{}/scans", "-o", "{}/out", *table, "--format", "tei,txt", "--explain")
    redo = ("transcribe", "{}/scans", "-o", "{}/out", "--engine", "tests.fakes:doubtful", "-j", 1)
    learn = ("transcribe", "{}/scans", "-o", "{}/out", "--engine", "cursive", "-j", 1, "--learn")
    bring_in = command("import", "{}/made", "-o", "{}/back", "--scans", "{}/scans")
    exports = [Work(f"export to {name}", _read, _export(name)) for name in FORMATS]
    exports += [
        Work(f"export again to {name}", partial(_again, prepare=_read, run=_export(name)), _export(name))
        for name in ("md", "site")  # a file for all pages, and many
    ]
    return [
        Work("desk", _desk_ready, _desk),
        *exports,
        Work("index", _read, _index),
        Work("import", _page_xml, bring_in),
        Work("import again", partial(_again, prepare=_page_xml, run=bring_in), bring_in),
        Work("batch", _scans, command(*batch)),
        Work("learn", _read_by_ours, command(*learn)),
        Work("learn again", partial(_again, prepare=_read_by_ours, run=command(*learn)), command(*learn)),
        Work("redo", _read, command(*redo, "--mode", "redo", "--format", "tei,txt")),
    ]


def _read_by_ours(place: Path) -> None:
    """Scans that our recogniser has read."""
    fake_learning.instead()
    _scans(place)
    ran = _forked(command("transcribe", "{}/scans", "-o", "{}/out", "--engine", "cursive", "-j", 1), place)
    assert ran.code == 0, ran.printed


def _again(place: Path, prepare: Callable[[Path], None], run: Callable[[Path], int]) -> None:
    """What was done before, and a line corrected since."""
    prepare(place)
    ran = _forked(run, place)
    assert ran.code == 0, ran.printed
    _corrected_line(place, "back" if (place / "back").exists() else "out")


def _export(name: str) -> Callable[[Path], int]:
    return command("export", "{}/out", "--to", name, "-o", "{}/made", "--scans", "{}/scans")


def _index(place: Path) -> int:
    """The index made, and asked; what it answers is printed last."""
    for words in (("index", "{}/out", "-j", 1), ("search", "{}/out", "кризис", "--json", "--no-renew")):
        try:
            command(*words)(place)
        except SystemExit as end:
            if end.code:
                raise
    return 0


def _page_xml(place: Path) -> None:
    _read(place)
    assert _forked(_export("page"), place).code == 0
    shutil.rmtree(place / "out")


# one run


def _forked(run: Callable[[Path], int], place: Path) -> Ran:
    """Runs in a child that has all loaded already; what it printed, standard error last."""
    with tempfile.TemporaryFile() as out:
        child = start(partial(_exit_with, run, place), out.fileno())
        ends, status = time.monotonic() + LIMIT_S, 0
        while not (done := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < ends:
            time.sleep(0.005)
        if not done[0]:
            os.killpg(child, 9)
            os.waitpid(child, 0)
        status = done[1]
        out.seek(0)
        printed = out.read().decode("utf-8", "replace")
    return Ran(os.waitstatus_to_exitcode(status) if done[0] else None, printed)


def _exit_with(run: Callable[[Path], int], place: Path) -> None:
    sys.exit(run(place))


def _load_what_it_loads(run: Callable[[Path], int], place: Path) -> Ran:
    """Runs; from now on forks have loaded already what it loaded on its way."""
    with tempfile.NamedTemporaryFile("r") as names:

        def tell(place: Path) -> int:
            try:
                return run(place)
            finally:
                Path(names.name).write_text("\n".join(sys.modules))

        ran = _forked(tell, place)
        for name in names.read().split():
            with suppress(ImportError):  # made by hand, or in another's name
                importlib.import_module(name)
    return ran


def files_in(place: Path) -> dict[str, bytes]:
    """What a run leaves: records, texts, exports; not what it keeps for itself."""
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.name not in _NO_RECORDS and not _is_own(path.relative_to(place))
    }


def state_of(place: Path) -> bytes:
    """A digest of all that a run finds there: every file, ours and hidden, but not their times."""
    digest = hashlib.sha256()
    for path in sorted(place.rglob("*")):
        name = re.sub(rf"({re.escape(PART)}).*", r"\1", str(path.relative_to(place)))  # its end is by chance
        content = path.read_bytes() if path.is_file() else b"folder"
        digest.update(f"{name}\0{path.stat().st_mode}\0{len(content)}\0".encode() + content)
    return digest.digest()


def _is_own(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


@dataclass
class Tally:
    """What was counted."""

    faults: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    reruns: dict[bytes, tuple[Ran, list[str], bool]] = field(default_factory=dict)
    """How a rerun ended of what a fault had left; which files then were others than after a run without one;
    and was there a part? The same files are not run again."""


def one_fault(work: Work, drive: Drive, fault: Fault, at: int, whole: dict[str, Any], tally: Tally) -> bool:
    """One run on a drive that fails at a call; False when it has no such call."""
    behind, place = drive.behind / "work", drive.place / "work"
    shutil.rmtree(behind, ignore_errors=True)
    shutil.copytree(whole["template"], behind)
    drive.fail(fault, at)
    ran = _forked(work.run, place)
    failed, _ = drive.heal()
    if not failed:
        return False
    problems = _problems(work, fault, ran, files_in(behind), whole)
    state = state_of(behind)
    if state not in tally.reruns:
        again = _forked(work.run, place)
        parts = any(path.name.startswith(PART) for path in behind.rglob("*"))
        tally.reruns[state] = again, _differing(files_in(behind), whole["after"]), parts
    again, names, parts = tally.reruns[state]
    if again.code != 0:
        problems.append(f"wrong: a rerun fails: {again.printed[-400:]}")
    elif work.name == "index" and _answers(again.printed) != _answers(whole["printed"]):
        problems.append(f"wrong: a rerun answers otherwise: {again.printed[-300:]}")
    elif names:
        problems.append(f"wrong: a rerun ends in other bytes: {names}")
    if parts and work.name == "batch":
        problems.append("wrong: a part is left after the rerun")
    known = again.printed.partition("acknowledged")[0]
    for word in ran.acknowledged:
        if word not in known and not (word == "первое" and "третье" in known):
            problems.append(f"lost: {word} was acknowledged")
    tally.faults[work.name] += 1
    for problem in problems:
        tally.wrong[problem.partition(":")[0]] += 1
        tally.examples.append(f"{work.name}, {fault.name}, call {at} ({failed}): {problem}")
        print(tally.examples[-1], flush=True)
    return True


def _differing(files: dict[str, bytes], others: dict[str, bytes]) -> list[str]:
    return sorted(name for name in {*files, *others} if files.get(name) != others.get(name))


def _answers(printed: str) -> str:
    """What the search answered, without what the index says of itself."""
    return printed[printed.find("{") :]


def _problems(work: Work, fault: Fault, ran: Ran, left: dict[str, bytes], whole: dict[str, Any]) -> list[str]:
    problems = []
    # a site without one scan, and that is told: the next run has it
    is_told = ran.code == 0 and bool(_REASONS[fault.number].search(ran.printed))
    for name, content in left.items():
        if is_told and name.startswith("made/"):
            continue
        known = [files.get(name) for files in (whole["before"], whole["after"], *work.versions)]
        if content not in known:
            problems.append(f"torn: {name} is neither old nor new")
    problems += [f"torn: {name} is gone" for name in whole["before"] if name not in left]
    untrue = _UNTRUE.search(ran.printed)
    if ran.code is None:
        problems.append("wrong: it hung")
    elif untrue:
        problems.append(f"wrong: it says {untrue[0]!r}: {ran.printed[-600:]}")
    elif ran.code == 0:
        if left != whole["after"] and work.name != "desk" and not is_told:
            names = _differing(left, whole["after"])
            problems.append(f"wrong: exit code 0, but not all is done ({names}): {ran.printed[-300:]}")
    elif not _REASONS[fault.number].search(ran.printed):
        problems.append(f"wrong: no true reason: {ran.printed[-400:]}")
    elif ran.code not in ({4, 5, 6, 10} if fault.name in {"blink", "gone"} else {5}):
        problems.append(f"wrong: exit code {ran.code}: {ran.printed[-300:]}")
    return problems


def all_faults(work: Work, folder: Path, drive: Drive, wanted: str, every: int, tally: Tally) -> None:
    """One work with each fault at each call."""
    template = folder / "template"
    shutil.rmtree(template, ignore_errors=True)
    template.mkdir()
    shutil.rmtree(drive.behind / "work", ignore_errors=True)
    (drive.behind / "work").mkdir()
    work.prepare(drive.place / "work")
    shutil.copytree(drive.behind / "work", template, dirs_exist_ok=True)
    whole: dict[str, Any] = {"template": template, "before": files_in(template)}
    clean = _load_what_it_loads(work.run, drive.place / "work")
    assert clean.code == 0, clean.printed
    whole["after"], whole["printed"] = files_in(drive.behind / "work"), clean.printed
    for name, content in (whole["before"] | whole["after"]).items():
        if name.endswith(".onnx"):  # ready for all forks
            open_onnx(content, name)
    if work.name == "desk":
        work.versions.extend(_corrected(template))
    if work.name.startswith("learn"):  # a ledger tells what is expected when its pages are read again
        ledger = json.loads(whole["after"]["out/models/scans.json"]) | {"expected_cer": None}
        between = json.dumps(ledger, ensure_ascii=False, indent=1) + "\n"
        work.versions.append({"out/models/scans.json": between.encode()})
    tally.reruns.clear()
    for fault in FAULTS:
        if wanted not in fault.name:
            continue
        begun, at = time.monotonic(), 1
        while one_fault(work, drive, fault, at, whole, tally):
            at += every
        print(f"{work.name}, {fault.name}: {at - every} calls, {time.monotonic() - begun:.0f} s", flush=True)


def _corrected(template: Path) -> list[dict[str, bytes]]:
    """The page and its text after any of the desk's corrections, in their order."""
    from ocr.corrections.changes import CorrectLine, edit
    from ocr.corrections.tokens import Token
    from ocr.formats.text import plain_text

    record = next(template.rglob("one.xml"))
    name, text = (str(record.with_suffix(suffix).relative_to(template)) for suffix in (".xml", ".txt"))
    versions = []
    for chosen in itertools.product((False, True), repeat=len(_CORRECTIONS)):
        content = record.read_bytes()
        for line, word in itertools.compress(_CORRECTIONS, chosen):
            change = CorrectLine(f"s1_r1_l{line + 1}", (Token(word), Token("слово")))
            content = edit(content, (change,), "А. Б.", WHEN)
        versions += [{name: content, text: plain_text(content).encode()}]
    return versions


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("word", nargs="?", default="")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--fault", default="")
    asked = parser.parse_args()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path.cwd()), os.environ.get("PYTHONPATH"))))
    tally = Tally()
    with tempfile.TemporaryDirectory() as name, failing_drive(Path(name)) as drive:
        read_once(Path(name) / "read")
        named = [work for work in works() if work.name == asked.word]
        done = named or [work for work in works() if asked.word in work.name]
        for work in done:
            all_faults(work, Path(name), drive, asked.fault, asked.every, tally)
    for name, count in tally.faults.items():
        print(f"{name:20} {count:5} faults")
    print(
        json.dumps(
            {"works": len(done), "faults": tally.faults.total(), "torn": tally.wrong["torn"],
             "lost": tally.wrong["lost"], "wrong": tally.wrong["wrong"], "every": asked.every,
             "of": dict(tally.faults)},
            ensure_ascii=False,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
