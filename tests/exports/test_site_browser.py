"""The site in a real browser, opened from the disk: read, tied to the scan, searched; alone."""

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr.errors import SettingsError
from ocr.exports import site_search
from ocr.exports.run import export
from ocr.search.answer import answer
from ocr.search.folding import key_of
from ocr.search.index import opened, renew
from ocr.search.query import parse_query
from tests.exports.test_site import HOSTILE
from tests.review.desks import set_up
from tests.search.collection import Drawn, folder_of

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(__file__).parents[1] / "review" / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no chromium on this machine")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (dev group)")
    with api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two notebooks, drawn, with their scans."""
    root = tmp_path_factory.mktemp("site")
    set_up(root)
    (done,) = export([root / "output"], "site", root / "site", scans=[root / "scans"])
    assert (done.error, done.remark) == (None, "")
    return root / "site"


@pytest.fixture
def tab(browser: Any, folder: Path) -> Iterator[Any]:
    """A window on the first page of the site; whatever the browser complains of, or asks outside, fails."""
    context = browser.new_context(viewport={"width": 1300, "height": 850}, locale="ru-RU")
    page = context.new_page()
    page.set_default_timeout(30_000)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("request", lambda asked: wrong.extend([asked.url] * (not asked.url.startswith("file:"))))
    page.goto((folder / "index.html").as_uri())
    yield page
    context.close()
    assert wrong == []


def _open_page(tab: Any) -> None:
    tab.locator(".notebooks a").first.click()
    tab.locator(".pages a").first.click()
    tab.wait_for_selector(".canvas svg", state="attached")
    tab.wait_for_function("() => document.querySelector('.canvas img').naturalWidth > 0")


def test_it_opens_from_the_disk_in_the_readers_language(tab: Any) -> None:
    assert tab.locator("html").get_attribute("lang") == "ru"
    assert tab.locator("h1").inner_text() == "Тетради"
    assert tab.locator(".notebooks li").count() == 2
    tab.locator("[data-language=en]").click()
    assert tab.locator("h1").inner_text() == "Notebooks"
    _open_page(tab)  # the choice is carried on
    assert tab.locator("html").get_attribute("lang") == "en"
    assert tab.locator(".lines").get_attribute("lang") == "ru"


def test_a_word_shows_its_place_and_a_place_its_word(tab: Any) -> None:
    _open_page(tab)
    word = tab.locator(".lines .w.t-doubtful").first
    word.click()
    place = tab.locator(".word-place.chosen")
    assert [place.get_attribute(name) for name in ("x", "y", "width", "height")] == (
        word.get_attribute("data-p").split()
    )
    assert "45 %" in tab.locator("#about").inner_text()
    other = tab.locator(".line").nth(2).locator(".w").first
    wanted = other.get_attribute("data-p").split()
    tab.locator(f".word-place[x='{wanted[0]}'][y='{wanted[1]}']").click()
    tab.locator(f"#{other.get_attribute('id')}.chosen".replace("w3.0", "w3\\.0")).wait_for()
    assert tab.locator(".lines .w.chosen").count() == 1
    other.hover()
    tab.locator(".word-place.pointed").wait_for(state="attached")


def test_keys_go_from_word_to_word_and_from_page_to_page(tab: Any) -> None:
    _open_page(tab)
    first = tab.locator("h1").inner_text()
    tab.locator(".lines .w").first.focus()
    tab.keyboard.press("ArrowRight")
    assert tab.locator(".lines .w.chosen").get_attribute("id") == "w1.1"
    tab.keyboard.press("ArrowDown")
    assert tab.locator(".lines .w.chosen").get_attribute("id") == "w2.0"
    tab.keyboard.press("Escape")
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("(was) => document.querySelector('h1').textContent !== was", arg=first)
    tab.keyboard.press("ArrowLeft")
    tab.wait_for_function("(was) => document.querySelector('h1').textContent === was", arg=first)


def _look_for(tab: Any, text: str) -> None:
    tab.fill("#q", text)
    tab.keyboard.press("Enter")
    tab.wait_for_function(
        "(text) => new URLSearchParams(location.search).get('q') === text && window.SITE_WORDS"
        " && document.querySelector('#count')?.textContent.match(/\\d|нет/)",
        arg=text,
    )


def test_search_leads_to_the_word_on_the_scan(tab: Any) -> None:
    _open_page(tab)
    text = tab.locator(".line").nth(1).locator(".w").first.inner_text()
    _look_for(tab, f"{text.upper()[: max(len(text) - 1, 3)]}*")
    assert tab.locator(".result").count() >= 3  # the same page three times
    assert tab.locator(".result mark").first.inner_text() == text
    assert tab.locator(".result .crop rect").count() >= 3
    tab.locator(".result a").first.click()
    tab.locator(".lines .w.hit").first.wait_for()
    assert tab.locator(".lines .w.hit").first.inner_text() == text
    assert tab.locator(".word-place.hit.chosen").count() == 1


def test_search_that_finds_nothing_says_so_and_takes_no_markup(tab: Any) -> None:
    _look_for(tab, f"ъыъщщ {HOSTILE}")
    assert "нет ни на одной" in tab.locator("#count").inner_text()
    assert tab.locator("#count *").count() == 0


def test_the_script_compares_words_as_the_index_does(tab: Any) -> None:
    words = [
        "Ёлка,",
        "съѣлъ",
        "во́ля",
        "Ѳома",
        "Ѵ",
        "міръ",
        "«№5»",
        "ǅ",
        "ΣΑΣ",
        "край",
        "²",
        "x\U00010330y",
        "ИѢ̈",
        "безъ",
        "Безпокойный",
        "неразсказанный",
        "раз",
    ]
    assert tab.evaluate("(words) => words.map(SITE.key)", words) == [key_of(word) for word in words]


@pytest.mark.parametrize("width", [1300, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_for_everyone(tab: Any, folder: Path, width: int, theme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe is not here")
    tab.set_viewport_size({"width": width, "height": 850})
    tab.emulate_media(color_scheme=theme)
    first = next(iter(sorted((folder / "pages").rglob("*.html")))).relative_to(folder).as_posix()
    for place in ("index.html", "lists/one/index.html", first, f"{first}#w1.0", "search.html"):
        tab.goto(f"{folder.as_uri()}/{place}")
        tab.reload()
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, place
        tab.evaluate(AXE.read_text("utf-8"))
        found = tab.evaluate("(rules) => axe.run({ runOnly: rules, preload: false })", RULES)
        faults = [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
        assert faults == [], place


WORDS = """
    фабрика фабрики фабрику завод заводъ заводы разсказъ рассказы мир міра и не в сельскій сельского
    дом том пром-сектор край въ губерніи губернія крестьяне крестьянъ № —
"""
ENDS = ("", "", "", "-")
QUERIES = (
    "фабрика",
    "=фабрика",
    "фабр*",
    "заводы мир",
    '"и не"',
    '"в губернии"',
    '"не в сельского"',
    "фабрика NEAR завод",
    "завод РЯДОМ/1 мир",
    "фабрика NEAR/0 NEAR/2 дом",
    '"и не" NEAR/3 край',
    "фабрку",
    "том",
    "крестянин",
    "сектор",
    "пром-сектор",
    "заводфабрика",
    "рассказ* и",
    "5",
    '"',
    "NEAR",
    "завод завод",
    "фабрика NEAR/٣ завод",
    "дом\x1fкрай",
    "дом\x85край",
    "до\ufeffм",
    '"и\x1cне"',
)


def _drawn_line(rng: np.random.Generator) -> list[Drawn]:
    def word(text: str) -> Drawn:
        sure = float(rng.choice([1.0, 0.97, 0.8, 0.5, 0.2]))
        other = str(rng.choice(WORDS.split()))
        return (
            (text, sure, {other: round((1 - sure) * 0.7, 2)})
            if other != text and sure < 0.9
            else (text, sure)
        )

    chosen = [str(text) for text in rng.choice(WORDS.split(), int(rng.integers(1, 7)))]
    chosen[-1] += str(rng.choice(ENDS))
    return [word(text) for text in chosen]


def _by_line(hits: Iterable[tuple[str, int, float]]) -> dict[tuple[str, int], list[float]]:
    lines: dict[tuple[str, int], list[float]] = {}
    for page, line, likely in sorted(hits):
        lines.setdefault((page, line), []).append(likely)
    return lines


def _drawn_site(place: Path) -> tuple[Path, list[str]]:
    """Records with their index, in OUT, and a site of them, in SITE: OUT, and its pages in order."""
    rng = np.random.default_rng(7)
    pages = {f"page-{n:02}.xml": [_drawn_line(rng) for _ in range(8)] for n in range(20)}
    out = folder_of(place / "out", pages)
    renew(out)
    (done,) = export([out], "site", place / "site")
    assert done.error is None
    return out, sorted(pages)


def _asked(tab: Any, text: str, edits: int, *, is_whole: bool = False) -> tuple[list[Any], list[Any]]:
    """The hits of the site, and the words of which not all was looked at."""
    asked = "([q, edits, isWhole]) => SITE.finder.find(q, { edits, isWhole })"
    told = tab.evaluate(asked, [text, edits, is_whole])
    return told["hits"], told["partly"]


def test_the_site_answers_as_the_search_of_the_records_does(browser: Any, tmp_path: Path) -> None:
    out, places = _drawn_site(tmp_path)
    tab = browser.new_page()
    tab.goto(f"{(tmp_path / 'site' / 'search.html').as_uri()}")
    with opened(out) as connection:
        for text in QUERIES:
            for edits in (0, 1, 2):
                told, partly = _asked(tab, text, edits)
                assert not partly
                try:
                    query = parse_query(text, edits=edits)
                except SettingsError:
                    assert not told
                    continue
                hits = answer(connection, query, limit=10_000)
                site = _by_line((places[hit["page"]], hit["line"] + 1, hit["likely"]) for hit in told)
                records = _by_line((hit.page, hit.number, hit.probability) for hit in hits)
                assert site.keys() == records.keys(), (text, edits)
                for place, likely in site.items():  # of a word that a line end breaks the site has hundredths
                    assert likely == pytest.approx(records[place], abs=0.01), (text, edits, place)
                likely = [hit["likely"] for hit in told]
                assert likely == sorted(likely, reverse=True)
    tab.close()


def test_of_many_parts_the_first_are_looked_at_and_that_is_told(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _drawn_site(tmp_path / "large")
    monkeypatch.setattr(site_search, "PART_BYTES", 150)
    monkeypatch.setattr(site_search, "MOST_PARTS", 3)
    _drawn_site(tmp_path / "small")
    large, small = browser.new_page(), browser.new_page()
    large.goto((tmp_path / "large/site/search.html").as_uri())
    told_partly = 0
    for text in QUERIES:
        for edits in (0, 2):
            small.goto((tmp_path / "small/site/search.html").as_uri())
            first, partly = _asked(small, text, edits)
            for word in partly:
                assert word["looked"] == 3 < word["parts"]
            terms = max(len(re.findall(r"\S+", text)), 1)
            loaded = 'document.querySelectorAll(\'head script[src*="search/"]:not([src*="s-"])\').length'
            assert small.evaluate(loaded) <= 1 + 3 * terms, text  # the list of parts, and theirs
            whole, nothing = _asked(small, text, edits, is_whole=True)
            assert (whole, nothing) == _asked(large, text, edits)
            places = {(hit["page"], hit["line"]) for hit in whole}
            assert {(hit["page"], hit["line"]) for hit in first} <= places
            assert partly or first == whole, text
            told_partly += bool(partly)
    assert told_partly > 10
    small.goto((tmp_path / "small/site/search.html").as_uri() + "?q=фабр*&lang=ru")
    small.wait_for_selector("#whole:not([hidden])")
    assert "«фабр*»" in small.locator("#partly").inner_text()
    shown = small.locator("#count").inner_text()
    small.locator("#whole").click()
    small.wait_for_selector("#whole", state="hidden")
    small.wait_for_function("(was) => /\\d/.test(count.textContent) && count.textContent !== was", arg=shown)
    assert small.locator("#partly").inner_text() == ""
    large.close()
    small.close()


def test_of_a_usual_word_beside_a_rare_one_the_pages_of_the_rare_one_alone_are_looked_at(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_search, "PART_BYTES", 60)
    monkeypatch.setattr(site_search, "MOST_PARTS", 3)
    pages: dict[str, list[list[Drawn]]] = {f"page-{n:02}.xml": [["и", "и", "и", "и"]] * 3 for n in range(30)}
    pages["page-21.xml"] = [["и", "редкость", "и"]]
    (done,) = export([folder_of(tmp_path / "out", pages)], "site", tmp_path / "site")
    assert done.error is None
    tab = browser.new_page()
    tab.goto((tmp_path / "site/search.html").as_uri())
    hits, partly = _asked(tab, '"и редкость"', 0)
    assert ([(hit["page"], hit["line"]) for hit in hits], partly) == ([(21, 0)], [])
    (told,) = _asked(tab, "и", 0)[1]
    assert told["parts"] > 20
    tab.close()
