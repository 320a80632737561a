"""Kills the reviewer's saving at random: python bench/review_kill.py RECORD.xml [KILLS].

KILLS (100) times: a program that corrects one word after the other and tells each one that is acknowledged is
sent SIGKILL after a random time, in the middle of its work. Then the file must be the version before or after
the save that was cut off, never a torn one; and once the journal is opened again, every correction that was
acknowledged must be in it. Last line: {"kills", "torn", "lost", ...}; the seed is fixed.
"""

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from ocr.corrections.changes import CorrectLine
from ocr.corrections.spans import Document
from ocr.corrections.tokens import line_name, line_tokens
from ocr.errors import RecordError
from ocr.files import sha256_of, sweep_parts
from ocr.review.journal import Journal
from ocr.tei.validate import validate

WHEN = "2026-11-22"


def lines_of(content: bytes) -> dict[str, list[str]]:
    """The words of each line."""
    doc = Document(content)
    return {line_name(doc, lb): [t.text for t in line_tokens(doc, lb).tokens] for lb in doc.lines}


def correct(page: Path, start: int) -> None:
    """Corrects words for ever; says before each what it will write, and after it that this is on disk."""
    journal, number = Journal(page), start
    while True:
        held = journal.current()
        doc = Document(held.content)
        rows = [row for lb in doc.lines if (row := line_tokens(doc, lb)).places]
        row = rows[number % len(rows)]
        tokens = list(row.tokens)
        at = number // len(rows) % len(tokens)
        tokens[at] = replace(tokens[at], text=f"слово{number}", gap=None)
        print(json.dumps([number, line_name(doc, row.lb), at]), flush=True)
        change = CorrectLine(line_name(doc, row.lb), tuple(tokens))
        if journal.save({sha256_of(held.content)}, [change], "Рецензент", WHEN) is None:
            raise SystemExit("somebody else writes here")
        print("saved", flush=True)
        number += 1


def one_kill(page: Path, start: int, wait_s: float) -> list[tuple[int, str, int, bool]]:
    """What was to be written until the kill, the last perhaps not acknowledged."""
    command = [sys.executable, __file__, "--correct", str(page), str(start)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    said = [run.stdout.readline()]
    time.sleep(wait_s)
    run.send_signal(signal.SIGKILL)
    said += run.stdout.read().splitlines()
    run.wait()
    told: list[tuple[int, str, int, bool]] = []
    for line in said:
        if line.strip() == "saved":
            told[-1] = (*told[-1][:3], True)
        elif line.strip():
            number, name, at = json.loads(line)
            told.append((number, name, at, False))
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("record", type=Path, metavar="RECORD.xml")
    parser.add_argument("kills", nargs="?", type=int, default=100)
    parser.add_argument(
        "--correct", action="store_true", help="be the program that is killed: correct from word KILLS on"
    )
    asked = parser.parse_args()
    if asked.correct:
        correct(asked.record, asked.kills)
        return
    kills = asked.kills
    dice = random.Random(6)
    torn = lost = ended = acknowledged = cut_off = number = 0
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.xml"
        shutil.copyfile(asked.record, page)
        expected: dict[tuple[str, int], set[str]] = {}
        for _ in range(kills):
            told = one_kill(page, number, dice.uniform(0.0, 0.25))
            number += len(told)
            acknowledged += sum(saved for _, _, _, saved in told)
            cut_off += sum(not saved for _, _, _, saved in told)
            found = page.read_bytes()
            try:
                before = lines_of(found)
            except RecordError:
                torn += 1
                continue
            for n, line, at, saved in told:
                known = set() if saved else expected.get((line, at), {before[line][at]})
                expected[line, at] = {f"слово{n}", *known}
            torn += any(before[line][at] not in texts for (line, at), texts in expected.items())
            held = Journal(page).current()
            ended += held.content != found
            after = lines_of(held.content)
            lost += sum(after[line][at] not in texts for (line, at), texts in expected.items())
            expected = {place: {after[place[0]][place[1]]} for place in expected}
        problems = len(validate(page))
        left = sum(1 for _ in Path(folder).glob(".tetradi-part-*"))
        sweep_parts(Path(folder))  # as the desk does when it is opened a minute later
    print(
        f"{kills} kills, {acknowledged} corrections acknowledged, {cut_off} cut off, {ended} ended afterwards"
    )
    print(f"torn files: {torn}; acknowledged corrections lost: {lost}; problems of the last file: {problems}")
    print(
        json.dumps(
            {"kills": kills, "torn": torn, "lost": lost, "acknowledged": acknowledged, "cut_off": cut_off,
             "ended": ended, "problems": problems, "parts_left": left}
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
