"""What correcting a page takes a person with keys alone, against typing it anew.

python bench/review_minute.py RECORD.xml TRUTH.txt SCANS: the record is opened on the desk in a real browser
and made to say what TRUTH says, line by line, with the keys of the desk: Enter, Tab, numbers for other
readings, arrows, Ctrl with arrows, Backspace, letters. For each wrong word the way with the fewest keys
among those is taken; a person may find a shorter or a longer one. Lines of the record that the truth does
not have are left. Telling which words are wrong is not counted, nor is reading.

keys     keys pressed down, Shift and Ctrl counted as keys of their own; letters that a Russian keyboard of
         today lacks take F2 and a key
actions  the same, a chord counted once
typing   the same two counts for typing the page anew on an empty sheet, Enter after each line
"""

import argparse
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance.Levenshtein import distance

from bench.browsing import browser, desk

OLD = {"ѣ": "e", "і": "i", "ѳ": "f", "ѵ": "v", "№": "n", "§": "p", "—": "-", "«": "[", "»": "]"}
SHIFTED = frozenset('!"№;%:?*()_+,')
PLACE = """() => { const f = document.querySelector('.field-text');
  return [f.value, f.selectionStart, f.selectionEnd, document.querySelector('.line.now').dataset.line]; }"""
RIVALS = """() => [...document.querySelectorAll('.dock-word .choice')].map((one) =>
  [one.querySelector('kbd').textContent, one.querySelector('.choice-text').textContent])"""

ROWS = """() => Object.fromEntries([...document.querySelectorAll('.line')].map((row) =>
  [row.dataset.line, [...row.querySelectorAll('.line-words .w')].map((w) => w.textContent).join(' ')]))"""


@dataclass(slots=True)
class Count:
    """Keys and chords so far."""

    keys: int = 0
    actions: int = 0

    def add(self, chord: str, times: int = 1) -> None:
        """A chord like Control+ArrowLeft."""
        self.keys += times * (chord.count("+") + 1)
        self.actions += times


def letter(count: Count, sign: str) -> None:
    """Counts one letter typed."""
    old = sign.lower() in OLD
    count.keys += 1 + old + (sign.isupper() or sign in SHIFTED)
    count.actions += 1 + old


class Person:
    """Presses keys in the window and counts them."""

    def __init__(self, page: Any) -> None:
        self.page, self.count = page, Count()

    def press(self, chord: str, times: int = 1) -> None:
        """A chord, so many times."""
        for _ in range(times):
            self.page.keyboard.press(chord)
        self.count.add(chord, times)

    def type(self, text: str) -> None:
        """Letters; those of the old spelling with the keys of the desk."""
        for sign in text:
            if sign.lower() in OLD:
                shift = "Shift+" if sign.isupper() else ""
                self.page.keyboard.press("F2")
                self.page.keyboard.press(f"{shift}{OLD[sign.lower()]}")
            else:
                self.page.keyboard.insert_text(sign)
            letter(self.count, sign)

    def place(self) -> tuple[str, int, int, str]:
        """Text of the field, both ends of what is chosen, id of the line."""
        text, start, end, line = self.page.evaluate(PLACE)
        return text, start, end, line

    def mend(self, wanted: str) -> None:
        """Makes the line in work say `wanted`."""
        while True:
            text, start, end, _ = self.place()
            if text == wanted:
                return
            first, last, instead = hunk(text, wanted)
            if start <= first and last <= end and start < end:
                self.chosen(text, wanted, (first, last, instead), (start, end))
            elif start < end and (self._later(text, first)):
                self.press("Tab")
                if self.place()[0] != text or self.place()[1] <= start:
                    self.retype(wanted)
            else:
                self.go(start if start == end else end, first, last, text, instead)

    def _later(self, text: str, first: int) -> bool:
        """Is the wrong place in a doubtful word further on, so that Tab leads there?"""
        doubtful = self.page.evaluate(
            "() => [...document.querySelectorAll('.field-copy span')].map((e) => e.matches('.t-doubtful'))"
        )
        word = len(text[: first + 1].split()) - 1
        at = len(text[: self.place()[1] + 1].split()) - 1
        return word > at and word < len(doubtful) and doubtful[word]

    def chosen(self, text: str, wanted: str, change: tuple[int, int, str], place: tuple[int, int]) -> None:
        """The wrong letters are in the word that Tab chose: a number, typing over, or mending inside."""
        (start, end), (first, last, instead) = place, change
        word = text[start:end]
        said = {key: reading for key, reading in self.page.evaluate(RIVALS) if key.isdigit()}
        tail = wanted[start:]
        near = min(said, key=lambda key: (not tail.startswith(said[key]), -len(said[key])), default="")
        if near and tail.startswith(said[near]) and (tail + " ")[len(said[near])] == " ":
            self.press(near)
            return
        inside = 1 + min(first - start, end - last) + (last - first) + len(instead)
        over = tail[: len(tail) - len(text) + end]
        if " " not in over and len(over) <= inside and word:
            if over[:1].isdigit():
                self.press("Delete")  # a digit would choose another reading
            self.type(over)
            return
        self.press("ArrowLeft" if first - start <= end - last else "ArrowRight")

    def go(self, at: int, first: int, last: int, text: str, instead: str) -> None:
        """To the wrong letters with arrows, then away with them and the right ones in."""
        near = first if abs(at - first) <= abs(at - last) else last
        ways = {"": abs(at - near), "Home": 1 + near, "End": 1 + len(text) - near}
        way = min(ways, key=lambda one: (ways[one], one))
        if way and ways[way] < ways[""]:
            self.press(way)
            at = self.place()[1]
        while abs(at - near) > 3:  # by words, as long as that does not lead past
            chord = "Control+ArrowRight" if near > at else "Control+ArrowLeft"
            self.press(chord)
            now = self.place()[1]
            if now == at:
                break
            past = (now - near) * (at - near) < 0
            at = now
            if past:
                break
        self.press("ArrowRight" if near > at else "ArrowLeft", abs(at - near))
        self.press("Backspace" if near == last else "Delete", last - first)
        self.type(instead)

    def retype(self, wanted: str) -> None:
        """The whole line anew."""
        self.press("Control+a")
        self.type(wanted)


def hunk(text: str, wanted: str) -> tuple[int, int, str]:
    """The first run of wrong letters: from, until, and what belongs there."""
    spans, at = [], 0
    old, new = text.split(" "), wanted.split(" ")
    if len(old) == len(new):
        for was, now in zip(old, new, strict=True):
            if was != now:
                spans.append((at, was, now))
            at += len(was) + 1
        at, was, now = spans[0]
    else:
        at, was, now = 0, text, wanted
    head = 0
    while head < min(len(was), len(now)) and was[head] == now[head]:
        head += 1
    if len(old) == len(new):
        tail = 0
        while tail < min(len(was), len(now)) - head and was[-1 - tail] == now[-1 - tail]:
            tail += 1
        return at + head, at + len(was) - tail, now[head : len(now) - tail]
    # words lost or invented: the shortest step that brings the texts together again
    best = min(
        ((a + b, a, b) for a in range(13) for b in range(13) if a + b),
        key=lambda step: step[0] + 2 * distance(was[head + step[1] :][:24], now[head + step[2] :][:24]),
    )
    return head, min(head + best[1], len(was)), now[head : head + best[2]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("record", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("scans", type=Path)
    told = parser.parse_args()
    truth = [" ".join(row.split()) for row in told.truth.read_text("utf-8").splitlines() if row.strip()]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(told.record, folder)
        with desk(Path(folder), told.scans) as address, browser() as opened:
            count, wrong, left = corrected(opened, address, truth)
    anew = Count()
    for row in truth:
        for sign in row:
            letter(anew, sign)
        anew.add("Enter")
    print(f"{len(truth)} lines, {sum(map(len, truth))} letters and spaces, {wrong} lines with mistakes")
    print(f"corrected with {count.keys} keys in {count.actions} actions")
    print(f"typed anew with {anew.keys} keys in {anew.actions} actions")
    figures = {"lines": len(truth), "wrong_lines": wrong, "lines_not_in_truth": left}
    figures |= {"keys": count.keys, "actions": count.actions}
    figures |= {"typing_keys": anew.keys, "typing_actions": anew.actions}
    print(json.dumps(figures | {"share": round(count.keys / anew.keys, 3)}))


def corrected(opened: Any, address: str, truth: list[str]) -> tuple[Count, int, int]:
    """The page corrected: what it took, lines that had mistakes, lines the truth does not have."""
    page = opened.new_page(viewport={"width": 1440, "height": 900})
    page.goto(address)
    page.locator(".pages a").first.click()
    page.wait_for_selector(".field-text:focus")
    person, wrong = Person(page), 0
    rows = page.evaluate(ROWS)
    wanted = matched(rows, truth)
    for _ in rows:
        text, *_, line = person.place()
        if line in wanted:
            wrong += text != wanted[line]
            person.mend(wanted[line])
        person.press("Enter")
    page.wait_for_selector("#save.good")
    assert wanted.items() <= page.evaluate(ROWS).items()
    return person.count, wrong, len(rows) - len(wanted)


def matched(rows: dict[str, str], truth: list[str]) -> dict[str, str]:
    """Which line of the truth each line of the record is: in order, with the fewest letters apart."""
    names, texts = list(rows), list(rows.values())
    cost = [[0.0] * (len(truth) + 1) for _ in range(len(texts) + 1)]
    for i in range(len(texts), -1, -1):
        for j in range(len(truth), -1, -1):
            ways = []
            if i < len(texts):
                ways.append(cost[i + 1][j] + len(texts[i]))
            if j < len(truth):
                ways.append(cost[i][j + 1] + len(truth[j]))
            if i < len(texts) and j < len(truth):
                ways.append(cost[i + 1][j + 1] + distance(texts[i], truth[j]))
            cost[i][j] = min(ways, default=0.0)
    found, i, j = {}, 0, 0
    while i < len(texts) and j < len(truth):
        if cost[i][j] == cost[i + 1][j + 1] + distance(texts[i], truth[j]):
            found[names[i]] = truth[j]
            i, j = i + 1, j + 1
        elif cost[i][j] == cost[i + 1][j] + len(texts[i]):
            i += 1
        else:
            j += 1
    return found


if __name__ == "__main__":
    main()
