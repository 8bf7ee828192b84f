"""Suggested groups and near-duplicates. Everything about them stands here, from the question to the answer.

* `boards.py`: what of a workshop is asked about, and who may ask.
* `asking.py`: asks a process of its own, one at a time, keeps answers, and says no to who asks too often.
* `engine/`: what that process does. Plain texts in, groups or lots of near-duplicates out, nothing of workshops.

The pages are `workshops/views/suggest.py`; what comes of them are the commands `cluster.suggested` and `idea.merge`.
No word is sent anywhere. How it works, and how well, stands in docs/architecture.md, 12.
"""
