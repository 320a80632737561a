"""Tables as CSV and as a workbook, and in the text."""

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from ocr.corrections.view import view
from ocr.exports.run import export
from ocr.formats.text import plain_text
from ocr.page import Cell
from ocr.tei.names import local, q
from ocr.tei.tree import load
from ocr.tei.write import to_tei
from tests.exports.readback import SCHEMAS, check_schema
from tests.exports.records import record_of
from tests.exports.tables import ROWS, page_with_table, region_of, table_record
from tests.imports.roundtrip import exported as exported_page
from tests.imports.roundtrip import imported

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


LINES = [[0, 1, 1], [1, 1, 1], [1, 1, 0], [2, 1, 1]]
"""Of each cell of such a table."""


def exported(tmp_path: Path, to: str, *records: bytes) -> Path:
    (tmp_path / "in" / "book").mkdir(parents=True)
    for n, record in enumerate(records, 1):
        (tmp_path / "in" / "book" / f"p{n}.xml").write_bytes(record)
    assert all(each.error is None for each in export([tmp_path / "in"], to, tmp_path / "out"))
    return tmp_path / "out"


def test_each_table_of_a_page_is_a_csv_file(tmp_path: Path) -> None:
    out = exported(tmp_path, "tables", table_record(), record_of("Проза"))
    assert sorted(path.name for path in out.rglob("*.csv")) == ["p1.table-1.csv"]
    rows = list(csv.reader(io.StringIO((out / "book" / "p1.table-1.csv").read_text("utf-8-sig"))))
    assert rows == [[cell.replace("\n", " ") for cell in row] for row in ROWS]


def test_what_a_spreadsheet_would_compute_is_guarded(tmp_path: Path) -> None:
    out = exported(tmp_path, "tables", table_record([["=1+1", "2"], ["3", "-4"]]))
    rows = list(csv.reader(io.StringIO((out / "book" / "p1.table-1.csv").read_text("utf-8-sig"))))
    assert rows == [["'=1+1", "2"], ["3", "'-4"]]


def test_a_workbook_has_a_sheet_for_each_table_and_its_merged_cells(tmp_path: Path) -> None:
    page = page_with_table([["1868", "=1+1"], ["007", "5"]])
    surface = page.surfaces[0]
    wide = region_of("Итого за годъ", Cell(1, 2, 0, 1, 2), 100, 700)
    page = replace(page, surfaces=(replace(surface, regions=(*surface.regions, wide)),))
    out = exported(tmp_path, "xlsx", to_tei(page), record_of("Проза"), table_record())
    with zipfile.ZipFile(out / "book.xlsx") as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        texts = ["".join(map(str, e.itertext())) for e in etree.fromstring(book.read("xl/sharedStrings.xml"))]
        clock = {info.date_time for info in book.infolist()}
    assert len(sheets) == 2
    assert len(clock) == 1  # the same file for the same records
    shown = {
        cell.get("r"): (texts[int(value)] if cell.get("t") == "s" else float(value))
        for cell in sheet.iter(f"{SHEET}c")
        if (value := cell.findtext(f"{SHEET}v")) is not None
    }
    assert shown == {"A1": 1868.0, "B1": "=1+1", "A2": "007", "B2": 5.0, "A3": "Итого за годъ"}
    assert [merged.get("ref") for merged in sheet.iter(f"{SHEET}mergeCell")] == ["A3:B3"]


def test_a_notebook_without_tables_has_no_workbook(tmp_path: Path) -> None:
    assert list(exported(tmp_path, "xlsx", record_of("Проза")).rglob("*.xlsx")) == []


def test_the_text_of_a_page_has_a_line_for_each_row(tmp_path: Path) -> None:
    out = exported(tmp_path, "txt", table_record())
    text = (out / "book" / "p1.txt").read_text()
    assert "\n\n\tВъ іюнѣ.\tВъ декабрѣ.\nДо Томска\t1 р. 20 к.\t1 р. 40 к.\n„ Канска\t40 к.\n" in text
    assert text.endswith("„ Иркутска и далѣе\t2 р.\t2 р. 30 к.\n\nПромыслы — рыболовство\n")


def test_page_xml_has_the_table_and_gives_it_back() -> None:
    page = page_with_table()
    surface = page.surfaces[0]
    wide = region_of("Итого", Cell(1, 4, 1, 1, 2), 400, 850)
    record = to_tei(replace(page, surfaces=(replace(surface, regions=(*surface.regions[:-1], wide)),)))
    content = exported_page(record, "page")
    check_schema(content, "page-2019-07-15.xsd")
    again, foreign = imported(content)
    assert foreign.left_out == {}
    assert [line.cell for line in view(again).lines] == [line.cell for line in view(record).lines]
    assert plain_text(again) == plain_text(record)


def test_a_table_of_transkribus_keeps_its_cells_and_an_absurd_one_does_not() -> None:
    place, text = '<Coords points="0,{n}0 9,{n}0 9,{n}9"/>', "<TextEquiv><Unicode>{n}</Unicode></TextEquiv>"
    line = f'<TextLine id="l{{n}}">{place}{text}</TextLine>'
    cell = f'<TableCell id="c{{n}}" row="{{row}}" col="{{column}}">{place}{line}</TableCell>'
    cells = "".join(cell.format(n=n, row=row, column=n % 2) for n, row in enumerate((0, 0, 1, 999999999), 2))
    content = (
        '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15">'
        '<Page imageFilename="a.png" imageWidth="99" imageHeight="99">'
        f'<TableRegion id="t"><Coords points="0,0 9,0 9,9"/>{cells}</TableRegion></Page></PcGts>'
    )
    again, foreign = imported(content.encode())
    assert [line.cell and (line.cell.row, line.cell.column) for line in view(again).lines] == [
        (0, 0), (0, 1), (1, 0), None
    ]  # fmt: skip
    assert foreign.left_out == {"the place of a cell in its table": 1}


def test_markdown_word_and_html_show_the_table_between_paragraphs(tmp_path: Path) -> None:
    text = (exported(tmp_path / "md", "md", table_record()) / "book.md").read_text()
    rows = ["|  | Въ іюнѣ. | Въ декабрѣ. |", "| --- | --- | --- |", "| До Томска | 1 р. 20 к. | 1 р. 40 к. |"]
    assert "\n\n" + "\n".join(rows) + "\n" in text
    assert text.index("слѣдующія") < text.index("| --- |") < text.index("Промыслы")
    docx = pytest.importorskip("docx")
    document = docx.Document(str(exported(tmp_path / "docx", "docx", table_record()) / "book.docx"))
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        [text.replace("\n", " ") for text in row] for row in ROWS
    ]
    html = (exported(tmp_path / "html", "html", table_record()) / "book.html").read_text()
    root = etree.fromstring(html, etree.HTMLParser())
    assert [[len(cell) for cell in row] for row in root.iter("tr")] == LINES


def test_the_edition_has_the_table_with_its_lines(tmp_path: Path) -> None:
    out = exported(tmp_path, "tei", table_record())
    root = load(out / "book.tei.xml")
    (table,) = root.iter(q("table"))
    assert [[len(list(cell.iter(q("lb")))) for cell in row] for row in table] == LINES
    assert next(local(e) for e in table.itersiblings(preceding=True)) == "p"
    assert "До Томска\t1 р. 20 к.\t1 р. 40 к." in plain_text(out / "book.tei.xml")
    if (SCHEMAS / "tei_all.rng").exists():
        schema = etree.RelaxNG(etree.parse(str(SCHEMAS / "tei_all.rng")))
        assert schema.validate(root), schema.error_log
