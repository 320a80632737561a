"""The net has the shape it promises, and refuses start weights that are not its own."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
onnx = pytest.importorskip("onnx", reason="the extra `train` is not installed")

from ocr.errors import DependencyError, ScanError  # noqa: E402
from ocr.train.net import LIKE, Net, begin_from, find_start  # noqa: E402
from ocr.train.score import old_mapped  # noqa: E402


def test_a_frame_spans_four_pixels() -> None:
    assert Net(7)(torch.zeros(2, 1, 48, 96)).shape == (2, 24, 8)


def test_letters_are_like_one_letter() -> None:
    assert all(len(a) == len(b) == 1 for a, b in LIKE.items())


def test_foreign_start_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.onnx"
    weight = onnx.numpy_helper.from_array(torch.zeros(3, 1, 3, 3).numpy(), "w")
    node = onnx.helper.make_node("Conv", ["x", "w"], ["y"])
    shape = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [node], "g", [shape("x", 1, [1, 1, 8, 8])], [shape("y", 1, [1, 3, 6, 6])], [weight]
    )
    onnx.save(onnx.helper.make_model(graph), str(path))
    with pytest.raises(ScanError, match="layers"):
        begin_from(Net(3), path, "abc")


def test_start_weights_agree_with_onnxruntime(tmp_path: Path) -> None:
    runtime = pytest.importorskip("onnxruntime")
    try:
        start = find_start()
    except DependencyError as missing:
        pytest.skip(str(missing))
    model = onnx.load(str(start))
    feature = next(n.input[0] for n in reversed(model.graph.node) if n.op_type == "MatMul")
    model.graph.output.append(onnx.helper.make_tensor_value_info(feature, 1, None))
    net = Net(3, pool=2).eval()
    begin_from(net, start, "abc")
    strip = torch.randn(1, 1, 48, 160)
    session = runtime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    theirs = session.run([feature], {"x": strip.expand(-1, 3, -1, -1).numpy()})[0]
    with torch.inference_mode():
        ours = net.neck(net.body(net.stem(strip)))
    assert abs(ours.numpy() - theirs).max() < 1e-3


def test_old_letters_mapped() -> None:
    assert old_mapped("рѣки въ губерніи.") == "реки в губернии."
