"""The letters that a hand can write: all of the recogniser's, each in its frame."""

import numpy as np
import pytest

from ocr.errors import SettingsError
from ocr.synth.letters import check_letters, forms, unknown_letters
from ocr.synth.text import ALPHABET


def test_every_letter_of_the_recogniser_can_be_written() -> None:
    assert not unknown_letters(ALPHABET)


def test_forms_keep_their_frame() -> None:
    for form in (form for rows in forms().values() for form in rows):
        points = np.concatenate(form.strokes)
        assert form.entry in "inoel-", form
        assert form.exit in "_^-", form
        assert points[:, 1].min() >= -1.2, form
        assert points[:, 1].max() <= 2.5, form
        assert all(len(stroke) > 1 for stroke in (*form.strokes, *form.marks)), form
        assert form.left <= form.right, form


def test_a_character_no_hand_can_write_is_named() -> None:
    with pytest.raises(SettingsError, match=r"漢 \(U\+6F22\)"):
        check_letters("слово 漢")
    check_letters("Слово, № 5 и ½.")
