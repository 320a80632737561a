"""Our schema admits what we write; what it admits, TEI admits."""

import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree
from typer.testing import CliRunner

from ocr.cli.app import app
from ocr.errors import RecordError
from ocr.page import Page
from ocr.tei.tree import load
from ocr.tei.validate import problems_of, validate
from ocr.tei.write import to_tei
from tests.tei.made_pages import pages
from tests.tei.rng_documents import RNG, TEI, Documents

SHARED = Path(__file__).parents[2] / ".." / "shared" / "tei"
GOLDEN = Path(__file__).parent / "golden"


def _schema() -> etree._ElementTree:
    held = resources.files("ocr.tei").joinpath("schema", "tetradi.rng").read_bytes()
    return etree.ElementTree(etree.fromstring(held))


@given(pages())
@settings(max_examples=40, deadline=None)
def test_every_page_is_written_without_problems(page: Page) -> None:
    assert problems_of(load(to_tei(page))) == []


def test_what_our_schema_admits_tei_admits(tmp_path: Path) -> None:
    jing = shutil.which("jing")
    if not (SHARED / "tei_all.rng").exists() or jing is None:
        pytest.skip("needs ../shared/tei/tei_all.rng and jing")
    schema = _schema()
    ours, seen, files = etree.RelaxNG(schema), set[str](), []
    for seed in range(150):
        document = Documents(schema, seed).make()
        held = etree.tostring(document, encoding="UTF-8")
        assert ours.validate(etree.fromstring(held)), ours.error_log
        seen |= {str(e.tag).removeprefix(TEI) for e in document.iter()}
        files.append(tmp_path / f"{seed}.xml")
        files[-1].write_bytes(held)
    defined = {e.get("name") for e in schema.iter(f"{RNG}element")}
    assert defined <= seen, f"never tried: {defined - seen}"
    files += sorted(GOLDEN.glob("*.xml"))
    done = subprocess.run([jing, SHARED / "tei_all.rng", *files], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0


def test_the_golden_records_are_as_they_were() -> None:
    from tests.tei.golden.pages import GOLDEN_PAGES

    files = sorted(GOLDEN.glob("*.xml"))
    assert {f.stem for f in files} == set(GOLDEN_PAGES)
    assert files
    for file in files:
        assert validate(file) == []
        assert to_tei(GOLDEN_PAGES[file.stem]) == file.read_bytes(), file.name


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('cert="0.93"', 'cert="93"', "from 0 to 1"),
        ('facs="#s1_r1_l3"', 'facs="#nowhere"', "#nowhere"),
        ('lrx="50"', 'lrx="5000"', "outside its surface"),
        ('xml:id="s1_r1_l2"', 'xml:id="s1_r1_l1"', "given 2 times"),
        ('<lb n="2"', '<lb n="1"', "used twice"),
        ("<desc>", "<b/><desc>", "TEI has no element b"),
        ("<desc>", "<ab/><desc>", "does not belong"),
        ("</body>", "", "not well-formed"),
    ],
)
def test_a_slip_is_told_with_its_line(tmp_path: Path, before: str, after: str, told: str) -> None:
    held = (GOLDEN / "marks.xml").read_text("utf-8")
    assert before in held
    broken = tmp_path / "broken.xml"
    broken.write_text(held.replace(before, after, 1), "utf-8")
    problems = validate(broken)
    assert any(told in str(p) for p in problems), problems
    line = held[: held.index(before)].count("\n") + 1
    assert any(p.line >= line for p in problems)


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("Кризис</w>", "<placeName>Кризис</placeName></w>", ["element placeName"]),
        ('<lb n="3"', '<lb ana="#s1" n="3"', ["attribute @ana"]),
        ("<body>", "<front><titlePage><docTitle/></titlePage></front><body>", ["element front"]),
        ("<encodingDesc>", '<encodingDesc><classDecl><taxonomy n="1"/></classDecl>', ["element classDecl"]),
    ],
)
def test_tei_that_we_do_not_write_is_told_and_is_not_wrong(
    tmp_path: Path, before: str, after: str, what: list[str]
) -> None:
    path = tmp_path / "richer.xml"
    path.write_text((GOLDEN / "marks.xml").read_text("utf-8").replace(before, after, 1), "utf-8")
    problems = validate(path)
    assert problems
    assert all(problem.outside for problem in problems)
    assert all(any(one in problem.message for problem in problems) for one in what)


def test_beyond_and_wrong_are_told_apart(tmp_path: Path) -> None:
    held = (GOLDEN / "marks.xml").read_text("utf-8").replace("Кризис</w>", "<placeName>К</placeName></w>", 1)
    path = tmp_path / "both.xml"
    path.write_text(held.replace("<desc>", "<ab/><desc>", 1), "utf-8")
    assert {problem.outside for problem in validate(path)} == {True, False}


def test_the_command_takes_folders_tells_file_and_line_once_and_plainly(tmp_path: Path) -> None:
    folder = tmp_path / "страницы"
    (folder / "inner").mkdir(parents=True)
    shutil.copy(GOLDEN / "marks.xml", folder / "inner" / "a10.xml")
    richer = (
        (GOLDEN / "marks.xml").read_text("utf-8").replace("Кризис</w>", "<placeName>К</placeName></w>", 1)
    )
    (folder / "inner" / "a2.xml").write_text(richer, "utf-8")
    told = CliRunner().invoke(app, ["validate", str(folder)])
    assert told.exit_code == 0, told.output
    names = [line.partition(".xml")[0][-3:].lstrip("/") for line in told.output.splitlines()]
    assert names == ["a2", "a2", "a10"]
    broken = folder / "b.xml"
    broken.write_text("<TEI\n\n<a>", "utf-8")
    told = CliRunner().invoke(app, ["validate", str(broken)])
    assert isinstance(told.exception, RecordError)
    assert told.output.count("b.xml") == 1
    assert ":3: " in told.output
    assert "line 3" not in told.output
    assert isinstance(
        CliRunner().invoke(app, ["validate", str(tmp_path / "страницы" / "нет")]).exception, RecordError
    )


def test_foreign_tei_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "foreign.xml"
    path.write_text(
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><text><body><p>a</p></body></text></TEI>',
        "utf-8",
    )
    (problem,) = validate(path)
    assert "not in the shape" in problem.message
