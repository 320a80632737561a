"""Writers differ where people do."""

from ocr.synth.letters import forms


def test_writers_differ_where_people_do() -> None:
    assert all(len(forms()[letter]) > 1 for letter in "тдвзжкрущцбэябТДК")
