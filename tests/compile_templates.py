"""`python -m tests.compile_templates`: every template of ours must at least compile."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> int:
    """Compile each file under templates/; say which fail and why. Returns the number of failures."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab_workspace.settings")
    import django
    from django.template import TemplateSyntaxError
    from django.template.loader import get_template

    django.setup()
    root = Path(__file__).resolve().parent.parent / "templates"
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    failures = 0
    for name in names:
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            failures += 1
            sys.stderr.write(f"templates/{name}: {error}\n")
    sys.stdout.write(f"{len(names) - failures} of {len(names)} templates compile\n")
    return failures


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
