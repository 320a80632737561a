import json
from dataclasses import asdict

import numpy as np

from ocr.evaluate.calibration import PageConfidence
from ocr.evaluate.estimate import estimate
from ocr.evaluate.recalibration import fit
from tests.evaluate.believed import page


def test_bounds_hold_what_is_true() -> None:
    """Calibrated on eight pages of boasting confidences: of new pages, alone and together, the rates lie
    within the bounds as often as they say."""
    dice = np.random.default_rng(17)
    held, runs, whole = 0, 40, 0
    for _ in range(runs):
        table = fit([page(dice, "known", boast=1.0, apart=0.3) for _ in range(8)])
        new = [page(dice, f"p{n}", boast=1.0, apart=0.3) for n in range(5)]
        found = estimate([one.confidence for one in new], table, draws=300)
        for told, true in zip(found.pages, new, strict=True):
            assert told.wer is not None
            assert true.score.wer is not None
            held += told.wer.low <= true.score.wer <= told.wer.high
        total = sum((one.score for one in new[1:]), new[0].score)
        assert found.cer is not None
        assert total.cer is not None
        whole += found.cer.low <= total.cer <= found.cer.high
    assert held >= 0.9 * runs * 5
    assert whole >= 0.9 * runs


def test_knowing_more_pages_narrows() -> None:
    dice = np.random.default_rng(3)
    known = [page(dice, "k") for _ in range(40)]
    new = [page(dice, f"p{n}").confidence for n in range(6)]
    widths = []
    for table in (None, fit(known[:2]), fit(known)):
        found = estimate(new) if table is None else estimate(new, table)
        assert found.cer is not None
        assert found.cer.low <= found.cer.rate <= found.cer.high
        widths.append(found.cer.high - found.cer.low)
    assert widths == sorted(widths, reverse=True)


def test_the_same_seed_gives_the_same_figures() -> None:
    pages = [page(np.random.default_rng(3), "p").confidence]
    assert estimate(pages, seed=4) == estimate(pages, seed=4)
    assert estimate(pages, seed=4) != estimate(pages, seed=5)


def test_what_to_transcribe_next() -> None:
    dice = np.random.default_rng(3)
    plain = [page(dice, f"p{n}").confidence for n in range(4)]
    lengths = np.full(120, 5.0)
    doubtful = PageConfidence("doubtful", np.full(120, 0.5), lengths, 0, 719)
    silent = PageConfidence("silent", np.empty(0), np.empty(0), 30, 200)
    blank = PageConfidence("blank", np.empty(0), np.empty(0))
    found = estimate([*plain, doubtful, silent, blank])
    assert [(one.name, one.because) for one in found.transcribe_next[:2]] == [
        ("silent", "unknown"),
        ("doubtful", "doubtful"),
    ]
    assert "so nothing is known" in found.transcribe_next[0].reason
    assert "of 719 letters wrong" in found.transcribe_next[1].reason
    assert len(found.transcribe_next) == 5
    assert 0 <= found.transcribe_next[2].gain <= found.transcribe_next[1].gain <= 1
    by_name = {one.name: one for one in found.pages}
    assert by_name["silent"].cer is None
    assert by_name["blank"].wer is None
    assert "NaN" not in json.dumps(asdict(found), allow_nan=False)


def test_pages_known_leave_less_doubt() -> None:
    """The shares of doubt that pages take away, one after the other, add up to all of it."""
    dice = np.random.default_rng(3)
    found = estimate([page(dice, f"p{n}").confidence for n in range(4)])
    assert len(found.transcribe_next) == 4
    assert sum(one.gain for one in found.transcribe_next) > 0.999


def test_words_without_confidence_are_like_the_others() -> None:
    words = np.full(50, 0.8)
    some = estimate([PageConfidence("p", words, np.full(50, 5.0), 50, 599)])
    every = estimate([PageConfidence("p", np.full(100, 0.8), np.full(100, 5.0), 0, 599)])
    assert some.cer is not None
    assert every.cer is not None
    assert some.cer.rate == every.cer.rate


def test_nothing_to_estimate() -> None:
    found = estimate([])
    assert (found.cer, found.wer, found.pages, found.transcribe_next) == (None, None, (), ())
    nowhere = estimate([PageConfidence("p", np.empty(0), np.empty(0))])
    assert (nowhere.cer, nowhere.transcribe_next) == (None, ())


def test_certainty_is_no_end() -> None:
    sure = estimate([PageConfidence("p", np.ones(100), np.full(100, 5.0), 0, 599)])
    lost = estimate([PageConfidence("p", np.zeros(100), np.full(100, 5.0), 0, 599)])
    for found in (sure, lost):
        assert found.cer is not None
        assert 0 <= found.cer.low <= found.cer.rate <= found.cer.high <= 1
