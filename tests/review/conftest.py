"""A real browser on a real desk: a server on a port of its own, a window that notes every complaint."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from ocr.review.app import build
from ocr.review.desk import Desk
from ocr.review.guard import HostRules
from ocr.review.tiles import Scans
from tests.review.desks import set_up, write_page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ME = "А. Б."
STILL = """() => {
    const now = document.querySelector('.scan-lines').getBoundingClientRect();
    const place = [now.x, now.y, now.width].map(Math.round).join();
    window.stood = window.stoodAt === place ? window.stood + 1 : 0;
    window.stoodAt = place;
    return window.stood > 20;
}"""


@dataclass(slots=True)
class Served:
    """A desk that answers on this machine."""

    root: Path
    desk: Desk
    address: str
    stop: Callable[[], None]

    def record(self, name: str = "one/page-1") -> Path:
        """The TEI file of a page."""
        return self.root / "output" / f"{name}.xml"

    def first(self) -> str:
        """The id of the first page."""
        return self.desk.notebooks()[0].pages[0].ident


@dataclass(slots=True)
class Window:
    """A browser window, and what went wrong in it."""

    page: Any
    served: Served
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def open(self, place: str = "") -> None:
        """Opens the first page of the desk, or another place."""
        self.page.goto(f"{self.served.address}/#/{place or f'page/{self.served.first()}'}")
        if not place:
            self.page.wait_for_selector(".field-text")
            self.page.wait_for_function("() => document.activeElement?.classList.contains('field-text')")
            self.page.wait_for_selector("#scan canvas")

    def text(self) -> str:
        """What stands in the field."""
        value: str = self.page.input_value(".field-text")
        return value

    def keys(self, *names: str) -> None:
        """Presses keys one after the other."""
        for name in names:
            self.page.keyboard.press(name)

    def saved(self) -> None:
        """Waits until the desk has everything; a window that was closed has told what was chosen by then."""
        closing = "document.querySelector('dialog:not([open])')"
        self.page.wait_for_function(f"() => !{closing} && document.querySelector('#save.good')")

    def kept(self) -> None:
        """Waits until what was typed in a line that is not left yet is kept by the browser."""
        typed = "Object.keys(localStorage).some((key) => key.startsWith('tetradi:typed'))"
        self.page.wait_for_function(f"() => {typed}")

    def still(self) -> None:
        """Waits until the scan has stood still for a while of frames."""
        self.page.wait_for_function(STILL, polling="raf")

    def answer_saves(self, how: Callable[[Any], object]) -> None:
        """From now on saves do not reach the desk: `how` answers them. Browsers take a moment to heed it."""
        self.page.route("**/changes", how)
        asked = "fetch('/api/changes', { method: 'POST' }).then((r) => r.status, () => 0)"
        self.page.wait_for_function(f"() => {asked}.then((told) => told !== 404 && told !== 405)")

    def lines(self) -> list[dict[str, Any]]:
        """The lines of the first page as the desk tells them now."""
        ask = f"fetch('/api/pages/{self.served.first()}').then((r) => r.json())"
        told: dict[str, Any] = self.page.evaluate(ask)
        found: list[dict[str, Any]] = told["lines"]
        return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's chromium, by its path."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (dev group)")
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no chromium on this machine")
    with api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A desk on drawn pages; another transcription of the first page beside it."""
    set_up(tmp_path)
    write_page(tmp_path / "second", "one/page-1")
    held = serve(tmp_path, (tmp_path / "second" / "output",))
    yield held
    held.stop()


def serve(root: Path, others: tuple[Path, ...] = (), port: int = 0) -> Served:
    """Opens a desk on folders that stand; `stop` closes it."""
    heard = socket.socket()
    heard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    heard.bind(("127.0.0.1", port))
    port = heard.getsockname()[1]
    desk, scans = Desk(root / "output", (root / "scans",), others), Scans()
    app = build(desk, scans, HostRules(frozenset({f"127.0.0.1:{port}"})), ME)
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", lifespan="off", ws="none", access_log=False)
    )
    server.config.timeout_graceful_shutdown = 1
    thread = threading.Thread(target=server.run, kwargs={"sockets": [heard]}, daemon=True)
    thread.start()
    never = threading.Event()
    desk.notebooks()
    desk.count_all(never)

    def stop() -> None:
        server.should_exit = True
        thread.join(10)
        scans.close()
        heard.close()

    return Served(root, desk, f"http://127.0.0.1:{port}", stop)


@pytest.fixture
def window(browser: Any, served: Served) -> Iterator[Window]:
    """A window on the desk; fails the test on any complaint of the page, or any word to another machine."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
    yield from _watched(context, served)


@pytest.fixture
def other_window(browser: Any, served: Served) -> Iterator[Window]:
    """Somebody else at the same desk."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
    yield from _watched(context, served)


def _watched(context: Any, served: Served) -> Iterator[Window]:
    window = Window(context.new_page(), served)
    page = window.page
    page.set_default_timeout(30_000)

    def heard(message: Any) -> None:
        # what a test provokes, a status or a desk that dies under its tiles, is logged by browser and viewer
        provoked = "Failed to load resource" in message.text or "failed to load: %s" in message.text
        if message.type in {"error", "warning"} and not provoked:
            window.complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: window.complaints.append(str(error)))
    page.on("request", lambda request: _met(window, request.url))
    yield window
    context.close()
    assert window.complaints == []
    assert window.strangers == []


def _met(window: Window, address: str) -> None:
    if not address.startswith((window.served.address, "blob:", "data:")):
        window.strangers.append(address)
