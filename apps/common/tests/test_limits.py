"""How often a person may do a thing: one count, whatever the way in."""

from __future__ import annotations

import threading

import pytest
import redis
from django.core.cache import cache
from django.utils import translation

from apps.common import limits
from apps.common.cache import FailOpenRedisCache
from apps.common.limits import Limit, LimitReached

THREE = Limit("tests", 3, 60)


def _tries(who, *wanted, times=5):
    passed = 0
    for _time in range(times):
        try:
            limits.count(who, *wanted)
        except LimitReached:
            continue
        passed += 1
    return passed


def test_it_ends_after_its_amount_for_each_alone():
    assert (_tries("alice", THREE), _tries("bob", THREE)) == (3, 3)


def test_each_purpose_is_counted_for_itself():
    assert (_tries("alice", THREE), _tries("alice", Limit("others", 2, 60))) == (3, 2)


def test_all_of_several_limits_hold():
    assert _tries("alice", THREE, Limit("tests", 2, 3600)) == 2


def test_it_begins_again_when_its_time_is_over(monkeypatch):
    now = [1_000_000.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    assert _tries("alice", THREE) == 3

    now[0] += 59.9
    assert _tries("alice", THREE) == 0
    now[0] += 0.2
    assert _tries("alice", THREE) == 3


def test_of_a_hundred_at_once_just_the_amount_get_through():
    passed = []
    threads = [
        threading.Thread(target=lambda: passed.append(_tries("alice", THREE, times=1)))
        for _number in range(100)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(passed) == 3


def test_who_is_stopped_is_told_for_how_long(monkeypatch):
    now = [1_000_000.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    _tries("alice", THREE, times=3)
    now[0] += 20
    with pytest.raises(LimitReached) as caught:
        limits.count("alice", THREE)

    assert caught.value.retry_after == 40
    with translation.override("en"):
        expected = "That was a lot at once. Please try again in 40 seconds."
        assert caught.value.message == expected
    long_wait = LimitReached(THREE, 3599.5)
    with translation.override("en"):
        assert long_wait.message.endswith("in 60 minutes.")
    with translation.override("ko"):
        assert long_wait.message == "짧은 시간에 많이 보내셨어요. 60분 뒤에 다시 해 주세요."


def _port(valkey):
    return valkey.connection_pool.connection_kwargs["port"]


def test_in_redis_it_counts_and_without_redis_nobody_is_stopped(valkey, monkeypatch):
    address = "redis://127.0.0.1:{port}/1"
    here = FailOpenRedisCache(address.format(port=_port(valkey)), {})
    away = FailOpenRedisCache(address.format(port=1), {})

    monkeypatch.setattr(limits, "cache", here)
    assert _tries("alice", THREE) == 3
    monkeypatch.setattr(limits, "cache", away)
    assert _tries("alice", THREE) == 5
    with redis.Redis.from_url(address.format(port=_port(valkey))) as client:
        keys = client.keys("*")
        assert all(0 < client.ttl(key) <= 60 for key in keys) and len(keys) == 2
        client.flushdb()


def test_a_count_that_ended_between_its_two_steps_stops_nobody(monkeypatch):
    monkeypatch.setattr(cache, "add", lambda *_, **__: False)

    limits.count("alice", THREE)
