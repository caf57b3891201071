"""Text in one form: "가" as one sign, as most keyboards write it, and not as two.

macOS names files in parts (NFD), and what is copied from such a name or from some PDFs comes
so. It looks the same and equals nothing: a search finds nothing, an answer covers nothing.
So text is composed (NFC) once, where it enters: forms, searches and file names here, JSON in
``api.JSONParser``, sheets in ``sheets.resources``, staff's files in ``content``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.request import UnreadablePostError
from django.utils.decorators import sync_and_async_middleware

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
API = "/api/"
SECRET = "password"
"""What has this in its name stays as it was typed: its hash was made of that."""


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def composed_json(value: Any) -> Any:
    """The same JSON value with all its text composed, but for passwords."""
    if isinstance(value, str):
        return composed(value)
    if isinstance(value, list):
        return [composed_json(one) for one in value]
    if isinstance(value, dict):
        return {
            composed(name): one if SECRET in name else composed_json(one)
            for name, one in value.items()
        }
    return value


@sync_and_async_middleware
def composed_middleware(get_response: Callable[[HttpRequest], Any]) -> Any:
    """What a request asks for and sends in forms, composed before anything looks at it."""
    if iscoroutinefunction(get_response):
        respond: Callable[[HttpRequest], Awaitable[HttpResponse]] = get_response

        async def async_middleware(request: HttpRequest) -> HttpResponse:
            _compose_query(request)
            if _sends_form(request):  # reading a body may wait for the disk
                await sync_to_async(_compose_form, thread_sensitive=True)(request)
            return await respond(request)

        return async_middleware

    def middleware(request: HttpRequest) -> HttpResponse:
        _compose_query(request)
        if _sends_form(request):
            _compose_form(request)
        response: HttpResponse = get_response(request)
        return response

    return middleware


def _sends_form(request: HttpRequest) -> bool:
    # The API takes no forms: it has to see them unread to say so (415).
    is_api = request.path.startswith(API)
    return request.method == "POST" and request.content_type in FORMS and not is_api


def _compose_query(request: HttpRequest) -> None:
    request.GET = _composed_query(request.GET)  # type: ignore[assignment]


def _compose_form(request: HttpRequest) -> None:
    try:
        request.POST = _composed_query(request.POST)  # type: ignore[assignment]
    except UnreadablePostError:
        return  # the sender has gone away: the view and its guards meet that anyway
    for _field, files in request.FILES.lists():
        for file in files:
            file.name = composed(file.name or "")


def _composed_query(query: QueryDict) -> QueryDict:
    if all(
        unicodedata.is_normalized("NFC", text)
        for name, values in query.lists()
        for text in (name, *values)
    ):
        return query  # as nearly always
    changed = QueryDict(mutable=True, encoding=query.encoding)
    for name, values in query.lists():
        changed.setlist(
            composed(name), values if SECRET in name else [composed(one) for one in values]
        )
    changed._mutable = False
    return changed
