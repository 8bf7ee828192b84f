"""Challenges in the admin site, for repairs. Everyday work is done on the challenge's own page."""

from __future__ import annotations

from django.contrib import admin

from challenges.models import Challenge, Membership, Phase, Team, TeamMembership


class PhaseInline(admin.TabularInline[Phase, Challenge]):
    """The three phases of a challenge."""

    model = Phase
    extra = 0
    max_num = 3


@admin.register(Challenge)
class ChallengeAdmin(admin.ModelAdmin[Challenge]):
    """Challenges with their phases."""

    list_display = ("title", "starts", "ends", "partner", "public")
    list_filter = ("public",)
    search_fields = ("title", "question", "partner")
    inlines = (PhaseInline,)


class TeamMembershipInline(admin.TabularInline[TeamMembership, Team]):
    """The people of a team."""

    model = TeamMembership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    """Teams with their people."""

    list_display = ("name", "organisation", "challenge")
    list_filter = ("challenge",)
    search_fields = ("name", "organisation")
    inlines = (TeamMembershipInline,)


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    """Who has which role in which challenge."""

    list_display = ("user", "role", "background", "challenge")
    list_filter = ("challenge", "role")
    search_fields = ("user__name", "user__email", "background")
    autocomplete_fields = ("user",)
