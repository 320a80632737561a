"""The site: what stands in its files, what is done again, and that nothing of a record is markup."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from lxml import html
from PIL import Image

from ocr.errors import RecordError, SettingsError
from ocr.exports import site
from ocr.exports.formats import FORMATS
from ocr.exports.reading import ExportSettings
from ocr.exports.run import Exported, export
from ocr.exports.site_html import static
from tests.exports.records import record_of

HOSTILE = "<script>alert(1)</script> \"'&amp; </li> ]]> \u2028 ${x} <!--"


def _records(root: Path, **pages: bytes) -> Path:
    folder = root / "in" / "тетрадь 1"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in pages.items():
        (folder / f"{name}.xml").write_bytes(content)
    return root / "in"


def _export(root: Path, settings: ExportSettings | None = None) -> list[Exported]:
    return list(export([root / "in"], "site", root / "out", settings))


def _scan(root: Path) -> None:
    """A scan of the size that the records tell; a record of no digest takes it by its name."""
    pixels = np.full((1400, 1000, 3), 220, np.uint8)
    Image.fromarray(pixels).save(root / "in" / "тетрадь 1" / "page.png")


def _without_digest(content: bytes) -> bytes:
    return re.sub(rb'\s*<idno type="sha256">[^<]*</idno>', b"", content)


def test_a_site_is_one_for_all() -> None:
    assert FORMATS["site"].unit == "folder"


def test_pages_lists_and_search_stand_there(tmp_path: Path) -> None:
    _records(
        tmp_path, p1=record_of("Старый конь\nборозды"), p2=record_of("не портит"), p10=record_of("и все")
    )
    (done,) = _export(tmp_path)
    assert done.error is None
    assert "3 page(s) without their scan" in done.remark
    out = tmp_path / "out"
    front = html.parse(out / "index.html").getroot()
    assert front.xpath("//ul[@class='notebooks']//strong/text()") == ["тетрадь 1"]
    listed = html.parse(out / "lists" / "тетрадь 1" / "index.html").getroot()
    links = listed.xpath("//ol[@class='pages']//a/@href")
    assert [link.rpartition("/")[2] for link in links] == ["p1.html", "p2.html", "p10.html"]
    page = html.parse(out / "pages" / "тетрадь 1" / "p2.html").getroot()
    assert page.xpath("//a[@rel='prev']/@href")[0].endswith("p1.html")
    assert page.xpath("//a[@rel='next']/@href")[0].endswith("p10.html")
    words = page.xpath("//*[@class='words']/*[contains(@class, 'w ')]")
    assert [word.text_content() for word in words] == ["не", "портит"]
    assert [word.get("data-p") for word in words] == ["100 100 40 40", "160 100 120 40"]
    assert [word.get("data-c") for word in words] == ["50", "51"]
    assert all("t-doubtful" in word.get("class") for word in words)


def test_nothing_of_a_record_is_markup(tmp_path: Path) -> None:
    name = "<b>&'\"x"
    content = record_of(HOSTILE, name=HOSTILE)
    _records(tmp_path, **{name: content})
    (done,) = _export(tmp_path)
    assert done.error is None
    for file in (tmp_path / "out").rglob("*.html"):
        root = html.parse(file).getroot()
        assert all(script.get("src") and not script.text for script in root.iter("script")), file
        assert not list(root.iter("b"))
        assert not list(root.iter(html.etree.Comment)), file
    text = (tmp_path / "out" / "search" / "text-0.js").read_text("utf-8")
    assert "\u2028" not in text
    values = json.loads(text.removeprefix("SITE.texts(0,").removesuffix(");\n"))
    assert "<script>alert(1)</script>" in values[0][6][0][1]


def test_words_under_the_threshold_are_neither_shown_nor_found(tmp_path: Path) -> None:
    _records(tmp_path, p=record_of("раз два три"))
    _export(tmp_path, ExportSettings(threshold=0.505))
    page = html.parse(tmp_path / "out" / "pages" / "тетрадь 1" / "p.html").getroot()
    assert page.xpath("string(//*[@class='words'])") == "[…] два три"
    part = (tmp_path / "out" / "search" / "0.js").read_text("utf-8")
    assert '"два"' in part
    assert '"раз"' not in part


def test_a_record_that_is_none_is_named_and_the_others_are_there(tmp_path: Path) -> None:
    _records(tmp_path, a=record_of("раз"), b=b"<TEI", c=record_of("три"))
    bad, whole = _export(tmp_path)
    assert bad.place.name == "b"
    assert isinstance(bad.error, RecordError)
    assert whole.error is None
    page = html.parse(tmp_path / "out" / "pages" / "тетрадь 1" / "a.html").getroot()
    assert page.xpath("//a[@rel='next']/@href")[0].endswith("c.html")
    (again, _) = _export(tmp_path)
    assert isinstance(again.error, RecordError)


def test_records_that_are_none_make_no_site(tmp_path: Path) -> None:
    _records(tmp_path, b=b"<TEI")
    (done,) = _export(tmp_path)
    assert isinstance(done.error, RecordError)
    assert not (tmp_path / "out" / "index.html").exists()


def test_two_records_of_one_place_are_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "p.xml").write_bytes(record_of("раз"))
    (done,) = export([tmp_path / "one", tmp_path / "two"], "site", tmp_path / "out")
    assert isinstance(done.error, SettingsError)


def test_a_scan_is_reduced_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _records(tmp_path, page=_without_digest(record_of("раз")))
    (done,) = _export(tmp_path)
    assert "without their scan" in done.remark
    _scan(tmp_path)
    (done,) = _export(tmp_path)  # the scan has come
    assert (done.remark, done.is_current) == ("", False)
    page = html.parse(tmp_path / "out" / "pages" / "тетрадь 1" / "page.html").getroot()
    (source,) = page.xpath("//img/@src")
    with Image.open(tmp_path / "out" / "pages" / "тетрадь 1" / source) as picture:
        assert picture.size == (1000, 1400)
    (done,) = _export(tmp_path)
    assert done.is_current
    _records(tmp_path, other=record_of("два"))
    monkeypatch.setattr(site, "reduced", lambda *_, **__: pytest.fail("read again"))
    (done,) = _export(tmp_path)
    assert done.error is None


def test_pages_that_are_gone_go(tmp_path: Path) -> None:
    _records(tmp_path, a=record_of("раз"), b=record_of("два"))
    _export(tmp_path)
    (tmp_path / "in" / "тетрадь 1" / "b.xml").unlink()
    _export(tmp_path)
    pages = [path.name for path in (tmp_path / "out" / "pages").rglob("*.html")]
    assert pages == ["a.html"]


def test_all_words_of_the_interface_are_there_in_both_languages() -> None:
    words = json.loads(static("site_words.json"))
    assert words["en"].keys() == words["ru"].keys()
    for key, text in words["en"].items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", words["ru"][key])), key


def test_a_run_that_stops_half_way_knows_its_files_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _records(tmp_path, **{f"p{n}": record_of("раз два") for n in range(5)})

    def stop(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(site, "_search_page", stop)
        with pytest.raises(KeyboardInterrupt):
            _export(tmp_path)
    assert len(list((tmp_path / "out" / ".tetradi").glob("*.notes"))) == 1
    (tmp_path / "in" / "тетрадь 1" / "p1.xml").write_bytes(record_of("совсем другое"))
    (done,) = _export(tmp_path)
    assert done.error is None
    assert not list((tmp_path / "out" / ".tetradi").glob("*.notes"))
