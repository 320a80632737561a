"""What is asked of the net, and what is refused: from a server on this machine."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from io import BytesIO

import pytest

from ocr.errors import ScanError
from ocr.imports import http
from ocr.imports.http import HttpLimits, RefusedError, fetch
from tests.imports.server import Server, serving

LIMITS = HttpLimits(1000, allow_local=True, idle_s=5.0)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def _fetch(address: str, limits: HttpLimits = LIMITS) -> bytes:
    into = BytesIO()
    fetch(address, into, limits)
    return into.getvalue()


def test_bytes_come_as_they_are_and_redirects_are_followed(server: Server) -> None:
    server.answers["/a"] = b"bytes"
    server.answers["/b"] = (302, {"Location": "a"}, b"")
    assert _fetch(f"{server.address}/b") == b"bytes"
    server.answers["/%D0%BB.%201?q=%D1%8F"] = b"letters"
    assert _fetch(f"{server.address}/л. 1?q=я") == b"letters"


def test_this_machine_and_private_nets_are_asked_on_order_alone(server: Server) -> None:
    server.answers["/a"] = b"bytes"
    for host in (
        server.address,
        "http://10.0.0.1",
        "http://192.168.1.1",
        "http://169.254.169.254",
        "http://[::1]",
    ):
        with pytest.raises(RefusedError, match="--allow-local"):
            _fetch(f"{host}/a", HttpLimits(1000))
    assert server.asked == []


@pytest.mark.parametrize(
    ("number", "is_public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07::1", True),
        ("64:ff9b::5db8:d70e", True),  # how nets of IPv6 alone reach 93.184.215.14
        ("::ffff:127.0.0.1", False),
        ("::127.0.0.1", False),
        ("::ffff:0:127.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("2002:c0a8:101::1", False),
        ("fec0::1", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("ff02::1", False),
        ("::", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
    ],
)
def test_a_number_that_leads_to_a_private_net_in_the_dress_of_another_is_private(
    number: str, is_public: bool
) -> None:
    assert http._is_public(number) is is_public


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://example.org/a", "/etc/passwd", "http:///a", "http://a:b@example.org/"],
)
def test_nothing_but_http_is_fetched(address: str) -> None:
    with pytest.raises(RefusedError):
        _fetch(address)


def test_a_redirect_to_a_file_and_a_circle_are_refused(server: Server) -> None:
    server.answers["/a"] = (302, {"Location": "file:///etc/passwd"}, b"")
    with pytest.raises(RefusedError, match="http"):
        _fetch(f"{server.address}/a")
    server.answers["/b"] = (302, {"Location": "/b"}, b"")
    with pytest.raises(RefusedError, match="more than 5 times"):
        _fetch(f"{server.address}/b")


def test_too_much_is_refused_whether_it_is_announced_or_never_ends(server: Server) -> None:
    server.answers["/a"] = b"x" * 2000
    with pytest.raises(RefusedError, match="larger"):
        _fetch(f"{server.address}/a")

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 4096)
        except OSError:
            pass

    server.answers["/b"] = endless
    with pytest.raises(RefusedError, match="larger"):
        _fetch(f"{server.address}/b")


@pytest.mark.parametrize("whole", ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_sends_a_letter_now_and_then_is_left_when_the_time_is_over(
    server: Server, whole: str
) -> None:
    """In the middle of its headers, too; and what came until then is not taken for all."""
    ended = threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(whole.encode())
        while not ended.wait(0.05):
            handler.wfile.write(b"x")

    server.answers["/a"] = slow
    try:
        with pytest.raises(ScanError, match=r"longer than 0\.4 s"):
            _fetch(f"{server.address}/a", replace(LIMITS, whole_s=0.4))
    finally:
        ended.set()


def test_an_answer_cut_short_or_refused_is_told(server: Server) -> None:
    server.answers["/a"] = (200, {"Content-Length": "500", "Connection": "close"}, b"short")
    with pytest.raises(ScanError, match="5 bytes of 500"):
        _fetch(f"{server.address}/a")
    with pytest.raises(RefusedError, match="404"):
        _fetch(f"{server.address}/none")
    server.answers["/c"] = (503, {}, b"")
    with pytest.raises(ScanError, match="later") as caught:
        _fetch(f"{server.address}/c")
    assert not isinstance(caught.value, RefusedError)
    server.answers["/d"] = (200, {"Content-Encoding": "gzip"}, b"packed")
    with pytest.raises(RefusedError, match="gzip"):
        _fetch(f"{server.address}/d")


def test_a_name_that_nobody_knows_is_told() -> None:
    with pytest.raises(ScanError, match="not known"):
        _fetch("http://nobody.invalid/a")


def test_a_redirect_into_a_private_net_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    public = http._is_public
    monkeypatch.setattr(http, "_is_public", lambda number: number == "127.0.0.1" or public(number))
    for place in (
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
    ):
        server.answers["/a"] = (302, {"Location": place}, b"")
        with pytest.raises(RefusedError, match="--allow-local"):
            _fetch(f"{server.address}/a", HttpLimits(1000))


def test_a_name_that_also_leads_to_a_private_net_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [(0, 0, 0, "", (number, 80)) for number in ("93.184.215.14", "192.168.1.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
    with pytest.raises(RefusedError, match=r"192\.168\.1\.1"):
        _fetch("http://two-faced.example/", HttpLimits(1000))
