"""Pages of the web, as a polite stranger reads them who trusts nobody.

Only hosts that staff allowed, and only at public addresses: a name is looked up once,
every address it has is checked, and the connection goes to the address that was checked.
Redirects are followed by hand and each hop is checked anew. Size and time have an end
whatever the other side does. robots.txt is respected.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

import certifi
import protego
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Url, parse_url

AGENT = "Ssammu"
"""By this name robots.txt may speak to us."""
USER_AGENT = f"{AGENT}/1.0 (reads pages of companies for job seekers; respects robots.txt)"
MAX_BYTES = 5 * 1024 * 1024
ROBOTS_MAX_BYTES = 512 * 1024
SECONDS = 20.0
"""For one page, redirects and all, apart from what we wait out of politeness."""
DELAY = 2.0
"""Seconds between two requests to one host; its robots.txt may ask for more."""
DELAY_MAX = 60.0
REDIRECTS_MAX = 5
ENDINGS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "txt",
    "application/pdf": "pdf",
}
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All that IANA has given out of IPv6 to hosts of the public internet."""
# Within that, and in IPv4, what IANA keeps for something else and ``ipaddress`` calls global:
# protocol assignments, ways to write an IPv4 address inside an IPv6 one, examples.
_SPECIAL = [
    ipaddress.ip_network(network)
    for network in (
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "192.0.0.0/24",
        "192.88.99.0/24",
    )
]


class FetchError(Exception):
    """``code`` is a key of CompanyPage.ERROR_MESSAGES; ``detail`` is for staff's log."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Fetched:
    content: bytes
    ending: str
    """As of a file of this kind: html, txt or pdf."""
    charset: str
    etag: str
    last_modified: str


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: urllib3.HTTPHeaderDict
    content: bytes


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet's."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip not in _GLOBAL_UNICAST:
            return False
    if any(ip in network for network in _SPECIAL):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


class Network:
    """How names become addresses, and which ports may be asked. Tests bring their own."""

    ports: Collection[int] = (80, 443)

    def addresses(self, host: str, port: int) -> list[str]:
        """Every address of a host, if all are public. Raises FetchError."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise FetchError("host_unknown", str(error)) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not addresses or not all(is_public(address) for address in addresses):
            raise FetchError("address_not_public", f"{host}: {', '.join(addresses)}")
        return addresses


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds. Raises FetchError when none are."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise FetchError("too_slow")
        return left


@dataclass
class Reader:
    """Reads pages, one after the other; remembers each host's robots.txt and its pace."""

    hosts: Collection[str]
    network: Network = field(default_factory=Network)
    seconds: float = SECONDS
    delay: float = DELAY
    _robots: dict[str, protego.Protego] = field(default_factory=dict)
    _next_at: dict[str, float] = field(default_factory=dict)

    def read(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched | None:
        """A page, or None where it is as it was. Raises FetchError."""
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in headers.items() if value}
        answer = self._follow(url, headers, MAX_BYTES, obey_robots=True)
        if answer.status == 304 and headers:
            return None
        if answer.status != 200:
            raise FetchError("http_error", f"{answer.status} {url}")
        kind, _, rest = answer.headers.get("Content-Type", "").partition(";")
        ending = ENDINGS.get(kind.strip().lower())
        if ending is None:
            raise FetchError("not_text", kind)
        return Fetched(
            answer.content,
            ending,
            _charset(rest),
            answer.headers.get("ETag", "")[:300],
            answer.headers.get("Last-Modified", "")[:100],
        )

    def _follow(
        self, url: str, headers: dict[str, str], max_bytes: int, *, obey_robots: bool
    ) -> _Answer:
        seen: set[str] = set()
        seconds_left = self.seconds
        while True:
            target = self._target(url, is_first=not seen)
            if target.url in seen or len(seen) > REDIRECTS_MAX:
                raise FetchError("too_many_redirects", url)
            seen.add(target.url)
            if obey_robots:
                self._ask_robots(target)
            self._wait_for_turn(target)
            begun = time.monotonic()
            answer = self._get(target, headers, max_bytes, _Deadline(seconds_left))
            seconds_left -= time.monotonic() - begun
            location = answer.headers.get("Location")
            if answer.status not in (301, 302, 303, 307, 308) or not location:
                return answer
            url = urljoin(target.url, location)

    def _target(self, url: str, *, is_first: bool) -> Url:
        """The address in the one form that is checked and asked. Raises FetchError."""
        try:
            target = parse_url(url)
        except (urllib3.exceptions.LocationParseError, ValueError) as error:
            raise FetchError("bad_redirect", url) from error
        if target.scheme not in ("http", "https") or not target.host or target.auth:
            raise FetchError("unreachable" if is_first else "bad_redirect", url)
        host = target.host.rstrip(".")
        if host not in self.hosts or _port(target) not in self.network.ports:
            raise FetchError("host_not_allowed", target.netloc or "")
        return target._replace(host=host, fragment=None, path=target.path or "/")

    def _ask_robots(self, target: Url) -> None:
        origin = f"{target.scheme}://{target.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        if not self._robots[origin].can_fetch(target.url, AGENT):
            raise FetchError("robots_disallow", target.url)

    def _read_robots(self, origin: str) -> protego.Protego:
        """By RFC 9309: what is not there allows all, what cannot be had allows nothing."""
        try:
            answer = self._follow(f"{origin}/robots.txt", {}, ROBOTS_MAX_BYTES, obey_robots=False)
        except FetchError as error:
            if error.code in ("address_not_public", "host_unknown"):
                raise
            raise FetchError("robots_unreachable", str(error)) from error
        if answer.status == 429 or answer.status >= 500:
            raise FetchError("robots_unreachable", str(answer.status))
        said = answer.content.decode("utf-8", "replace") if answer.status == 200 else ""
        return protego.Protego.parse(said)

    def _wait_for_turn(self, target: Url) -> None:
        host = target.netloc or ""
        wait = self._next_at.get(host, 0.0) - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        robots = self._robots.get(f"{target.scheme}://{host}")
        asked = float(robots.crawl_delay(AGENT) or 0) if robots else 0.0
        self._next_at[host] = time.monotonic() + min(max(self.delay, asked), DELAY_MAX)

    def _get(
        self, target: Url, headers: dict[str, str], max_bytes: int, deadline: _Deadline
    ) -> _Answer:
        try:
            with _connected(target, self.network, deadline) as connection:
                connection.request(
                    "GET",
                    target.request_uri,
                    headers={
                        "User-Agent": USER_AGENT,
                        "Accept": ", ".join(ENDINGS),
                        "Accept-Language": "ko, en;q=0.8",
                        "Accept-Encoding": "identity",
                        **headers,
                    },
                    preload_content=False,
                )
                response = connection.getresponse()
                content = _read(response, max_bytes) if response.status == 200 else b""
        except (http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
            deadline.left()
            raise FetchError("bad_answer", repr(error)) from error
        except TimeoutError as error:
            raise FetchError("too_slow", str(error)) from error
        except OSError as error:
            deadline.left()
            raise FetchError("unreachable", str(error)) from error
        deadline.left()  # a body that was cut off can look like one that ended
        return _Answer(response.status, response.headers, content)


def _read(response: urllib3.BaseHTTPResponse, max_bytes: int) -> bytes:
    content = bytearray()
    for part in response.stream(64 * 1024, decode_content=True):
        content += part
        if len(content) > max_bytes:
            raise FetchError("too_large")
    return bytes(content)


def _port(target: Url) -> int:
    return target.port or (443 if target.scheme == "https" else 80)


def _charset(parameters: str) -> str:
    """Of the parameters of a Content-Type."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'")[:30]
    return ""


class _PinnedConnection(HTTPConnection):
    """Speaks over a socket that is connected already, to an address that was checked."""

    pinned: socket.socket

    def _new_conn(self) -> socket.socket:
        return self.pinned


class _PinnedTlsConnection(_PinnedConnection, HTTPSConnection):
    """The certificate is checked against the host's name, as ever."""


@functools.cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


@contextlib.contextmanager
def _connected(target: Url, network: Network, deadline: _Deadline) -> Iterator[HTTPConnection]:
    """A connection that is cut off at the deadline, whatever it is doing then.

    A socket's own timeout begins anew with each byte, so a host that sends one now and
    then could hold us for ever.
    """
    assert target.host
    port = _port(target)
    pinned = _connect(network.addresses(target.host, port), port, deadline)
    watched = pinned.dup()  # TLS takes the socket over, but not this handle of it
    timer = threading.Timer(deadline.left(), _cut_off, [watched])
    timer.daemon = True
    connection: _PinnedConnection
    if target.scheme == "https":
        connection = _PinnedTlsConnection(target.host, port, ssl_context=_trusted())
    else:
        connection = _PinnedConnection(target.host, port)
    connection.pinned = pinned
    try:
        pinned.settimeout(deadline.left())
        connection.timeout = deadline.left()
        timer.start()
        yield connection
    finally:
        timer.cancel()
        connection.close()
        pinned.close()
        watched.close()


def _connect(addresses: list[str], port: int, deadline: _Deadline) -> socket.socket:
    """To the first address that answers."""
    problem: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=min(deadline.left(), 5.0))
        except OSError as error:
            problem = error
    raise FetchError("unreachable", str(problem))


def _cut_off(watched: socket.socket) -> None:
    with contextlib.suppress(OSError):
        watched.shutdown(socket.SHUT_RDWR)
