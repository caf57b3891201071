"""From which address a request comes, as limits count it.

The socket's address: uvicorn puts the client of a trusted proxy there (FORWARDED_ALLOW_IPS),
the right-most address that is no trusted proxy's. What a client writes into
X-Forwarded-For of its own is never asked here.
"""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest

IPV6_PREFIX = 64
"""What one customer of a provider is given at least: any of its 2^64 addresses is theirs."""


def client_address(request: HttpRequest) -> str:
    address = str(request.META.get("REMOTE_ADDR") or "")
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return address
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, IPV6_PREFIX), strict=False).network_address)
