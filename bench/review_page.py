"""How long a reviewer waits for the page itself, measured inside the browser.

python bench/review_page.py SCAN [--megapixels 26] [--lines 60] [--words 600] [--repeat 5]: SCAN is enlarged
to so many megapixels, a record with so many lines and words is laid over it, and the desk is opened by its
own command, anew for every opening. Times in ms, median and 95th part of a hundred:

usable      from asking for the page to the first line in its field with the cursor in it
scan_shown  from there on to the first tile of the scan on the screen
key_work    from a key in the field to the end of what must be done before its frame, layout included
key_shown   from that key, as the browser gets it, to the frame that shows it: what chromium itself tells
            (EventLatency). Frames come every 16.7 ms, so a key waits 8 of them on average for its frame
saved       from Enter to the word of the desk, on the page, that the line is on the disk

Keys are pressed about seven a second, at times that have nothing to do with the frames.
"""

import argparse
import json
import math
import os
import random
import statistics
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from bench.browsing import browser, desk
from ocr.geometry import Box, Point
from ocr.page import Line, Page, Reading, Region, Rival, Source, Step, Surface, Word
from ocr.scan.load import digest_of
from ocr.tei.write import to_tei

LETTERS = "novigacia"
KEYS = """() => { window.told = [];
  const field = document.querySelector('.field-text'); let begun = 0;
  document.addEventListener('keydown', (e) => { begun = performance.now(); }, true);
  field.addEventListener('input', () => { const from = begun; queueMicrotask(() => {
    document.body.getBoundingClientRect(); window.told.push(performance.now() - from); }); }); }"""
TRACED = {"transferMode": "ReportEvents", "traceConfig": {"includedCategories": ["input", "benchmark"]}}
ENTER = """() => { performance.clearMarks('saved');
  const heard = () => { window.entered = performance.now(); };
  addEventListener('keydown', heard, { capture: true, once: true }); }"""
MARKS = "() => Object.fromEntries(performance.getEntriesByType('mark').map((m) => [m.name, m.startTime]))"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scan", type=Path)
    parser.add_argument("--megapixels", type=float, default=26)
    parser.add_argument("--lines", type=int, default=60)
    parser.add_argument("--words", type=int, default=600)
    parser.add_argument("--repeat", type=int, default=5)
    told = parser.parse_args()
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        output, scans = Path(folder) / "output", Path(folder) / "scans"
        made(told.scan, output, scans, told.megapixels, (told.lines, told.words))
        with browser() as opened:
            for _ in range(told.repeat):
                with desk(output, scans) as address:
                    for name, found in measured(opened, address).items():
                        times.setdefault(name, []).extend(found)
    figures: dict[str, float] = {"megapixels": told.megapixels, "lines": told.lines, "words": told.words}
    for name, found in times.items():
        middle, late = statistics.median(found), sorted(found)[math.ceil(len(found) * 0.95) - 1]
        print(f"{name:12}{middle:9.1f} ms, 95 of 100 within {late:7.1f} ms   ({len(found)} times)")
        figures |= {f"{name}_p50_ms": round(middle, 1), f"{name}_p95_ms": round(late, 1)}
    print(json.dumps(figures | {"load": round(os.getloadavg()[0], 1)}))


def made(picture: Path, output: Path, scans: Path, megapixels: float, counts: tuple[int, int]) -> None:
    """A scan of that size, and a record of that many lines and words."""
    output.mkdir()
    scans.mkdir()
    with Image.open(picture) as held:
        scale = math.sqrt(megapixels * 1e6 / (held.width * held.height))
        large = held.convert("RGB").resize((round(held.width * scale), round(held.height * scale)))
    scan = scans / "large.jpg"
    large.save(scan, quality=88)
    pitch, (lines, words) = large.height / (counts[0] + 2), counts
    drawn = tuple(line(at, words // lines, large.width, pitch) for at in range(lines))
    box = Box(0, 0, large.width, large.height)
    page = Page(
        name="large",
        source=Source(scan.name, digest_of(scan), large.width, large.height, "image/jpeg"),
        surfaces=(Surface(box, (Region(box.outline(), drawn),)),),
        steps=(Step("cursive", "Cursive recogniser", "1", (), reads=True),),
    )
    (output / "large.xml").write_bytes(to_tei(page, review_threshold=0.6))


def line(at: int, words: int, width: int, pitch: float) -> Line:
    """A line of equal words; every fourth is doubtful and has a rival."""
    top = pitch * (at + 1)
    step = width * 0.9 / words
    read = tuple(
        Word(
            f"слово{number}",
            Box(width * 0.05 + step * number, top, width * 0.05 + step * (number + 0.9), top + pitch * 0.8),
            0.4 if number % 4 == 0 else 0.97,
            (),
            (Rival("слава", 0.2),) if number % 4 == 0 else (),
        )
        for number in range(words)
    )
    around = Box(width * 0.05, top, width * 0.95, top + pitch * 0.8)
    base = (Point(around.left, top + pitch * 0.6), Point(around.right, top + pitch * 0.6))
    return Line(around.outline(), base, readings=(Reading("cursive", read, 0.9),))


def measured(opened: Any, address: str) -> dict[str, list[float]]:
    """One opening of the page, keys pressed in it, lines accepted."""
    context = opened.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/api/desk")
    asked = page.evaluate("() => fetch('/api/desk').then((r) => r.json()).then((d) => d.notebooks[0].id)")
    pages = page.evaluate("(id) => fetch(`/api/notebooks/${id}/pages`).then((r) => r.json())", asked)
    page = context.new_page()
    page.goto(f"{address}/#/page/{pages[0]['id']}")
    page.wait_for_function("() => performance.getEntriesByName('scan-shown').length > 0")
    marks = page.evaluate(MARKS)
    page.wait_for_timeout(1500)  # tiles of full size come in behind; a person looks at the line meanwhile
    page.keyboard.press("End")
    shown = latencies(opened, page)
    page.evaluate(KEYS)
    typed(page)
    work = page.evaluate("() => window.told")
    saves = []
    for _ in range(10):
        page.keyboard.press("End")
        page.keyboard.press("z")
        page.wait_for_timeout(300)
        page.evaluate(ENTER)
        page.keyboard.press("Enter")
        page.wait_for_function("() => performance.getEntriesByName('saved').length > 0")
        saves.append(
            page.evaluate("() => performance.getEntriesByName('saved')[0].startTime - window.entered")
        )
    context.close()
    return {
        "usable": [marks["page-usable"]],
        "scan_shown": [marks["scan-shown"]],
        "key_work": work,
        "key_shown": shown,
        "saved": saves,
    }


def typed(page: Any) -> None:
    """Letters at the pace of a quick typist."""
    dice = random.Random(4)
    for letter in LETTERS * 4:
        page.keyboard.press(letter)
        page.wait_for_timeout(dice.uniform(110, 180))


def latencies(opened: Any, page: Any) -> list[float]:
    """Letters typed, and how long each took to be seen."""
    session = opened.new_browser_cdp_session()
    events: list[dict[str, Any]] = []
    ended: list[object] = []
    session.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
    session.on("Tracing.tracingComplete", lambda told: ended.append(told))  # noqa: PLW0108  playwright sets an attribute on it
    session.send("Tracing.start", TRACED)
    typed(page)
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    session.detach()
    begun: dict[tuple[object, object], float] = {}
    found = []
    for event in (one for one in events if one["name"] == "EventLatency"):
        key = (event["pid"], event["id2"]["local"])
        if event["ph"] == "b" and event["args"]["event_latency"]["event_type"] == "KEY_PRESSED":
            begun[key] = event["ts"]
        elif event["ph"] == "e" and key in begun:
            found.append((event["ts"] - begun.pop(key)) / 1000)
    return found


if __name__ == "__main__":
    main()
