"""What others call regions and lines."""

import pytest

from ocr.imports.custom import entries_of
from ocr.imports.kinds import kind_of
from ocr.page import Kind


@pytest.mark.parametrize("kind", list(Kind))
def test_our_own_words_are_known(kind: Kind) -> None:
    assert kind_of(kind.value) is kind


def test_words_of_others() -> None:
    assert kind_of("MarginTextZone:note#1") is Kind.MARGIN
    assert kind_of("page-number") is Kind.NUMBER
    assert kind_of("Heading") is Kind.HEADING
    assert kind_of("footer") is None
    assert kind_of("") is None


def test_entries_of_custom() -> None:
    entries = list(entries_of(r"a {x:1; y: два;} junk {b} c {z:\u003a;} d{w:-1;p:0.5;q:2"))
    assert [(entry.name, entry.values) for entry in entries] == [
        ("a", {"x": "1", "y": "два"}),
        ("junk", {}),
        ("c", {"z": ":"}),
    ]
    assert (entries[0].whole("x"), entries[0].whole("y"), entries[0].share("x")) == (1, None, 1.0)
    assert list(entries_of(None)) == []


def test_a_long_custom_is_looked_through_once() -> None:
    junk = "а" * 400_000  # by the square of it, this would not end
    assert [entry.name for entry in entries_of(f"{junk} {junk};{' ' * 400_000}{junk} {{x:1}} b {{x:2}}")] == [
        junk,
        "b",
    ]
