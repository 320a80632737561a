"""A run's averaged weights as an ONNX file that says itself what it reads.

`python -m ocr.train.export RUN.pt... MODEL.onnx`: of several stages the weights are averaged (Wortsman et
al., Model soups, 2022); models that were exported before may be among them, the first is a run.
"""

import argparse
import io
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from ocr.engines.cursive import KIND
from ocr.files import write_whole
from ocr.train.net import Net, begin_from
from ocr.train.run import Ancestor, Run, past_of


class _Reader(nn.Module):
    """The net with its scores as logarithms of probabilities, and the features that they are made of."""

    def __init__(self, net: Net) -> None:
        super().__init__()
        self.net = net

    def forward(self, strips: Tensor) -> tuple[Tensor, Tensor]:
        features = self.net.features(strips)
        return self.net.head(features).log_softmax(-1), features


def export(run: Run, path: Path, **facts: str) -> None:
    """Writes the model, whole or not at all; facts (version, data, licence) go into its metadata.

    OutputError when it cannot be written.
    """
    traced = io.BytesIO()
    with warnings.catch_warnings():
        # the tracing exporter is called old, yet it alone needs no further package
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Reader(run.averaged()),
            (torch.zeros(1, 1, 48, 320),),
            traced,
            input_names=["strips"],
            output_names=["scores", "features"],
            dynamic_axes={
                "strips": {0: "strip", 3: "px"},
                "scores": {0: "strip", 1: "frame"},
                "features": {0: "strip", 1: "frame"},
            },
            opset_version=17,
            dynamo=False,
        )
    model = onnx.load_from_string(traced.getvalue())
    metadata = {"kind": KIND, "alphabet": run.recipe.alphabet, "frame_px": str(Net.frame_px)}
    metadata |= {"last_stage_samples": str(run.samples), "last_stage_hours": f"{run.seconds / 3600:.2f}"}
    if run.past is not None:
        samples, seconds = run.past.samples + run.samples, run.past.seconds + run.seconds
        metadata |= {"samples_in_all": str(samples), "hours_in_all": f"{seconds / 3600:.2f}"}
    metadata |= facts
    onnx.helper.set_model_props(model, metadata)
    _halve(model.graph)
    onnx.checker.check_model(model)
    write_whole(path, model.SerializeToString())


def _halve(graph: onnx.GraphProto) -> None:
    """Keeps large weights as 16-bit floats, widened when the model is opened: half the file, same speed."""
    widened = []
    for weights in graph.initializer:
        array = onnx.numpy_helper.to_array(weights)
        if array.dtype == np.float32 and array.size > 256:
            name = weights.name
            weights.CopyFrom(onnx.numpy_helper.from_array(array.astype(np.float16), f"{name}.half"))
            widened.append(onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*widened, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def blended(stages: Sequence[Path], *, shares: Sequence[float] | None = None) -> Run:
    """The first stage's run, its averaged weights replaced by the mean over all stages.

    `shares`: how much each counts; the same for all by default. What any of the stages has learnt is counted,
    once where several began from the same model.
    """
    run = Run.load(stages[0])
    weights, pasts = [run.average], [run.past]
    for path in stages[1:]:
        if path.suffix == ".onnx":
            net = Net(len(run.recipe.alphabet))
            begin_from(net, path, run.recipe.alphabet)
            weights.append(net.state_dict())
            pasts.append(past_of(path))
        else:
            other = Run.load(path)
            weights.append(other.average)
            pasts.append(other.past)
            run.samples, run.seconds = run.samples + other.samples, run.seconds + other.seconds
    parts = torch.tensor(shares if shares is not None else [1.0] * len(weights), dtype=torch.float32)
    parts /= parts.sum()
    run.average = {
        name: torch.tensordot(parts, torch.stack([values[name] for values in weights]), dims=1)
        for name in run.average
    }
    run.past = _together(pasts)
    return run


def _together(pasts: Sequence[Ancestor | None]) -> Ancestor | None:
    """What models have learnt, each counted once; None where one does not tell."""
    known = {past.digest: past for past in pasts if past is not None}
    if None in pasts:
        return None
    samples, seconds = (
        sum(getattr(past, name) for past in known.values()) for name in ("samples", "seconds")
    )
    return Ancestor("", samples, seconds)


def main() -> None:
    """Writes the model named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stages", type=Path, nargs="+", metavar="RUN.pt")
    parser.add_argument("model", type=Path)
    parser.add_argument(
        "--shares", type=float, nargs="*", help="how much each stage counts; by default alike"
    )
    asked = parser.parse_args()
    if asked.shares and len(asked.shares) != len(asked.stages):
        parser.error(f"{len(asked.stages)} stages need as many shares.")
    torch.set_num_threads(1)
    export(blended(asked.stages, shares=asked.shares or None), asked.model)


if __name__ == "__main__":
    main()
