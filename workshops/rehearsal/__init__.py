"""Rehearsing a workshop with simulated participants over real sockets. `manage.py rehearse` is the way in."""
