"""The search leads to the best readings, exactly where nothing is given up, many strips at once."""

import itertools

import numpy as np
import pytest

from ocr.arrays import F32
from ocr.engines import beam_search as module
from ocr.engines.beam_search import Beam, BeamSettings, Strip
from ocr.engines.beam_search import beam_search as search_all
from ocr.engines.language import CharModel, NextLetter
from ocr.synth.text import ALPHABET
from tests.engines.languages import codes, small_language


@pytest.fixture
def model() -> CharModel:
    return small_language()


def beam_search(scores: F32, spelling: NextLetter, settings: BeamSettings) -> list[Beam]:
    return search_all([Strip(scores)], spelling, settings)[0]


def scores_of(*frames: dict[str, float]) -> F32:
    """Scores with these shares per frame, the rest silence."""
    rows = np.full((len(frames), len(ALPHABET) + 1), 1e-9)
    for row, frame in zip(rows, frames, strict=True):
        for letter, share in frame.items():
            row[ALPHABET.index(letter) + 1] = share
        row[0] = max(1 - sum(frame.values()), 1e-9)
    told: F32 = np.log(rows).astype(np.float32)
    return told


def test_without_the_model_the_search_is_exact_on_small_strips(model: CharModel) -> None:
    """Against adding up all paths by hand."""
    shares = ({"м": 0.6, "а": 0.3}, {"а": 0.5, "м": 0.2}, {"м": 0.4})
    total: dict[str, float] = {}
    for path in itertools.product(["", "м", "а"], repeat=3):
        share = 1.0
        for letter, frame in zip(path, shares, strict=True):
            share *= frame.get(letter, 0.0) if letter else 1 - sum(frame.values())
        text = "".join(a for a, b in zip(path, ("", *path), strict=False) if a and a != b)
        total[text] = total.get(text, 0) + share
    found = beam_search(
        scores_of(*shares),
        model.spellings["new"],
        BeamSettings(width=50, behind=99.0, language=0.0, letter=0.0),
    )
    best = max(total, key=lambda text: total[text])
    assert found[0].codes == codes(best)
    assert np.exp(found[0].score) == pytest.approx(total[best], rel=1e-4)


def test_the_model_leads_a_doubtful_letter(model: CharModel) -> None:
    strip = scores_of({"м": 0.9}, {"а": 0.9}, {}, {"м": 0.9}, {"о": 0.5, "а": 0.45})
    spelling = model.spellings["new"]
    assert beam_search(strip, spelling, BeamSettings(width=8, language=0.0, letter=0.0))[0].codes == codes(
        "мамо"
    )
    assert beam_search(strip, spelling, BeamSettings())[0].codes == codes("мама")
    assert beam_search(scores_of({}, {}), spelling, BeamSettings())[0].codes == b""


def test_frames_where_nothing_is_written_change_nothing(model: CharModel) -> None:
    strip = scores_of({"м": 0.9}, {"а": 0.9}, {"м": 0.9}, {"о": 0.5, "а": 0.45})
    spelling = model.spellings["new"]
    gap = scores_of({}, {}, {})
    spread = np.vstack([gap, strip[:2], gap, strip[2:], gap])
    plain, wide = (beam_search(s, spelling, BeamSettings()) for s in (strip, spread))
    assert [beam.codes for beam in wide] == [beam.codes for beam in plain]
    assert [beam.score for beam in wide] == pytest.approx([beam.score for beam in plain], abs=1e-4)


def test_strips_searched_together_are_read_as_each_by_itself(model: CharModel) -> None:
    rng = np.random.default_rng(1)
    spelling, settings = model.spellings["new"], BeamSettings(width=9, behind=6.0)
    strips = []
    for n, length in enumerate([7, 0, 12, 1, 3, 12]):
        frames = [
            {letter: float(rng.uniform(0, 0.5)) for letter in rng.choice(list("амылур "), 2, replace=False)}
            if rng.random() < 0.6
            else {}
            for _ in range(length)
        ]
        scores = scores_of(*frames) if frames else np.zeros((0, len(ALPHABET) + 1), np.float32)
        strips.append(Strip(scores, codes("мама "[:n]), codes(" р") if n % 2 else b"\0"))
    together = search_all(strips, spelling, settings)
    for strip, found in zip(strips, together, strict=True):
        alone = search_all([strip], spelling, settings)[0]
        assert [beam.codes for beam in found] == [beam.codes for beam in alone]
        assert [beam.score for beam in found] == pytest.approx([beam.score for beam in alone], abs=1e-9)
        assert len({beam.codes for beam in found}) == len(found)
        assert sorted((beam.score for beam in found), reverse=True) == [beam.score for beam in found]
    assert search_all([], spelling, settings) == []


@pytest.mark.parametrize("width", [2, 5, 20])
def test_no_reading_that_would_be_kept_is_left_out(
    model: CharModel, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same readings as where the language model is asked of all."""
    rng, letters = np.random.default_rng(2), list("амылурн ")
    strips = []
    for _ in range(6):
        shares = rng.dirichlet(np.full(len(letters), 0.4), 9) * rng.uniform(0.3, 0.95)
        frames = [dict(zip(letters, map(float, frame), strict=True)) for frame in shares]
        strips.append(Strip(scores_of(*frames)))
    settings = BeamSettings(width=width, behind=6.0, least=1e-3)
    found = search_all(strips, model.spellings["new"], settings)
    monkeypatch.setattr(module, "_bar", lambda total, heads, *_: np.full(len(heads), -np.inf))
    assert found == search_all(strips, model.spellings["new"], settings)
