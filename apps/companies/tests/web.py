"""A small web of several hosts, all on one port of this machine."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from apps.companies.fetching import FetchError, Network, Reader

HOST = "ir.narae.test"
OTHER = "www.other.test"

Answer = tuple[int, dict[str, str], bytes]
Route = Answer | Callable[[BaseHTTPRequestHandler], None]


def html(body: str, **headers: str) -> Answer:
    return 200, {"Content-Type": "text/html; charset=utf-8"} | headers, body.encode()


def redirect(to: str) -> Answer:
    return 302, {"Location": to}, b""


class Web(Network):
    """Serves ``routes`` and is the network on which their hosts are found."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Route] = {}
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        """Host, path and headers of each."""
        self.looked_up: list[str] = []
        self.private: set[str] = set()
        """Hosts whose address is not public."""
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # whoever asked has gone

        self.server = Server(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.scheme = "https" if tls else "http"
        self.port = self.server.server_address[1]
        self.ports = {self.port}
        self.thread = threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True)

    def __enter__(self) -> Web:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def url(self, path: str, host: str = HOST) -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def addresses(self, host: str, port: int) -> list[str]:
        self.looked_up.append(host)
        if host in self.private:
            raise FetchError("address_not_public", host)
        return ["127.0.0.1"]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        host = (handler.headers["Host"] or "").partition(":")[0]
        self.requests.append((host, handler.path, dict(handler.headers)))
        route = self.routes.get(handler.path, (404, {}, b""))
        if callable(route):
            handler.close_connection = True
            route(handler)
            return
        status, headers, body = route
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def paths(self) -> list[str]:
        return [path for _host, path, _headers in self.requests]

    def reader(self, *hosts: str, seconds: float = 5.0, delay: float = 0.0) -> Reader:
        return Reader(hosts or (HOST,), self, seconds=seconds, delay=delay)


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
