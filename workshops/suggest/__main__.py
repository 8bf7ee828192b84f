"""`python -m workshops.suggest`: one question in, one answer out, as JSON."""

import sys

from workshops.suggest.child import main

sys.exit(main())
