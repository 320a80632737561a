import errno
import os
from pathlib import Path
from typing import Any

import pytest

from tests.review.desks import HOST, Set, set_up


@pytest.fixture
def desk(tmp_path: Path) -> Set:
    return set_up(tmp_path)


def test_addresses_that_are_nothing(desk: Set) -> None:
    page = desk.first()
    for place in (
        *(
            "/api",
            "/api/",
            "/api/pages/",
            "/static/../app.py",
            "/static/%2e%2e/app.py",
            "/%00",
            "/static/%00",
        ),
        *("/tiles/x/1/0_0.jpg", f"/tiles/{page}/99999999999/0_0.jpg", f"/tiles/{page}/1/a.jpg"),
        f"/strips/{page}/none.jpg",
    ):
        answer = desk.client.get(place)
        assert answer.status_code in {400, 404}, place
        assert "error" in answer.json()
    assert desk.client.get("/api/desk", headers={"Host": HOST}).status_code == 200


def test_files_of_the_page_are_kept_by_the_browser_and_asked_for_each_time(desk: Set) -> None:
    answer = desk.client.get("/static/desk.js")
    assert answer.headers["cache-control"] == "no-cache"
    kept = {"If-None-Match": answer.headers["etag"]}
    assert desk.client.get("/static/desk.js", headers=kept).status_code == 304
    assert desk.client.get("/static/page.css", headers=kept).status_code == 200


def test_every_address_is_described(desk: Set) -> None:
    described = (
        (Path(__file__).parents[2] / "docs" / "review-api.md")
        .read_text("utf-8")
        .replace("{x}_{y}", "{place}")
    )
    app: Any = desk.client.app
    paths = [route.path for route in app._app.routes if route.path.startswith(("/api", "/tiles", "/strips"))]
    assert len(paths) >= 12
    assert [path for path in paths if f"`{path}" not in described and f" {path}`" not in described] == []


def test_a_drive_that_is_gone_is_told(desk: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    page = f"/api/pages/{desk.first()}"
    assert desk.client.get(page).status_code == 200

    def gone(path: Path, **_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    monkeypatch.setattr(Path, "stat", gone)
    monkeypatch.setattr(Path, "read_bytes", gone)
    answer = desk.client.get(page)
    assert answer.status_code in {422, 503}
    assert "Input/output error" in answer.json()["error"]
