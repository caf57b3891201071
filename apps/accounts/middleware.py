"""The language of a page, and the mark of a browser in which somebody has logged in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware

from . import locks
from .models import User


@sync_and_async_middleware
def interface_language_middleware(get_response: Callable[[HttpRequest], Any]) -> Any:
    """The person's setting, else their cookie, else the browser's.

    Stands after authentication, and takes the place of Django's LocaleMiddleware. Both
    kinds, so that it costs an async view no thread.
    """
    if iscoroutinefunction(get_response):
        respond: Callable[[HttpRequest], Awaitable[HttpResponse]] = get_response

        async def async_middleware(request: HttpRequest) -> HttpResponse:
            language = _language(request, await request.auser())
            request.LANGUAGE_CODE = language
            with translation.override(language):
                return _label(await respond(request), language)

        return async_middleware

    def middleware(request: HttpRequest) -> HttpResponse:
        language = _language(request, request.user)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            return _label(get_response(request), language)

    return middleware


def _language(request: HttpRequest, user: User | AnonymousUser) -> str:
    if isinstance(user, User) and user.interface_language:
        return user.interface_language
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if cookie in dict(settings.LANGUAGES):
        return cookie
    return translation.get_language_from_request(request)


def _label(response: HttpResponse, language: str) -> HttpResponse:
    response.headers.setdefault("Content-Language", language)
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


@sync_and_async_middleware
def known_browser_middleware(get_response: Callable[[HttpRequest], Any]) -> Any:
    """After a login, by whatever page it was."""
    if iscoroutinefunction(get_response):
        return get_response  # nobody logs in through an async view

    def middleware(request: HttpRequest) -> HttpResponse:
        response: HttpResponse = get_response(request)
        if person := getattr(request, LOGGED_IN, None):
            locks.remember_browser(response, person)
        return response

    return middleware


LOGGED_IN = "has_just_logged_in"


def note_login(sender: object, request: HttpRequest | None, user: User, **more: Any) -> None:
    """Receiver of ``user_logged_in``."""
    if request is not None:
        setattr(request, LOGGED_IN, user)
