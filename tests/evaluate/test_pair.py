from pathlib import Path

import pytest

from ocr.errors import ComparisonError, RecordError, ScanError
from ocr.evaluate.pair import Pair, pair, read
from ocr.geometry import Box
from ocr.page import Line, Page, Reading, Region, Source, Step, Surface, Word
from ocr.tei.flow import TextRules
from ocr.tei.write import to_tei

RULES = TextRules()


def write(root: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = root / (name.replace("__", "/").replace("_", ".") + ".txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def pairs(truth: Path, found: Path, *, allow_missing: bool = False) -> list[Pair]:
    return pair(truth, found, RULES, allow_missing=allow_missing)[0]


def test_two_files_are_a_pair_whatever_their_names(tmp_path: Path) -> None:
    write(tmp_path, truth="да", other="нет")
    (only,) = pairs(tmp_path / "truth.txt", tmp_path / "other.txt")
    assert (only.name, only.leaves) == ("truth", (("да", "нет"),))


def test_folders_pair_by_relative_name_in_natural_order(tmp_path: Path) -> None:
    truth = write(tmp_path / "truth", p10="10", p9="9", letters__p9="inner")
    found = write(tmp_path / "found", letters__p9="Inner", p9="IX", p10="X")
    (found / ".hidden.txt").write_text("no", "utf-8")
    (found / "run.jsonl").write_text("{}", "utf-8")
    assert [(one.name, *one.leaves) for one in pairs(truth, found)] == [
        ("letters/p9", ("inner", "Inner")),
        ("p9", ("9", "IX")),
        ("p10", ("10", "X")),
    ]


def test_names_meet_whatever_their_normal_form(tmp_path: Path) -> None:
    truth = write(tmp_path / "truth", йод="1")
    found = write(tmp_path / "found", **{"и\u0306од": "2"})
    assert len(pairs(truth, found)) == 1


def test_leaves_pair_with_their_spread(tmp_path: Path) -> None:
    truth = write(tmp_path / "truth", spread_1="левая", spread_2="правая")
    whole = write(tmp_path / "whole", spread="левая\nправая")
    leaves = write(tmp_path / "leaves", spread_1="л", spread_2="п")
    (one,) = pairs(truth, whole)
    assert one.leaves == (("левая\nправая", "левая\nправая"),)
    assert [path.name for path in one.truth.files] == ["spread.1.txt", "spread.2.txt"]
    assert [one.name for one in pairs(whole, leaves)] == ["spread"]
    assert [one.name for one in pairs(truth, leaves)] == ["spread.1", "spread.2"]


def test_a_spread_with_a_leaf_missing_has_no_partner(tmp_path: Path) -> None:
    truth = write(tmp_path / "truth", spread_2="правая")
    whole = write(tmp_path / "whole", spread="левая\nправая")
    with pytest.raises(ComparisonError, match=r"spread\.2\.txt.*spread\.txt"):
        pairs(truth, whole)


def test_a_file_picks_its_partner_in_a_folder(tmp_path: Path) -> None:
    truth = write(tmp_path, p1="a") / "p1.txt"
    found = write(tmp_path / "found", deep__p1="b", p2="c")
    assert [one.leaves for one in pairs(truth, found)] == [(("a", "b"),)]
    assert [one.leaves for one in pairs(found, truth)] == [(("b", "a"),)]
    write(found, p1="again")
    with pytest.raises(ComparisonError, match="both have the name p1"):
        pairs(truth, found)


def test_names_without_a_partner(tmp_path: Path) -> None:
    truth = write(tmp_path / "truth", p1="a", p2="b")
    found = write(tmp_path / "found", p2="b", p3="c")
    with pytest.raises(ComparisonError, match=r"p3\.txt.*p1\.txt") as refused:
        pairs(truth, found)
    assert refused.value.exit_code == 11
    held, alone, _ = pair(truth, found, RULES, allow_missing=True)
    assert [one.name for one in held] == ["p2"]
    assert alone == [found / "p3.txt", truth / "p1.txt"]


def test_nothing_to_compare(tmp_path: Path) -> None:
    truth = write(tmp_path / "truth", p1="a")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ComparisonError, match="nothing can be compared"):
        pairs(truth, tmp_path / "empty")
    with pytest.raises(ComparisonError, match="There is no file"):
        pairs(truth, tmp_path / "absent")
    with pytest.raises(ComparisonError, match="nothing was compared"):
        pairs(truth, write(tmp_path / "found", p2="b"), allow_missing=True)


@pytest.mark.parametrize(
    "content",
    [
        "привет".encode("cp1251"),
        "привет".encode("koi8-r"),
        "привет".encode("utf-16"),
        "hi".encode("utf-16-le"),
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"a\x00b",
    ],
)
def test_what_is_no_utf8_text_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.txt").write_bytes(content)
    with pytest.raises(ScanError, match=r"p\.txt"):
        read(tmp_path / "p.txt", RULES)


def test_a_byte_order_mark_and_any_line_end_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_bytes("\ufeffда\r\nнет\rда\n\f".encode())
    assert read(tmp_path / "p.txt", RULES).text == "да\nнет\nда\n\f"


def line(*readings: Reading) -> Line:
    return Line(Box(0, 0, 90, 9).outline(), readings=readings)


def said(text: str) -> Reading:
    return Reading("tesseract", tuple(Word(word, Box(0, 0, 9, 9), 0.9) for word in text.split()))


def surface(*lines: Line) -> Surface:
    box = Box(0, 0, 100, 100)
    return Surface(box, (Region(box.outline(), lines),))


def record(*surfaces: Surface) -> bytes:
    step = Step("tesseract", "Tesseract", "5.3.0", reads=True)
    source = Source("spread.png", "0" * 64, 200, 100, "image/png")
    return to_tei(Page("spread", source, surfaces, (step,)))


def test_leaves_of_a_record_meet_leaves_of_the_truth(tmp_path: Path) -> None:
    truth = write(tmp_path / "truth", spread_1="раз\nдва", spread_2="три")
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "spread.xml").write_bytes(
        record(surface(line(said("раз")), line(said("два"))), surface(line(said("три"))))
    )
    (one,) = pairs(truth, tmp_path / "found")
    assert one.leaves == (("раз\nдва", "раз\nдва"), ("три", "три"))
    assert one.found.gaps == 0


def test_what_a_record_leaves_unread_is_missing_and_told(tmp_path: Path) -> None:
    (tmp_path / "p.xml").write_bytes(
        record(surface(line(said("раз")), line(), line(Reading("tesseract", failure="no answer"))))
    )
    held = read(tmp_path / "p.xml", RULES)
    assert held.text.split() == ["раз"]
    assert held.gaps == 2


def test_of_a_record_and_its_plain_text_the_record_is_read(tmp_path: Path) -> None:
    truth = write(tmp_path / "truth", p="раз")
    found = write(tmp_path / "found", p="old")
    (found / "p.xml").write_bytes(record(surface(line(said("раз")))))
    (one,) = pairs(truth, found)
    assert one.found.files == (found / "p.xml",)


def test_a_blank_record_is_an_empty_text(tmp_path: Path) -> None:
    (tmp_path / "p.xml").write_bytes(record(surface()))
    assert read(tmp_path / "p.xml", RULES).leaves == ("",)


def test_xml_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.xml").write_text("<TEI>", "utf-8")
    with pytest.raises(RecordError):
        read(tmp_path / "p.xml", RULES)


METS = '<?xml version="1.0"?><mets:mets xmlns:mets="http://www.loc.gov/METS/"><mets:fileSec/></mets:mets>'
PCGTS = (
    "<PcGts><Page><TextRegion><TextLine><TextEquiv><Unicode>раз</Unicode></TextEquiv></TextLine></TextRegion>"
    "</Page></PcGts>"
)


def test_the_data_of_an_export_are_passed_over_and_told(tmp_path: Path) -> None:
    for side in ("truth", "found"):
        (tmp_path / side / "page").mkdir(parents=True)
        (tmp_path / side / "mets.xml").write_text(METS, "utf-8")
        (tmp_path / side / "metadata.xml").write_text(
            "<trpDocMetadata><title>т</title></trpDocMetadata>", "utf-8"
        )
        (tmp_path / side / "page" / "0001.xml").write_text(PCGTS, "utf-8")
    held = pair(tmp_path / "truth", tmp_path / "found", RULES)
    assert [one.name for one in held.pairs] == ["page/0001"]
    assert {path.name for path in held.passed} == {"mets.xml", "metadata.xml"}
    assert len(held.passed) == 4
    (tmp_path / "found" / "page" / "0001.xml").unlink()
    with pytest.raises(ComparisonError, match=r"no file of text.*hold no text of a page: .*metadata\.xml"):
        pair(tmp_path / "truth", tmp_path / "found", RULES)
    write(tmp_path / "found", other="раз")
    with pytest.raises(ComparisonError, match=r"No partner.*mets\.xml"):
        pair(tmp_path / "truth", tmp_path / "found", RULES)


@pytest.mark.parametrize(
    "held", ["<TEI/>", "<PcGts>", "", "\x00", "<?xml version='1.0' encoding='klingon'?><a/>"]
)
def test_a_damaged_file_is_not_passed_over(tmp_path: Path, held: str) -> None:
    (tmp_path / "p.xml").write_text(held, "utf-8")
    with pytest.raises(RecordError):
        pair(tmp_path, tmp_path, RULES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u0439од.txt", "\u0438\u0306од.txt"),
        ("1.xml", "1.XML"),
        ("a/p.txt", "a/p.TXT"),
        ("p.html", "p.HTML"),
    ],
)
def test_two_files_of_one_name_are_refused(tmp_path: Path, one: str, other: str) -> None:
    for name, text in ((one, "один"), (other, "два")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"<html><p class='ocr_line'>{text}</p></html>", "utf-8")
    if len(list(tmp_path.rglob("*.*"))) < 2:
        pytest.skip("this file system takes both names for one")
    with pytest.raises(ComparisonError, match=r"have one name.*Rename"):
        pair(tmp_path, tmp_path, RULES)
