"""Where the workspace differs from django-allauth's ways."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Sign-up only where the settings open it; no mail that leads to a password page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's signature
        """Whether strangers may make an account: `SIGN_UP_OPEN`. Otherwise staff make accounts."""
        return bool(settings.SIGN_UP_OPEN)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner of `email`, and nobody else, that they have an account already."""
        context = {"sign_in_url": self.request.build_absolute_uri(reverse("account_login"))}
        self.send_mail("account/email/account_already_exists", email, context)
