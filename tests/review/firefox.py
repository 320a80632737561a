"""Firefox driven by WebDriver BiDi over a plain socket: as much of it as tests of keys need.

Protocol: W3C, WebDriver BiDi; frames: RFC 6455.
"""

import base64
import itertools
import json
import re
import secrets
import socket
import struct
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_WAIT_S = 60.0
KEYS = {
    **{"Tab": "\ue004", "Enter": "\ue007", "Shift": "\ue008", "Control": "\ue009", "Alt": "\ue00a"},
    **{"Escape": "\ue00c", "End": "\ue010", "Home": "\ue011", "ArrowLeft": "\ue012", "ArrowUp": "\ue013"},
    **{"ArrowRight": "\ue014", "ArrowDown": "\ue015", "Delete": "\ue017"},
    **{f"F{number}": chr(0xE030 + number) for number in range(1, 13)},
}


class Firefox:
    """A window without a screen, on a profile of its own."""

    def __init__(self, program: str, profile: Path) -> None:
        profile.mkdir()
        command = [program, "--headless", "--no-remote", "--profile", str(profile)]
        command += ["--remote-debugging-port", "0", "about:blank"]
        self._program = subprocess.Popen(
            command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        assert self._program.stderr is not None
        lines = (re.search(r"ws://([\d.]+):(\d+)", line) for line in self._program.stderr)
        place = next(found for found in lines if found is not None)
        self._socket = socket.create_connection((place[1], int(place[2])), timeout=_WAIT_S)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._socket.sendall(
            f"GET /session HTTP/1.1\r\nHost: {place[1]}:{place[2]}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self._read(1)
        assert b" 101 " in head, head
        self._numbers = itertools.count(1)
        self.ask("session.new", capabilities={})
        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()
        self._program.terminate()
        self._program.communicate(timeout=_WAIT_S)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """What the browser answers to a command."""
        number = next(self._numbers)
        self._send(json.dumps({"id": number, "method": method, "params": params}).encode())
        while (answer := json.loads(self._receive())).get("id") != number:
            pass  # an event
        assert answer["type"] == "success", answer
        result: dict[str, Any] = answer["result"]
        return result

    def open(self, address: str) -> None:
        """Goes to an address and waits until it is loaded."""
        self.ask("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def run(self, script: str) -> Any:
        """The value of an expression (JSON); a promise is waited for."""
        target = {"context": self.context}
        spelt = f"Promise.resolve({script}).then((value) => JSON.stringify(value ?? null))"
        told = self.ask("script.evaluate", expression=spelt, target=target, awaitPromise=True)
        assert told["type"] == "success", told
        return json.loads(told["result"]["value"])

    def wait(self, script: str) -> None:
        """Waits until an expression is true, asked before each frame."""
        self.run(
            "new Promise((done, failed) => { const until = Date.now() + 30000; const ask = async () =>"
            f" (await ({script})) ? done(true) : Date.now() > until ? failed(new Error('never'))"
            " : setTimeout(ask, 20); ask(); })"
        )

    def press(self, *chords: str) -> None:
        """Presses keys or chords (Control+z), one after the other without a pause."""
        actions = []
        for chord in chords:
            keys = [KEYS.get(name, name) for name in chord.split("+")]
            actions += [{"type": "keyDown", "value": key} for key in keys]
            actions += [{"type": "keyUp", "value": key} for key in reversed(keys)]
        keyboard = {"type": "key", "id": "keyboard", "actions": actions}
        self.ask("input.performActions", context=self.context, actions=[keyboard])

    def picture(self) -> bytes:
        """What the window shows, as PNG."""
        return base64.b64decode(self.ask("browsingContext.captureScreenshot", context=self.context)["data"])

    def _send(self, text: bytes) -> None:
        mask = secrets.token_bytes(4)
        length = (
            struct.pack("!BB", 0x81, 0x80 | len(text))
            if len(text) < 126
            else struct.pack("!BBH", 0x81, 0x80 | 126, len(text))
        )
        self._socket.sendall(length + mask + bytes(one ^ mask[at % 4] for at, one in enumerate(text)))

    def _receive(self) -> bytes:
        """One text message; pieces of it are put together, other frames passed over."""
        whole = b""
        while True:
            first, second = self._read(2)
            length = second & 0x7F
            if length >= 126:
                length = int.from_bytes(self._read(2 if length == 126 else 8))
            held = self._read(length)
            if first & 0x0F in (0, 1):
                whole += held
                if first & 0x80:
                    return whole

    def _read(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            got = self._socket.recv(count - len(parts))
            assert got, "the browser has gone"
            parts += got
        return bytes(parts)
