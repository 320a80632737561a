"""A run resumed is the very same run; a model exported reads as the net does."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ocr.arrays import GreyImage

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("onnx", reason="the extra `train` is not installed")

from ocr.engines.cursive import SHIPPED, load_model  # noqa: E402
from ocr.errors import ScanError  # noqa: E402
from ocr.lines.strips import fit_strip  # noqa: E402
from ocr.train.export import blended, export  # noqa: E402
from ocr.train.net import Net  # noqa: E402
from ocr.train.run import Run, TrainSettings, ctc, go, past_of  # noqa: E402
from ocr.train.samples import DataPlace, SampleSettings, batches  # noqa: E402


class Bars:
    """A source of bars: thin ones are read a, thick ones b."""

    def strips(self, seed: int, longest: int) -> Iterator[tuple[GreyImage, str]]:
        rng = np.random.default_rng(seed)
        while True:
            text = "".join(rng.choice(["a", "b"], int(rng.integers(1, min(longest, 4)))))
            grey = np.full((48, 40 * len(text) + 20), 240, np.uint8)
            for n, letter in enumerate(text):
                grey[14:34, 20 + 40 * n : (24 if letter == "a" else 34) + 40 * n] = 20
            yield grey, text


RECIPE = TrainSettings("ab", warm_steps=2, half=False)
BATCHING = SampleSettings(batch_px=300)


def begin() -> Run:
    torch.manual_seed(3)
    return Run(Net(2), RECIPE)


def learn(run: Run, folder: Path, steps: int) -> Run:
    go(run, batches(Bars, BATCHING, "ab", run.place), folder, lambda net: {"cer": None}, steps=steps)
    return run


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def test_a_resumed_run_is_the_same_run(tmp_path: Path) -> None:
    straight = learn(begin(), tmp_path / "straight", 4)
    learn(begin(), tmp_path / "halves", 2)
    halves = learn(Run.load(tmp_path / "halves" / "run.pt"), tmp_path / "halves", 2)
    assert (straight.step, straight.samples, straight.place) == (halves.step, halves.samples, halves.place)
    for name, value in straight.net.state_dict().items():
        assert torch.equal(value, halves.net.state_dict()[name]), name
        assert torch.equal(straight.average[name], halves.average[name]), name
    assert len((tmp_path / "halves" / "log.jsonl").read_text().splitlines()) == 2


def test_half_is_left_where_the_processor_does_not_know_it(monkeypatch: pytest.MonkeyPatch) -> None:
    batch, _ = next(batches(Bars, BATCHING, "ab", DataPlace()))
    net = begin().net.eval()
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    whole, asked = (float(ctc(net, batch, half=half).detach()) for half in (False, True))
    assert asked == whole


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


def test_a_foreign_checkpoint_is_named(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    torch.save({"weights": torch.zeros(3)}, path)
    with pytest.raises(ScanError, match="no checkpoint"):
        Run.load(path)


def test_the_rate_warms_and_cools() -> None:
    recipe = TrainSettings("ab", warm_steps=10, cool_from=100, cool_steps=50)
    assert recipe.rate(0) == pytest.approx(0.1)
    assert recipe.rate(50) == 1.0
    assert recipe.rate(125) == pytest.approx(0.5)
    assert recipe.rate(150) == 0.0
    assert recipe.over(150)
    assert not recipe.over(149)


def test_chunks_are_the_same_for_a_place() -> None:
    feed = batches(Bars, BATCHING, "ab", DataPlace())
    first = [next(feed) for _ in range(5)]
    again, _ = next(batches(Bars, BATCHING, "ab", first[3][1]))
    assert np.array_equal(again.strips, first[4][0].strips)
    assert np.array_equal(again.classes, first[4][0].classes)
