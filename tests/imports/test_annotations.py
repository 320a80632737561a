"""Text that annotations of an IIIF manifest hold: by line a record, everything else named."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ocr.cli.app import app
from ocr.corrections.view import view
from ocr.geometry import Box
from ocr.imports.annotations import page_of
from ocr.imports.manifest import read_manifest
from ocr.tei.validate import validate
from tests.imports.server import manifest_2, manifest_3, picture, serving

CANVAS = "https://a.example/canvas/1"
LIST = "https://a.example/list/1"


def line_3(text: str = "Старый конь", place: str = "xywh=10,20,300,40", **more: Any) -> dict[str, Any]:
    body = {"type": "TextualBody", "value": text, "format": "text/plain"}
    target = f"{CANVAS}#{place}" if place else CANVAS
    return {"type": "Annotation", "motivation": "supplementing", "body": body, "target": target, **more}


def line_2(text: str = "Старый конь", **more: Any) -> dict[str, Any]:
    resource = {"@type": "cnt:ContentAsText", "chars": text}
    on = f"{CANVAS}#xywh=10,20,300,40"
    return {"@type": "oa:Annotation", "motivation": "sc:painting", "resource": resource, "on": on, **more}


def _manifest(lists: list[Any], **canvas: Any) -> bytes:
    root = json.loads(manifest_3("https://a.example", 1))
    root["items"][0] |= {"width": 600, "height": 800, "annotations": lists, **canvas}
    return json.dumps(root).encode()


def _read(*lists: Any, get: Any = None, **canvas: Any) -> tuple[list[tuple[str, Box]], dict[str, int]]:
    left_out = Counter[str]()
    (only,) = read_manifest(_manifest(list(lists), **canvas), "https://a.example/manifest.json").pictures
    page = page_of(only, get or (lambda _: pytest.fail("nothing is to be asked for")), left_out)
    lines = () if page is None else page.lines
    texts = [" ".join(word.text for word in line.words) for line in lines]
    places = [line.outline.box for line in lines if line.outline is not None]
    return list(zip(texts, places, strict=True)), dict(+left_out)


HERE = ("Старый конь", Box(10, 20, 310, 60))
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M10,20 L310,20 310,60 10,60 Z"/></svg>'


@pytest.mark.parametrize(
    "annotation",
    [
        line_3(),
        line_3("  Старый\tконь ", textGranularity="line"),
        line_3("<p>Старый <b>конь</b></p>", body=None)
        | {"body": {"value": "<p>Старый <b>конь</b></p>", "format": "text/html"}},
        line_3(
            target={"source": CANVAS, "selector": {"type": "FragmentSelector", "value": "xywh=10,20,300,40"}}
        ),
        line_3(target={"source": {"id": CANVAS}, "selector": [{"type": "SvgSelector", "value": SVG}]}),
        line_2(),
        line_2(on=[{"full": CANVAS, "selector": {"default": {"value": "xywh=pixel:10,20,300,40"}}}]),
    ],
)
def test_lines_of_both_versions(annotation: dict[str, Any]) -> None:
    assert _read({"items": [annotation]}) == ([HERE], {})
    assert _read({"resources": [annotation]}) == ([HERE], {})


@pytest.mark.parametrize(
    ("annotation", "what"),
    [
        (line_3(motivation="commenting"), "annotation for commenting"),
        (line_3(motivation=["oa:tagging"]), "annotation for tagging"),
        (line_3(textGranularity="word"), "annotation of a word"),
        (line_3("раз\nдва"), "annotation of several lines"),
        (line_3(place=""), "text without a place of its own"),
        (line_3(place="xywh=percent:1,2,3,4"), "text without a place of its own"),
        (line_3(place="xywh=1,2,0,4"), "text without a place of its own"),
        (line_3(place="xywh=1e999,2,3,4"), "text without a place of its own"),
        (line_3(target="https://a.example/canvas/2#xywh=1,2,3,4"), "text without a place of its own"),
        (
            line_3(target={"selector": [1, {"value": 3}, {"item": {"item": 5}}]}),
            "text without a place of its own",
        ),
        (line_3(" \0 "), "annotation without a text"),
        (line_3(body=[1, "x", None]), "annotation without a text"),
        (line_3(body=[{"value": "раз"}, {"value": "два"}]), "annotation with other texts"),
    ],
)
def test_what_is_no_line_is_named(annotation: dict[str, Any], what: str) -> None:
    assert _read({"items": [annotation]}) == ([], {what: 1})


def test_lists_are_asked_for_each_once_and_no_endless_chain_is_followed() -> None:
    asked: list[str] = []

    def endless(address: str) -> Any:
        asked.append(address)
        return {"items": [line_3()], "next": f"{LIST}?{len(asked)}"}

    lines, left_out = _read(LIST, get=endless)
    assert len(lines) == len(asked) == 50
    assert left_out == {"list of annotations beyond so many": 1}
    lines, _ = _read(LIST, {"id": LIST}, get=lambda _: {"items": [line_3()], "next": {"id": LIST}})
    assert len(lines) == 1


@pytest.mark.parametrize("odd", [None, [], "x", {"items": 3}, {"items": [None, 1]}, {"next": 5}])
def test_odd_lists_give_nothing(odd: Any) -> None:
    assert _read(LIST, 3, None, get=lambda _: odd) == ([], {})


def test_a_canvas_without_a_size_gives_none() -> None:
    assert _read({"items": [line_3()]}, width="wide") == ([], {"annotation of a canvas without a size": 1})


@pytest.mark.parametrize("version", [2, 3])
def test_the_command_makes_records_beside_the_pictures(tmp_path: Path, version: int) -> None:
    with serving() as server:
        root = json.loads((manifest_2 if version == 2 else manifest_3)(server.address, 1))
        canvas = root["sequences"][0]["canvases"][0] if version == 2 else root["items"][0]
        ident = canvas.setdefault("@id" if version == 2 else "id", f"{server.address}/canvas/1")
        line = line_2() if version == 2 else line_3()
        line["on" if version == 2 else "target"] = f"{ident}#xywh=10,20,300,40"
        canvas.update({"width": 600, "height": 800})
        canvas["otherContent" if version == 2 else "annotations"] = [{"@id": f"{server.address}/lines"}]
        server.answers["/manifest.json"] = json.dumps(root).encode()
        server.answers["/1.jpg"] = picture(size=(300, 400))
        server.answers["/lines"] = json.dumps({"resources" if version == 2 else "items": [line]}).encode()
        order = ["import", f"{server.address}/manifest.json", "-o", str(tmp_path), "--allow-local"]
        done = CliRunner().invoke(app, [*order, "--text", "corrected", "--by", "Анна"])
        assert done.exit_code == 0, done.output
        assert "1 line(s) of text" in done.output
        (record,) = tmp_path.glob("*.xml")
        assert validate(record) == []
        shown = view(record.read_bytes())
        (only,) = shown.lines
        assert [token.text for token in only.tokens] == ["Старый", "конь"]
        assert (shown.people[only.by or ""], only.state) == ("Анна", "corrected")
        assert only.outline is not None
        assert only.outline.box == Box(5, 10, 155, 30)  # the picture is half as large as its canvas
        before, count = record.read_bytes(), len(server.asked)
        assert CliRunner().invoke(app, order).exit_code == 0
        assert record.read_bytes() == before
        assert server.asked[count:] == ["/manifest.json"]
