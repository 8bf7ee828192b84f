"""Where the workspace differs from django-allauth's ways."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from lab_workspace.people.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up only where the settings open it; an address that brought us a code counts as verified."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether strangers may make an account: `SIGN_UP_OPEN`. Otherwise staff make accounts."""
        return bool(settings.SIGN_UP_OPEN)

    def pre_login(
        self, request: HttpRequest, user: User, *, email: str | None = None, **more: Any
    ) -> HttpResponse | None:
        """Accounts made by staff have no verified address; the code that came back has just verified it."""
        records = get_authentication_records(request, user)
        came_by_code = bool(records) and records[-1]["method"] == "code" and records[-1].get("email") == email
        if came_by_code and email and email.lower() == user.email:
            EmailAddress.objects.update_or_create(
                user=user, email=user.email, defaults={"verified": True}, create_defaults=_VERIFIED
            )
        refusal: HttpResponse | None = super().pre_login(request, user, email=email, **more)
        return refusal

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner of `email`, and nobody else, that they have an account already."""
        context = {"sign_in_url": self.request.build_absolute_uri(reverse("account_login"))}
        self.send_mail("account/email/account_already_exists", email, context)


_VERIFIED = {"verified": True, "primary": True}
