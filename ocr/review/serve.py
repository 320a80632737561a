"""The desk opened on an address of this machine, until Ctrl-C."""

import asyncio
import contextlib
import errno
import getpass
import secrets
import socket
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from ocr.errors import OutputError, SettingsError, reason_of
from ocr.review.app import build
from ocr.review.desk import Desk
from ocr.review.guard import HostRules
from ocr.review.tiles import Scans

MOST = 512
"""A team of forty: a browser opens six connections at most."""
BACKLOG = 32
"""Connections accepted before any of them is counted."""
_FILES_KEPT = 64
"""Files that scans, pages, fonts and libraries may have open."""


def bounded_server(config: uvicorn.Config, say: Callable[[str], None]) -> uvicorn.Server:
    """A server that closes silent connections where there are too many, and says so once."""
    say_once = cache(say)
    config.backlog = BACKLOG
    most = max(BACKLOG, min(MOST, _files_allowed() - _FILES_KEPT - 2 * BACKLOG))
    config.http = cast("type[asyncio.Protocol]", partial(_Connection, most, say_once))
    return _Server(config, say_once)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, say_once: Callable[[str], None]) -> None:
        super().__init__(config)
        self._say_once = say_once

    async def serve(self, *arguments: Any, **named: Any) -> None:
        asyncio.get_running_loop().set_exception_handler(self._failed)
        await super().serve(*arguments, **named)

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}:
            self._say_once("No more files may be opened at once: the desk answers slowly. Raise 'ulimit -n'.")
        else:
            loop.default_exception_handler(context)


class _Connection(H11Protocol):
    def __init__(self, most: int, say_once: Callable[[str], None], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._most, self._say_once = most, say_once
        self._active_s = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Another connection; the one silent longest goes when there are too many."""
        super().connection_made(transport)
        if len(self.connections) <= self._most:
            return
        silent = [other for other in self.connections if isinstance(other, _Connection) and other.is_silent]
        if silent:
            self._say_once(
                f"More than {self._most} connections at once: those silent longest are closed. "
                "Pages open in browsers go on working."
            )
            min(silent, key=lambda connection: connection._active_s).transport.abort()

    def data_received(self, data: bytes) -> None:
        """Something was sent."""
        self._active_s = self.loop.time()
        super().data_received(data)

    @property
    def is_silent(self) -> bool:
        """Is no request of this connection being answered?"""
        return (self.cycle is None or self.cycle.response_complete) and not self.transport.is_closing()


def _files_allowed() -> int:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return 2 * MOST
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST * 2 if soft == resource.RLIM_INFINITY else soft


_FAR = {4: (socket.AF_INET, "192.0.2.1"), 6: (socket.AF_INET6, "2001:db8::1")}
"""Addresses in other networks that nobody has (RFC 5737, RFC 3849)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How the desk is opened."""

    host: str = "127.0.0.1"
    port: int = 8642
    browser: bool = True
    me: str | None = None
    """Who corrects; None: whoever is logged in."""


def open_desk(
    output: Path,
    scans: tuple[Path, ...],
    others: tuple[Path, ...],
    opening: Opening,
    say: Callable[[str], None],
) -> None:
    """Serves the TEI files below `output` until it is told to stop; `say` gets what the user must know.

    SettingsError for a folder or host that is not there, OutputError for a port that is taken.
    """
    for folder in (output, *scans, *others):
        if not folder.is_dir():
            raise SettingsError(f"There is no folder {folder}. Give the folder that 'ocr transcribe' wrote.")
    if not scans and (beside := output.resolve().parent / "scans").is_dir():
        scans = (beside,)
    listener = listen(opening.host, opening.port)
    port = listener.getsockname()[1]
    token = None if _is_loopback(opening.host) else secrets.token_urlsafe(24)
    rules = HostRules(_names(opening.host, port), token, any_address=_is_everywhere(opening.host))
    address = f"http://{_bracketed(_called(opening.host))}:{port}/"
    desk, opened = Desk(output, scans, others), Scans()
    server = bounded_server(
        uvicorn.Config(
            build(desk, opened, rules, opening.me or _user()),
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            timeout_graceful_shutdown=3,
            ws="none",
        ),
        say,
    )
    stop = threading.Event()
    threading.Thread(target=desk.count_all, args=(stop,), daemon=True).start()
    say(f"The desk is open at {address}{f'?token={token}' if token else ''}")
    if token:
        say("Whoever has this address, token included, can correct these pages. Ctrl-C closes the desk.")
    else:
        say("Only this machine can reach it. Ctrl-C closes the desk.")
    if opening.browser:
        shown = f"{address}?token={token}" if token else address
        # in a thread of its own: a browser in text mode would hold us up
        threading.Thread(target=webbrowser.open, args=(shown,), daemon=True).start()
    try:
        server.run(sockets=[listener])
    finally:
        stop.set()
        opened.close()
        listener.close()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user in this system's books
        return "reviewer"


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at once, so that the browser never comes too early. SettingsError for an address
    that is not there, OutputError for a port that is taken."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"There is no address {host!r} on this machine (--host).") from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Headers and body are sent one after the other: without this each answer waits 40 ms between them.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind(place)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise OutputError(
            f"The desk cannot be opened at {host}, port {port}: {reason_of(error)}. "
            "Another desk may be open; give another port (--port), or 0 for any that is free."
        ) from error
    return listener


def _is_loopback(host: str) -> bool:
    return bool(getattr(_address(host), "is_loopback", host == "localhost"))


def _is_everywhere(host: str) -> bool:
    return bool(getattr(_address(host), "is_unspecified", False))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    with contextlib.suppress(ValueError):
        return ip_address(host)
    return None


def _called(host: str) -> str:
    """The name to open in a browser: of a desk on all addresses, one by which others reach this machine.

    The routing table says from which address this machine would speak to other networks; nothing is sent. On
    Debian the machine's own name stands for an address that only itself can reach.
    """
    if not _is_everywhere(host):
        return host
    family, far = _FAR[ip_address(host).version]
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asked:
        asked.connect((far, 9))
        return str(asked.getsockname()[0])
    return socket.gethostname()  # no network at all


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _names(host: str, port: int) -> frozenset[str]:
    """Every name by which a browser may rightly call this desk; its addresses the guard knows by itself."""
    names = {host}
    if _is_loopback(host):
        names |= {"127.0.0.1", "localhost", "::1"}
    elif _is_everywhere(host):
        own = socket.gethostname()
        names = {own, f"{own.partition('.')[0]}.local", socket.getfqdn(), "localhost", "127.0.0.1", "::1"}
    hosts = {_bracketed(name.lower()) for name in names}
    return frozenset({f"{host}:{port}" for host in hosts} | (hosts if port == 80 else set()))
