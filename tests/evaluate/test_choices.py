from pathlib import Path

import pytest

from ocr.errors import SettingsError
from ocr.evaluate.choices import equal_profile, parse_rules, read_equal
from ocr.evaluate.lines import by_line
from ocr.evaluate.pair import read
from ocr.tei.flow import TextRules
from ocr.text import LENIENT, PROFILES


def toml(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_of_equivalences(tmp_path: Path) -> None:
    text = (
        'name = "чин"\nfrom = "lenient"\n[equal]\n"ꙋ" = "у"\n"и\u0306" = "i"\n[ignore]\ncharacters = "⊕ ⊗"\n'
    )
    profile = read_equal(toml(tmp_path, text))
    assert profile.name == "чин"
    assert profile.apply("ёйꙋ ⊕ а") == "еiу а"
    assert "ꙋ is у, й is i, ⊕ is nothing" in profile.descriptions[-2]
    assert profile.descriptions[1:-2] == LENIENT.descriptions[1:-1]


def test_replacements_are_made_at_once_and_longest_first() -> None:
    profile = equal_profile("x", {"а": "б", "б": "а", "аб": "в"})
    assert profile.apply("а б аб ба") == "б а в аб"
    assert equal_profile("same", {"а": "а"}).rules == ()


def test_it_stands_beside_the_others(tmp_path: Path) -> None:
    profile = read_equal(toml(tmp_path, '[equal]\n"ѡ" = "о"'))
    scores = by_line("ѡн", "он", [*PROFILES, profile]).scores
    assert [(one.profile, one.letters.errors) for one in scores][-1] == ("own", 0)
    assert scores[0].letters.errors == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[equal", "not a TOML"),
        ("equel = 1", "Did you mean 'equal'"),
        ("zzz = 1", "Known: name"),
        ('name = "strict"', "taken"),
        ("name = 3", "must be a word"),
        ('from = "loose"', "one of: strict, lenient, reading"),
        ("equal = 1", "tables"),
        ('[equal]\n"а" = 1', "no equivalence"),
        ('[equal]\n"" = "а"', "no equivalence"),
        ('[equal]\n"а" = "\\n"', "no equivalence"),
        ('[ignore]\nletters = "а"', "one line"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        read_equal(toml(tmp_path, text))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_equal(tmp_path / "absent.toml")
    (tmp_path / "k.toml").write_bytes("[equal]\n'ѣ' = 'е'".encode("utf-16"))
    with pytest.raises(SettingsError, match="UTF-8"):
        read_equal(tmp_path / "k.toml")


TEI = (
    '<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body><p>а<del>б</del><add>в</add><unclear>г</unclear>'
    "<supplied>д</supplied><gap/><choice><sic>е</sic><corr>ж</corr></choice>"
    "<choice><orig>з</orig><reg>и</reg></choice><app><lem>к</lem><rdg>л</rdg></app></p></body></text></TEI>"
)


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        ("", "авгезк"),
        ("del=keep", "абвгезк"),
        ("add=drop, unclear=drop", "аезк"),
        ("supplied=keep,gap=mark", "авгд[…]езк"),
        ("choice=edited,app=rdg", "авгжил"),
        ("choice=edited,sic=sic", "авгеик"),
        ("add=leave out", "агезк"),
    ],
)
def test_rules_as_written_by_a_user(tmp_path: Path, rules: str, text: str) -> None:
    (tmp_path / "p.xml").write_text(TEI, "utf-8")
    assert read(tmp_path / "p.xml", parse_rules(rules)).text == text


def test_no_rules_are_the_usual_ones() -> None:
    assert parse_rules(" , ") == TextRules()


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ("suplied=keep", "Did you mean 'supplied'"),
        ("zzz=keep", "Known: del"),
        ("del", "says nothing"),
        ("del=", "says nothing"),
        ("del=perhaps", "cannot be 'perhaps'"),
        ("choice=best", "diplomatic or edited"),
    ],
)
def test_unknown_rules(rules: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        parse_rules(rules)
