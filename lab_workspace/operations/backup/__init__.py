"""Backups: one file with everything that the workspace keeps, and what it is."""
