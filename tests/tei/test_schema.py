"""Our schema admits what we write; what it admits, TEI admits."""

import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree

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
        ("<desc>", "<b/><desc>", "does not belong"),
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


def test_foreign_tei_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "foreign.xml"
    path.write_text(
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><text><body><p>a</p></body></text></TEI>',
        "utf-8",
    )
    (problem,) = validate(path)
    assert "not in the shape" in problem.message
