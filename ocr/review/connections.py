"""How many connections the desk keeps: fewer than the system gives it files, so that it always answers.

A browser that died, a port scanner or a network that fell asleep leaves connections open that ask for
nothing. When there are too many, the one that has been silent longest makes room for the next.
"""

import asyncio
import errno
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 512
"""A team of forty: a browser opens six connections at most."""
BACKLOG = 32
"""Connections accepted before any of them is counted."""
_FILES_KEPT = 64
"""Files that scans, pages, fonts and libraries may have open."""


def bounded_server(config: uvicorn.Config, say: Callable[[str], None]) -> uvicorn.Server:
    """A server that closes silent connections where there are too many, and says so once."""
    said = _Once(say)
    config.backlog = BACKLOG
    most = max(BACKLOG, min(MOST, _files_allowed() - _FILES_KEPT - 2 * BACKLOG))
    config.http = cast("type[asyncio.Protocol]", partial(_Connection, most, said))
    return _Server(config, said)


class _Once:
    """Says something the first time only."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say: Callable[[str], None] | None = say

    def __call__(self, text: str) -> None:
        if self._say is not None:
            self._say(text)
            self._say = None


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, said: _Once) -> None:
        super().__init__(config)
        self._said = said

    async def serve(self, *arguments: Any, **named: Any) -> None:
        asyncio.get_running_loop().set_exception_handler(self._failed)
        await super().serve(*arguments, **named)

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}:
            self._said("No more files may be opened at once: the desk answers slowly. Raise 'ulimit -n'.")
        else:
            loop.default_exception_handler(context)


class _Connection(H11Protocol):
    def __init__(self, most: int, said: _Once, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._most, self._said = most, said
        self._active_s = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Another connection; the one silent longest goes when there are too many."""
        super().connection_made(transport)
        if len(self.connections) <= self._most:
            return
        silent = [one for one in self.connections if isinstance(one, _Connection) and one.is_silent]
        if silent:
            self._said(
                f"More than {self._most} connections at once: those silent longest are closed. "
                "Pages open in browsers go on working."
            )
            min(silent, key=lambda one: one._active_s).transport.abort()

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
