"""A site of records: words found in a browser, opened from disk, nothing asked of any other place."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.exports.run import export
from ocr.exports.site import folded, key_of
from tests.exports.records import record_of

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for place, text in {
        "первая <b>/1": "Старый конь\nборозды не портитъ",
        "первая <b>/2": "Новый хлѣбъ <script>",
        "вторая/1": "старого хлеба нет",
    }.items():
        path = tmp_path / "in" / f"{place}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(record_of(text, name=f"лист {path.stem}"))
    (done,) = export([tmp_path / "in"], "site", tmp_path / "site")
    assert done.error is None
    return tmp_path / "site"


def test_each_notebook_has_its_file_and_each_word_its_place(site: Path) -> None:
    assert sorted(path.name for path in site.glob("*.html")) == [
        "index.html",
        "вторая.html",
        "первая <b>.html",
    ]
    index = (site / "index.html").read_text("utf-8")
    assert "первая &lt;b&gt;</a>" in index
    assert "первая <b></a>" not in index
    part = (site / "search" / f"{key_of('хлеб')}.js").read_text("utf-8")
    rows = json.loads(part[part.index("[") :].removesuffix(");\n").replace(",\n]", "\n]"))
    assert sorted(row[0] for row in rows) == ["хлеб", "хлеба"]
    assert ["хлеб", 1, 2, "лист 2", "s1_r1_l1", "Новый хлѣбъ <script>"] in rows


def test_a_second_run_writes_nothing_and_what_is_gone_goes(site: Path, tmp_path: Path) -> None:
    (again,) = export([tmp_path / "in"], "site", site)
    assert again.is_current
    (tmp_path / "in" / "вторая" / "1.xml").unlink()
    (changed,) = export([tmp_path / "in"], "site", site)
    assert changed.error is None
    assert not (site / "вторая.html").exists()


@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_a_folded_word_is_folded_and_has_a_key(word: str) -> None:
    assert folded(folded(word)) == folded(word)
    assert all(c in "0123456789abcdef-" for c in key_of(folded(word)))


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")
def test_words_are_found_in_a_browser(site: Path) -> None:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (dev group)")
    with api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = opened.new_page(locale="ru-RU")
        complaints, asked = [], []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "index.html").as_uri())
        page.fill("#query", "хлеб*")
        page.wait_for_selector("#results li >> nth=1")
        assert page.inner_text("#count") == "Строк: 2"
        assert page.locator("#results mark").all_inner_texts() == ["хлеба", "хлѣбъ"]
        page.fill("#query", "КОНЬ старый")
        page.wait_for_function("document.querySelectorAll('#results mark').length === 2")
        page.click("#results a")
        page.wait_for_function("location.hash === '#p1-s1_r1_l1'")
        page.goto((site / "index.html").as_uri())
        page.click("[data-ui-set=en]")
        page.fill("#query", "nothing")
        page.wait_for_function("document.querySelector('#count').textContent === 'Nothing was found.'")
        opened.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
