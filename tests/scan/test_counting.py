import cv2
import numpy as np
import pytest

from ocr.scan.counting import label_components, level_counts, percentile


@pytest.mark.parametrize("seed", range(20))
def test_percentiles_are_those_of_numpy(seed: int) -> None:
    random = np.random.default_rng(seed)
    shape = tuple(random.integers(1, 90, 2))
    pixels = random.integers(0, random.integers(2, 256), shape).astype(np.uint8)
    for percent in (0, 1, 50, 75, 80, 90, 99, 100, int(random.integers(0, 101))):
        assert percentile(pixels, percent) == float(np.percentile(pixels, percent))
        assert percentile(pixels[::3, ::3], percent) == float(np.percentile(pixels[::3, ::3], percent))


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("seed", range(5))
def test_components_are_labelled_as_opencv_does_by_default(seed: int, share: float) -> None:
    random = np.random.default_rng(seed)
    mask = (random.random(tuple(random.integers(1, 200, 2))) < share).astype(np.uint8)
    labels, stats = label_components(mask)
    _, by_default, stats_by_default, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    assert np.array_equal(labels, by_default)
    assert np.array_equal(stats, stats_by_default)


def test_levels_are_counted_where_a_mask_is_not_0() -> None:
    pixels = np.array([[3, 3, 7], [255, 0, 3]], np.uint8)
    assert {n: c for n, c in enumerate(level_counts(pixels).tolist()) if c} == {0: 1, 3: 3, 7: 1, 255: 1}
    mask = np.array([[1, 0, 1], [0, 0, 0]], np.uint8)
    assert {n: c for n, c in enumerate(level_counts(pixels, mask).tolist()) if c} == {3: 1, 7: 1}
