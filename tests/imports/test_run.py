"""Exports of other programs imported: what is written, what is left as it is, what is told."""

import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from ocr.corrections.changes import AcceptLine, CorrectLine, edit
from ocr.corrections.tokens import Token
from ocr.corrections.view import view
from ocr.errors import OutputError, RecordError, ScanError
from ocr.geometry import Point
from ocr.imports.run import Counts, Imported, ImportSettings, import_files
from ocr.scan.load import digest_of
from ocr.tei.validate import validate
from tests.imports.exports import export, page, scan

SETTINGS = ImportSettings("Анна Иванова", "2026-11-27")


def _import(
    *paths: Path, out: Path, settings: ImportSettings = SETTINGS, scans: tuple[Path, ...] = ()
) -> list[Imported]:
    return list(import_files(paths, out, settings, scans, Counter()))


def test_an_export_becomes_records_that_know_their_scans(tmp_path: Path) -> None:
    folder, out, passed_over = export(tmp_path / "book", "0001", "0002"), tmp_path / "out", Counter[str]()
    done = list(import_files([folder], out, SETTINGS, [], passed_over))
    assert [(str(each.place), each.error, each.lines, each.corrected) for each in done] == [
        ("0001", None, 2, 2),
        ("0002", None, 2, 2),
    ]
    assert passed_over == {"mets (mets.xml)": 1}
    assert validate(out / "0001.xml") == []
    record = view((out / "0001.xml").read_bytes())
    assert record.scan.sha256 == digest_of(folder / "0001.png")
    assert (record.scan.width_px, record.scan.height_px) == (1000, 1400)
    assert record.state == "corrected"
    assert {record.people[line.by or ""] for line in record.lines} == {"Анна Иванова"}
    assert [point.y for point in record.lines[0].baseline] == [140, 142, 141]


def test_a_draft_is_the_programs_unless_the_user_says_otherwise(tmp_path: Path) -> None:
    folder = export(tmp_path / "book", "0001", status="IN_PROGRESS")
    _import(folder, out=tmp_path / "read")
    record = view((tmp_path / "read" / "0001.xml").read_bytes())
    assert {record.people[line.by or ""] for line in record.lines} == {"Another program 2.1"}
    assert {line.state for line in record.lines} == {"draft"}
    _import(folder, out=tmp_path / "told", settings=replace(SETTINGS, counts=Counts.CORRECTED))
    record = view((tmp_path / "told" / "0001.xml").read_bytes())
    assert {line.state for line in record.lines} == {"corrected"}


def test_what_changed_is_imported_again_and_a_persons_work_stays(tmp_path: Path) -> None:
    folder, out = export(tmp_path / "book", "0001", "0002"), tmp_path / "out"
    _import(folder, out=out)
    record = out / "0001.xml"
    line = view(record.read_bytes()).lines[0].ident
    edited = edit(record.read_bytes(), CorrectLine(line, (Token("Новый"),)), "Пётр", "2026-11-27")
    record.write_bytes(edited)
    assert [each.is_current for each in _import(folder, out=out)] == [True, True]
    assert record.read_bytes() == edited
    for name in ("0001", "0002"):
        (folder / "page" / f"{name}.xml").write_bytes(page("другое", image=f"{name}.png"))
    first, second = _import(folder, out=out)
    assert isinstance(first.error, OutputError)
    assert record.read_bytes() == edited
    assert (second.error, second.is_current) == (None, False)
    assert view((out / "0002.xml").read_bytes()).lines[0].tokens[0].text == "другое"


def test_a_strangers_file_stays(tmp_path: Path) -> None:
    folder, out = export(tmp_path / "book", "0001"), tmp_path / "out"
    out.mkdir()
    (out / "0001.xml").write_text("<mine/>", "utf-8")
    (only,) = _import(folder, out=out)
    assert isinstance(only.error, OutputError)
    assert (out / "0001.xml").read_text("utf-8") == "<mine/>"


def test_a_bad_file_is_named_and_the_others_follow(tmp_path: Path) -> None:
    folder = export(tmp_path / "book", "0001", "0002", "0003")
    (folder / "page" / "0001.xml").write_bytes(b"<PcGts><Page>")
    (folder / "page" / "0002.xml").write_bytes(b'<!DOCTYPE a [<!ENTITY b "c">]><PcGts/>')
    first, second, third = _import(folder, out=tmp_path / "out")
    assert isinstance(first.error, RecordError)
    assert "DOCTYPE" in str(second.error)
    assert third.error is None


def test_a_scan_of_another_size_is_refused_with_both_and_scaled_when_asked(tmp_path: Path) -> None:
    folder, out = export(tmp_path / "book", "0001"), tmp_path / "out"
    scan(folder / "0001.png", (2000, 2800))
    (refused,) = _import(folder, out=out)
    assert isinstance(refused.error, ScanError)
    assert "2000 by 2800" in str(refused.error)
    assert "1000 by 1400" in str(refused.error)
    (only,) = _import(folder, out=out, settings=replace(SETTINGS, scale=True))
    assert only.error is None
    line = view((out / "0001.xml").read_bytes()).lines[0]
    assert line.outline is not None
    assert line.outline.points[0] == Point(200, 200)
    assert line.baseline[1] == Point(1000, 284)
    scan(folder / "0001.png", (2000, 1400))
    (other,) = _import(folder, out=out, settings=replace(SETTINGS, scale=True))
    assert "another shape" in str(other.error)


def test_a_page_without_its_scan_is_refused_unless_asked(tmp_path: Path) -> None:
    folder, out = export(tmp_path / "book", "0001"), tmp_path / "out"
    kept = scan(tmp_path / "elsewhere" / "0001.png")
    (folder / "0001.png").unlink()
    (only,) = _import(folder, out=out)
    assert "--scans" in str(only.error)
    assert _import(folder, out=out, scans=(kept.parent,))[0].error is None
    assert (
        _import(folder, out=tmp_path / "other", settings=replace(SETTINGS, without_scans=True))[0].error
        is None
    )
    assert view((tmp_path / "other" / "0001.xml").read_bytes()).scan.sha256 is None
    assert validate(tmp_path / "other" / "0001.xml") == []


def test_a_zip_brings_its_scans_along(tmp_path: Path) -> None:
    folder, out = export(tmp_path / "book", "0001"), tmp_path / "out"
    with zipfile.ZipFile(tmp_path / "book.zip", "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(tmp_path))
    (only,) = _import(tmp_path / "book.zip", out=out)
    assert only.error is None
    assert digest_of(out / "book" / "0001.png") == view((out / "book" / "0001.xml").read_bytes()).scan.sha256
    assert [each.is_current for each in _import(tmp_path / "book.zip", out=out)] == [True]
    assert not (out / ".tetradi" / "unpacked").exists()


def test_lines_beyond_the_page_and_ids_given_twice_are_told(tmp_path: Path) -> None:
    twice = '<TextRegion id="r1"><Coords points="0,0 90,0 90,90"/><TextLine id="x">' + (
        '<Coords points="-40,10 5000,10 5000,60"/><TextEquiv><Unicode>край</Unicode></TextEquiv></TextLine>'
    )
    content = page("Старый конь", regions=f"{twice}</TextRegion>")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "0001.xml").write_bytes(content)
    scan(tmp_path / "in" / "0001.png")
    (only,) = _import(tmp_path / "in", out=tmp_path / "out")
    assert only.error is None
    assert only.left_out["lines that reach beyond the scan, clipped to it"] == 1
    assert only.left_out["id r1, which stands twice"] == 1
    record = view((tmp_path / "out" / "0001.xml").read_bytes())
    assert [token.text for line in record.lines for token in line.tokens] == ["край", "Старый", "конь"]
    assert validate(tmp_path / "out" / "0001.xml") == []


def test_names_that_lead_out_of_the_export_are_not_followed(tmp_path: Path) -> None:
    scan(tmp_path / "secret.png")
    (tmp_path / "in").mkdir()
    for image in ("../secret.png", str(tmp_path / "secret.png"), "http://127.0.0.1/secret.png"):
        (tmp_path / "in" / "0001.xml").write_bytes(page("слово", image=image))
        (only,) = _import(tmp_path / "in", out=tmp_path / "out")
        assert isinstance(only.error, ScanError), image


def test_nothing_to_import_is_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(RecordError, match="PAGE"):
        _import(tmp_path / "in", out=tmp_path / "out")


def test_a_persons_text_is_no_machines_output(tmp_path: Path) -> None:
    _import(export(tmp_path / "book", "0001"), out=tmp_path / "out")
    first = view((tmp_path / "out" / "0001.xml").read_bytes()).changes[-1]
    assert first.text == "transcription"
    other = export(tmp_path / "other", "0001", status="NEW")
    _import(other, out=tmp_path / "read")
    assert view((tmp_path / "read" / "0001.xml").read_bytes()).changes[-1].text == "machine output"


def test_accepted_lines_stay_accepted(tmp_path: Path) -> None:
    folder, out = export(tmp_path / "book", "0001"), tmp_path / "out"
    _import(folder, out=out)
    content = (out / "0001.xml").read_bytes()
    line = view(content).lines[0].ident
    assert edit(content, AcceptLine(line), "Анна Иванова", "2026-11-27") == content
