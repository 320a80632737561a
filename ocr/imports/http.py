"""One address asked for its bytes, within limits: http and https only, no private machine, no endless answer.

The name is looked up once, and what is asked is the address that was checked, so that a name cannot lead
elsewhere the second time. Redirects are checked like the first address. When its time is over, the connection
is ended, whatever part of an answer it is in.
"""

import contextlib
import errno
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO
from urllib.parse import quote, urljoin, urlsplit

from ocr import __version__
from ocr.errors import ScanError, reason_of

_PIECE = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OF_THE_DISK = frozenset({errno.ENOSPC, errno.EFBIG, errno.EROFS})
_SAFE = "/:?#[]@!$&'()*+,;=%~"
_PUBLIC_6 = ipaddress.ip_network("2000::/3")  # RFC 4291: what else is given out is for this machine or net
_IPV4_IN_6 = tuple(
    (ipaddress.ip_network(net), bits)
    for net, bits in (("::ffff:0:0/96", 0), ("64:ff9b::/96", 0), ("2002::/16", 80))
)
"""Nets whose addresses lead to one of IPv4, and the bits to its right (RFC 4291, 6052, 3056)."""


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What an answer may be."""

    most_bytes: int
    most_redirects: int = 5
    idle_s: float = 60.0
    """So long nothing need come."""
    whole_s: float = 900.0
    """So long all of it may take."""
    allow_local: bool = False
    """May the address lie on this machine or in a private net?"""


class RefusedError(ScanError):
    """An address that is not asked, or asked and refused: asking again gives the same."""


class NotGivenError(RefusedError):
    """The server has nothing there for us; it may have at another address."""


def fetch(address: str, into: IO[bytes], limits: HttpLimits) -> str:
    """Writes the bytes of an address into a file; gives the address that they came from in the end.

    ScanError says what stood in the way; RefusedError when it would stand there again.
    """
    until = time.monotonic() + limits.whole_s
    for _ in range(limits.most_redirects + 1):
        with _answer(address, limits, until) as answer:
            if answer.status in _REDIRECTS:
                target = answer.getheader("Location") or ""
                following = urljoin(address, target)
                if address.startswith("https:") and not following.startswith("https:"):
                    raise RefusedError(f"{address} leads on to {following}, which is not secured.")
                address = following
                continue
            _check(address, answer, limits)
            _copy(address, answer, into, limits, until)
            return address
    raise RefusedError(f"{address} leads on more than {limits.most_redirects} times.")


@contextmanager
def _answer(address: str, limits: HttpLimits, until: float) -> Iterator[http.client.HTTPResponse]:
    parts = urlsplit(address)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise RefusedError(f"{address} is no address: {reason_of(error)}.") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise RefusedError(f"{address} is no http or https address. Nothing else is fetched.")
    if parts.username is not None:
        raise RefusedError(f"{address} holds a name or password. Give an address without.")
    connection = _connection(address, parts.scheme, host, port, limits, until)
    path = quote(parts.path or "/", safe=_SAFE) + (
        f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
    )
    try:
        headers = {"User-Agent": f"tetradi/{__version__}", "Accept-Encoding": "identity"}
        connection.request("GET", path, headers=headers)
        with connection.getresponse() as answer:
            yield answer
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
            raise  # who writes the file says so
        if time.monotonic() >= until:
            raise _late(address, limits) from error
        raise ScanError(f"{address} cannot be fetched: {reason_of(error)}. Try again later.") from error
    except UnicodeError as error:
        raise RefusedError(f"{address} is no address: {reason_of(error)}.") from error
    finally:
        connection.close()
        connection.in_time.close()


def _connection(
    address: str, scheme: str, host: str, port: int | None, limits: HttpLimits, until: float
) -> "_Plain":
    """A connection to the place that was looked up and checked."""
    default = 443 if scheme == "https" else 80
    try:
        places = socket.getaddrinfo(host, port or default, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ScanError(
            f"{address} cannot be fetched: {host} is not known ({reason_of(error)}). Check the address."
        ) from error
    numbers = [str(place[4][0]).partition("%")[0] for place in places]
    private = [number for number in numbers if not _is_public(number)]
    if private and not limits.allow_local:
        raise RefusedError(
            f"{address} leads to {private[0]}, on this machine or in a private net. "
            "Give --allow-local if that is meant."
        )
    kind = _Secured if scheme == "https" else _Plain
    return kind(host, port or default, numbers[0], limits.idle_s, until)


def _is_public(number: str) -> bool:
    place = ipaddress.ip_address(number)
    for net, bits in _IPV4_IN_6:
        if place in net:
            place = ipaddress.IPv4Address(int(place) >> bits & 0xFFFFFFFF)
    if place.version == 6 and place not in _PUBLIC_6:
        return False
    return place.is_global and not place.is_multicast


class _Plain(http.client.HTTPConnection):
    """Connects to a number, whatever the name leads to by now. At its end, by the monotonic clock, all that
    is still read of it ends: a timeout is of one read, and a server may send a letter a minute."""

    def __init__(self, host: str, port: int, number: str, timeout: float, until: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._number, self._until = number, until
        self.in_time = ExitStack()
        """To be closed with the connection."""

    def connect(self) -> None:
        """Opens the connection."""
        self.sock = socket.create_connection((self._number, self.port), self.timeout)
        line = self.in_time.enter_context(self.sock.dup())  # TLS will take the socket itself

        def end() -> None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(max(self._until - time.monotonic(), 0.0), end)
        timer.daemon = True
        timer.start()
        self.in_time.callback(timer.cancel)


class _Secured(_Plain):
    """The same, secured: the certificate must be that of the name."""

    default_port = 443

    def connect(self) -> None:
        """Opens the connection."""
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _check(address: str, answer: http.client.HTTPResponse, limits: HttpLimits) -> None:
    if answer.status in {408, 425, 429, 500, 502, 503, 504}:
        raise ScanError(f"{address} is not given now ({answer.status} {answer.reason}). Try again later.")
    if answer.status != 200:
        raise NotGivenError(f"{address} is not given: {answer.status} {answer.reason}.")
    coding = (answer.getheader("Content-Encoding") or "identity").lower()
    if coding != "identity":
        raise RefusedError(f"{address} comes packed as {coding}, which was not asked for.")
    if answer.length is not None and answer.length > limits.most_bytes:
        raise RefusedError(_too_large(address, limits))


def _copy(
    address: str, answer: http.client.HTTPResponse, into: IO[bytes], limits: HttpLimits, until: float
) -> None:
    expected, count = answer.length, 0
    while piece := answer.read1(_PIECE):
        count += len(piece)
        if count > limits.most_bytes:
            raise RefusedError(_too_large(address, limits))
        into.write(piece)
    if time.monotonic() >= until:  # the end may be the one that we made
        raise _late(address, limits)
    if expected is not None and count < expected:
        raise ScanError(f"{address} was cut short: {count} bytes of {expected} came. Try again later.")


def _late(address: str, limits: HttpLimits) -> ScanError:
    return ScanError(f"{address} takes longer than {limits.whole_s:g} s. Try again later.")


def _too_large(address: str, limits: HttpLimits) -> str:
    return f"{address} is larger than {limits.most_bytes / 2**20:g} MB, and is not fetched."
