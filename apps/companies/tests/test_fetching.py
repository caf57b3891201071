"""The reader of web pages: polite to hosts, and safe from them."""

from __future__ import annotations

import datetime
import gzip
import socket
import ssl
import time
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.companies import fetching
from apps.companies.fetching import USER_AGENT, FetchError, Network, Reader, is_public
from apps.companies.models import CompanyPage

from .web import HOST, OTHER, Web, closed_port, html, redirect


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


def failure(reader: Reader, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        reader.read(url)
    assert caught.value.code in CompanyPage.ERROR_MESSAGES
    return caught.value.code


def test_a_page_is_read(web):
    web.routes["/ir"] = html("<p>Hello</p>", ETag='"one"', **{"Last-Modified": "yesterday"})

    page = web.reader().read(web.url("/ir#results"))

    assert page is not None
    assert (page.content, page.ending, page.charset) == (b"<p>Hello</p>", "html", "utf-8")
    assert (page.etag, page.last_modified) == ('"one"', "yesterday")
    assert web.paths() == ["/robots.txt", "/ir"]
    _host, _path, headers = web.requests[-1]
    assert headers["User-Agent"] == USER_AGENT
    assert "Cookie" not in headers


def test_an_unchanged_page_is_not_sent_again(web):
    web.routes["/ir"] = (304, {}, b"")

    assert web.reader().read(web.url("/ir"), etag='"one"', last_modified="yesterday") is None

    _host, _path, headers = web.requests[-1]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"one"', "yesterday")


def test_not_modified_without_having_asked_is_an_error(web):
    web.routes["/ir"] = (304, {}, b"")

    assert failure(web.reader(), web.url("/ir")) == "http_error"


@pytest.mark.parametrize(
    ("content_type", "ending", "charset"),
    [
        ("text/plain; charset=EUC-KR", "txt", "EUC-KR"),
        ("TEXT/HTML", "html", ""),
        ('application/xhtml+xml;charset="utf-8"', "html", "utf-8"),
        ("application/pdf", "pdf", ""),
    ],
)
def test_the_kinds_that_are_read(web, content_type, ending, charset):
    web.routes["/ir"] = (200, {"Content-Type": content_type}, b"x")

    page = web.reader().read(web.url("/ir"))

    assert page is not None
    assert (page.ending, page.charset) == (ending, charset)


@pytest.mark.parametrize("headers", [{"Content-Type": "image/png"}, {}], ids=["image", "none"])
def test_other_kinds_are_not(web, headers):
    web.routes["/ir"] = (200, headers, bytes(range(256)))

    assert failure(web.reader(), web.url("/ir")) == "not_text"


@pytest.mark.parametrize("status", [204, 403, 404, 500])
def test_an_error_of_the_host_is_one(web, status):
    web.routes["/ir"] = (status, {}, b"")

    assert failure(web.reader(), web.url("/ir")) == "http_error"


# Redirects


def test_redirects_are_followed_on_allowed_hosts(web):
    web.routes["/old"] = redirect("/ir")
    web.routes["/ir"] = redirect(web.url("/new", OTHER))
    web.routes["/new"] = html("there")

    page = web.reader(HOST, OTHER).read(web.url("/old"))

    assert page is not None
    assert page.content == b"there"
    assert [(host, path) for host, path, _headers in web.requests if path != "/robots.txt"] == [
        (HOST, "/old"),
        (HOST, "/ir"),
        (OTHER, "/new"),
    ]


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("http://www.other.test/", "host_not_allowed"),
        ("http://127.0.0.1/", "host_not_allowed"),
        ("http://[::1]/", "host_not_allowed"),
        ("http://169.254.169.254/latest/meta-data", "host_not_allowed"),
        ("http://ir.narae.test:22/", "host_not_allowed"),
        ("file:///etc/passwd", "bad_redirect"),
        ("gopher://ir.narae.test/", "bad_redirect"),
        ("http://user:word@ir.narae.test/", "bad_redirect"),
        ("http://ir.narae.test:port/", "bad_redirect"),
    ],
)
def test_a_redirect_to_elsewhere_is_not_followed(web, to, code):
    web.routes["/ir"] = redirect(to)

    assert failure(web.reader(), web.url("/ir")) == code
    assert web.paths() == ["/robots.txt", "/ir"]


def test_a_redirect_to_a_private_address_is_not_followed(web):
    web.routes["/ir"] = redirect(web.url("/admin", OTHER))
    web.private.add(OTHER)

    assert failure(web.reader(HOST, OTHER), web.url("/ir")) == "address_not_public"
    assert "/admin" not in web.paths()


@pytest.mark.parametrize("length", [1, 2])
def test_redirects_in_a_circle_end(web, length):
    for number in range(length):
        web.routes[f"/{number}"] = redirect(f"/{(number + 1) % length}")

    assert failure(web.reader(), web.url("/0")) == "too_many_redirects"
    assert len(web.requests) == 1 + length


def test_redirects_without_end_end(web):
    for number in range(9):
        web.routes[f"/{number}"] = redirect(f"/{number + 1}")

    assert failure(web.reader(), web.url("/0")) == "too_many_redirects"
    assert web.paths()[-1] == "/5"


# robots.txt


def _robots(text: str) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "text/plain"}, text.encode()


def test_what_robots_txt_forbids_is_not_read(web):
    web.routes["/robots.txt"] = _robots("User-agent: *\nDisallow: /private/\n")
    web.routes["/private/ir"] = html("no")

    assert failure(web.reader(), web.url("/private/ir")) == "robots_disallow"
    assert web.paths() == ["/robots.txt"]


def test_what_robots_txt_says_to_us_counts(web):
    web.routes["/robots.txt"] = _robots(
        "User-agent: *\nDisallow: /\n\nUser-agent: ssammu\nAllow: /"
    )
    web.routes["/ir"] = html("yes")

    assert web.reader().read(web.url("/ir")) is not None


def test_a_redirect_asks_robots_txt_again(web):
    web.routes["/robots.txt"] = _robots("User-agent: *\nDisallow: /private/\n")
    web.routes["/ir"] = redirect("/private/ir")

    assert failure(web.reader(), web.url("/ir")) == "robots_disallow"


def test_robots_txt_is_asked_once_a_host(web):
    web.routes["/ir"] = web.routes["/about"] = html("yes")
    reader = web.reader()

    reader.read(web.url("/ir"))
    reader.read(web.url("/about"))

    assert web.paths() == ["/robots.txt", "/ir", "/about"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_that_cannot_be_had_allows_nothing(web, status):
    web.routes["/robots.txt"] = (status, {}, b"")
    web.routes["/ir"] = html("no")

    assert failure(web.reader(), web.url("/ir")) == "robots_unreachable"
    assert web.paths() == ["/robots.txt"]


def test_a_robots_txt_elsewhere_is_not_followed(web):
    web.routes["/robots.txt"] = redirect("http://127.0.0.1/robots.txt")

    assert failure(web.reader(), web.url("/ir")) == "robots_unreachable"


def test_a_host_is_asked_at_its_pace(web):
    web.routes["/robots.txt"] = _robots("User-agent: *\nCrawl-delay: 0.4\n")
    web.routes["/ir"] = web.routes["/about"] = html("yes")
    reader = web.reader(delay=0.1)
    reader.read(web.url("/ir"))

    begun = time.monotonic()
    reader.read(web.url("/about"))

    assert 0.3 < time.monotonic() - begun < 2


# Hosts that do harm


def _endless_body(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        handler.wfile.write(b"more " * 20_000)


def _drip(start: bytes, drop: bytes):
    def route(handler):
        handler.wfile.write(start)
        while True:
            handler.wfile.write(drop)
            handler.wfile.flush()
            time.sleep(0.05)

    return route


OK = b"HTTP/1.1 200 OK\r\n"
SLOW = {
    "silent": _drip(b"", b""),
    "a body by the byte": _drip(OK + b"Content-Type: text/html\r\n\r\n", b"x"),
    "a header by the byte": _drip(OK + b"X-Long: ", b"x"),
    "a status line by the byte": _drip(b"HTTP/1.1 200 ", b"O"),
    "continue for ever": _drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


def test_a_body_that_never_ends_is_left(web):
    web.routes["/ir"] = _endless_body

    assert failure(web.reader(), web.url("/ir")) == "too_large"


def test_a_body_over_the_limit_is_left(web, monkeypatch):
    monkeypatch.setattr(fetching, "MAX_BYTES", 1000)
    web.routes["/ir"] = html("x" * 1001)

    assert failure(web.reader(), web.url("/ir")) == "too_large"

    web.routes["/ir"] = html("x" * 1000)
    assert web.reader().read(web.url("/ir")) is not None


def test_a_packed_body_that_unpacks_without_end_is_left(web):
    packed = gzip.compress(b"0" * (64 << 20))
    web.routes["/ir"] = (
        200,
        {"Content-Type": "text/html", "Content-Encoding": "gzip"},
        packed,
    )

    assert failure(web.reader(), web.url("/ir")) == "too_large"


@pytest.mark.parametrize("way", SLOW)
def test_a_host_that_takes_its_time_is_left(web, way):
    web.routes["/ir"] = SLOW[way]
    begun = time.monotonic()

    assert failure(web.reader(seconds=0.6), web.url("/ir")) == "too_slow"

    assert time.monotonic() - begun < 3


def test_the_time_of_redirects_adds_up(web):
    def slowly(to):
        def route(handler):
            time.sleep(0.25)
            handler.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: %s\r\n\r\n" % to.encode())

        return route

    for number in range(5):
        web.routes[f"/{number}"] = slowly(f"/{number + 1}")

    assert failure(web.reader(seconds=0.6), web.url("/0")) == "too_slow"


def test_headers_without_end_are_left(web):
    def route(handler):
        handler.wfile.write(OK)
        for number in range(1_000_000):
            handler.wfile.write(b"X-%d: y\r\n" % number)

    web.routes["/ir"] = route

    assert failure(web.reader(), web.url("/ir")) == "bad_answer"


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"",
        OK + b"Content-Type: text/html\r\nContent-Length: 100\r\n\r\ncut off",
        OK + b"Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["not http", "nothing", "cut off", "bad chunks"],
)
def test_an_answer_that_is_not_http_is_left(web, said):
    web.routes["/ir"] = lambda handler: handler.wfile.write(said)

    assert failure(web.reader(), web.url("/ir")) == "bad_answer"


def test_a_host_that_is_away_is_told(web):
    web.ports = {port := closed_port()}

    # Its robots.txt is what is asked first.
    assert failure(web.reader(), f"http://{HOST}:{port}/ir") == "robots_unreachable"


# Who is asked at all


@pytest.mark.parametrize(
    "url",
    [
        "ftp://ir.narae.test/",
        "file:///etc/passwd",
        "http://user@ir.narae.test/",
        "http:///ir",
    ],
)
def test_other_addresses_are_not_asked(web, url):
    assert failure(web.reader(), url) in ("unreachable", "bad_redirect", "host_not_allowed")
    assert web.requests == []


def test_a_host_that_staff_did_not_allow_is_not_even_looked_up(web):
    assert failure(web.reader(), web.url("/", OTHER)) == "host_not_allowed"
    assert failure(web.reader(), web.url("/", f"www.{HOST}")) == "host_not_allowed"
    assert web.looked_up == []


def test_a_name_is_looked_up_once_for_each_request(web):
    """Between the check and the connection no second answer can slip in."""
    web.routes["/ir"] = html("yes")

    web.reader().read(web.url("/ir"))

    assert web.looked_up == [HOST, HOST]  # robots.txt, and the page
    assert {host for host, _path, _headers in web.requests} == {HOST}


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("2001:0:a00:1::", False),
        ("fec0::1", False),
        ("feff::1", False),
        ("64:ff9b:1::1", False),
        ("100::1", False),
        ("2001:db8::1", False),
        ("2001:20::1", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("4000::1", False),
        ("fe80::1%eth0", False),
        ("192.0.0.8", False),
        ("192.0.2.1", False),
        ("192.88.99.1", False),
        ("198.18.0.1", False),
        ("198.51.100.1", False),
        ("203.0.113.1", False),
        ("2001:200::1", True),
        ("2a00:1450:4001::1", True),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public


def _resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def getaddrinfo(host, port, **kwargs):
        if not addresses:
            raise socket.gaierror("unknown")
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    _resolves_to(monkeypatch, "93.184.216.34", "10.0.0.1")

    assert failure(Reader([HOST]), f"http://{HOST}/") == "address_not_public"


def test_an_unknown_host_is_told(monkeypatch):
    _resolves_to(monkeypatch)

    assert failure(Reader([HOST]), f"http://{HOST}/") == "host_unknown"


def test_public_addresses_are_given_each_once(monkeypatch):
    _resolves_to(monkeypatch, "93.184.216.34", "93.184.216.34", "93.184.216.35")

    assert Network().addresses(HOST, 80) == ["93.184.216.34", "93.184.216.35"]


def test_only_the_webs_own_ports_are_asked(monkeypatch):
    _resolves_to(monkeypatch, "93.184.216.34")

    assert failure(Reader([HOST]), f"http://{HOST}:6379/") == "host_not_allowed"


# TLS


def _certificate(host: str, folder) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side for this host, and a client's side that trusts it alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    file = folder / "host.pem"
    file.write_bytes(
        certificate
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=certificate.decode())


@pytest.mark.parametrize("named", [HOST, OTHER])
def test_a_certificate_must_be_the_hosts_own(tmp_path, monkeypatch, named):
    """Also though the connection goes to an address and not to a name."""
    server, client = _certificate(named, tmp_path)
    monkeypatch.setattr(fetching, "_trusted", lambda: client)
    with Web(server) as web:
        web.routes["/ir"] = html("secure")
        if named == HOST:
            page = web.reader().read(web.url("/ir"))
            assert page is not None
            assert page.content == b"secure"
        else:
            assert failure(web.reader(), web.url("/ir")) == "robots_unreachable"
            assert web.requests == []


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    server, _client = _certificate(HOST, tmp_path)
    with Web(server) as web:
        assert failure(web.reader(), web.url("/ir")) == "robots_unreachable"
        assert web.requests == []
