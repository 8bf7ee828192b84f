"""Addresses of workshops."""

from __future__ import annotations

from django.urls import path, re_path

from workshops.views import agenda, archive, bring_in, join, live, prepare, rehearse, rooms, starting, suggest

app_name = "workshops"

_PREPARE = "workshops/<uuid:workshop_id>/prepare/"
_SAVED = "challenges/<slug:slug>/agendas/<uuid:saved_id>/"
_STEP = _PREPARE + "steps/<slug:step_id>"
_ARCHIVE = r"^workshops/(?P<workshop_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/archive/"

urlpatterns = [
    path("join/", join.enter_code, name="enter_code"),
    path("join/<str:code>/", join.join, name="join"),
    path("workshops/<uuid:workshop_id>/", live.room_page, name="room"),
    path("workshops/<uuid:workshop_id>/open/<slug:step>/", live.open_page, name="open"),
    path("workshops/<uuid:workshop_id>/reminders/", live.reminders, name="reminders"),
    path("workshops/<uuid:workshop_id>/console", live.console_page, name="console"),
    path(
        "workshops/<uuid:workshop_id>/rooms/<slug:step>/by-teams", rooms.split_by_teams, name="split_by_teams"
    ),
    path("workshops/<uuid:workshop_id>/screen", live.screen_page, name="screen"),
    path("workshops/<uuid:workshop_id>/suggest/<slug:step_id>", suggest.groups, name="suggest"),
    path("workshops/<uuid:workshop_id>/alike/<slug:step_id>", suggest.alike, name="alike"),
    path("workshops/<uuid:workshop_id>/commands", live.commands, name="commands"),
    path("workshops/<uuid:workshop_id>/frames", live.frames, name="frames"),
    path("challenges/<slug:slug>/workshops/start/", starting.choose, name="start"),
    path("challenges/<slug:slug>/workshops/new/", prepare.new, name="new"),
    path(_SAVED, starting.change_saved, name="change_saved"),
    path(_SAVED + "copy", starting.copy_saved, name="copy_saved"),
    path(_SAVED + "delete", starting.delete_saved, name="delete_saved"),
    path(_SAVED + "put-back", starting.put_back_saved, name="put_back_saved"),
    path("workshops/<uuid:workshop_id>/prepare/save", starting.save, name="save_agenda"),
    path("workshops/<uuid:workshop_id>/prepare", prepare.prepare, name="prepare"),
    path(_PREPARE + "rehearse", rehearse.begin, name="rehearse"),
    path(_PREPARE + "rehearse/end", rehearse.end, name="end_rehearsal"),
    path("workshops/<uuid:workshop_id>/prepare/words", prepare.change, name="change"),
    path("workshops/<uuid:workshop_id>/prepare/code", prepare.code, name="new_code"),
    path("workshops/<uuid:workshop_id>/prepare/delete", prepare.delete, name="delete"),
    path(_PREPARE + "add/<slug:kind>", agenda.add_step, name="add_step"),
    path(_PREPARE + "promise/<slug:kind>", agenda.promise, name="promise"),
    path(_STEP, agenda.change_step, name="change_step"),
    path(_STEP + "/minutes", agenda.minutes, name="minutes"),
    path(_STEP + "/move", agenda.move_step, name="move_step"),
    path(_STEP + "/copy", agenda.copy_step, name="copy_step"),
    path(_STEP + "/remove", agenda.remove_step, name="remove_step"),
    path(_STEP + "/bring-in", bring_in.bring_in, name="bring_in"),
    path(_STEP + "/bring-in/earlier", bring_in.from_earlier, name="bring_in_earlier"),
    path(_STEP + "/put-back", agenda.put_back_step, name="put_back_step"),
    path("workshops/<uuid:workshop_id>/archive/", archive.page, name="archive"),
    path("workshops/<uuid:workshop_id>/archive/check/", archive.check_seal, name="check_seal"),
    re_path(_ARCHIVE + r"all\.(?P<form>json|zip)$", archive.export_all, name="export_all"),
    re_path(
        _ARCHIVE + r"(?P<step>a\d{1,6}(?:r\d{1,4})?)-(?P<number>\d{1,4})\.(?P<form>csv|json)$",
        archive.export,
        name="export",
    ),
]
