"""A trigger that refuses to change a published version, whoever asks: a script, the admin site, a shell.

`published_by` may be emptied when its account is erased. A later migration that rebuilds the table on SQLite
drops the trigger with it and must make it again (`tests/insights/test_versions.py` notices).
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

COLUMNS = "report_id, number, title, content, sha256, change_note, published_at"

SQLITE = f"""
CREATE TRIGGER insights_version_is_fixed
BEFORE UPDATE OF id, {COLUMNS} ON insights_reportversion
BEGIN SELECT RAISE(ABORT, 'A published version never changes.'); END
"""
POSTGRES = f"""
CREATE FUNCTION insights_version_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'A published version never changes.' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER insights_version_is_fixed
BEFORE UPDATE OF id, {COLUMNS} ON insights_reportversion
FOR EACH ROW EXECUTE FUNCTION insights_version_is_fixed()
"""


def make(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Add the trigger."""
    editor.execute(POSTGRES if editor.connection.vendor == "postgresql" else SQLITE)


def drop(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the trigger away."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION insights_version_is_fixed() CASCADE")
    else:
        editor.execute("DROP TRIGGER insights_version_is_fixed")


class Migration(migrations.Migration):
    dependencies = [("insights", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
