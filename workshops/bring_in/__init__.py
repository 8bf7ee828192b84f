"""Bringing ideas in: reading what facilitators paste or upload, and what earlier workshops left behind."""
