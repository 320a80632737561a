"""A small server on this machine that gives what it is told, and notes what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

from PIL import Image


@dataclass
class Server:
    """Answers by path: bytes, (status, headers, bytes), or a handler for anything else."""

    address: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(self.path)
            answer = server.answers.get(self.path, (404, {}, b"none"))
            if callable(answer):
                answer(self)
                return
            status, headers, body = (200, {}, answer) if isinstance(answer, bytes) else answer
            self.send_response(status)
            for key, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    server.address = f"http://127.0.0.1:{http.server_address[1]}"
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def picture(shade: int = 200, size: tuple[int, int] = (60, 80), form: str = "JPEG") -> bytes:
    file = BytesIO()
    Image.new("L", size, shade).save(file, form)
    return file.getvalue()


def manifest_3(base: str, count: int = 2, **more: Any) -> bytes:
    """A manifest of version 3 with an image service."""
    canvases = [
        {
            "id": f"{base}/canvas/{n}",
            "type": "Canvas",
            "label": {"ru": [f"л. {n} об."]},
            "items": [
                {
                    "type": "AnnotationPage",
                    "items": [
                        {
                            "type": "Annotation",
                            "motivation": "painting",
                            "body": {
                                "id": f"{base}/{n}.jpg",
                                "type": "Image",
                                "service": [{"id": f"{base}/iiif/{n}", "type": "ImageService3"}],
                            },
                        }
                    ],
                }
            ],
        }
        for n in range(1, count + 1)
    ]
    root = {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{base}/manifest.json",
        "type": "Manifest",
        "label": {"ru": ['Тетрадь «1»\t"а"']},
        "rights": "http://creativecommons.org/publicdomain/mark/1.0/",
        "requiredStatement": {"label": {"ru": ["Архив"]}, "value": {"ru": ["Архив области"]}},
        "items": canvases,
        **more,
    }
    return json.dumps(root, ensure_ascii=False).encode()


def manifest_2(base: str, count: int = 2) -> bytes:
    """A manifest of version 2, its pictures without a service."""
    canvases = [
        {
            "@id": f"{base}/canvas/{n}",
            "@type": "sc:Canvas",
            "label": str(n),
            "images": [
                {"@type": "oa:Annotation", "resource": {"@id": f"{base}/{n}.jpg", "@type": "dctypes:Image"}}
            ],
        }
        for n in range(1, count + 1)
    ]
    root = {
        "@context": "http://iiif.io/api/presentation/2/context.json",
        "@id": f"{base}/manifest.json",
        "@type": "sc:Manifest",
        "label": [{"@value": "Book", "@language": "en"}, {"@value": "Книга", "@language": "ru"}],
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "attribution": "Library",
        "sequences": [{"canvases": canvases}],
    }
    return json.dumps(root).encode()
