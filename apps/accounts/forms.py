"""Forms of the account pages that allauth does not have."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.common.limits import LimitReached

from . import services
from .models import User


class SignupForm(AllauthSignupForm):
    """E-mail and password, and a name for those who like; the adapter saves it."""

    name = forms.CharField(
        label=_("Name (optional)"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["email", "password1", "name"]


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


class SettingsForm(forms.ModelForm):
    interface_language = forms.ChoiceField(
        label=_("Language of the pages"),
        choices=[("", _("As my browser says")), *settings.LANGUAGES],
        required=False,
    )
    feedback_language = forms.ChoiceField(
        label=_("Language of feedback"),
        choices=[("", _("Same as the pages")), *settings.LANGUAGES],
        required=False,
    )

    class Meta:
        model = User
        fields = ["name", "interface_language", "feedback_language"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class DeleteForm(forms.Form):
    """Proof that it is the person: their password, or their e-mail where they have none."""

    proof = forms.CharField(max_length=254)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        field = self.fields["proof"]
        if user.has_usable_password():
            field.label = _("Your password")
            field.widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
            field.strip = False  # type: ignore[attr-defined]
        else:
            field.label = _("Your e-mail address")
            field.widget = forms.EmailInput(attrs={"autocomplete": "off"})

    def clean_proof(self) -> str:
        proof: str = self.cleaned_data["proof"]
        if self.user.has_usable_password():
            try:
                is_right = services.password_check(user=self.user, password=proof)
            except LimitReached as error:
                raise forms.ValidationError(error.message, code="limit") from error
            if not is_right:
                raise forms.ValidationError(_("This is not your password. Nothing was deleted."))
        elif proof.lower() != self.user.email:
            raise forms.ValidationError(_("This is not your e-mail address. Nothing was deleted."))
        return proof
