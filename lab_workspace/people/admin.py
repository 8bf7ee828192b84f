"""Accounts on the admin site. Challenges decide by their own memberships what somebody may do there."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from lab_workspace.people.models import User

admin.site.site_header = _("Q Lab workspace administration")
admin.site.site_title = _("Q Lab workspace")
admin.site.index_title = _("All records")


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Make and close accounts. New people sign in by a code, so there is no password to set."""

    list_display = ("email", "name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "name")
    ordering = ("email",)
    readonly_fields = ("last_login", "date_joined")
    fields = ("email", "name", "is_staff", "is_superuser", "is_active", "last_login", "date_joined")

    def save_model(self, request: object, obj: User, form: object, change: bool) -> None:
        """Keep addresses in lower case and give new accounts no password that could be guessed."""
        obj.email = obj.email.lower()
        if not change:
            obj.set_unusable_password()
        obj.save()
