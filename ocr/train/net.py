"""The recogniser as a torch module, and its start from the body of PP-OCRv6's small recogniser.

The shape of the body follows the published graph (PP-OCRv6_rec_small.onnx, PaddlePaddle, Apache-2.0,
shipped in the rapidocr wheel): a convolutional body whose batch norms are folded into its convolutions,
then a neck of two attention blocks. Two things differ: the head reads our letters, and one frame spans 4
px of the strip instead of 8, because the last pooling keeps the width (joined letters are narrow; the
body before it works at 4 px anyway, so the finer frames cost only the small neck).
"""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from ocr.arrays import F32
from ocr.errors import DependencyError, ScanError

START = "PP-OCRv6_rec_small.onnx"
BLANK = 0
"""Class 0 says nothing; class k is letter k - 1 of the alphabet."""

LIKE = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяёѣіѳѵАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁѢІѲѴ„№",
        "aδbrgemzuŭkлмнonpcmyφxцчwщъыьэюяёѣiθvAБBTDEЖЗUЙKЛMHOПPCTYФXЦЧШЩЪЫЬЭЮЯЁѢIΘV”N",
        strict=True,
    )
)
"""A written letter and the letter of the start model's alphabet that it looks like, where there is one."""


class Block(nn.Module):
    """Depthwise 3x3, an optional squeeze, then a pair of 1x1 convolutions with GELU: (B, C, H, W) -> the same
    or, when `down`, (B, out, H/2, W)."""

    def __init__(self, channels: int, out: int, *, squeeze: int = 0, down: bool = False) -> None:
        super().__init__()
        self.depth = nn.Conv2d(channels, channels, 3, (2 if down else 1, 1), 1, groups=channels)
        self.squeeze = nn.Conv2d(channels, squeeze, 1) if squeeze else None
        self.excite = nn.Conv2d(squeeze, channels, 1) if squeeze else None
        self.widen = nn.Conv2d(channels, channels * 2, 1)
        self.narrow = nn.Conv2d(channels * 2, out, 1)
        self.down = down

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, H, W) -> see the class."""
        x = self.depth(x)
        if self.squeeze is not None and self.excite is not None:
            mean = x.mean((2, 3), keepdim=True)
            x = x * functional.hardsigmoid(self.excite(functional.relu(self.squeeze(mean))))
        y = self.narrow(functional.gelu(self.widen(x)))
        return y if self.down else x + y


class Stem(nn.Module):
    """Edges and corners: (B, 1, 48, W) -> (B, 96, 12, W/4)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 48, 3, 2, 1)
        self.left = nn.Conv2d(48, 24, 2)
        self.right = nn.Conv2d(24, 48, 2)
        self.join = nn.Conv2d(96, 48, 3, 2, 1)
        self.out = nn.Conv2d(48, 96, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 1, 48, W) -> (B, 96, 12, W/4)."""
        x = functional.relu(self.first(x))
        corner = (0, 1, 0, 1)  # an even kernel with SAME_UPPER looks one pixel to the right and below
        y = functional.relu(self.left(functional.pad(x, corner)))
        y = functional.relu(self.right(functional.pad(y, corner)))
        x = functional.max_pool2d(functional.pad(x, corner), 2, 1)
        return functional.relu(self.out(functional.relu(self.join(torch.cat([x, y], 1)))))


class Attention(nn.Module):
    """One block of the neck: attention over the whole line, then a perceptron. (B, T, C) -> the same."""

    def __init__(self, channels: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.before = nn.LayerNorm(channels, eps=1e-5)
        self.ask = nn.Linear(channels, channels * 3)
        self.out = nn.Linear(channels, channels)
        self.between = nn.LayerNorm(channels, eps=1e-5)
        self.widen = nn.Linear(channels, channels * 2)
        self.narrow = nn.Linear(channels * 2, channels)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) -> the same."""
        b, t, c = x.shape
        q, k, v = self.ask(self.before(x)).view(b, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        weight = torch.softmax(q @ k.transpose(-1, -2) * (c // self.heads) ** -0.5, -1)
        x = x + self.drop(self.out((weight @ v).transpose(1, 2).reshape(b, t, c)))
        return x + self.drop(self.narrow(self.drop(functional.silu(self.widen(self.between(x))))))


class Net(nn.Module):
    """Strips (B, 1, 48, W), paper near +1 and ink near -1, -> scores (B, T, 1 + letters), T = W / 4."""

    frame_px = 4

    def __init__(self, letters: int, *, dropout: float = 0.1, pool: int = 1) -> None:
        super().__init__()
        self.stem = Stem()
        self.body = nn.Sequential(
            Block(96, 96, squeeze=24),
            Block(96, 96),
            Block(96, 96),
            Block(96, 192, down=True),
            Block(192, 192, squeeze=48),
            Block(192, 192),
            Block(192, 192, squeeze=48),
            Block(192, 192),
            Block(192, 192, squeeze=48),
            Block(192, 192),
            Block(192, 384, down=True),
            Block(384, 384, squeeze=96),
            Block(384, 384),
        )
        self.pool = pool
        self.side = nn.Conv2d(384, 120, 1)
        self.slim = nn.Conv2d(384, 120, 1)
        self.wide = nn.Conv2d(120, 120, (1, 7), 1, (0, 3), groups=120)
        self.attend = nn.Sequential(Attention(120, 8, dropout), Attention(120, 8, dropout))
        self.norm = nn.LayerNorm(120, eps=1e-6)
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(120, letters + 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 1, 48, W) -> (B, W/4, 1 + letters)."""
        return self.head(self.drop(self.features(x)))

    def features(self, x: Tensor) -> Tensor:
        """(B, 1, 48, W) -> (B, W/4, 120): what the head makes the scores of."""
        return self.neck(self.body(self.stem(x)))  # the body gives (B, 384, 3, W/4)

    def neck(self, x: Tensor) -> Tensor:
        """(B, 384, 3, W/4) -> (B, T, 120)."""
        x = functional.avg_pool2d(x, (3, self.pool))
        side = functional.silu(self.side(x))
        slim = functional.silu(self.slim(x))
        slim = slim + functional.silu(self.wide(slim))
        flat = self.norm(self.attend(slim.flatten(2).transpose(1, 2)))
        return flat + side.flatten(2).transpose(1, 2)

    def early(self, blocks: int) -> Iterator[nn.Parameter]:
        """The weights of the stem and of the first blocks of the body."""
        yield from self.stem.parameters()
        for block in list(self.body)[:blocks]:
            yield from block.parameters()


def find_start() -> Path:
    """The start weights inside an installed rapidocr; DependencyError when it is not there."""
    spec = find_spec("rapidocr")  # looked for, not imported: it would open its own engines
    if spec is None or not spec.submodule_search_locations:
        raise DependencyError(
            f"Training begins from {START}, which comes with rapidocr 3.10; install it with "
            "`pip install --no-deps rapidocr==3.10.0`, or name the file with --start."
        )
    path = Path(spec.submodule_search_locations[0]) / "models" / START
    if not path.is_file():
        raise DependencyError(f"The installed rapidocr does not hold {START}; install rapidocr 3.10.")
    return path


def _begin_from_ours(net: Net, path: Path, alphabet: str) -> bool:
    """Fills a net with the weights that ocr.train.export wrote; False when the file is not such a one."""
    model = onnx.load(str(path))
    facts = {prop.key: prop.value for prop in model.metadata_props}
    if facts.get("alphabet") is None:
        return False
    if facts["alphabet"] != alphabet:
        raise ScanError(f"{path.name} has another alphabet; begin from {START}.")
    weights = {
        tensor.name.removesuffix(".half"): numpy_helper.to_array(tensor).astype(np.float32)
        for tensor in model.graph.initializer
    }
    # The exporter keeps names, but turns the weights of linear layers round and numbers them in order.
    matrices = [name for name in weights if name.startswith("onnx::MatMul_")]
    turned = iter(sorted(matrices, key=lambda name: int(name.removeprefix("onnx::MatMul_"))))
    linear = {f"net.{name}.weight" for name, part in net.named_modules() if isinstance(part, nn.Linear)}
    with torch.no_grad():
        for name, weight in net.named_parameters():
            value = weights.get(f"net.{name}")
            if value is None and f"net.{name}" in linear:
                value = weights[next(turned)].T
            if value is None or value.shape != tuple(weight.shape):
                raise ScanError(f"{path.name} lacks the weights {name}; begin from {START}.")
            weight.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    return True


def begin_from(net: Net, path: Path, alphabet: str) -> None:
    """Fills a net with the start model's weights; a letter begins as itself or as the one that it looks like.

    A model of ours goes on where its training ended (the averaged weights; not the optimiser's memory).
    ScanError when the file is not the graph that is expected.
    """
    if _begin_from_ours(net, path, alphabet):
        return
    layers, letters = _layers(path)
    # defined in the order in which the graph calls them; the head comes last
    order = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear | nn.LayerNorm)][:-1]
    if len(order) + 1 != len(layers):
        raise ScanError(f"{path.name} holds {len(layers)} layers, not {len(order) + 1}; use {START}.")
    weight, bias = layers.pop()
    layers[0] = (layers[0][0].sum(1, keepdims=True), layers[0][1])  # red, green and blue are one grey
    with torch.no_grad():
        for layer, (w, b) in zip(order, layers, strict=True):
            if layer.weight.shape != w.shape:
                raise ScanError(f"{path.name} is not the graph of {START}: a layer has shape {w.shape}.")
            layer.weight.copy_(torch.from_numpy(w))
            assert layer.bias is not None
            layer.bias.copy_(torch.from_numpy(b))
        rows = {letter: row + 1 for row, letter in enumerate(letters)} | {" ": len(letters) + 1}
        net.head.weight[BLANK].copy_(torch.from_numpy(weight[0]))
        net.head.bias[BLANK] = float(bias[0])
        for ours_row, letter in enumerate(alphabet, start=1):
            row = rows.get(letter) or rows.get(LIKE.get(letter, ""))
            if row is not None and row < len(weight):
                net.head.weight[ours_row].copy_(torch.from_numpy(weight[row]))
                net.head.bias[ours_row] = float(bias[row])
            else:
                net.head.bias[ours_row] = float(np.median(bias))


Weights = tuple[F32, F32]


def _layers(path: Path) -> tuple[list[Weights], list[str]]:
    """Weight and bias of each layer in the order of the graph, batch norms folded in, and the letters."""
    graph = onnx.load(str(path)).graph
    known = {i.name: numpy_helper.to_array(i).astype(np.float32) for i in graph.initializer}
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in known:
            known[node.output[0]] = known[node.input[0]]
    layers: list[list[F32]] = []
    for node in graph.node:
        consts = [known[name] for name in node.input if name in known and known[name].size > 1]
        if node.op_type == "Conv":
            layers.append([consts[0], np.zeros(len(consts[0]), np.float32)])
        elif node.op_type == "MatMul" and consts:
            layers.append([consts[0].T.copy(), np.zeros(consts[0].shape[1], np.float32)])
        elif node.op_type == "BatchNormalization":
            gain, shift, mean, var = consts
            factor = gain / np.sqrt(var + next(a.f for a in node.attribute if a.name == "epsilon"))
            layers[-1] = [layers[-1][0] * factor[:, None, None, None], shift - mean * factor]
        elif node.op_type == "Mul" and consts and consts[0].ndim == 1:
            layers.append([consts[0], np.zeros(len(consts[0]), np.float32)])
        elif node.op_type == "Add" and consts:
            layers[-1][1] = consts[0].ravel()
    letters = "".join(p.value for p in onnx.load(str(path)).metadata_props if p.key == "character").split(
        "\n"
    )
    return [(w, b) for w, b in layers], letters
