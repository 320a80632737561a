"""The desk under fire: hostile requests against a running desk.

python bench/review_api.py OUTPUT [SCANS]: the desk works on a copy of the folders. No answer may be a 500,
and none may hold what stands in a file outside the folders.
"""

import argparse
import json
import shutil
import socket
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from ocr.review.app import build
from ocr.review.desk import Desk
from ocr.review.guard import HostRules
from ocr.review.serve import listen
from ocr.review.tiles import Scans

SECRET = "nobody-may-read-this-7f3a"
ODD_CHANGE = (
    b'{"changes":[{"change":"CorrectLine","line":"s1_r1_l1","tokens":[{"text":"\\u0000\\ufffe<x>]]>",'
    b'"marks":["script"],"gap":{"reason":"\\"><x"}}]}]}'
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("output", type=Path)
    parser.add_argument("scans", type=Path, nargs="?")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(options.output, root / "output")
        if options.scans:
            shutil.copytree(options.scans, root / "scans")
        (root / "secret.xml").write_text(SECRET)
        (root / "secret.jpg").write_text(SECRET)
        heard = listen("127.0.0.1", 0)
        host = f"127.0.0.1:{heard.getsockname()[1]}"
        desk, scans = Desk(root / "output", (root / "scans",)), Scans()
        app = build(desk, scans, HostRules(frozenset({host})), "bench")
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        threading.Thread(target=server.run, kwargs={"sockets": [heard]}, daemon=True).start()
        pages = [page.ident for book in desk.notebooks() for page in book.pages]
        hostile = Counter(hostile_requests(host, pages[0], root))
        server.should_exit = True
        scans.close()
    print(f"{'hostile requests':34}{sum(hostile.values()):8}  {dict(sorted(hostile.items()))}")
    sums = {"hostile": sum(hostile.values()), "server_errors": hostile["500"], "leaks": hostile["leak"]}
    print(json.dumps(sums))


def hostile_requests(host: str, page: str, root: Path) -> list[str]:
    """The status of each hostile request, "500" and "leak" among them when something is wrong."""
    found = []
    odd = [
        "..",
        "../secret",
        "%2e%2e%2fsecret",
        "..%5csecret",
        "/etc/passwd",
        "%00",
        "%ff",
        "a" * 30000,
        "😀",
        str(root / "secret.xml"),
        f"{page}/..",
        f"{page}%00",
        "-1",
        "1e9",
        "nan",
        "٣",
        "' or 1=1",
        "<script>",
    ]
    places = [
        "/api/pages/{}",
        "/api/notebooks/{}/pages",
        "/tiles/{}.json",
        "/tiles/{}/3/0_0.jpg",
        f"/tiles/{page}/{{}}/0_0.jpg",
        f"/tiles/{page}/3/{{}}.jpg",
        f"/strips/{page}/{{}}.jpg",
        f"/strips/{page}/s1_r1_l1.jpg?h={{}}",
        "/static/{}",
        "/{}",
        "/api/queue?n={}",
        f"/api/pages/{page}/history/{{}}",
        f"/api/pages/{page}/compare?other={{}}",
    ]
    heads = [
        {"Host": one}
        for one in ("evil.example", "localhost", f"{host}.evil.example", "", "[::1]", "a" * 5000)
    ]
    heads += [{"Origin": one} for one in ("null", "http://evil.example", f"https://{host}.evil.example", "x")]
    heads += [{"Sec-Fetch-Site": one} for one in ("cross-site", "same-site", "x")]
    heads += [{"If-Match": one} for one in ('"x"', "*", 'W/"x"', '"' + "0" * 64 + '"', ",,,", "x" * 9000)]
    bodies = [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"9" * 100_000,
        b"x" * 3_000_000,
        b'{"changes":[{"change":"__class__"}]}',
        ODD_CHANGE,
    ]
    with httpx2.Client(base_url=f"http://{host}", timeout=60) as client:
        etag = client.get(f"/api/pages/{page}").headers["etag"]

        def note(method: str, place: str, **more: Any) -> None:
            try:
                answer = client.request(method, place, **more)
            except (httpx2.InvalidURL, httpx2.LocalProtocolError, UnicodeError):
                return
            except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
                found.append("closed")
                return
            found.append(
                "leak" if SECRET in answer.text or "root:" in answer.text else str(answer.status_code)
            )

        for place in places:
            for one in odd:
                note("GET", place.format(one))
        for head in heads:
            note("GET", "/api/desk", headers=head)
            note("POST", f"/api/pages/{page}/changes", json={"changes": []}, headers=head)
        for body in bodies:
            for action in ("changes", "reread"):
                for kind in ("application/json", "text/plain"):
                    sent = {"If-Match": etag, "Content-Type": kind}
                    note("POST", f"/api/pages/{page}/{action}", content=body, headers=sent)
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "NONSENSE"):
            note(method, f"/api/pages/{page}")
    raws = (  # that no client library would send
        "GET /../../secret.xml HTTP/1.1|Host: %s||",
        "GET http://evil.example/ HTTP/1.1|Host: %s||",
        "GET / HTTP/1.1||",
        "GET / HTTP/1.1|Host: %s|Host: evil.example||",
        "POST /api/pages/x/changes HTTP/1.1|Host: %s|Content-Length: -1||",
        "\x00\xff||",
    )
    for raw in raws:
        with socket.create_connection(tuple(host.split(":")), timeout=5) as line:  # type: ignore[arg-type]
            line.sendall(raw.replace("%s", host).replace("|", "\r\n").encode("latin-1"))
            time.sleep(0.05)
            line.settimeout(3)
            answer = line.recv(65536)
        found.append("leak" if SECRET.encode() in answer else answer[9:12].decode() or "closed")
    return found


if __name__ == "__main__":
    main()
