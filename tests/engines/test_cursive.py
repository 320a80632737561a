"""Model files that are none of ours, and strips that are no lines of writing."""

import hashlib
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.arrays import F32, GreyImage

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

from ocr.engines.calibration import Calibration
from ocr.engines.cursive import SHIPPED, CursiveEngine, CursiveSettings, Model, load_model, open_engine
from ocr.engines.decoding import DecodedLine, LogProbs
from ocr.errors import DependencyError, EngineError
from ocr.evaluate.rates import compare
from ocr.lines.strips import HEIGHT_PX, WIDEST_PX, fit_strip
from ocr.models import Onnx, card_sha256
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import Texts, read_text

PROSE = Path(__file__).parents[2] / "ocr" / "synth" / "prose.txt"


@pytest.fixture(scope="module")
def engine() -> CursiveEngine:
    return open_engine(CursiveSettings())


@pytest.fixture(scope="module")
def line() -> tuple[GreyImage, str]:
    return next(StrokeLines(Texts([read_text(PROSE)])).strips(11, 40))


def read(engine: CursiveEngine, grey: GreyImage) -> DecodedLine:
    return engine.decoded([engine.model.look(grey)])[0]


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(DependencyError, match="no model"):
        open_engine(CursiveSettings(model=str(tmp_path / "none.onnx")))


@pytest.mark.parametrize("held", [b"not a model", b"", SHIPPED.read_bytes()[:100_000]])
def test_a_damaged_model_is_named(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "bad.onnx"
    path.write_bytes(held)
    with pytest.raises(EngineError, match=r"damaged|no model of ours"):
        load_model(path)


def test_a_strangers_model_is_named() -> None:
    with pytest.raises(EngineError, match="no model of ours"):
        load_model(SHIPPED.with_name("finder.onnx"))


def test_a_model_in_another_alphabet_is_refused(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="the extra `train` is not installed")
    model = onnx.load(str(SHIPPED))
    facts = {prop.key: prop.value for prop in model.metadata_props}
    onnx.helper.set_model_props(model, facts | {"alphabet": facts["alphabet"][::-1]})
    path = tmp_path / "other.onnx"
    onnx.save(model, str(path))
    with pytest.raises(EngineError, match="different alphabets"):
        open_engine(CursiveSettings(model=str(path)))


def test_a_model_is_held_against_the_hash_on_its_card(tmp_path: Path) -> None:
    path = tmp_path / "hand.onnx"
    shutil.copy(SHIPPED, path)
    assert card_sha256(path) is None
    card = path.with_suffix(".md")
    card.write_text(f"| sha256 | {hashlib.sha256(path.read_bytes()).hexdigest()} |\n", encoding="utf-8")
    load_model(path)
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1  # a single bit, amid the weights
    path.write_bytes(held)
    with pytest.raises(EngineError, match="sha256"):
        load_model(path)


@pytest.mark.parametrize(
    "shapes",
    [[], [(1, 7)], [(1, 7, 5)], [(2, 7, 4)], [(1, 0, 4)], [(1, 7, 4), (1, 6, 9)], [(1, 7, 4), (7, 9)]],
)
def test_a_net_that_answers_otherwise_than_its_alphabet_asks_is_named(shapes: list[tuple[int, ...]]) -> None:
    class Net(Onnx):
        def run(self, **_: object) -> list[F32]:
            return [np.zeros(shape, np.float32) for shape in shapes]

    model = Model(Net("a.onnx", {}, None), "абв", 4, Calibration(), (), "")
    with pytest.raises(EngineError, match=r"^a\.onnx is damaged: it answers in shapes"):
        model.look(np.zeros((60, 90), np.uint8))


NOISE = np.random.default_rng(0).integers(0, 255, (80, 900)).astype(np.uint8)


@pytest.mark.parametrize(
    "grey",
    [
        np.full((80, 900), 240, np.uint8),
        np.zeros((80, 900), np.uint8),
        np.zeros((0, 0), np.uint8),
        np.zeros((1, 1), np.uint8),
        np.full((3, 700), 240, np.uint8),
        NOISE,
        np.where(NOISE < 3, 60, 235).astype(np.uint8),
    ],
    ids=["blank", "black", "empty", "one pixel", "three rows", "noise", "specks"],
)
def test_where_nothing_is_written_nothing_is_read(engine: CursiveEngine, grey: GreyImage) -> None:
    assert read(engine, grey).text == ""


def test_a_drawing_is_not_believed(engine: CursiveEngine) -> None:
    drawn = np.full((120, 1200), 235, np.uint8)
    for n in range(12):
        cv2.circle(drawn, (60 + 90 * n, 60), 20 + 2 * n, 40, 3)
        cv2.line(drawn, (90 * n, 10 + 3 * n), (90 * n + 70, 110 - 5 * n), 60, 4)
    assert all(word.confidence < 0.6 for word in read(engine, drawn).words)


@pytest.mark.parametrize("height", [20, 300])
def test_low_and_tall_lines_are_read_alike(
    engine: CursiveEngine, line: tuple[GreyImage, str], height: int
) -> None:
    grey, _ = line
    sized = cv2.resize(grey, (round(grey.shape[1] * height / len(grey)), height))
    sized_text = read(engine, np.asarray(sized, np.uint8)).text
    assert compare(read(engine, grey).text, sized_text).errors <= 1  # a letter on the brink may tip over


def test_a_very_wide_line_is_read_to_its_end(engine: CursiveEngine, line: tuple[GreyImage, str]) -> None:
    grey, _ = line
    wide = np.tile(grey, (1, 20_000 // grey.shape[1] + 1))[:, :20_000]
    assert fit_strip(wide).fitted.shape == (HEIGHT_PX, WIDEST_PX)
    letters = read(engine, wide).letters
    assert len(letters) > 300
    assert 18_000 < letters[-1].right <= 20_100


def test_a_line_on_its_head_is_less_clear(engine: CursiveEngine, line: tuple[GreyImage, str]) -> None:
    grey, text = line
    upright, turned = read(engine, grey), read(engine, np.ascontiguousarray(grey[::-1, ::-1]))
    assert upright.text != turned.text != text

    def doubt(writing: DecodedLine) -> float:
        return sum(1 - letter.confidence for letter in writing.letters) / len(writing.letters)

    assert doubt(turned) > 2 * doubt(upright)


# what a leaf says, and what a net finds likely in the place of some of its letters
OLD_LEAF = ("въ лѣсу былъ бѣлый снѣгъ", {"ѣ": "е", "ъ": "ь", "й": "и"})
OLD_LETTERS = ("исторія россіи и сибири", {"і": "и", "я": "а"})
NEW_LEAF = ("в лесу был белый снег", {"е": "ѣ", "л": "ъ", "и": "і"})


def _scores(alphabet: str, text: str, unlike: dict[str, str]) -> LogProbs:
    """What a net says that sees each letter, some at 0.92 only, and another at 0.07 in their place."""
    scores = np.full((3 * len(text), 1 + len(alphabet)), 1e-6, np.float32)
    scores[:, 0] = 0.98
    for at, letter in enumerate(text):
        scores[3 * at + 1, 0] = 0.02
        scores[3 * at + 1, 1 + alphabet.index(letter)] = 0.92 if letter in unlike else 0.97
        if letter in unlike:
            scores[3 * at + 1, 1 + alphabet.index(unlike[letter])] = 0.07
    logs: LogProbs = np.log(scores / scores.sum(1, keepdims=True))
    return logs


@pytest.mark.parametrize("asked", ["auto", "old", "new"])
@pytest.mark.parametrize("leaf", [OLD_LEAF, NEW_LEAF, OLD_LETTERS], ids=["old", "new", "letters"])
def test_the_spelling_that_is_asked_for_never_rewrites_what_the_net_sees(
    asked: str, leaf: tuple[str, dict[str, str]]
) -> None:
    reader = open_engine(CursiveSettings(spelling=asked))
    scores = _scores(reader.model.alphabet, *leaf)
    # two leaves' worth of lines, so that the leaf shows its spelling
    spelling = reader.spelling([scores, _scores(reader.model.alphabet, *leaf)])
    assert reader.decoder.read(scores, spelling).text == leaf[0]


def test_what_a_model_tells_of_its_last_stage_is_called_so(engine: CursiveEngine) -> None:
    told = dict(engine.steps[0].settings)
    assert not {"samples", "training_hours"} & {*told}
    assert int(told["last_stage_samples"]) > 0
