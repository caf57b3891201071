"""How documents are shown: in groups of versions."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.shortcuts import get_object_or_404

from apps.accounts.models import User

from .models import Document, Profile
from .offered import name_of, templates_known, templates_offered

SHOWN_VERSIONS = 3
"""Of a group; the older ones are folded away."""
LANGUAGE_NAMES = dict(settings.LANGUAGES)


@dataclass(slots=True)
class Group:
    """The versions that one template has in one language, newest first."""

    template: str
    template_name: str
    language: str
    is_offered: bool
    """Whether there may be another version."""
    documents: list[Document] = field(default_factory=list)

    @property
    def language_name(self) -> str:
        return LANGUAGE_NAMES[self.language]

    @property
    def shown(self) -> Sequence[Document]:
        return self.documents[:SHOWN_VERSIONS]

    @property
    def folded(self) -> Sequence[Document]:
        return self.documents[SHOWN_VERSIONS:]


def own_document(user: User, document_id: uuid.UUID) -> Document:
    """The person's own document with its preview, or Http404."""
    documents = Document.objects.filter(user=user).select_related("preview")
    return get_object_or_404(documents, pk=document_id)


def groups_of(user: User) -> list[Group]:
    """Every document of a person; the group that was used last comes first."""
    known = templates_known()
    offered = {template.slug for template in templates_offered()}
    groups: dict[tuple[str, str], Group] = {}
    documents = Document.objects.filter(user=user).defer("profile").order_by("-created_at")
    for document in documents:
        slug = document.template
        group = groups.setdefault(
            (slug, document.language),
            Group(slug, name_of(slug, known), document.language, is_offered=slug in offered),
        )
        group.documents.append(document)
    return list(groups.values())


def profile_has_changed(document: Document) -> bool:
    """Whether the profile says something else by now."""
    revision = (
        Profile.objects.filter(user=document.user_id).values_list("revision", flat=True).first()
    )
    return revision is not None and revision != document.profile_revision
