"""Records made before roles of few people were left out, and before who does an action was taken for a name.

They don't say how many shared a role, so none is kept. `manage.py project_again` gives back, from the logs, those
that may stand. Archives stay as they were sealed; they are read with more care (`workshops.results.archive.readable`).
"""

from django.db import migrations


def leave_out(apps, _schema_editor):
    records = apps.get_model("workshops", "IdeaRecord").objects
    records.filter(consent="role").update(consent="unnamed", credit="")
    for archive in apps.get_model("workshops", "Archive").objects.iterator(chunk_size=20):
        ideas = archive.content.get("ideas", {})
        names = [gid for gid, idea in ideas.items() if idea.get("sort") == "owner"]
        records.filter(gid__in=names).update(consent="internal", credit="")


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0004_rehearsals"),
    ]

    operations = [
        migrations.RunPython(leave_out, migrations.RunPython.noop),
    ]
