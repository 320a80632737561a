"""What stands on the lines of any TEI text, under stated rules."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.errors import SettingsError
from ocr.tei.flow import Ink, TextRules, flow, tokens
from ocr.tei.tree import load
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


LEAVES = st.sampled_from(["w", "pc", "c", "del"]).flatmap(
    lambda tag: st.sampled_from(["", "а", "<pc>-</pc>", "б<w>в</w>г", "д<lb/>е", "<gap/>", "<!-- -->ж"]).map(
        lambda inside: f'<{tag} hand="#h" cert="0.5">{inside}</{tag}>' if inside else f"<{tag}/>"
    )
) | st.sampled_from(["<gap/>", "<space/>", "<lb/>", "<!-- -->"])
TAILS = st.sampled_from(["", " ", "\n", "  ", "\u00a0", "т", " т ", ","])
BODIES = st.recursive(
    st.lists(st.tuples(LEAVES, TAILS).map("".join), max_size=5).map("".join),
    lambda inner: st.tuples(
        st.sampled_from(["w", "seg", "hi", "add", "unclear", "choice"]), inner, TAILS
    ).map(lambda part: f"<{part[0]}>{part[1]}</{part[0]}>{part[2]}"),
    max_leaves=6,
)


@pytest.mark.parametrize("ink", Ink)
@given(body=BODIES)
def test_words_that_hold_nothing_but_text_are_walked_as_all_others(ink: Ink, body: str) -> None:
    """A comment in each w and pc, which is no text, sends the walk the long way."""

    def seen(text: str) -> list[list[list[tuple[str, str | None]]]]:
        hands = '<teiHeader><handNote xml:id="h" scope="minor"/></teiHeader>'
        content = TEI.format(f"<ab><lb/>{text}</ab>").replace("<teiHeader/>", hands)
        return [
            [
                [(run.text, None if run.word is None else run.word.get("cert")) for run in token]
                for token in tokens(line.runs, inside=False)
            ]
            for line in flow(load(content.encode()), TextRules(deleted="keep", ink=ink))
        ]

    long_way = re.sub(r"(</w>|</pc>)", r"<!-- -->\1", body)
    long_way = re.sub(r"<(w|pc)/>", r"<\1><!-- --></\1>", long_way)
    assert seen(body) == seen(long_way)


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(SettingsError, match="leave out"):
        TextRules(deleted="kepe")  # type: ignore[arg-type]
