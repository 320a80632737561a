"""What a surface says of its leaf is read back as it was written."""

import pytest
from lxml import etree

from ocr.geometry import Box
from ocr.page import InkAccount, RuleKind, Ruling, Skew, Surface
from ocr.tei.leaf_notes import colour_of, colour_style, ink_of, put_leaf_notes, ruling_of, skew_of
from ocr.tei.names import q

KINDS = list(RuleKind)


def number(element: etree._Element | None, attribute: str) -> float:
    assert element is not None
    return float(element.get(attribute, ""))


@pytest.mark.parametrize("kind", KINDS)
def test_notes_come_back(kind: RuleKind) -> None:
    skew = Skew(-1.25, 0.9, False, "the ruling says otherwise")
    ruling = Ruling(kind, 0.5, 0.75, 31.5, (160, 170, 240), 2)
    ink = InkAccount(1200, 30, True)
    element = etree.Element(q("surface"))
    put_leaf_notes(element, Surface(Box(0, 0, 10, 10), (), skew, "", ruling, ink=ink))
    assert skew_of(element, number) == skew
    assert ruling_of(element, number) == ruling
    assert ink_of(element, number) == ink


def test_where_nothing_is_said_nothing_is_read() -> None:
    element = etree.Element(q("surface"))
    put_leaf_notes(element, Surface(Box(0, 0, 10, 10), ()))
    assert len(element) == 0
    assert skew_of(element, number) is None
    assert ruling_of(element, number) is None
    assert ink_of(element, number) is None


@pytest.mark.parametrize(
    ("style", "colour"),
    [
        ("color:#0a0bff", (10, 11, 255)),
        *((style, None) for style in ("", "color:#12", "color:#zzzzzz", "font:x")),
    ],
)
def test_a_colour_is_read_or_is_none(style: str, colour: tuple[int, int, int] | None) -> None:
    assert colour_of(etree.Element(q("note"), style=style)) == colour
    assert colour is None or colour_style(colour) == style
