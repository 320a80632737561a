"""Who may speak to the desk, and how much: Host, Origin, token, size of what is sent; headers of answers.

A page on the web can make a browser send requests to this machine (DNS rebinding, forged forms). So a
request must name a host of ours exactly, a write must come from a page of ours, and only JSON is taken.
"""

import hmac
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocr.review.responses import RefusedError, json_answer

MOST_BODY_BYTES = 2_000_000
"""A page of 60 lines and 600 words with places takes a tenth of that."""
_SAFE = frozenset({"GET", "HEAD"})
_METHODS = frozenset({*_SAFE, "POST"})

_OF_STATUS = {405: {"allow": "GET, HEAD, POST"}, 401: {"www-authenticate": 'Bearer realm="tetradi"'}}
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, slots=True)
class HostRules:
    """What the guard holds requests to."""

    hosts: frozenset[str]
    """What a Host header may say, port included, in small letters."""
    token: str | None = None
    """What every request must carry; None on a desk for this machine only."""
    most_body_bytes: int = MOST_BODY_BYTES
    any_address: bool = False
    """A Host header may also be the very address that the connection came to: of a desk on all of them.
    A page on the web that is given our address by DNS still calls us by a name of its own."""

    @property
    def cookie(self) -> str:
        """The name of the cookie that holds the token; desks on other ports have theirs."""
        port = next((host.rpartition(":")[2] for host in sorted(self.hosts) if ":" in host), "")
        return f"tetradi-{port}"


class Guard:
    """Lets through what keeps the rules, and says to all others in one sentence what is wrong."""

    def __init__(self, app: ASGIApp, rules: HostRules) -> None:
        self._app, self._rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        received_bytes = 0

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        async def received() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > self._rules.most_body_bytes:
                raise RefusedError(413, self._too_large())
            return message

        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            status, sentence = refusal
            await json_answer({"error": sentence}, status, _OF_STATUS.get(status))(scope, receive, sent)
            return
        if self._rules.token is not None and scope["method"] == "GET" and "token" in _query(scope):
            await self._welcome(scope)(scope, receive, sent)
            return
        await self._app(scope, received, sent)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        """Status and sentence for a request that breaks a rule."""
        rules = self._rules
        hosts = rules.hosts | (_arrived(scope) if rules.any_address else frozenset())
        if len(headers.getlist("host")) != 1 or headers["host"].lower() not in hosts:
            return 403, "This desk is not called by that name. Use the address that it printed."
        method = scope["method"]
        if method not in _METHODS:
            return 405, "Only GET, HEAD and POST are known here."
        site = headers.get("sec-fetch-site", "same-origin")
        if method not in _SAFE:
            if (refused := self._refused_write(headers, site, hosts)) is not None:
                return refused
        elif site not in {"same-origin", "none"} and headers.get("sec-fetch-mode") != "navigate":
            return 403, "Pages of other sites may not read from this desk."
        if rules.token is not None and not self._knows_token(scope, headers):
            return 401, "This desk asks for a token. Open the address with the token that it printed."
        return None

    def _refused_write(self, headers: Headers, site: str, hosts: frozenset[str]) -> tuple[int, str] | None:
        origins = headers.getlist("origin")
        ours = {f"{scheme}://{host}" for host in hosts for scheme in ("http", "https")}
        if any(origin.lower() not in ours for origin in origins) or site not in {"same-origin", "none"}:
            return 403, "Only pages of this desk may write to it."
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return 415, "Only JSON is taken: send Content-Type: application/json."
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            return 400, "Content-Length is no number."
        if len(length) > 12 or int(length) > self._rules.most_body_bytes:
            return 413, self._too_large()
        return None

    def _too_large(self) -> str:
        return f"More than {self._rules.most_body_bytes} bytes at once are not taken; send fewer changes."

    def _knows_token(self, scope: Scope, headers: Headers) -> bool:
        tokens = [headers.get("authorization", "").removeprefix("Bearer "), _query(scope).get("token", "")]
        for cookies in headers.getlist("cookie"):
            pairs = (pair.strip().partition("=") for pair in cookies.split(";"))
            tokens += [value for name, _, value in pairs if name == self._rules.cookie]
        token = (self._rules.token or "").encode()
        return any(hmac.compare_digest(given.encode("utf-8", "replace"), token) for given in tokens)

    def _welcome(self, scope: Scope) -> Response:
        """Puts the token into a cookie and takes it out of the address, where it would be seen and kept."""
        rest = {name: value for name, value in _query(scope).items() if name != "token"}
        place = "/" + (f"?{urlencode(rest)}" if rest else "")
        cookie = f"{self._rules.cookie}={self._rules.token}; Path=/; HttpOnly; SameSite=Lax"
        return Response(None, 303, {"location": place, "set-cookie": cookie})


def _arrived(scope: Scope) -> frozenset[str]:
    """What a Host header says that names the address this connection came to."""
    place, port = scope.get("server") or ("", None)
    try:
        address = ip_address(place.partition("%")[0])
    except ValueError:
        return frozenset()
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    name = f"[{address}]" if isinstance(address, IPv6Address) and mapped is None else str(mapped or address)
    return frozenset({f"{name}:{port}"} | ({name} if port == 80 else set()))


def _query(scope: Scope) -> dict[str, str]:
    query = scope.get("query_string", b"").decode("latin-1")
    return dict(parse_qsl(query, keep_blank_values=True)) if query.count("&") < 20 else {}
