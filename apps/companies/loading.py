"""Folders of companies into the database: content/companies/, and what a pipeline collects.

Each company has a folder with ``company.yaml`` and the texts that it lists. A row
remembers what its file last made of it; one that staff edited stays.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from pydantic import BaseModel, Field, StringConstraints
from pydantic import ValidationError as SchemaError

from apps.common.content import Both, ContentError, Report, Slug, Strict, Text, hash_of

from .models import Company, CompanyAlias, SourceText
from .texts import match_key

COMPANY_FILE = "company.yaml"
FileName = Annotated[str, StringConstraints(pattern=r"^[^/\\.][^/\\]*$", max_length=200)]
Outcome = Literal["created", "updated", "unchanged", "kept"]
Read = Callable[[Path], str]
Schema = TypeVar("Schema", bound=BaseModel)


class SourceContent(Strict):
    kind: Literal["ir", "introduction", "report", "news"]
    language: Literal["ko", "en"]
    title: Annotated[Text, StringConstraints(max_length=200)]
    published_on: datetime.date | None = None
    url: str = ""


class ListedSource(SourceContent):
    file: FileName


class CompanyContent(Strict):
    slug: Slug
    name: Both
    aliases: list[Annotated[Text, StringConstraints(max_length=100)]] = []
    industry: str
    homepage: str = ""
    auto_publish: bool = False
    """Only where the company is new: staff switch it later."""
    sources: list[ListedSource] = Field(default=[])


@dataclass(frozen=True, slots=True)
class Loaded:
    """A text on its way into the database, and which file it came from."""

    about: SourceContent
    text: str
    place: str
    """The company's folder and the file's name."""
    origin: SourceText.Origin


def read_yaml(path: Path, schema: type[Schema]) -> Schema:
    """Raises ContentError."""
    try:
        return schema.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except SchemaError as error:
        problems = (
            f"{'.'.join(str(step) for step in problem['loc'])}: {problem['msg']}"
            for problem in error.errors()
        )
        raise ContentError(f"{path}: {'; '.join(problems)}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ContentError(f"{path}: {' '.join(str(error).split())}") from error


def load(directory: Path) -> Report:
    """Load every company under ``directory``/companies. Raises ContentError."""
    found = [
        (path.parent, read_yaml(path, CompanyContent))
        for path in sorted(directory.glob(f"companies/*/{COMPANY_FILE}"))
    ]
    texts = {
        folder / source.file: _shipped_text(folder / source.file)
        for folder, item in found
        for source in item.sources
    }
    report = Report()
    with transaction.atomic():
        for folder, item in found:
            try:
                company, outcome = save_company(item, is_published=True)
            except ValidationError as error:
                raise ContentError(f"{folder / COMPANY_FILE}: {told(error)}") from error
            getattr(report, outcome).append(item.slug)
            for about in item.sources:
                place = f"{folder.name}/{about.file}"
                text = texts[folder / about.file]
                loaded = Loaded(about, text, place, SourceText.Origin.CONTENT)
                try:
                    outcome = save_source(company, loaded)
                except ValidationError as error:
                    raise ContentError(f"{folder / about.file}: {told(error)}") from error
                getattr(report, outcome).append(place)
    return report


def _shipped_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{path}: {error}") from error


def told(error: ValidationError) -> str:
    """What is wrong, by the column it is in."""
    return "; ".join(f"{name}: {' '.join(said)}" for name, said in error.message_dict.items())


def save_company(item: CompanyContent, *, is_published: bool) -> tuple[Company, Outcome]:
    """The company as its file says, unless staff edited it. Raises ValidationError."""
    columns = {
        "name_ko": item.name.ko,
        "name_en": item.name.en,
        "industry": item.industry,
        "homepage": item.homepage,
    }
    # The first way to write a name stands for the others that match it.
    aliases: dict[str, str] = {}
    for name in item.aliases:
        aliases.setdefault(match_key(name), name)
    wanted = hash_of([columns, aliases])
    company = Company.objects.filter(slug=item.slug).first()
    outcome: Outcome = "updated"
    if company is None:
        company, outcome = Company(slug=item.slug, is_published=is_published), "created"
        company.auto_publish = item.auto_publish
    elif company.loaded_hash == wanted:
        return company, "unchanged"
    elif _hash_of_company(company, list(columns)) != company.loaded_hash:
        return company, "kept"
    for name, value in columns.items():
        setattr(company, name, value)
    company.loaded_hash = wanted
    company.full_clean(exclude=["name"])
    company.save()
    company.aliases.exclude(match_key__in=aliases).delete()
    for key, name in aliases.items():
        alias = company.aliases.filter(match_key=key).first() or CompanyAlias(company=company)
        alias.name = name
        alias.full_clean(validate_constraints=False)
        alias.save()
    return company, outcome


def _hash_of_company(company: Company, names: list[str]) -> str:
    columns = {name: getattr(company, name) for name in names}
    return hash_of([columns, dict(company.aliases.values_list("match_key", "name"))])


SOURCE_COLUMNS = ["kind", "language", "title", "published_on", "url", "text"]


def save_source(company: Company, loaded: Loaded) -> Outcome:
    """The text as its file says, unless staff edited it. Raises ValidationError."""
    place = loaded.place[-200:]
    source = company.sources.filter(origin=loaded.origin, loaded_from=place).first()
    outcome: Outcome = "updated"
    given = SourceText(company=company, **loaded.about.model_dump(exclude={"file"}))
    given.take_text(loaded.text)
    wanted = _hash_of_source(given)
    if source is None:
        if given.twin():
            return "unchanged"  # it came in another way, or under another file's name
        source, outcome = given, "created"
        source.origin, source.loaded_from = loaded.origin, place
    elif source.loaded_hash == wanted:
        return "unchanged"
    elif _hash_of_source(source) != source.loaded_hash:
        return "kept"
    for name in SOURCE_COLUMNS:
        setattr(source, name, getattr(given, name))
    source.loaded_hash = wanted
    source.full_clean(validate_constraints=False)
    source.save()
    return outcome


def _hash_of_source(source: SourceText) -> str:
    columns: dict[str, Any] = {name: getattr(source, name) for name in SOURCE_COLUMNS}
    return hash_of(columns | {"published_on": str(source.published_on)})
