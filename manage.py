#!/usr/bin/env python
"""Django's command line for the Q Lab workspace."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab_workspace.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
