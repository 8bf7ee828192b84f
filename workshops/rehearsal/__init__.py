"""Simulated people for a facilitator's rehearsal: a copy of a workshop that nobody keeps.

Not to be taken for `workshops.crowd_trial`, which brings simulated people to a running server over the network.
"""
