"""The keys of the desk in the other browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.review.conftest import Served
from tests.review.firefox import Firefox


@pytest.fixture
def firefox(tmp_path: Path, served: Served) -> Iterator[Firefox]:
    """Debian's Firefox on the first page."""
    program = next((found for name in ("firefox-esr", "firefox") if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Firefox on this machine")
    with Firefox(program, tmp_path / "profile") as window:
        window.open(f"{served.address}/#/page/{served.first()}")
        window.wait("document.activeElement?.classList.contains('field-text')")
        yield window


def _lines(window: Firefox, served: Served) -> list[dict[str, Any]]:
    window.wait("!!document.querySelector('#save.good')")
    lines: list[dict[str, Any]] = window.run(
        f"fetch('/api/pages/{served.first()}').then((r) => r.json()).then((page) => page.lines)"
    )
    return lines


def _text(window: Firefox) -> str:
    text: str = window.run("document.querySelector('.field-text').value")
    return text


def test_the_keys_of_the_desk_work_in_firefox(firefox: Firefox, served: Served) -> None:
    text = _text(firefox)
    firefox.press("7")  # on a doubtful word
    assert _text(firefox) == text
    firefox.press("Home", "F2", "x", "End", "F2", "e", "F2", "Shift+e", "Control+/", "g", "Enter")
    line = _lines(firefox, served)[0]
    assert line["state"] == "corrected"
    assert line["tokens"][0]["marks"] == ["del"]
    assert line["tokens"][-2]["text"].endswith("ѣѢ")
    assert line["tokens"][-1]["gap"]["extent"] == 1
    firefox.press("ArrowUp", "Home", "F8", "Control+Enter")
    firefox.wait("document.querySelector('.line').classList.contains('is-verified')")
    assert _lines(firefox, served)[0]["tokens"][0]["marks"] == []
    firefox.press("Control+z", "Control+z")
    firefox.wait("document.querySelector('.line').classList.contains('is-corrected')")
    firefox.press("F1")
    firefox.wait("!!document.querySelector('dialog[open] .sheet')")
    firefox.press("Escape")
    firefox.wait("!document.querySelector('dialog')")
    assert firefox.run("document.activeElement.className") == "field-text"
