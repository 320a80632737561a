"""Several texts a line, the language model's share taken out of their probabilities."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `train` is not installed")

from ocr.engines.beam_search import BeamSettings
from ocr.engines.cursive import CursiveEngine, CursiveSettings, open_engine
from ocr.errors import ScanError
from ocr.lines.strips import fit_strip
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import ALPHABET, PROSE, Texts, read_text
from ocr.train.pseudo_labels import LabelSettings, SoftLine, labelled, load_lines, save_lines, weighed_texts
from ocr.train.unread import UnreadLine


@pytest.fixture(scope="module")
def engine() -> CursiveEngine:
    return open_engine(CursiveSettings(spelling="new"))


def between(first: str, second: str, share: float) -> np.ndarray:
    """Scores of a strip on which the net sees `first` with a probability of `share`, else `second`, which is
    as long."""
    scores = np.full((2 * len(first) + 1, 1 + len(ALPHABET)), 1e-6, np.float32)
    scores[::2, 0] = 1
    for n, (a, b) in enumerate(zip(first, second, strict=True)):
        scores[2 * n + 1, ALPHABET.index(a) + 1] += share
        scores[2 * n + 1, ALPHABET.index(b) + 1] += 1 - share
    return np.log(scores / scores.sum(1, keepdims=True))


def chances(engine: CursiveEngine, kept: float) -> dict[str, float]:
    assert engine.language is not None
    texts = weighed_texts(
        between("на пома", "на дома", 0.6),
        engine.language.spellings["new"],
        BeamSettings(),
        LabelSettings(language_kept=kept),
    )
    assert sum(share for _, share in texts) == pytest.approx(1)
    return {"".join(ALPHABET[code - 1] for code in codes): share for codes, share in texts}


def test_the_language_model_finds_texts_and_the_strip_weighs_them(engine: CursiveEngine) -> None:
    whole, half, none = (chances(engine, kept)["на дома"] for kept in (1.0, 0.5, 0.0))
    assert none == pytest.approx(0.4, abs=0.02)  # as the net believes
    assert none < half < whole
    assert whole > 0.6  # the language model overrules the net


def test_blank_strips_have_no_text(engine: CursiveEngine) -> None:
    blank = UnreadLine("a", "1", np.ones((48, 300), np.float32))
    assert list(labelled(engine, [blank], LabelSettings(doubtful=1.0))) == []


def test_doubtful_lines_teach_nothing(engine: CursiveEngine) -> None:
    made = StrokeLines(Texts([read_text(PROSE)], old=0.0), stays=3).strips(5, 20)
    lines = [UnreadLine("a", str(n), fit_strip(next(made)[0]).fitted) for n in range(3)]
    everything = list(labelled(engine, lines, LabelSettings(doubtful=1.0)))
    assert len(everything) == 3
    assert all(0 < line.weight <= 1 for line in everything)
    doubts = sorted(1 - line.weight**0.5 for line in everything)
    kept = list(labelled(engine, lines, LabelSettings(doubtful=(doubts[0] + doubts[1]) / 2)))
    assert len(kept) == 1
    assert not list(labelled(replace(engine, language=None), lines, LabelSettings(doubtful=0.99)))


def test_lines_are_kept_in_a_file(tmp_path: Path) -> None:
    lines = [
        SoftLine(np.full((48, 20), 0.5, np.float32), ((b"\1\2", 0.75), (b"\3", 0.25)), 0.5),
        SoftLine(np.full((48, 31), -1, np.float32), ((b"\7", 1.0),)),
    ]
    save_lines(lines, tmp_path / "labels.npz")
    for before, after in zip(lines, load_lines(tmp_path / "labels.npz"), strict=True):
        assert np.array_equal(before.strip, after.strip)
        assert (before.texts, before.weight) == (after.texts, after.weight)
    (tmp_path / "other.npz").write_bytes(b"no file of ours")
    with pytest.raises(ScanError, match="remove it"):
        load_lines(tmp_path / "other.npz")


def test_lines_that_another_reader_reads_otherwise_teach_nothing(
    engine: CursiveEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = StrokeLines(Texts([read_text(PROSE)], old=0.0), stays=2).strips(5, 20)
    lines = [UnreadLine("a", str(n), fit_strip(next(made)[0]).fitted) for n in range(2)]
    plain, everything = replace(engine), LabelSettings(doubtful=1.0)
    assert len(list(labelled(engine, lines, everything, plain))) == 2  # it agrees with itself
    reads = CursiveEngine.reads
    monkeypatch.setattr(
        CursiveEngine, "reads", lambda own, leaf: [read._replace(text="?") for read in reads(own, leaf)]
    )
    assert list(labelled(engine, lines, everything, plain)) == []
