"""Evidence for letters, and a calibration that comes back from a model or is refused."""

import numpy as np
import pytest

from ocr.engines.alignment import forced_alignment
from ocr.engines.beam_search import BeamSettings
from ocr.engines.calibration import Calibration, ReadLine, agreement_of, evidence_of
from ocr.engines.decoding import LogProbs, greedy
from ocr.errors import EngineError


def scores(path: list[int], classes: int, sure: float = 0.9) -> LogProbs:
    held = np.full((len(path), classes), (1 - sure) / (classes - 1), np.float32)
    held[np.arange(len(path)), path] = sure
    return np.log(held)


def test_evidence_has_one_row_per_letter() -> None:
    held = scores([0, 1, 0, 2, 0], 4)
    codes = greedy(held).codes
    spans = forced_alignment([held], [codes])[0]
    line = ReadLine(held, codes, spans, [agreement_of([(codes, 1.0)])])
    (evidence,) = evidence_of([line], None, BeamSettings())
    assert evidence.against.shape == evidence.agreed.shape == evidence.clear.shape == (2,)
    assert evidence.agreed == pytest.approx(1.0)


def test_a_calibration_comes_back_from_a_model() -> None:
    held = Calibration((0.1, 0.2, 0.3, 0.4), (1.0, 2.0, 3.0, 4.0))
    assert Calibration.from_json(held.to_json()) == held


def test_a_calibration_by_other_traits_is_not_taken_for_ours() -> None:
    assert Calibration.from_json('{"letter": [9, 9, 9, 9], "word": [9, 9, 9, 9]}') == Calibration()


@pytest.mark.parametrize(
    "told", ["", "3", "{}", '{"by_letter": [1], "by_word": [1, 2, 3, 4]}', '{"by_letter": null}']
)
def test_a_calibration_that_is_none_is_refused(told: str) -> None:
    with pytest.raises(EngineError, match="calibration"):
        Calibration.from_json(told)
