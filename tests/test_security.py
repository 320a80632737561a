"""docs/security.md: each test that it names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = sorted(set(re.findall(r"tests/[\w/]+\.py(?:::\w+)?", (ROOT / "docs/security.md").read_text("utf-8"))))


@pytest.mark.parametrize("name", NAMED)
def test_what_the_threat_model_names_is_tried(name: str) -> None:
    path, _, test = name.partition("::")
    assert not test or f"def {test}(" in (ROOT / path).read_text("utf-8")
    assert (ROOT / path).is_file()
