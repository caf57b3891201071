from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    verbose_name = _("accounts")

    def ready(self) -> None:
        from .middleware import note_login

        user_logged_in.connect(note_login, dispatch_uid="accounts.known_browser")
