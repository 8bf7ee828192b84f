import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workshops', '0003_reminders'),
    ]

    operations = [
        migrations.AddField(
            model_name='workshop',
            name='rehearsal_of',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workshops.workshop'),
        ),
    ]
