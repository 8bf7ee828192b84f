"""`python -m workshops.suggest.engine`: one question in, one answer out, as JSON."""

import sys

from workshops.suggest.engine.child import main

sys.exit(main())
