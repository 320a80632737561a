"""A run resumed is the very same run; a model exported reads as the net does."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("onnx", reason="the extra `train` is not installed")

from ocr.errors import ScanError  # noqa: E402
from ocr.train.net import Net  # noqa: E402
from ocr.train.run import Run, TrainSettings, ctc  # noqa: E402
from ocr.train.samples import DataPlace, batches  # noqa: E402
from tests.train.bars import BATCHING, Bars, begin, learn  # noqa: E402


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
    # AVX512 alone does not know it: asked of such a processor, it took three times as long
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")
    for extension in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.setattr(torch.cpu, extension, lambda: False)
    whole, asked = (float(ctc(net, batch, half=half).detach()) for half in (False, True))
    assert asked == whole


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


def test_a_step_over_parts_is_a_step_over_all_of_them() -> None:
    feed = batches(Bars, BATCHING, "ab", DataPlace())
    whole, _ = next(batch for batch in feed if len(batch[0].frames) > 2)
    ends = [0, 1, len(whole.frames)]
    letters = [sum(whole.lengths[:end].tolist()) for end in ends]
    parts = [
        replace(
            whole,
            strips=whole.strips[first:last],
            frames=whole.frames[first:last],
            lengths=whole.lengths[first:last],
            classes=whole.classes[letters[n] : letters[n + 1]],
        )
        for n, (first, last) in enumerate(pairwise(ends))
    ]
    runs = []
    for given in ([whole], parts):
        torch.manual_seed(3)
        run = Run(Net(2, dropout=0.0), TrainSettings("ab", half=False))
        loss = run.learn(*given)
        slope = torch.cat([weights.grad.ravel() for weights in run.net.head.parameters()])
        runs.append((loss, run.samples, run.step, slope))
    (loss, *counts, slope), (loss_of_parts, *counts_of_parts, slope_of_parts) = runs
    assert loss_of_parts == pytest.approx(loss, rel=1e-5)
    assert counts_of_parts == counts
    assert torch.allclose(slope_of_parts, slope, rtol=1e-3, atol=1e-6)
