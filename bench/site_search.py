"""The search of the static site: how large its index is, how soon a browser answers, what it loads for that.

    python bench/site_search.py --like OUT TEXT.xz... [--pages 2000] [--site FOLDER]

Draws pages of 240 words from the texts as bench/search.py does, exports them as a site and asks it in
Chromium (playwright), opened from the disk. For each query, with so many letters that may be otherwise: hits,
what was loaded, processor time of the tab's main thread and time by the clock, with nothing loaded before
(cold) and once more (warm); how long after the page is opened with a query its first answers are shown; and,
where not all parts were looked at, what is loaded when the reader asks for the rest. Medians of --rounds.
--site keeps the site, or asks one that lies there, with the scripts of this tree. Last line: JSON.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.search import WORDS, cpu_s, drawn, header, page, sureness, text_words
from ocr.exports.run import export
from ocr.exports.site_html import static

QUERIES = (
    ("word", "пристань", 0),
    ("usual word", "и", 0),
    ("word in another form", "губерніями", 0),
    ("slip, 1 letter", "губернатар", 1),
    ("slip, 2 letters", "губирнатар", 2),
    ("short word, 1 letter", "дом", 1),
    ("phrase", '"потому что"', 0),
    ("phrase, 1 letter", '"потому что"', 1),
    ("phrase of usual words", '"и не"', 0),
    ("near", "меня NEAR другое", 0),
    ("beginning of 2 letters", "пр*", 0),
    ("beginning of 3 letters", "при*", 0),
    ("beginning of 5 letters", "прист*", 0),
    ("beginning in a phrase", '"не пр*"', 0),
)
_SCRIPTS = ("site.js", "find.js", "search.js", "page.js")
_FIND = """async ([text, edits, isWhole]) => {
  const begin = performance.now();
  const { hits, partly } = await SITE.finder.find(text, { edits, isWhole });
  return [hits.length, performance.now() - begin, partly.length];
}"""
_SHOWN = """() => new Promise((resolve) => {
  const is = () => document.querySelector("#results li");
  const look = () => (is() ? resolve(performance.now()) : setTimeout(look, 5));
  look();
})"""


def make(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """Draws the pages and exports them; what that took."""
    like, head = sureness(options.like), header(options.like)
    words, text, records = text_words(options.texts), 0, folder.with_name(f"{folder.name}.records")
    for n in range(options.pages):
        start = n * WORDS % (len(words) - WORDS)
        some, dice = words[start : start + WORDS], random.Random(n)
        text += len(" ".join(some).encode())
        place = records / f"book{n // 500:03}" / f"page{n:05}.xml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(page(head, drawn(some, like, dice), dice), "utf-8")
    before = cpu_s()
    (done,) = export([records], "site", folder)
    if done.error is not None:
        raise done.error
    shutil.rmtree(records)
    return {
        "pages": options.pages,
        "text_mb": text / 1e6,
        "export_cpu_ms_a_page": (cpu_s() - before) / options.pages * 1e3,
    }


def sizes(folder: Path) -> dict[str, float]:
    """MB of the index by its kinds of files, and how many parts there are."""
    files = list((folder / "search").glob("*.js"))
    kinds: dict[str, int] = {}
    for file in files:
        kind = file.stem.partition("-")[0]
        kind = "places" if kind.isdecimal() else kind
        kinds[kind] = kinds.get(kind, 0) + file.stat().st_size
    return {
        **{f"{kind}_mb": size / 1e6 for kind, size in sorted(kinds.items())},
        "parts": sum(file.stem.isdecimal() for file in files),
    }


class Tab:
    """A page of the site in a window that has loaded nothing yet."""

    def __init__(self, browser: Any, address: str) -> None:
        self._context = browser.new_context()
        self.page = self._context.new_page()
        self.loaded: list[Path] = []
        self.page.on("request", lambda asked: self.loaded.append(Path(asked.url.removeprefix("file://"))))
        self._session = self._context.new_cdp_session(self.page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.page.goto(address)

    def index_files(self) -> list[Path]:
        """What was loaded of the index."""
        return [path for path in self.loaded if path.parent.name == "search"]

    def cpu_ms(self) -> float:
        """Of its main thread until now."""
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return 1e3 * next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration")

    def close(self) -> None:
        """Ends it."""
        self._context.close()


def asked(browser: Any, folder: Path, text: str, edits: int) -> dict[str, float]:
    """One query, in a window of its own."""
    address = (folder / "search.html").as_uri()
    tab = Tab(browser, address)
    before = tab.cpu_ms()
    hits, cold, partly = tab.page.evaluate(_FIND, [text, edits, False])
    between = tab.cpu_ms()
    files = tab.index_files()
    _, warm, _ = tab.page.evaluate(_FIND, [text, edits, False])
    figures = {
        "hits": hits,
        "files": len(files),
        "kb": sum(file.stat().st_size for file in files) / 1e3,
        "cold_ms": cold,
        "cold_cpu_ms": between - before,
        "warm_ms": warm,
        "warm_cpu_ms": tab.cpu_ms() - between,
    }
    if partly:  # the reader wants the rest
        tab.page.evaluate(_FIND, [text, edits, True])
        figures["whole_kb"] = sum(file.stat().st_size for file in tab.index_files()) / 1e3
    tab.close()
    if edits == 1:  # as the page asks, when nothing else is chosen
        tab = Tab(browser, f"{address}?q={text}")
        figures["shown_ms"] = tab.page.evaluate(_SHOWN) if hits else 0.0
        tab.close()
    return figures


def all_asked(folder: Path, rounds: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Each query with the medians of its rounds."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for kind, text, edits in QUERIES:
            rows = [asked(browser, folder, text, edits) for _ in range(rounds)]
            yield kind, {key: statistics.median(row[key] for row in rows) for key in rows[0]}
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--like", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--site", type=Path, help="Where the site lies, kept; else a temporary folder.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.site or Path(name) / "site"
        made_path = folder.with_name(f"{folder.name}.json")
        if not (folder / "search" / "parts.js").exists():
            made_path.parent.mkdir(parents=True, exist_ok=True)
            made_path.write_text(json.dumps(make(folder, options)), "utf-8")
        for script in _SCRIPTS:
            (folder / "site" / script).write_bytes(static(script))
        figures: dict[str, Any] = json.loads(made_path.read_text("utf-8")) | sizes(folder)
        figures["index_by_text"] = (figures["places_mb"] + figures.get("forms_mb", 0)) / figures["text_mb"]
        for key, value in figures.items():
            print(f"{key:28}{value:10.2f}")
        print(f"load {os.getloadavg()[0]:.1f}; hits, files, KB, ms by the clock (and of processor time)")
        answers = {}
        for kind, row in all_asked(folder, options.rounds):
            answers[kind] = row
            shown = f"  shown {row['shown_ms']:6.0f}" if "shown_ms" in row else ""
            cold, warm = (
                f"{how} {row[f'{how}_ms']:7.0f} ({row[f'{how}_cpu_ms']:5.0f})" for how in ("cold", "warm")
            )
            shown += f"  in all {row['whole_kb']:.0f} KB" if "whole_kb" in row else ""
            print(f"{kind:24}{row['hits']:8.0f}{row['files']:5.0f}{row['kb']:8.0f}  {cold}  {warm}{shown}")
    print(json.dumps({**figures, "answers": answers}, ensure_ascii=False))


if __name__ == "__main__":
    main()
