"""A notebook as one HTML file."""

import re
import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from lxml import html
from PIL import Image

from ocr.corrections.changes import CorrectLine, edit
from ocr.corrections.letters import Part
from ocr.corrections.tokens import Gap, Token
from ocr.exports.reading import ExportSettings
from ocr.exports.run import export
from ocr.page import Kind
from tests.exports.records import record_of

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


def _export(folder: Path, *pages: bytes, settings: ExportSettings | None = None) -> tuple[Path, str]:
    """The file and what is said of it; scans lie beside the records as a.png, b.png ..."""
    book = folder / "in" / "book"
    book.mkdir(parents=True, exist_ok=True)
    for name, content in zip("abc", pages, strict=False):
        picture = book / f"{name}.png"
        Image.fromarray(np.full((1400, 1000), 220, np.uint8)).save(picture)
        digest = sha256(picture.read_bytes()).hexdigest().encode()
        (book / f"{name}.xml").write_bytes(content.replace(b"0" * 64, digest))
    (exported,) = export([folder / "in"], "html", folder / "out", settings)
    assert exported.error is None
    return folder / "out" / "book.html", exported.remark


def _pages() -> list[bytes]:
    first = record_of("12\nСтарый <конь\nвставка\nборозды губер-", "поле", kinds=(
        Kind.NUMBER, Kind.TEXT, Kind.INSERTION, Kind.TEXT, Kind.MARGIN), name="a")  # fmt: skip
    tokens = (
        Token("Старый", marks=("del",)),
        Token("<конь", parts=(Part("<ко"), Part("нь", ("superscript",)))),
        Token("т.", marks=("abbr", "hi"), expan='то"варищ'),
        Token("", gap=Gap("illegible")),
    )
    return [
        edit(first, [CorrectLine("s1_r1_l2", tokens)], "А. Б.", "2026-01-02"),
        record_of("ніи новаго горо-\nда", name="b"),
    ]


def test_lines_are_tied_to_their_places_and_nothing_is_asked_of_any_place(tmp_path: Path) -> None:
    file, remark = _export(tmp_path, *_pages())
    text = file.read_text("utf-8")
    root = html.fromstring(text)
    assert remark == ""
    idents = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(idents) == len(set(idents))
    links = [a.get("href", "") for a in root.iter("a")]
    assert all(link.startswith("#") and link[1:] in idents for link in links)
    assert len(root.findall(".//polygon")) == 5 + 2
    assert [image.get("href", "")[:22] for image in root.iter("image")] == ["data:image/jpeg;base64"] * 2
    assert not re.findall(r"https?://(?!www\.w3\.org)", text)
    assert "default-src 'none'" in text


def test_words_marks_and_doubt(tmp_path: Path) -> None:
    text = _export(tmp_path, *_pages())[0].read_text("utf-8")
    assert "<del>Старый</del> &lt;ко<sup>нь</sup> " in text
    assert '<u><abbr title="то&quot;варищ">т.</abbr></u>' in text
    assert '<span class="gap">[…]</span>' in text
    assert '<p class="number">' in text
    assert '<p class="margin">' in text
    assert '<ins class="add">‹' in text
    assert re.search(r'<span class="q" title="5\d %: [^"]+">', text)
    assert 'горо<span class="hy">-</span></span></span><span class="line text goes-on"' in text


def test_new_spelling_of_a_word_that_goes_on(tmp_path: Path) -> None:
    settings = ExportSettings(modern=True)
    first = record_of("новаго міра без-\nпокойство губер-\nніи", name="a")
    text = _export(tmp_path, first, settings=settings)[0].read_text("utf-8")
    words = re.sub(r"<[^>]+>", "", text[text.index('class="text"') :])
    assert "нового мира бес-2покойство губер-3нии" in words.replace(" 2", "2")


def test_a_page_without_its_scan_has_its_text(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "book"
    folder.mkdir(parents=True)
    (folder / "a.xml").write_bytes(record_of("раз два"))
    (exported,) = export([tmp_path / "in"], "html", tmp_path / "out")
    assert exported.error is None
    assert "1 page(s) without a picture" in exported.remark
    text = (tmp_path / "out" / "book.html").read_text("utf-8")
    assert "раз" in text
    assert "Скана нет." in text
    assert 'href="#z-' not in text


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")
def test_a_click_shows_the_place_in_a_browser(tmp_path: Path) -> None:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (dev group)")
    file, _ = _export(tmp_path, *_pages())
    with api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = opened.new_page(locale="ru-RU")
        complaints, asked = [], []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.dataset.ui") == "ru"
        page.click("#p1-s1_r1_l4")
        assert page.evaluate("[...document.querySelectorAll('.on')].map(e => e.id)") == [
            "z-p1-s1_r1_l4",
            "p1-s1_r1_l4",
        ]
        page.click("#z-p2-s1_r1_l2")
        assert page.evaluate("document.querySelector('.line.on').id") == "p2-s1_r1_l2"
        page.click("button[value=en]")
        page.click("button[data-set=lines]")
        assert page.is_hidden(".hy >> nth=0")
        assert page.is_visible("text=By lines")
        opened.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_a_scan_that_turns_up_is_looked_for_again(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "book"
    folder.mkdir(parents=True)
    (folder / "a.xml").write_bytes(record_of("раз два", name="a"))
    first, again = (next(iter(export([tmp_path / "in"], "html", tmp_path / "out"))) for _ in range(2))
    assert not first.is_current
    assert not again.is_current  # it has no picture yet
    assert "data:image" in _export(tmp_path, record_of("раз два", name="a"))[0].read_text("utf-8")
