"""Trying a running server with a crowd: simulated participants over real sockets, and checks of what came out.

`manage.py crowd_trial` is the way in, docs/crowd-trial.md says more. Not to be taken for `workshops.rehearsal`, which a
facilitator begins in the product.
"""
