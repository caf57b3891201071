"""JSON Resume v1.0.0 (https://jsonresume.org/schema), checked at the door.

Unknown fields are allowed, as in the schema. `null` and "" count as left out: many
programs write them. Two fields of Korean forms are read besides: `basics.birthDate`
(a date) and `basics.militaryService` (text).
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from .errors import ProfileInvalid
from .text import clean

DATE = re.compile(r"[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
SHOWN_PROBLEMS = 3
MOST_LEVELS = 20
"""Of lists and objects within one another, unknown fields too. MariaDB stores 32."""
# pydantic's kinds of problems in a profile, as people say them.
PROBLEMS = {
    "string_type": ("글이어야 해요", "has to be text"),
    "list_type": ("목록이어야 해요", "has to be a list"),
    "model_type": ("객체여야 해요", "has to be an object"),
    "date": (
        "날짜는 YYYY, YYYY-MM, YYYY-MM-DD로 적어 주세요",
        "a date is YYYY, YYYY-MM or YYYY-MM-DD",
    ),
}


def _date(value: str) -> str:
    if value and not DATE.fullmatch(value):
        raise PydanticCustomError("date", "a date is YYYY, YYYY-MM or YYYY-MM-DD")
    return value


Text = Annotated[str, Field(default="")]
Date = Annotated[str, AfterValidator(_date), Field(default="")]
Texts = Annotated[list[str], Field(default_factory=list)]


class Part(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data


class Location(Part):
    address: Text
    postalCode: Text
    city: Text
    region: Text
    countryCode: Text


class OnlineProfile(Part):
    network: Text
    username: Text
    url: Text


class Basics(Part):
    name: Text
    label: Text
    email: Text
    phone: Text
    url: Text
    summary: Text
    birthDate: Date
    militaryService: Text
    location: Location = Location.model_validate({})
    profiles: list[OnlineProfile] = Field(default_factory=list)


class Work(Part):
    name: Text
    location: Text
    description: Text
    position: Text
    url: Text
    startDate: Date
    endDate: Date
    summary: Text
    highlights: Texts


class Volunteer(Part):
    organization: Text
    position: Text
    url: Text
    startDate: Date
    endDate: Date
    summary: Text
    highlights: Texts


class Education(Part):
    institution: Text
    url: Text
    area: Text
    studyType: Text
    startDate: Date
    endDate: Date
    score: Text
    courses: Texts


class Award(Part):
    title: Text
    date: Date
    awarder: Text
    summary: Text


class Certificate(Part):
    name: Text
    date: Date
    url: Text
    issuer: Text


class Publication(Part):
    name: Text
    publisher: Text
    releaseDate: Date
    url: Text
    summary: Text


class Skill(Part):
    name: Text
    level: Text
    keywords: Texts


class Language(Part):
    language: Text
    fluency: Text


class Interest(Part):
    name: Text
    keywords: Texts


class Reference(Part):
    name: Text
    reference: Text


class Project(Part):
    name: Text
    description: Text
    highlights: Texts
    keywords: Texts
    startDate: Date
    endDate: Date
    url: Text
    roles: Texts
    entity: Text
    type: Text


class Profile(Part):
    basics: Basics = Basics.model_validate({})
    work: list[Work] = Field(default_factory=list)
    volunteer: list[Volunteer] = Field(default_factory=list)
    education: list[Education] = Field(default_factory=list)
    awards: list[Award] = Field(default_factory=list)
    certificates: list[Certificate] = Field(default_factory=list)
    publications: list[Publication] = Field(default_factory=list)
    skills: list[Skill] = Field(default_factory=list)
    languages: list[Language] = Field(default_factory=list)
    interests: list[Interest] = Field(default_factory=list)
    references: list[Reference] = Field(default_factory=list)
    projects: list[Project] = Field(default_factory=list)


def read_profile(data: Any) -> Profile:
    """The profile of a JSON value. ProfileInvalid names the fields that are wrong."""
    if not isinstance(data, dict):
        raise ProfileInvalid(
            "프로필은 JSON Resume 형식의 객체여야 해요.",
            "A profile has to be an object in JSON Resume format.",
        )
    if not _can_be_kept(data, MOST_LEVELS):
        raise too_deep()
    try:
        return Profile.model_validate(clean(data))
    except ValidationError as error:
        problems = error.errors()
        korean, english = (
            "; ".join(_told(problem, index) for problem in problems[:SHOWN_PROBLEMS])
            for index in (0, 1)
        )
        more = max(0, len(problems) - SHOWN_PROBLEMS)
        raise ProfileInvalid(
            f"프로필이 JSON Resume 형식과 달라요. {korean}" + (f" (외 {more}곳)" if more else ""),
            f"The profile is not valid JSON Resume. {english}"
            + (f" ({more} more)" if more else ""),
        ) from None


def too_deep() -> ProfileInvalid:
    """For numbers and lists that no database stores, or that Python does not even read."""
    return ProfileInvalid(
        "프로필에 너무 큰 수가 있거나, 목록이 너무 여러 겹이에요.",
        "The profile holds a number that is too large, or lists too deep within lists.",
    )


def _can_be_kept(value: Any, levels: int) -> bool:
    """Whether every database can store it: Python reads more than JSON has."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return abs(value) < 2**63
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return levels > 0 and all(_can_be_kept(part, levels - 1) for part in parts)
    return True


def _told(problem: ErrorDetails, index: int) -> str:
    """Where the problem is, and what would be right."""
    path = ".".join(map(str, problem["loc"]))
    told = PROBLEMS.get(problem["type"])
    return f"{path}: {told[index] if told else problem['msg']}"
