"""The names and numbers that our TEI is written with: whatever is named, a tool takes the name."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from ocr.tei.names import XML_ID, cert, is_element, local, name_token, number, pointers, q


@given(st.text())
@example("№ ²½①")
def test_any_ident_becomes_an_xml_name(ident: str) -> None:
    name = name_token(ident)
    assert etree.QName(None, name).localname == name
    assert ":" not in name


@pytest.mark.parametrize("ident", ["s1", "s2_r1_l3", "ch1", "s1_u2"])
def test_no_name_is_one_of_our_own_ids(ident: str) -> None:
    assert name_token(ident) == f"{ident}_"


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_number_has_no_exponent_no_needless_zero_and_its_value(value: float, digits: int) -> None:
    text = number(value, digits)
    assert set(text) <= set("-.0123456789")
    assert text != "-0"
    assert "." not in text or text[-1] not in "0."
    assert math.isclose(float(text), value, abs_tol=0.51 * 10**-digits)


@given(st.floats(allow_nan=False))
def test_a_cert_is_a_probability(confidence: float) -> None:
    assert 0 <= float(cert(confidence)) <= 1


def test_only_tei_has_local_names_and_pointers_lead_into_the_file() -> None:
    root = etree.Element(q("ab"), {"facs": "#s1_r1 other.xml#x #s1", XML_ID: "a"})
    assert local(root) == "ab"
    assert local(etree.Element("ab")) == local(etree.Comment("ab")) == ""
    assert not is_element(etree.Comment("ab"))
    assert list(pointers(root, "facs")) == ["s1_r1", "s1"]
    assert list(pointers(root, "resp")) == []
