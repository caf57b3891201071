"""The profile editor's forms: one for the basics, one for an entry of each section."""

from __future__ import annotations

import io
import json
import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from apps.common.composed import composed_json

from ..profile_data import LINKS, Entry
from ..rendering import ProfileInvalid
from ..rendering.profile import read_profile, too_deep

LINE_MAX = 300
TEXT_MAX = 5000
LINES_MAX = 60
IMPORT_MAX_BYTES = 1024 * 1024
PHOTO_MAX_BYTES = 8 * 1024 * 1024
PHOTO_MAX_PIXELS = 50_000_000
PHOTO_SIZE = (600, 800)
"""Pixels: a photo of 3 by 4 cm, printed sharp."""
DATE = re.compile(
    r"((?:19|20)\d{2})\s*(?:[-./]|년)?(?:\s*(\d{1,2})\s*(?:[-./]|월)?(?:\s*(\d{1,2})\s*[.일]?)?)?"
)


class LineField(forms.CharField):
    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label=label, max_length=LINE_MAX, **{"required": False, **options})


class ParagraphField(forms.CharField):
    def __init__(self, label: Any, rows: int = 4, **options: Any) -> None:
        super().__init__(
            label=label,
            max_length=TEXT_MAX,
            required=False,
            widget=forms.Textarea(attrs={"rows": rows}),
            **options,
        )

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).replace("\r\n", "\n")


class LinesField(ParagraphField):
    """A list of texts, one a line."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = [line.strip() for line in super().clean(value).split("\n")]
        found = [line for line in lines if line]
        if len(found) > LINES_MAX:
            raise forms.ValidationError(
                _("At most %(count)d lines, please.") % {"count": LINES_MAX}
            )
        return found


class WordsField(LineField):
    """A list of short texts, with commas between them."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, help_text=_("With commas between them."), **options)
        self.max_length = None
        self.validators = []
        del self.widget.attrs["maxlength"]  # all of them may be longer than one

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        words = [word.strip() for word in re.split(r"[,\n]", str(super().clean(value)))]
        return list(dict.fromkeys(word[:LINE_MAX] for word in words if word))


class DateField(LineField):
    """A year, a month or a day, as people write them, to JSON Resume's ISO 8601."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, **options)
        self.widget.attrs |= {"placeholder": "2024-03", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).strip()
        if not text:
            return ""
        found = DATE.fullmatch(text)
        parts = [int(part) for part in found.groups() if part] if found else []
        if not parts or not all(1 <= part <= top for part, top in zip(parts[1:], (12, 31))):
            raise forms.ValidationError(_("Write it like 2024, 2024-03 or 2024-03-15."))
        return "-".join(f"{part:02d}" for part in parts)


class LinkField(LineField):
    def __init__(self, label: Any) -> None:
        super().__init__(label)
        self.widget.input_type = "url"
        # The browser would refuse an address without https://, which we read.
        self.widget.attrs |= {"inputmode": "url"}
        self.widget.input_type = "text"


class ProfilePartForm(forms.Form):
    """A part of the profile. ``entry`` is what it says now; unknown fields of it stay."""

    NEEDS: tuple[str, ...] = ()
    """At least one of these has to be filled in."""

    def __init__(self, data: Any = None, *, entry: Entry | None = None) -> None:
        self.entry = entry or {}
        super().__init__(data, initial=self.flat(self.entry))
        self.use_required_attribute = False

    @staticmethod
    def flat(entry: Entry) -> dict[str, Any]:
        return entry

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("startDate"), cleaned.get("endDate")
        if start and end and end < start[: len(end)]:
            self.add_error("endDate", _("This is before the start."))
        if self.NEEDS and not self.errors and not any(cleaned.get(name) for name in self.NEEDS):
            self.add_error(self.NEEDS[0], _("Please fill this in."))
        return cleaned

    def changed(self) -> Entry:
        """The entry with what was typed; what is empty is left out."""
        return _filled({**self.entry, **self.cleaned_data})


def _filled(entry: Entry) -> Entry:
    return {name: value for name, value in entry.items() if value not in ("", [], {}, None)}


class BasicsForm(ProfilePartForm):
    LOCATION = ("address", "postalCode", "city", "region", "countryCode")

    name = LineField(_("Name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    label = LineField(_("What you do"), help_text=_("For example: Backend developer"))
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=LINE_MAX,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = LineField(_("Phone"), widget=forms.TextInput(attrs={"autocomplete": "tel"}))
    url = LinkField(_("Website"))
    summary = ParagraphField(
        _("About you"), help_text=_("Three sentences: what you build, how, and what came of it.")
    )
    region = LineField(_("City or province"))
    city = LineField(_("District or town"))
    address = LineField(
        _("Street address"), widget=forms.TextInput(attrs={"autocomplete": "street-address"})
    )
    postalCode = LineField(_("Postal code"))
    countryCode = LineField(_("Country code"), help_text=_("Two letters, for example KR."))
    birthDate = DateField(
        _("Date of birth"), help_text=_("Only for Korean forms; leave it out if you like.")
    )
    militaryService = LineField(_("Military service"), help_text=_("Only for Korean forms."))

    @staticmethod
    def flat(entry: Entry) -> dict[str, Any]:
        return {**entry, **(entry.get("location") or {})}

    def clean_countryCode(self) -> str:
        code = str(self.cleaned_data["countryCode"]).strip().upper()
        if code and not re.fullmatch("[A-Z]{2}", code):
            raise forms.ValidationError(_("Two letters, for example KR."))
        return code

    def changed(self) -> Entry:
        values = dict(self.cleaned_data)
        place = {**(self.entry.get("location") or {})}
        place |= {name: values.pop(name) for name in self.LOCATION}
        return _filled({**self.entry, **values, "location": _filled(place)})


class WorkForm(ProfilePartForm):
    NEEDS = ("name", "position")
    name = LineField(_("Company"))
    position = LineField(_("Position"))
    startDate = DateField(_("From"))
    endDate = DateField(_("Until"), help_text=_("Leave it empty if it goes on."))
    location = LineField(_("Place"))
    url = LinkField(_("Website"))
    description = LineField(_("What the company does"))
    summary = ParagraphField(_("In short"), 3)
    highlights = LinesField(
        _("What you achieved"),
        6,
        help_text=_("One a line. Numbers say more: how much faster, how many users."),
    )


class ProjectForm(ProfilePartForm):
    NEEDS = ("name",)
    name = LineField(_("Project"))
    description = ParagraphField(_("In short"), 3)
    startDate = DateField(_("From"))
    endDate = DateField(_("Until"), help_text=_("Leave it empty if it goes on."))
    roles = WordsField(_("Your roles"))
    keywords = WordsField(_("Technologies"))
    url = LinkField(_("Link"))
    entity = LineField(_("For whom"))
    type = LineField(_("Kind"), help_text=_("For example: team project, open source"))
    highlights = LinesField(_("What you achieved"), 6, help_text=_("One a line."))


class EducationForm(ProfilePartForm):
    NEEDS = ("institution",)
    institution = LineField(_("School"))
    area = LineField(_("Field of study"))
    studyType = LineField(_("Degree"))
    startDate = DateField(_("From"))
    endDate = DateField(_("Until"), help_text=_("Leave it empty if it goes on."))
    score = LineField(_("Grade"), help_text=_("For example: 4.1/4.5"))
    url = LinkField(_("Website"))
    courses = LinesField(_("Courses"), help_text=_("One a line."))


class SkillForm(ProfilePartForm):
    NEEDS = ("name", "keywords")
    name = LineField(_("Group"), help_text=_("For example: Languages, Databases"))
    keywords = WordsField(_("Skills"))
    level = LineField(_("Level"))


class CertificateForm(ProfilePartForm):
    NEEDS = ("name",)
    name = LineField(_("Certificate"))
    issuer = LineField(_("Issuer"))
    date = DateField(_("Date"))
    url = LinkField(_("Link"))


class AwardForm(ProfilePartForm):
    NEEDS = ("title",)
    title = LineField(_("Award"))
    awarder = LineField(_("Awarded by"))
    date = DateField(_("Date"))
    summary = ParagraphField(_("In short"), 3)


class LanguageForm(ProfilePartForm):
    NEEDS = ("language",)
    language = LineField(_("Language"))
    fluency = LineField(_("How well"), help_text=_("For example: fluent, TOEIC 900"))


class VolunteerForm(ProfilePartForm):
    NEEDS = ("organization", "position")
    organization = LineField(_("Organization"))
    position = LineField(_("Role"))
    startDate = DateField(_("From"))
    endDate = DateField(_("Until"), help_text=_("Leave it empty if it goes on."))
    url = LinkField(_("Website"))
    summary = ParagraphField(_("In short"), 3)
    highlights = LinesField(_("What you achieved"), 6, help_text=_("One a line."))


class PublicationForm(ProfilePartForm):
    NEEDS = ("name",)
    name = LineField(_("Title"))
    publisher = LineField(_("Published by"))
    releaseDate = DateField(_("Date"))
    url = LinkField(_("Link"))
    summary = ParagraphField(_("In short"), 3)


class InterestForm(ProfilePartForm):
    NEEDS = ("name",)
    name = LineField(_("Interest"))
    keywords = WordsField(_("More exactly"))


class ReferenceForm(ProfilePartForm):
    NEEDS = ("name",)
    name = LineField(_("Name"))
    reference = ParagraphField(_("What they say"))


class OnlineProfileForm(ProfilePartForm):
    NEEDS = ("url", "username")
    network = LineField(_("Where"), help_text=_("For example: GitHub, LinkedIn, blog"))
    username = LineField(_("User name"))
    url = LinkField(_("Link"))


ENTRY_FORMS: dict[str, type[ProfilePartForm]] = {
    "work": WorkForm,
    "projects": ProjectForm,
    "education": EducationForm,
    "skills": SkillForm,
    "certificates": CertificateForm,
    "awards": AwardForm,
    "languages": LanguageForm,
    "volunteer": VolunteerForm,
    "publications": PublicationForm,
    "interests": InterestForm,
    "references": ReferenceForm,
    LINKS: OnlineProfileForm,
}


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("JSON Resume file"),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    replace = forms.BooleanField(label=_("Replace what my profile says now"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, language: str, empty: bool) -> None:
        super().__init__(data, files)
        self.language = language
        if empty:
            del self.fields["replace"]
        else:
            self.fields["replace"].required = True
            self.fields["replace"].error_messages["required"] = _(
                "Your profile is not empty. Download it first if you want to keep it."
            )
        self.use_required_attribute = False

    def clean_file(self) -> Entry:
        """The profile in the file."""
        file = self.cleaned_data["file"]
        if file.size > IMPORT_MAX_BYTES:
            raise forms.ValidationError(_("This file is larger than 1 MB."))
        try:
            data = composed_json(json.loads(file.read().decode("utf-8-sig")))
        except RecursionError:
            raise forms.ValidationError(too_deep().message(self.language)) from None
        except ValueError:
            raise forms.ValidationError(
                _("This is not a JSON file. Choose one that was exported as JSON Resume.")
            ) from None
        try:
            read_profile(data)
        except ProfileInvalid as error:
            raise forms.ValidationError(error.message(self.language)) from error
        return dict(data)


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Photo"),
        help_text=_("JPEG or PNG, at most 8 MB. It is cut to 3 by 4."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.use_required_attribute = False

    def clean_photo(self) -> bytes:
        """The photo as a JPEG of PHOTO_SIZE, upright, without what the camera noted."""
        file = self.cleaned_data["photo"]
        if file.size > PHOTO_MAX_BYTES:
            raise forms.ValidationError(_("This picture is larger than 8 MB."))
        try:
            picture = Image.open(file, formats=("JPEG", "PNG"))
            if picture.width * picture.height > PHOTO_MAX_PIXELS:
                raise forms.ValidationError(_("This picture has too many pixels."))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
        except Image.DecompressionBombError as error:
            raise forms.ValidationError(_("This picture has too many pixels.")) from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
            raise forms.ValidationError(
                _("This picture cannot be read. Choose a JPEG or PNG.")
            ) from error
        ground = Image.new("RGBA", upright.size, "white")
        cut = ImageOps.fit(Image.alpha_composite(ground, upright).convert("RGB"), PHOTO_SIZE)
        saved = io.BytesIO()
        cut.save(saved, "JPEG", quality=88)
        return saved.getvalue()
