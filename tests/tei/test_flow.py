"""What stands on the lines of any TEI text, under stated rules."""

import pytest

from ocr.errors import SettingsError
from ocr.tei.flow import TextRules
from tests.tei.lines import text_lines

TEI = '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><text><body>{}</body></text></TEI>'


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        (TextRules(), "а б в сик абр."),
        (TextRules(deleted="keep"), "а ДЕЛ б в сик абр."),
        (TextRules(added="leave out"), "а в сик абр."),
        (TextRules(supplied="keep", gap="mark"), "а б в СУП […] сик абр."),
        (TextRules(sic="corr", abbr="expan"), "а б в кор аббревиатура"),
        (TextRules(app="rdg", unclear="leave out"), "а б г сик абр."),
    ],
)
def test_rules_say_what_counts(rules: TextRules, text: str) -> None:
    body = (
        '<ab><lb n="1"/><unclear>а</unclear> <del>ДЕЛ</del> <add>б</add> '
        "<app><lem>в</lem><rdg>г</rdg></app> <supplied>СУП</supplied> <gap/> "
        "<choice><corr>кор</corr><sic>сик</sic></choice> "
        "<choice><abbr>абр.</abbr><expan>аббр<ex>евиатура</ex></expan></choice><note>нет</note></ab>"
    ).replace("аббр<ex>", "абб<ex>р")
    expected = text if rules.unclear == "keep" else text.removeprefix("а ")
    assert [line.text for line in text_lines(TEI.format(body).encode(), rules)] == [expected]


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(SettingsError, match="leave out"):
        TextRules(deleted="kepe")  # type: ignore[arg-type]
