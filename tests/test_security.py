"""docs/security.md: each defence has a test, and each test that it names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/security.md").read_text("utf-8")
TEST = re.compile(r"tests/[\w/]+\.py(?:::\w+)?")
DEFENCES = re.findall(r"^\| (?!defence )([^-|].*) \| (.*) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(set(TEST.findall(PAGE))))
def test_what_the_threat_model_names_is_tried(name: str) -> None:
    path, _, test = name.partition("::")
    assert (ROOT / path).is_file()
    assert not test or re.search(rf"^(async )?def {test}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("defence", "tests"), DEFENCES)
def test_each_defence_names_a_test(defence: str, tests: str) -> None:
    assert TEST.search(tests), defence


def test_defences_are_found() -> None:
    assert len(DEFENCES) > 30
