"""People who sign in. Guests of a workshop have no account; see workshops.models.Attendance."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes accounts that are known by their e-mail address."""

    def create_user(self, email: str, name: str = "", **fields: Any) -> User:
        """Make an account without a password: people sign in by a code sent to `email`."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, name: str = "", password: str | None = None, **fields: Any
    ) -> User:
        """Make an account that may do everything, with a password for the admin site."""
        user = self.create_user(email, name, is_staff=True, is_superuser=True, **fields)
        if password:
            user.set_password(password)
            user.save(update_fields=["password"])
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account, known by an e-mail address.

    `is_staff` means Lab staff: they may make challenges and use the admin site. What somebody may do in
    one challenge is a `challenges.Membership`.
    """

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_staff = models.BooleanField(_("Lab staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("name", "email")
        constraints = (models.UniqueConstraint(Lower("email"), name="people_user_email_any_case"),)

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """What others see. Never the whole e-mail address, so that no page gives one away."""
        return self.name or self.email.partition("@")[0]

    def get_short_name(self) -> str:
        """The first word of the name."""
        return self.get_full_name().split(" ")[0]
