"""Suggested groups and near-duplicates: what ideas have in common, found on this server.

No word is sent anywhere. Nothing here knows of Django, of workshops or of the network: `matter.py` says what goes in
and what comes out. The same input gives the same output, on any day and in any process. The work is done in a process
of its own (`child.py`, `python -m workshops.suggest`), so that the one that serves people goes on serving them.
"""
