"""A wish to stop is heard even where the exception that carried it was lost."""

import time
from pathlib import Path

import pytest

from ocr.stop import ASKED
from ocr.workers import workers


def _sleep_and_wait(scratch: Path) -> None:
    with workers(1, 0, scratch) as hands:
        pending = hands.begin(time.sleep, 600, limit_s=None)
        ASKED.set()
        pending.result()


def test_a_lost_interrupt_is_still_heard(tmp_path: Path) -> None:
    try:
        with pytest.raises(KeyboardInterrupt):
            _sleep_and_wait(tmp_path)
    finally:
        ASKED.clear()
