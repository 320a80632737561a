"""Exports with METS: pages in its order, with the scans that it gives them; nothing outside is looked at."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from ocr.corrections.view import view
from ocr.imports.mets import read_mets
from ocr.imports.run import Imported, ImportSettings, import_files
from tests.imports.exports import export, page, scan

SETTINGS = ImportSettings("Анна Иванова", "2026-11-27")
HEAD = '<mets xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink">'


def transkribus(*names: str) -> str:
    """METS as Transkribus writes it: groups within a group, a page for each div, areas within pointers."""
    files = {
        group: "".join(
            f'<file ID="{group}_{name}" SEQ="{n}"><FLocat LOCTYPE="OTHER" OTHERLOCTYPE="FILE" '
            f'xlink:href="{place.format(name)}"/></file>'
            for n, name in enumerate(names, 1)
        )
        for group, place in (("IMG", "{}.png"), ("PAGEXML", "page/{}.xml"))
    }
    divs = "".join(
        f'<div ID="PAGE_{n}" ORDER="{n}" TYPE="SINGLE_PAGE"><fptr><area FILEID="IMG_{name}"/></fptr>'
        f'<fptr><area FILEID="PAGEXML_{name}"/></fptr></div>'
        for n, name in enumerate(names, 1)
    )
    groups = "".join(f'<fileGrp ID="{group}">{inner}</fileGrp>' for group, inner in files.items())
    return (
        f'{HEAD}<amdSec ID="SOURCE"/><fileSec><fileGrp ID="MASTER">{groups}</fileGrp></fileSec>'
        f'<structMap TYPE="MANUSCRIPT"><div ID="TRP_DOC_DIV">{divs}</div></structMap></mets>'
    )


def escriptorium(*names: str) -> str:
    """METS as eScriptorium writes it: two groups, plain pointers, no order but that of the divs."""
    files = "".join(
        f'<fileGrp USE="{use}">'
        + "".join(
            f'<file ID="{use}{n}"><FLocat LOCTYPE="URL" xlink:href="{name}{suffix}"/></file>'
            for n, name in enumerate(names)
        )
        + "</fileGrp>"
        for use, suffix in (("image", ".png"), ("export", ".xml"))
    )
    divs = "".join(
        f'<div TYPE="page"><fptr FILEID="image{n}"/><fptr FILEID="export{n}"/></div>'
        for n in range(len(names))
    )
    return (
        f'{HEAD}<fileSec>{files}</fileSec><structMap TYPE="physical"><div TYPE="document">{divs}</div>'
        "</structMap></mets>"
    )


def _import(path: Path, out: Path) -> tuple[list[Imported], Counter[str]]:
    passed_over = Counter[str]()
    return list(import_files([path], out, SETTINGS, [], passed_over)), +passed_over


def test_where_names_say_the_order_they_stay(tmp_path: Path) -> None:
    folder = export(tmp_path / "book", "0001", "0002")
    (folder / "mets.xml").write_text(transkribus("0001", "0002"), "utf-8")
    done, passed_over = _import(folder, tmp_path / "out")
    assert [(str(each.place), each.error) for each in done] == [("0001", None), ("0002", None)]
    assert passed_over == {"amdSec (mets.xml)": 1}


@pytest.mark.parametrize("as_zip", [False, True])
def test_pages_come_in_the_order_of_mets(tmp_path: Path, *, as_zip: bool) -> None:
    folder = export(tmp_path / "book", "cover", "b", "a")
    (folder / "mets.xml").write_text(transkribus("cover", "b", "a"), "utf-8")
    where = Path(shutil.make_archive(str(folder), "zip", folder)) if as_zip else folder
    done, _ = _import(where, tmp_path / "out")
    assert [each.error for each in done] == [None] * 3
    assert [each.place.name for each in done] == ["0001-cover", "0002-b", "0003-a"]
    names = sorted(path.name for path in (tmp_path / "out").rglob("*.xml"))
    assert names == ["0001-cover.xml", "0002-b.xml", "0003-a.xml"]


def test_a_page_that_names_no_scan_has_the_one_of_its_div(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    scan(folder / "IMG_7.png")
    (folder / "p.xml").write_bytes(page("Старый конь", image="on the server.png"))
    mets = escriptorium("IMG_7").replace("IMG_7.xml", "p.xml")
    (folder / "METS.xml").write_text(mets, "utf-8")
    (only,), _ = _import(folder, tmp_path / "out")
    assert only.error is None
    assert view((tmp_path / "out/p.xml").read_bytes()).scan.file == "IMG_7.png"


def test_what_it_names_and_is_not_there_is_told(tmp_path: Path) -> None:
    folder = export(tmp_path / "book", "0001")
    (folder / "mets.xml").write_text(transkribus("0001", "0002"), "utf-8")
    done, passed_over = _import(folder, tmp_path / "out")
    assert [each.error for each in done] == [None]
    assert passed_over["file that mets.xml names and that is not there"] == 2


@pytest.mark.parametrize(
    "href",
    [
        "../secret.png",
        "/etc/passwd",
        "file:///etc/passwd",
        "https://a.example/1.png",
        "c:\\1.png",
        "",
        "%2e%2e/1",
    ],
)
def test_nothing_outside_its_folder_is_a_page(tmp_path: Path, href: str) -> None:
    path = tmp_path / "mets.xml"
    path.write_text(transkribus("0001").replace("0001.png", href), "utf-8")
    for files in read_mets(path).pages:
        assert [file.relative_to(tmp_path).as_posix() for file in files if "page/" not in str(file)] in (
            [],
            ["etc/passwd"],  # below the folder
        )


@pytest.mark.parametrize(
    "content", ["<mets", "", f"<!DOCTYPE a [<!ENTITY b 'c'>]>{HEAD}</mets>", f"{HEAD}</mets>"]
)
def test_a_bad_one_is_named_and_the_pages_are_imported(tmp_path: Path, content: str) -> None:
    folder = export(tmp_path / "book", "0001")
    (folder / "mets.xml").write_text(content, "utf-8")
    done, passed_over = _import(folder, tmp_path / "out")
    assert [str(each.place) for each in done if each.error is None] == ["0001"]
    assert "mets" in " ".join([*passed_over, *(str(each.place) for each in done)])
