"""The language model: it foretells, adds up to one, and leads a reading without inventing letters."""

import itertools
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from ocr.arrays import F32
from ocr.engines.language import SHIPPED, BeamSettings, CharModel, beam_search, load_language
from ocr.errors import DependencyError, EngineError
from ocr.synth.text import ALPHABET
from ocr.train.language import build, coded

TEXT = "мама мыла раму, а рама мала; мы мыли маму. " * 60


@pytest.fixture(scope="module")
def model() -> CharModel:
    return CharModel(ALPHABET, {"new": build(coded(TEXT, np.random.default_rng(0)), 2)})


def codes(text: str) -> bytes:
    return bytes(ALPHABET.index(letter) + 1 for letter in text)


def test_shares_add_up_to_one_and_what_was_seen_is_likelier(model: CharModel) -> None:
    after = model.spellings["new"].after
    for before in (b"", b"\0", codes("ма"), codes("мыла р"), codes("щщщщ"), codes("жам")):
        assert np.exp(after(before)).sum() == pytest.approx(1, abs=0.04)  # shares are kept in sixteenths
    told = after(codes("мыла р"))
    assert ALPHABET[int(told.argmax()) - 1] == "а"


def test_a_file_comes_back(model: CharModel, tmp_path: Path) -> None:
    model.save(tmp_path / "m.npz")
    again = load_language(tmp_path / "m.npz")
    assert again.alphabet == ALPHABET
    assert again.digest
    same = again.spellings["new"].after(codes("ма")) == model.spellings["new"].after(codes("ма"))
    assert same.all()
    with pytest.raises(DependencyError):
        load_language(tmp_path / "none.npz")
    (tmp_path / "bad.npz").write_bytes(b"PK no model")
    with pytest.raises(EngineError):
        load_language(tmp_path / "bad.npz")


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


def test_a_spelling_that_nobody_asks_for_takes_no_memory_but_what_is_kept_of_it() -> None:
    with np.load(SHIPPED) as stored:
        sizes = {
            name: sum(stored[part].nbytes for part in stored if part.startswith(name))
            for name in ("new", "old")
        }
    tracemalloc.start()
    language = load_language()
    opened, _ = tracemalloc.get_traced_memory()
    language.spellings["new"].after(b"\1\2\3\4\5\6\7")
    asked, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    kept = sum(sizes.values())
    assert opened < 1.1 * kept
    assert asked - opened < sizes["new"]
