"""Connections to the database: given back while nothing is asked, and never too many."""

from __future__ import annotations

import socket
import threading
import time
from unittest.mock import Mock

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse
from django.test import RequestFactory

from apps.common import connections
from apps.common.connections import (
    ConnectionsTaken,
    give_back_middleware,
    passes_by_itself,
    when_database_answers,
)

TOO_MANY = OperationalError(1040, "Too many connections")
UNKNOWN_COLUMN = OperationalError(1054, "Unknown column")


class TestGivingBack:
    @pytest.mark.django_db(transaction=True)
    def test_a_page_gives_its_connection_back_before_it_is_sent(self):
        def view(request):
            connection.ensure_connection()
            return HttpResponse("page")

        give_back_middleware(view)(RequestFactory().get("/"))

        assert connection.connection is None

    @pytest.mark.django_db(transaction=True)
    def test_also_where_the_view_fails(self):
        def view(request):
            connection.ensure_connection()
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            give_back_middleware(view)(RequestFactory().get("/"))

        assert connection.connection is None

    @pytest.mark.django_db
    def test_a_transaction_keeps_it(self):
        connections.give_back()

        assert connection.connection is not None

    def test_a_worker_gives_it_back_before_it_waits_for_the_model(self, settings, monkeypatch):
        from apps.common import inference

        given_back = Mock()
        monkeypatch.setattr("apps.common.inference.give_back", given_back)

        with pytest.raises(inference.InferenceError):
            list(inference.stream_feedback({"id": "a"}))

        given_back.assert_called_once_with()


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (TOO_MANY, True),
        (OperationalError(2013, "Lost connection to server during query"), True),
        (OperationalError("database is locked"), True),
        (ConnectionsTaken(1040, "all in use"), True),
        (InterfaceError(0, ""), True),
        (UNKNOWN_COLUMN, False),
        (OperationalError("no such table: interview_attempt"), False),
        (ValueError("1040"), False),
        (None, False),
    ],
)
def test_what_passes_by_itself(error, passes):
    assert passes_by_itself(error) is passes


class TestPatience:
    @pytest.fixture(autouse=True)
    def _soon(self, monkeypatch):
        monkeypatch.setattr(connections, "TRY_AGAIN_SECONDS", 0)

    @pytest.mark.django_db(transaction=True)
    def test_what_is_done_is_saved_when_the_database_is_back(self):
        save = Mock(side_effect=[TOO_MANY, InterfaceError(0, ""), "saved"])

        assert when_database_answers(save) == "saved"
        assert save.call_count == 3

    @pytest.mark.django_db(transaction=True)
    def test_it_ends(self, monkeypatch):
        monkeypatch.setattr(connections, "PATIENCE_SECONDS", -1)

        with pytest.raises(OperationalError):
            when_database_answers(Mock(side_effect=TOO_MANY))

    @pytest.mark.django_db(transaction=True)
    def test_a_mistake_is_told_at_once(self):
        save = Mock(side_effect=UNKNOWN_COLUMN)

        with pytest.raises(OperationalError):
            when_database_answers(save)
        assert save.call_count == 1


class TestShedding:
    """503 and Retry-After while the database is away or busy; 500 for a bug."""

    @pytest.fixture
    def failing(self, client, monkeypatch):
        client.raise_request_exception = False

        def ask(path, error):
            def fail(*args, **options):
                raise error

            monkeypatch.setattr("django.db.models.sql.compiler.SQLCompiler.execute_sql", fail)
            return client.get(path, headers={"authorization": "Token of-nobody"})

        return ask

    @pytest.mark.django_db
    def test_a_page(self, failing):
        response = failing("/questions/", TOO_MANY)

        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert "There is a rush right now" in response.text
        assert "지금은 조금 붐벼요" in response.text

    @pytest.mark.django_db
    def test_the_api(self, failing):
        response = failing("/api/v1/companies", TOO_MANY)

        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert response.json()["error"]["code"] == "busy"

    @pytest.mark.django_db
    @pytest.mark.parametrize("path", ["/questions/", "/api/v1/companies"])
    def test_a_bug_is_no_rush(self, failing, path):
        assert failing(path, UNKNOWN_COLUMN).status_code == 500


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "mysql", reason="needs MariaDB")
class TestPlaces:
    """A process has so many connections, whichever thread asks."""

    @pytest.fixture(autouse=True)
    def _two_places(self, monkeypatch):
        from apps.common.mariadb import base

        connection.close()
        monkeypatch.setattr(base, "_places", threading.BoundedSemaphore(2))
        patience = connections.PATIENCE_FOR_A_PLACE.set(0.1)
        yield
        connection.close()
        connections.PATIENCE_FOR_A_PLACE.reset(patience)

    def _holding(self, people, *, leave_open=False):
        """Start threads that each open a connection; (their errors, a call that ends them)."""
        errors, asked, go = [], threading.Barrier(people + 1), threading.Event()

        def hold():
            patience = connections.PATIENCE_FOR_A_PLACE.set(0.1)
            try:
                connection.ensure_connection()
            except OperationalError as error:
                errors.append(error)
            connections.PATIENCE_FOR_A_PLACE.reset(patience)
            asked.wait(10)
            go.wait(10)
            if not leave_open:
                connection.close()

        threads = [threading.Thread(target=hold) for _person in range(people)]
        for thread in threads:
            thread.start()
        asked.wait(10)

        def end():
            go.set()
            for thread in threads:
                thread.join(10)

        return errors, end

    def test_the_third_is_told_that_it_is_busy(self):
        errors, end = self._holding(3)
        end()

        assert [type(error) for error in errors] == [ConnectionsTaken]
        connection.ensure_connection()

    def test_a_thread_that_ends_with_its_connection_open_gives_its_place_back(self):
        _errors, end = self._holding(2, leave_open=True)
        end()

        connection.ensure_connection()

    def test_a_connection_that_cannot_be_made_takes_no_place(self, monkeypatch):
        def refuse(self, parameters):
            raise OperationalError(2003, "Can't connect")

        with monkeypatch.context() as patched:
            patched.setattr(
                "django.db.backends.mysql.base.DatabaseWrapper.get_new_connection", refuse
            )
            for _try in range(3):
                with pytest.raises(OperationalError, match="Can't connect"):
                    connection.ensure_connection()

        connection.ensure_connection()

    def test_a_probe_says_busy_and_stays_ready(self, client, valkey):
        _errors, end = self._holding(2)
        response = client.get("/readyz")
        end()

        assert response.status_code == 200
        assert response.json() == {"database": "busy", "broker": "ok"}


@pytest.mark.services
@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "mysql", reason="needs MariaDB's driver")
def test_a_database_that_accepts_and_says_nothing_is_an_error_soon(settings):
    from apps.common.mariadb.base import DatabaseWrapper

    with socket.create_server(("127.0.0.1", 0)) as frozen:
        port = frozen.getsockname()[1]
        database = {**connection.settings_dict, "HOST": "127.0.0.1", "PORT": port}
        started = time.monotonic()
        with pytest.raises(OperationalError) as told:
            DatabaseWrapper(database).ensure_connection()

    assert passes_by_itself(told.value)
    assert settings.DATABASE_CONNECT_TIMEOUT == 2
    assert time.monotonic() - started < 5
