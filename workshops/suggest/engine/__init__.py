"""What ideas have in common, worked out in a process of its own (`python -m workshops.suggest.engine`).

Nothing here knows of Django, of workshops or of the network: `matter.py` says what goes in and what comes out. The same
input gives the same output, on any day and in any process. The process that serves people goes on serving them.
"""
