"""Keeps what opens something out of the logs: codes and tokens that stand in addresses."""

from __future__ import annotations

import logging
import re

# The part after these words is a join code, a sign-in token or a share token; after ? may stand anything.
_SECRET_PART = re.compile(r"(/(?:join|sign-in|shared-reports)/)[^/\s?]+|(\?)\S+")


def without_secrets(text: str) -> str:
    """The text with every secret part of an address replaced by an ellipsis."""
    return _SECRET_PART.sub(lambda match: f"{match[1] or match[2]}…", text)


class WithoutSecrets(logging.Filter):
    """Cleans the message of a record and what is filled into it; lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean `record` in place."""
        record.msg = without_secrets(str(record.msg))
        if isinstance(record.args, tuple):
            record.args = tuple(without_secrets(arg) if isinstance(arg, str) else arg for arg in record.args)
        return True
