"""A line is read again with the model of its hand, where the folder still has it."""

import json
from pathlib import Path

import pytest

from ocr.files import MODELS, sha256_of
from ocr.review.reread import own_model
from ocr.tei.validate import validate
from tests.review.desks import Set, set_up
from tests.review.test_writing import _page, _send

RECORD = (Path(__file__).parents[2] / "docs" / "example" / "page-0001.xml").read_bytes()
MODEL = b"a model"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An output folder with a model, and a folder below it for records."""
    root = tmp_path.resolve() / "out"
    (root / MODELS).mkdir(parents=True)
    (root / MODELS / "иванов & сын.onnx").write_bytes(MODEL)
    (root / "иванов").mkdir()
    return root


def record(name: str = "иванов &amp; сын.onnx", content: bytes = MODEL) -> bytes:
    """A record that was read with a model of that name and content."""
    digest = RECORD.partition(b"<p>model data=")[2][:16]
    changed = RECORD.replace(b"<p>model=cursive.onnx<", f"<p>model={name}<".encode())
    return changed.replace(digest, sha256_of(content)[:16].encode())


def test_the_model_of_a_hand_is_found_beside_or_above_the_page(root: Path) -> None:
    model = str(root / MODELS / "иванов & сын.onnx")
    assert own_model(record(), root / "иванов" / "1.xml", root) == model
    assert own_model(record(), root / "1.xml", root) == model


def test_another_model_of_that_name_is_not_taken(root: Path) -> None:
    assert own_model(record(content=b"another"), root / "1.xml", root) == ""
    assert own_model(record("gone.onnx"), root / "1.xml", root) == ""
    assert own_model(RECORD, root / "1.xml", root) == ""
    assert own_model(b"<TEI/>", root / "1.xml", root) == ""


def test_nothing_outside_of_the_folder_is_a_model(root: Path) -> None:
    above = root.parent / MODELS
    above.mkdir()
    (above / "x.onnx").write_bytes(MODEL)
    assert own_model(record("x.onnx"), root / "1.xml", root) == ""
    assert own_model(record("../../models/x.onnx"), root / "иванов" / "1.xml", root) == ""
    (root / MODELS / "x.onnx").symlink_to(above / "x.onnx")
    assert own_model(record("x.onnx"), root / "1.xml", root) == ""


@pytest.fixture
def desk(tmp_path: Path) -> Set:
    return set_up(tmp_path)


def test_reading_again_needs_a_known_engine_and_line(desk: Set) -> None:
    place = f"/api/pages/{desk.first()}/reread"
    for body in ({"line": "s1_r1_l1", "engine": "os:system"}, {"line": "s1_r1_l1", "engine": "nobody"}):
        assert desk.client.post(place, json=body).status_code == 422
    assert desk.client.post(place, json={"line": "none"}).status_code == 404


def test_a_line_read_again_can_be_sent_back(desk: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    from ocr.page import Line, Reading, Rival, Step, Word
    from ocr.review import reread

    class Table:
        steps = (Step("table", "From a table", "1", (("a", "b"),), reads=True),)

        def read(self, leaf: object, lines: list[Line], *, timeout_s: float | None) -> list[Reading]:
            box = lines[0].outline.box
            return [Reading("table", (Word("новое", box, 0.7, (), (Rival("иное", 0.2),)),), 0.7)]

    monkeypatch.setattr(reread, "_opened", lambda recipe, engine: Table())
    place = f"/api/pages/{desk.first()}/reread"
    told = desk.client.post(place, json={"line": "s1_r1_l2", "engine": "cursive"}).json()
    assert [token["text"] for token in told["tokens"]] == ["новое"]
    answer = _send(desk, _page(desk)["etag"], json.loads(json.dumps(told["change"])))
    assert answer.status_code == 200, answer.text
    assert [token["text"] for token in _page(desk)["lines"][1]["tokens"]] == ["новое"]
    assert validate(desk.root / "output/one/page-1.xml") == []
