"""Manifests of both versions read: title, rights, pictures by order and label."""

import json
from typing import Any

import pytest

from ocr.errors import RecordError
from ocr.imports.manifest import read_manifest
from tests.imports.server import manifest_2, manifest_3

BASE = "https://archive.org"


def _broken(**values: Any) -> bytes:
    return json.dumps({"type": "Manifest", **values}).encode()


def test_version_3_with_a_service() -> None:
    manifest = read_manifest(manifest_3(BASE, annotations=[]), f"{BASE}/manifest.json")
    assert manifest.title == 'Тетрадь «1» "а"'
    assert manifest.rights == "http://creativecommons.org/publicdomain/mark/1.0/ Архив области"
    assert [picture.name for picture in manifest.pictures] == ["0001-л._1_об", "0002-л._2_об"]
    assert manifest.pictures[0].addresses == (f"{BASE}/iiif/1/full/max/0/default.jpg", f"{BASE}/1.jpg")


def test_version_2_without_one() -> None:
    manifest = read_manifest(manifest_2(BASE), f"{BASE}/manifest.json")
    assert manifest.title == "Книга"
    assert manifest.rights == "http://creativecommons.org/licenses/by/4.0/ Library"
    assert [(p.name, p.addresses) for p in manifest.pictures] == [
        ("0001", (f"{BASE}/1.jpg",)),
        ("0002", (f"{BASE}/2.jpg",)),
    ]


def test_a_service_of_version_2_is_asked_in_its_words() -> None:
    root = json.loads(manifest_2(BASE, 1))
    resource = root["sequences"][0]["canvases"][0]["images"][0]["resource"]
    resource["service"] = {"@id": f"{BASE}/s/1", "profile": "http://iiif.io/api/image/2/level1.json"}
    manifest = read_manifest(json.dumps(root).encode(), BASE)
    assert manifest.pictures[0].addresses[0] == f"{BASE}/s/1/full/full/0/default.jpg"


def test_addresses_are_taken_from_where_the_manifest_lies() -> None:
    canvas = {"type": "Canvas", "items": [{"items": [{"body": {"id": "scans/1.png", "type": "Image"}}]}]}
    manifest = read_manifest(_broken(items=[canvas]), f"{BASE}/book/manifest.json")
    assert manifest.pictures[0].addresses == (f"{BASE}/book/scans/1.png",)


def test_what_else_is_there_is_counted() -> None:
    root = json.loads(manifest_3(BASE, 1, metadata=[{}, {}], structures=[{}]))
    root["items"][0]["annotations"] = [{}]
    root["items"].append({"type": "Canvas", "items": []})
    assert read_manifest(json.dumps(root).encode(), BASE).left_out == {
        "entries of metadata": 2,
        "ranges": 1,
        "canvas without a picture": 1,
    }


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"<html>", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "no IIIF manifest"),
        (b'{"type": "Collection", "items": []}', "collection"),
        (_broken(), "no picture"),
        (_broken(items=[1, {"items": 3}, {"items": [{"items": [None, {"body": "x"}]}]}]), "no picture"),
        (_broken(items={"a": 1}), "no picture"),
    ],
)
def test_what_is_no_manifest_is_refused_in_words(content: bytes, match: str) -> None:
    with pytest.raises(RecordError, match=match):
        read_manifest(content, BASE)


@pytest.mark.parametrize(
    ("label", "name"), [("л. 6.об", "0001-л._6.об"), ("page-7.JPG", "0001-page-7"), (".jpg", "0001-jpg")]
)
def test_a_canvas_labelled_by_its_file_is_named_without_the_suffix(label: str, name: str) -> None:
    root = json.loads(manifest_3(BASE, 1))
    root["items"][0]["label"] = {"none": [label]}
    assert read_manifest(json.dumps(root).encode(), BASE).pictures[0].name == name


def test_labels_cannot_lead_out_of_the_folder() -> None:
    root = json.loads(manifest_3(BASE, 1))
    root["items"][0]["label"] = {"ru": ["../../etc/pass wd\0" + "я" * 300]}
    name = read_manifest(json.dumps(root).encode(), BASE).pictures[0].name
    assert "/" not in name
    assert len(name.encode()) < 200
    assert name.startswith("0001-etc_pass_wd")
