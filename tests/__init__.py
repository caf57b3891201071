"""Suites that run the whole product: real processes, real sockets, a real model."""
