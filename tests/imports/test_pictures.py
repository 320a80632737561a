"""Pictures of a manifest fetched from a server on this machine."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocr.cli.app import app
from ocr.errors import OutputError, ScanError
from ocr.imports.pictures import FetchedPicture, PictureLimits, counted, fetch_pictures, manifest_of
from ocr.imports.run import ImportSettings
from ocr.tei.notebook import load_notebook
from tests.imports.server import Server, manifest_2, manifest_3, picture, serving

LIMITS = PictureLimits(allow_local=True)
SETTINGS = ImportSettings("Анна Иванова", "2026-11-27")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        running.answers["/manifest.json"] = manifest_3(running.address)
        running.answers["/iiif/1/full/max/0/default.jpg"] = picture(100)
        running.answers["/2.jpg"] = picture(200, form="PNG")  # its service gives nothing
        yield running


def _fetch(server: Server, folder: Path, limits: PictureLimits = LIMITS) -> list[FetchedPicture]:
    source = f"{server.address}/manifest.json"
    return list(fetch_pictures(manifest_of(source, limits), source, folder, limits, SETTINGS))


def test_pictures_and_what_is_said_of_the_book(server: Server, tmp_path: Path) -> None:
    assert [(p.name, p.error) for p in _fetch(server, tmp_path)] == [
        ("0001-л._1_об", None),
        ("0002-л._2_об", None),
    ]
    assert (tmp_path / "0001-л._1_об.jpg").read_bytes() == picture(100)
    assert (tmp_path / "0002-л._2_об.png").read_bytes() == picture(200, form="PNG")
    notebook = load_notebook(tmp_path / "notebook.toml")
    assert notebook.title == 'Тетрадь «1» "а"'
    assert "Архив области" in notebook.licence
    assert server.address in notebook.note


def test_what_is_there_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    _fetch(server, tmp_path)
    server.asked.clear()
    (tmp_path / "notebook.toml").write_text('title = "mine"\n', "utf-8")
    assert [p.is_current for p in _fetch(server, tmp_path)] == [True, True]
    assert server.asked == ["/manifest.json"]
    assert load_notebook(tmp_path / "notebook.toml").title == "mine"
    (tmp_path / "0001-л._1_об.jpg").unlink()
    assert [p.is_current for p in _fetch(server, tmp_path)] == [False, True]


def test_a_picture_that_is_none_or_broken_is_told_and_the_next_follows(
    server: Server, tmp_path: Path
) -> None:
    server.answers["/iiif/1/full/max/0/default.jpg"] = b"<html>please log in</html>"
    first, second = _fetch(server, tmp_path)
    assert isinstance(first.error, ScanError)
    assert "/iiif/1/full" in str(first.error)
    assert second.error is None
    server.answers["/iiif/1/full/max/0/default.jpg"] = picture(100, (600, 800))[:-900]
    first, _ = _fetch(server, tmp_path)
    assert isinstance(first.error, ScanError)
    assert [path.name for path in tmp_path.glob("0001*")] == []
    server.answers["/iiif/1/full/max/0/default.jpg"] = picture(100)
    assert _fetch(server, tmp_path)[0].error is None


def test_a_strangers_picture_stays(server: Server, tmp_path: Path) -> None:
    mine = tmp_path / "0001-л._1_об.jpg"
    mine.write_bytes(picture(5))
    first, _ = _fetch(server, tmp_path)
    assert isinstance(first.error, OutputError)
    assert mine.read_bytes() == picture(5)


def test_no_more_than_may_be(server: Server, tmp_path: Path) -> None:
    limits = PictureLimits(1, allow_local=True)
    assert len(_fetch(server, tmp_path, limits)) == 1
    manifest = manifest_of(f"{server.address}/manifest.json", limits)
    assert counted(manifest, limits) == {"picture beyond --most-images": 1}
    small = PictureLimits(most_picture_bytes=50, allow_local=True)
    assert all("larger" in str(p.error) for p in _fetch(server, tmp_path / "other", small))


def test_a_server_that_gives_nothing_is_not_asked_for_ever(server: Server, tmp_path: Path) -> None:
    server.answers["/manifest.json"] = manifest_2(server.address, 40)
    server.answers |= {f"/{n}.jpg": (503, {}, b"") for n in range(1, 41)}
    with pytest.raises(ScanError, match="again later"):
        _fetch(server, tmp_path)
    assert len(server.asked) == 6


def test_a_private_address_is_asked_on_order_alone(server: Server, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_bytes(manifest_3(server.address))
    limits = PictureLimits()
    done = list(
        fetch_pictures(manifest_of(str(manifest), limits), str(manifest), tmp_path / "out", limits, SETTINGS)
    )
    assert all("--allow-local" in str(p.error) for p in done)
    assert server.asked == []


def test_the_command(server: Server, tmp_path: Path) -> None:
    source = f"{server.address}/manifest.json"
    done = CliRunner().invoke(app, ["import", source, "-o", str(tmp_path), "--allow-local"])
    assert done.exit_code == 0, done.output
    assert "2 picture(s) fetched" in done.output
    server.answers["/manifest.json"] = json.dumps({"type": "Collection"}).encode()
    refused = CliRunner().invoke(app, ["import", source, "-o", str(tmp_path), "--allow-local"])
    assert type(refused.exception).__name__ == "RecordError"
    both = CliRunner().invoke(app, ["import", source, "x.xml", "-o", str(tmp_path)])
    assert type(both.exception).__name__ == "SettingsError"
