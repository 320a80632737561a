from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from ocr.review.guard import HostRules
from tests.review.desks import HOST, Set, set_up

TOKEN = "s3cret-s3cret"


@pytest.fixture
def desk(tmp_path: Path) -> Set:
    return set_up(tmp_path)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8642", "127.0.0.1", "127.0.0.1:8642.evil.example", "127.0.0.1:80", "",
     "127.0.0.1:8642@evil.example", " 127.0.0.1:8642x"],
)  # fmt: skip
def test_only_our_host(desk: Set, host: str) -> None:
    assert desk.client.get("/api/desk", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 428),
        ({"Origin": f"http://{HOST}"}, 428),
        ({"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}, 428),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_only_pages_of_the_desk_may_write(desk: Set, headers: dict[str, str], status: int) -> None:
    answer = desk.client.post(
        f"/api/pages/{desk.first()}/changes",
        content=b"{}",
        headers={"Content-Type": "application/json"} | headers,
    )
    assert answer.status_code == status
    assert answer.json()["error"]


def test_other_sites_may_not_read(desk: Set) -> None:
    crossing = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert desk.client.get("/api/desk", headers=crossing).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_only_known_methods(desk: Set, method: str) -> None:
    answer = desk.client.request(method, "/api/desk")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_every_answer_is_closed_to_scripts_of_others(desk: Set) -> None:
    for place in ("/api/desk", "/nothing"):
        headers = desk.client.get(place).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_large_bodies_are_refused(tmp_path: Path) -> None:
    desk = set_up(tmp_path, HostRules(frozenset({HOST}), most_body_bytes=1000))
    place = f"/api/pages/{desk.first()}/changes"
    headers = {"Content-Type": "application/json", "If-Match": '"x"'}
    assert desk.client.post(place, content=b" " * 1001, headers=headers).status_code == 413
    assert desk.client.post(place, content=iter([b" " * 600, b" " * 600]), headers=headers).status_code == 413
    assert desk.client.post(place, content=b"{}", headers=headers).status_code == 400


def test_a_desk_for_a_team_wants_its_token(tmp_path: Path) -> None:
    desk = set_up(tmp_path, HostRules(frozenset({HOST}), TOKEN))
    assert desk.client.get("/api/desk").status_code == 401
    assert desk.client.get("/api/desk", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert desk.client.get("/api/desk", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert desk.client.get("/", params={"token": "wrong"}).status_code == 401
    welcome = desk.client.get("/", params={"token": TOKEN}, follow_redirects=False)
    assert (welcome.status_code, welcome.headers["location"]) == (303, "/")
    assert "HttpOnly" in welcome.headers["set-cookie"]
    assert desk.client.get("/api/desk").status_code == 200  # the cookie is enough now
    desk.client.cookies.clear()
    assert desk.client.get("/api/desk").status_code == 401


@pytest.mark.parametrize(
    ("address", "host", "status"),
    [
        ("192.0.2.7", "192.0.2.7:8642", 200),
        ("::ffff:192.0.2.7", "192.0.2.7:8642", 200),
        ("fd00::7", "[fd00::7]:8642", 200),
        ("192.0.2.7", "192.0.2.8:8642", 403),
        ("192.0.2.7", "192.0.2.7:80", 403),
        ("192.0.2.7", "evil.example:8642", 403),
        ("", ":8642", 403),
    ],
)
def test_a_desk_on_all_addresses_is_called_by_the_one_it_was_reached_at(
    tmp_path: Path, address: str, host: str, status: int
) -> None:
    desk = set_up(tmp_path, HostRules(frozenset({HOST}), any_address=True))

    async def reached(scope: Scope, receive: Receive, send: Send) -> None:
        await desk.client.app({**scope, "server": (address, 8642)}, receive, send)

    client = TestClient(reached)
    headers = {"Host": host}
    assert client.get("/api/desk", headers=headers).status_code == status
    headers |= {"Origin": f"http://{host}", "Content-Type": "application/json"}
    written = client.post(f"/api/pages/{desk.first()}/changes", content=b"{}", headers=headers)
    assert written.status_code == (428 if status == 200 else status)
