"""Paper is ruled as its kind says, and its lines keep a foot margin."""

import numpy as np
import pytest

from ocr.synth.paper import Paper, aged, draw_leaf

KINDS = [paper for paper in Paper if paper is not Paper.MIXED]


@pytest.mark.parametrize("paper", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_baselines_and_rules_lie_on_the_leaf(paper: Paper, seed: int) -> None:
    leaf = draw_leaf(np.random.default_rng(seed), paper, 150, (165, 205))
    assert leaf.baselines
    assert np.allclose(np.diff(leaf.baselines), leaf.pitch)
    assert leaf.height - leaf.baselines[-1] >= leaf.pitch
    assert 0 < leaf.text_left < leaf.text_right < leaf.width
    level = [rule for rule in leaf.rules if rule.start[1] == rule.end[1]]
    upright = [rule for rule in leaf.rules if rule.start[0] == rule.end[0]]
    assert len(level) + len(upright) == len(leaf.rules)
    assert bool(level) == (paper is not Paper.BLANK)
    assert bool(upright) == (paper in (Paper.SQUARED, Paper.SCHOOL, Paper.LEDGER))
    assert all(
        0 <= x <= leaf.width and 0 <= y <= leaf.height
        for rule in leaf.rules
        for x, y in (rule.start, rule.end)
    )


def test_old_paper_is_light_and_yellow_rather_than_blue() -> None:
    for seed in range(8):
        tones, (red, green, blue) = aged(np.random.default_rng(seed), (240, 320))
        assert tones.shape == (60, 80)
        assert float(np.median(tones)) > 0.8
        assert 1 >= red >= green >= blue > 0.5
