"""What is learned (the insight board) and how it is told (learning reports)."""

from __future__ import annotations

from insights.models.board import Evidence, Insight, InsightTag
from insights.models.reports import Block, Report, ReportVersion, ShareLink, VersionIsFixedError

__all__ = [
    "Block",
    "Evidence",
    "Insight",
    "InsightTag",
    "Report",
    "ReportVersion",
    "ShareLink",
    "VersionIsFixedError",
]
