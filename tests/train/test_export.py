"""A model exported reads as the net does, and tells what it has learnt."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("onnx", reason="the extra `train` is not installed")
from ocr.engines.cursive import SHIPPED, load_model  # noqa: E402
from ocr.lines.strips import fit_strip  # noqa: E402
from ocr.train.export import blended, export  # noqa: E402
from ocr.train.net import Net  # noqa: E402
from ocr.train.run import Run, past_of  # noqa: E402
from tests.train.bars import RECIPE, begin, learn  # noqa: E402


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def test_an_exported_model_reads_as_the_net(tmp_path: Path) -> None:
    run = begin()
    export(run, tmp_path / "model.onnx", version="0.1")
    model = load_model(tmp_path / "model.onnx")
    assert model.alphabet == "ab"
    assert ("version", "0.1") in model.facts
    for width in (20, 100, 333):
        grey = np.random.default_rng(width).integers(0, 255, (48, width)).astype(np.uint8)
        scores = model.look(grey).scores
        with torch.inference_mode():
            ours = run.averaged()(torch.from_numpy(fit_strip(grey).fitted)[None, None]).log_softmax(-1)[0]
        np.testing.assert_allclose(scores, ours.numpy(), atol=2e-3)


def test_stages_are_averaged(tmp_path: Path) -> None:
    first, second = begin(), learn(begin(), tmp_path / "on", 3)
    first.save(tmp_path / "first.pt")
    export(second, tmp_path / "second.onnx")
    run = blended([tmp_path / "first.pt", tmp_path / "on" / "run.pt", tmp_path / "second.onnx"])
    for name, value in run.average.items():
        wanted = (first.average[name] + 2 * second.average[name]) / 3
        torch.testing.assert_close(value, wanted, atol=2e-3, rtol=0)


def test_a_model_counts_what_it_had_learnt_before(tmp_path: Path) -> None:
    first = learn(begin(), tmp_path / "first", 2)
    first.seconds = 7200.0
    export(first, tmp_path / "first.onnx")
    past = past_of(tmp_path / "first.onnx")
    assert past is not None
    assert (past.samples, past.seconds) == (first.samples, 7200.0)
    torch.manual_seed(3)
    stages = []
    for name, steps in (("second", 1), ("third", 2)):
        run = learn(Run(Net(2), RECIPE, past), tmp_path / name, steps)
        run.seconds = 1800.0
        run.save(tmp_path / name / "run.pt")
        stages.append((tmp_path / name / "run.pt", run.samples))
    assert Run.load(stages[0][0]).past == past
    whole = blended([path for path, _ in stages] + [tmp_path / "first.onnx"], shares=[1, 1, 2])
    export(whole, tmp_path / "whole.onnx")
    facts = dict(load_model(tmp_path / "whole.onnx").facts)
    assert int(facts["samples_in_all"]) == first.samples + sum(samples for _, samples in stages)
    assert facts["hours_in_all"] == "3.00"  # what both began from is counted once


def test_a_model_that_does_not_tell_its_past_leaves_it_unknown(tmp_path: Path) -> None:
    assert past_of(SHIPPED) is None or "samples_in_all" in dict(load_model(SHIPPED).facts)
    run = Run(Net(2), RECIPE, None)
    run.save(tmp_path / "run.pt")
    assert Run.load(tmp_path / "run.pt").past is None
    export(run, tmp_path / "model.onnx")
    assert "samples_in_all" not in dict(load_model(tmp_path / "model.onnx").facts)


def test_stages_count_as_they_are_told_to(tmp_path: Path) -> None:
    first, second = begin(), learn(begin(), tmp_path / "on", 3)
    first.save(tmp_path / "first.pt")
    run = blended([tmp_path / "first.pt", tmp_path / "on" / "run.pt"], shares=[1, 3])
    for name, value in run.average.items():
        wanted = first.average[name] * 0.25 + second.average[name] * 0.75
        torch.testing.assert_close(value, wanted)
