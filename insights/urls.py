"""Addresses of the insight board, of making reports and of reading them."""

from __future__ import annotations

from django.urls import include, path, re_path, register_converter
from django.urls.converters import StringConverter

from insights.views import board, publishing, reading, reports

app_name = "insights"


class DataForm(StringConverter):
    """The forms in which an outcome can be downloaded."""

    regex = "csv|json"


register_converter(DataForm, "data_form")

_board = [
    path("", board.board, name="board"),
    path("new/", board.write, name="write"),
    path("take/", board.take_from, name="take_from"),
    path("take/<uuid:workshop>/", board.take, name="take"),
    path("<int:pk>/", board.insight, name="insight"),
    path("<int:pk>/edit/", board.edit, name="edit"),
    path("<int:pk>/withdraw/", board.withdraw, name="withdraw"),
    path("<int:pk>/restore/", board.restore, name="restore"),
    path("<int:pk>/evidence/", board.add_evidence, name="add_evidence"),
    path("<int:pk>/evidence/<int:evidence>/remove/", board.remove_evidence, name="remove_evidence"),
    path("<int:pk>/evidence/<int:evidence>/restore/", board.restore_evidence, name="restore_evidence"),
]
_report = [
    path("edit/", reports.edit_report, name="edit_report"),
    path("blocks/", reports.show_blocks, name="blocks"),
    path("blocks/add/", reports.add_block, name="add_block"),
    path("blocks/<int:pk>/", reports.edit_block, name="edit_block"),
    path("blocks/<int:pk>/move/", reports.move_block, name="move_block"),
    path("blocks/<int:pk>/remove/", reports.remove_block, name="remove_block"),
    path("blocks/<int:pk>/restore/", reports.restore_block, name="restore_block"),
    path("preview/", publishing.preview, name="preview"),
    path("publish/", publishing.publish, name="publish"),
    path("withdraw/", publishing.withdraw, name="withdraw_report"),
    path("listed/", publishing.set_listed, name="set_listed"),
    path("links/", publishing.links, name="links"),
    path("links/<int:pk>/revoke/", publishing.revoke_link, name="revoke_link"),
]
_published = [
    path("", reading.published, name="published"),
    path("v<int:number>/", reading.published, name="published"),
    path("v<int:number>/report.json", reading.published_json, name="published_json"),
    path("v<int:number>/figure-<int:figure>.<data_form:form>", reading.published_data, name="published_data"),
]
_shared = [
    path("", reading.shared, name="shared"),
    path("v<int:number>/", reading.shared, name="shared"),
    path("v<int:number>/figure-<int:figure>.<data_form:form>", reading.shared_data, name="shared_data"),
]
urlpatterns = [
    path("challenges/<slug:slug>/insights/", include(_board)),
    path("challenges/<slug:slug>/reports/", reports.reports, name="reports"),
    path("challenges/<slug:slug>/reports/new/", reports.new_report, name="new_report"),
    path("challenges/<slug:slug>/reports/<slug:report_slug>/", include(_report)),
    path("library/", reading.library, name="library"),
    path("library/<slug:slug>/", include(_published)),
    # 43 characters are 256 bits; anything else is nobody's link.
    re_path(r"^shared-reports/(?P<token>[A-Za-z0-9_-]{43})/", include(_shared)),
]
