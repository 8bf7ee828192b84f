"""The workshops of the demo challenge: past ones with real logs and archives, planned ones, and one to try now.

What was said in the past ones is taken from the demo file and played through the rules at its own times, so that
logs, records, archives and seals are made by the same code as those of real workshops.

* `agenda.py`: what the file's activities are here, with their settings;
* `held.py`: a past workshop from its first moment to its seal; `scene.py`: what is known while it is played;
* `playing/`: what happens in each kind of activity;
* `chance.py`: what the file leaves open, always made up in the same way;
* `today.py`: the workshop that whoever just started the workspace can try;
* `loading.py`: all of them, once.
"""

from workshops.demo.loading import load_workshops
from workshops.demo.today import TODAY, TODAY_CODE

__all__ = ["TODAY", "TODAY_CODE", "load_workshops"]
