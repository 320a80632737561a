"""The report in a real browser: it opens, asks nothing of the network, and its switches and search work."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ocr.evaluate.findings import find
from ocr.evaluate.scores import Report
from ocr.report.cards import LinePicture
from ocr.report.page import page, worst
from tests.report.test_html import HOSTILE, report

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")


def picture() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (300, 40), "white").save(held, "JPEG")
    return held.getvalue()


def written(folder: Path, held: Report) -> Path:
    strips = dict.fromkeys(worst(held), LinePicture(picture()))
    told = page(held, find(held, draws=100), sides=HOSTILE[:2], strips=strips, settings=[("seed", "1")])
    path = folder / "report.html"
    path.write_text(told, "utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def shown(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """The page of a report with hostile texts; what went wrong is looked at in the end."""
    texts = [
        (f"p{n}{text}", f"{text}\nдва три", f"{text}!\nдва три четыре") for n, text in enumerate(HOSTILE)
    ]
    path = written(tmp_path, report(*texts, ("good", "раз", "раз"), ("empty", "", "кляксы")))
    context = browser.new_context(color_scheme="light", viewport={"width": 1200, "height": 900})
    tab = context.new_page()
    wrong: list[str] = []
    tab.on("console", lambda message: wrong.append(message.text))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("dialog", lambda dialog: wrong.append(dialog.message))
    tab.on(
        "request", lambda asked: wrong.extend([asked.url] * (not asked.url.startswith(("file:", "data:"))))
    )
    tab.goto(path.as_uri())
    yield tab
    context.close()
    assert wrong == []


def test_it_opens_and_fits_the_window(shown: Any) -> None:
    assert shown.title() == "How well was it read?"
    for width in (1200, 400):
        shown.set_viewport_size({"width": width, "height": 800})
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
    shown.evaluate("for (const i of document.images) i.loading = 'eager'")
    shown.wait_for_function("() => [...document.images].every(i => i.complete && i.naturalWidth > 0)")


def test_the_search_and_the_filters_leave_what_fits(shown: Any) -> None:
    lines = shown.locator(".line:visible")
    everything = lines.count()
    shown.keyboard.press("/")
    shown.keyboard.type("четыре")
    assert 0 < lines.count() < everything
    assert shown.locator("#shown").inner_text() == f"{lines.count()} of {everything} shown"
    shown.keyboard.press("Escape")
    assert lines.count() == everything
    shown.select_option("#by-page", label="empty")
    assert lines.count() == 1
    shown.click("#clear")
    shown.select_option("#by-kind", "invented")
    assert 0 < lines.count() < everything
    shown.click("#clear")
    shown.select_option("#order", "place")
    places = shown.eval_on_selector_all(".line", "all => all.map(e => Number(e.dataset.place))")
    assert places == sorted(places)


def test_the_language_changes_every_word(shown: Any) -> None:
    head = shown.locator("h1")
    assert head.inner_text() == "How well was it read?"
    before = shown.locator("main").inner_html()
    shown.click("button[data-lang=ru]")
    assert head.inner_text() == "Насколько верно прочитано?"
    assert shown.evaluate("document.documentElement.lang") == "ru"
    assert "," in shown.locator(".head b").first.inner_text()
    for left in ("Letters", "Errors", "shown", "Profile ", "error in"):
        assert left not in shown.locator("main").inner_text()
    shown.click("button[data-lang=en]")
    assert shown.locator("main").inner_html() == before


def test_the_theme_follows_the_system_and_the_switch(shown: Any) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    light = shown.evaluate(paper)
    shown.emulate_media(color_scheme="dark")
    shown.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    dark = shown.evaluate(paper)
    assert dark != light
    shown.click("button[data-dress=light]")
    assert shown.evaluate(paper) == light
    shown.emulate_media(media="print", color_scheme="dark")
    assert not shown.locator(".tools").is_visible()


def test_a_table_sorts_by_keyboard(shown: Any) -> None:
    table = shown.locator("#pages table")
    table.locator("thead button").nth(3).focus()
    shown.keyboard.press("Enter")
    cells = table.locator("tbody tr td:nth-child(4)").all_inner_texts()
    assert [int(cell) for cell in cells] == sorted((int(cell) for cell in cells), reverse=True)
    assert table.locator("th").nth(3).get_attribute("aria-sort") == "descending"


CONTRAST = """() => {
  const probe = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (told) => {
    probe.clearRect(0, 0, 1, 1); probe.fillStyle = told; probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const told = rgba(getComputedStyle(e).backgroundColor);
      if (told[3] === 255) return told;
    }
    return [255, 255, 255, 255];
  };
  const poor = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    const style = getComputedStyle(e);
    const unseen = e.closest('script, option, .vh, .skip') || !e.getClientRects().length;
    if (unseen || !walk.currentNode.data.trim()) continue;
    if (e.ownerSVGElement && /s[0-4]t/.test(e.getAttribute('class'))) continue;
    const ink = light(rgba(e.ownerSVGElement ? style.fill : style.color));
    const paper = light(ground(e.ownerSVGElement ?? e));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < 4.5) poor.push([ratio.toFixed(2), e.className, walk.currentNode.data]);
  }
  return poor;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_contrast_is_that_of_wcag_aa(shown: Any, theme: str) -> None:
    shown.click(f"button[data-dress={theme}]")
    shown.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert shown.evaluate(CONTRAST) == []
