"""A folder of records exported: what is written, what is left as it is, what is told."""

import os
from pathlib import Path

import pytest
from PIL import Image

from ocr.errors import OutputError, RecordError, SettingsError
from ocr.exports.formats import FORMATS
from ocr.exports.output import GroupOutput
from ocr.exports.run import Exported, export
from ocr.files import sha256_of
from tests.exports.records import record_of


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    for place, text in {"book/p1": "Старый конь", "book/p2": "борозды", "other/p1": "не портит"}.items():
        path = folder / f"{place}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(record_of(text))
    return folder


def _export(records: Path, out: Path, name: str = "txt") -> list[Exported]:
    return list(export([records], name, out))


def test_each_page_is_written_at_its_place_and_only_what_changed_again(records: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert [(str(e.place), e.error, e.is_current) for e in _export(records, out)] == [
        ("book/p1", None, False),
        ("book/p2", None, False),
        ("other/p1", None, False),
    ]
    assert (out / "book" / "p1.txt").read_text("utf-8") == "Старый конь\n"
    (records / "book" / "p2.xml").write_bytes(record_of("борозды не портит"))
    assert [e.is_current for e in _export(records, out)] == [True, False, True]
    assert (out / "book" / "p2.txt").read_text("utf-8") == "борозды не портит\n"
    (out / "book" / "p1.txt").unlink()
    assert [e.is_current for e in _export(records, out)] == [False, True, True]


def test_a_strangers_file_stays_and_is_named(records: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "book").mkdir(parents=True)
    (out / "book" / "p1.txt").write_text("моё", "utf-8")
    first, *others = _export(records, out)
    assert isinstance(first.error, OutputError)
    assert "p1.txt" in str(first.error)
    assert (out / "book" / "p1.txt").read_text("utf-8") == "моё"
    assert all(other.error is None for other in others)
    (out / "book" / "p2.txt").write_text("моё", "utf-8")
    assert isinstance(_export(records, out)[1].error, OutputError)


def test_a_record_that_cannot_be_read_does_not_end_the_rest(records: Path, tmp_path: Path) -> None:
    (records / "book" / "p1.xml").write_bytes(b"<TEI")
    first, *others = _export(records, tmp_path / "out")
    assert isinstance(first.error, RecordError)
    assert not (tmp_path / "out" / "book" / "p1.txt").exists()
    assert all(other.error is None for other in others)


def test_a_run_that_is_killed_knows_its_files_again(
    records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(GroupOutput, "keep", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            _export(records, out)
    (records / "book" / "p1.xml").write_bytes(record_of("другое"))
    assert all(e.error is None for e in _export(records, out))
    assert (out / "book" / "p1.txt").read_text("utf-8") == "другое\n"


@pytest.mark.parametrize(
    ("name", "error"), [("text", SettingsError), ("", SettingsError)], ids=["misspelt", "empty"]
)
def test_a_format_that_is_not_known_is_refused(
    records: Path, tmp_path: Path, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match="txt"):
        _export(records, tmp_path / "out", name)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_names_in_no_encoding_and_with_signs_of_control_are_written(tmp_path: Path, name: str) -> None:
    if FORMATS[name].extra:
        pytest.importorskip({"docx": "docx", "xlsx": "xlsxwriter"}[name], reason="the extra is not installed")
    for folder in (b"te\xff x", "те\x07&<\"'тр".encode()):
        book = tmp_path / "in" / os.fsdecode(folder)
        book.mkdir(parents=True)
        Image.new("L", (1000, 1400), 200).save(book / "page.png")
        digest = sha256_of((book / "page.png").read_bytes()).encode()
        (book / os.fsdecode(b"p\xff.xml")).write_bytes(record_of("раз два").replace(b"0" * 64, digest))
    done = list(export([tmp_path / "in"], name, tmp_path / "out"))
    assert [each.error for each in done] == [None] * (1 if FORMATS[name].unit == "folder" else 2)


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize(
    "pages", [((),), (("раз-",), (), ("два",)), ((), ("",))], ids=["alone", "between", "bare"]
)
def test_pages_without_text_are_written(
    tmp_path: Path, name: str, pages: tuple[tuple[str, ...], ...]
) -> None:
    if FORMATS[name].extra:
        pytest.importorskip({"docx": "docx", "xlsx": "xlsxwriter"}[name], reason="the extra is not installed")
    book = tmp_path / "book"
    book.mkdir()
    Image.new("L", (1000, 1400), 200).save(book / "page.png")
    digest = sha256_of((book / "page.png").read_bytes()).encode()
    for number, regions in enumerate(pages):
        (book / f"{number}.xml").write_bytes(record_of(*regions).replace(b"0" * 64, digest))
    done = list(export([book], name, tmp_path / "out"))
    assert [each.error for each in done] == [None] * (len(pages) if FORMATS[name].unit == "page" else 1)


def test_no_record_and_two_of_one_place_are_refused(records: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(RecordError, match=r"No \.xml"):
        list(export([tmp_path / "empty"], "txt", tmp_path / "out"))
    with pytest.raises(SettingsError, match="p1"):
        list(export([records / "book", records / "other"], "txt", tmp_path / "out"))
