from pathlib import Path

import pytest

from ocr.errors import SettingsError
from ocr.evaluate.choices import parse_rules
from ocr.evaluate.pair import read
from ocr.tei.flow import TextRules

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
